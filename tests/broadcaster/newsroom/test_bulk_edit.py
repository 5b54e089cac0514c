"""One change of many announcements: each answers for itself, the trail tells it, and it can be taken back."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from broadcaster.accounts import service as accounts
from broadcaster.newsroom import bulk_edit, service
from broadcaster.newsroom.bulk_edit import Change
from broadcaster.newsroom.models import Announcement, AnnouncementKind
from broadcaster.places.models import Place, PlaceKind
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.conftest import Ended
from tests.broadcaster.newsroom.workflow_people import draft, person

SignIn = Callable[..., FlaskClient]
CHANGE = "/announcements/change"
END = datetime(2026, 12, 31, 16, 59, 59, 999000, tzinfo=UTC)
"""The last millisecond of New Year's Eve in Laos."""


@pytest.fixture
def three(session: Session, clock: FixedClock) -> list[Announcement]:
    """Announcements of a province with one district."""
    session.add(Place(code="LA15", kind=PlaceKind.PROVINCE, name="Sekong"))
    session.flush()
    session.add(Place(code="LA1504", kind=PlaceKind.DISTRICT, name="Dakcheung", parent_code="LA15"))
    made = [
        service.create_announcement(session, title, "other", None, clock.now, tags=["Rain"])
        for title in ("Fair", "Flood", "Law")
    ]
    session.commit()
    return made


def numbers(announcements: list[Announcement]) -> list[int]:
    """As a form sends them."""
    return [one.id for one in announcements]


def acts(session: Session, one: Announcement) -> list[str]:
    """What the trail has of it, newest first."""
    return [entry.action for entry in accounts.trail(session, f"announcement:{one.id}")]


def test_the_page_before_names_how_many_and_which(signed_in: SignIn, three: list[Announcement]) -> None:
    """From the list's boxes to a button that says what it will do; nothing chosen leads back with words."""
    editor = signed_in("editor")
    listed = editor.get("/announcements?sort=title").text
    assert listed.count('name="chosen"') == 3
    assert f'action="{CHANGE}"' in listed
    page = editor.get(f"{CHANGE}?chosen={three[0].id}&chosen={three[2].id}&asked=sort%3Dtitle").text
    assert len(re.findall(r"Change 2 announcements", page)) >= 2  # the heading and the button
    assert "Fair" in page
    assert "Flood" not in page
    answer = editor.get(f"{CHANGE}?asked=sort%3Dtitle")
    assert answer.location == "/announcements?sort=title"
    assert "Choose announcements first." in editor.get(answer.location).text


def test_everything_is_changed_at_once_and_the_toast_takes_it_back(
    signed_in: SignIn, session: Session, clock: FixedClock, three: list[Announcement]
) -> None:
    """Kind, days, tags and place of each, with a line of the trail each; then all as before."""
    editor = signed_in("editor")
    before = [(one.kind, one.valid_until, list(one.tags), one.place_code) for one in three]
    wanted = {
        "kind": "market", "valid_until": "2026-12-31", "add_tags": "Fair, ຝົນ", "take_tags": "rain",
        "place": "LA1504",
    }  # fmt: skip
    answer = editor.post(CHANGE, data={"chosen": numbers(three), "asked": "sort=title", **wanted})
    assert answer.location == "/announcements?sort=title"
    session.expire_all()
    for one in three:
        assert (one.kind, one.valid_until, one.place_code) == (AnnouncementKind.MARKET, END, "LA1504")
        assert sorted(one.tags) == ["Fair", "ຝົນ"]
        assert acts(session, one)[:2] == ["announcement.given", "announcement.edited"]
    page = editor.get(answer.location).text
    assert "3 announcements changed." in page
    toast = {
        name: html.unescape(re.findall(rf'name="{name}" value="([^"]*)"', page.split(f"{CHANGE}/undo")[1])[0])
        for name in ("chosen", "at")
    }
    clock.advance(minutes=1)
    editor.post(f"{CHANGE}/undo", data=toast)
    session.expire_all()
    assert [(one.kind, one.valid_until, list(one.tags), one.place_code) for one in three] == before


def test_one_that_refuses_stays_whole_and_stops_no_other(
    session: Session, clock: FixedClock, three: list[Announcement]
) -> None:
    """More days after an approval need an approver: neither its tags nor its place are changed then."""
    author = person(session, clock.now, "author", accounts.Role.EDITOR)
    bound, free = three[0], three[1]
    recording = draft(session, clock.now, bound, "bound", author)
    recording.approved_at = clock.now
    bound.valid_until = clock.now
    session.commit()
    wanted = Change(valid_until=END, add_tags=("New",), place="LA1504")
    answers = bulk_edit.change_each(session, [bound.id, 987_654, free.id, free.id], wanted, author, clock.now)
    session.commit()
    session.expire_all()
    assert [(one.changed, getattr(one.refusal, "code", None)) for one in answers] == [
        (False, "widening_needs_approver"),
        (False, "announcement_not_there"),
        (True, None),
    ]
    assert (bound.valid_until, bound.place_code, bound.tags) == (clock.now, None, ["Rain"])
    assert "announcement.edited" not in acts(session, bound)
    assert (free.valid_until, free.place_code) == (END, "LA1504")
    again = bulk_edit.change_each(session, [free.id], wanted, author, clock.now)
    assert (again[0].changed, again[0].refusal) == (False, None), "it is like that already"


def test_later_work_of_others_is_not_taken_back(
    session: Session, clock: FixedClock, three: list[Announcement]
) -> None:
    """What was changed again since stays; the others come back, and nobody takes back another's act."""
    author = person(session, clock.now, "author", accounts.Role.EDITOR)
    other = person(session, clock.now, "other", accounts.Role.EDITOR)
    done_at = clock.now
    bulk_edit.change_each(session, numbers(three), Change(add_tags=("New",)), author, done_at)
    session.commit()
    clock.advance(minutes=1)
    bulk_edit.change_each(session, [three[0].id], Change(add_tags=("Newer",)), other, clock.now)
    session.commit()
    foreign = bulk_edit.take_back(session, [three[1].id], done_at, other, clock.now)
    assert getattr(foreign[0].refusal, "code", None) == "nothing_to_take_back"
    answers = bulk_edit.take_back(session, numbers(three), done_at, author, clock.now)
    session.commit()
    session.expire_all()
    assert [one.changed for one in answers] == [False, True, True]
    assert getattr(answers[0].refusal, "code", None) == "edited_meanwhile"
    assert [sorted(one.tags) for one in three] == [["New", "Newer", "Rain"], ["Rain"], ["Rain"]]


def test_the_page_says_of_each_why_not(
    signed_in: SignIn, session: Session, clock: FixedClock, three: list[Announcement]
) -> None:
    """With what is missing or reversed the form comes back as it was filled in; nobody else may use it."""
    editor = signed_in("editor")
    three[0].valid_from = datetime(2027, 6, 1, tzinfo=UTC)
    session.commit()
    chosen = {"chosen": numbers(three)}
    page = editor.post(CHANGE, data={**chosen, "valid_until": "2026-12-31"}).text
    assert page.count("stays as it was") == 1
    assert page.count("changed</span>") == 2
    assert editor.post(CHANGE, data=chosen).status_code == 422
    reversed_days = {**chosen, "valid_from": "2026-12-31", "valid_until": "2026-12-01", "add_tags": "Kept"}
    answer = editor.post(CHANGE, data=reversed_days)
    assert answer.status_code == 422
    assert 'value="Kept"' in answer.text
    assert editor.post(CHANGE, data={**chosen, "valid_from": "soon"}).status_code == 422
    assert editor.post(f"{CHANGE}/undo", data={"chosen": "1", "at": "then"}).status_code == 303
    operator = signed_in("operator")
    assert operator.post(CHANGE, data=chosen).status_code == 403
    assert operator.get(f"{CHANGE}?chosen=1").status_code == 403
    assert 'name="chosen"' not in operator.get("/announcements?sort=title").text


@pytest.mark.usefixtures("sqlite_only")
def test_the_command_changes_many_and_ends_with_1_where_one_refused(
    run: Callable[..., Any], session: Session, three: list[Announcement]
) -> None:
    """As the administrator; '' takes a day away, 'province' a place."""
    fair, flood, _law = numbers(three)
    said = run("announcement", "change", fair, flood, "--valid-until", "2026-12-31", "--place", "LA1504")
    assert [(one["announcement"], one["outcome"]) for one in said] == [(fair, "changed"), (flood, "changed")]
    session.expire_all()
    assert [(one.valid_until, one.place_code) for one in three] == [(END, "LA1504")] * 2 + [(None, None)]
    wanted = ("--valid-until", "", "--place", "province", "--take-tag", "rain", "--kind", "market")
    run("announcement", "change", fair, *wanted)
    session.expire_all()
    assert (three[0].valid_until, three[0].place_code, three[0].tags) == (None, None, [])
    assert three[0].kind is AnnouncementKind.MARKET
    with pytest.raises(Ended, match="say what is to be changed"):
        run("announcement", "change", fair)
