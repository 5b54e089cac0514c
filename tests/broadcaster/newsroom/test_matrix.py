"""The matrix of languages: honest numbers, over the villages an announcement is really for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.orm import Session

from broadcaster.accounts.roles import Role
from broadcaster.campaigns.models import Campaign
from broadcaster.newsroom import service
from broadcaster.newsroom.matrix import Heads, Hears, hears
from broadcaster.programming.service import SlotWish, WishedAnnouncement, create_slot, remove_slot
from schedules.message_class import MessageClass
from schedules.recurrence import Frequency, Recurrence
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.conftest import make_places
from tests.broadcaster.newsroom.workflow_people import submitted

TAGS = ("lo", "tdf", "kuf", "alk")


def of(session: Session, about: service.Announcement) -> service.Matrix:
    """Its matrix."""
    return service.matrix(about, service.target_villages(session, [about])[about.id])


def approved(
    session: Session, clock: FixedClock, about: service.Announcement, language: str
) -> service.Recording:
    """A recording that may air."""
    recording = submitted(session, clock.now, about, f"{about.id}-{language}", language=language)
    service.approve_recording(session, recording, None, recording.sha256 or "", clock.now)
    return recording


@pytest.fixture
def about(session: Session, clock: FixedClock) -> service.Announcement:
    """An announcement in a province where two villages speak Talieng first and one Western Katu."""
    make_places(session)
    return service.create_announcement(session, "Land law", "law_orientation", None, clock.now)


def test_who_lacks_a_language_is_counted_by_first_languages(
    session: Session, clock: FixedClock, about: service.Announcement
) -> None:
    """Talieng is there; Katu is missing for one village of 200 people, who will hear Lao, which they list."""
    approved(session, clock, about, "tdf")
    approved(session, clock, about, "lo")
    found = of(session, about)
    assert found.all == Heads(3, 1000)
    assert [line.language for line in found.missing] == ["kuf"]
    katu = found.line("kuf")
    assert katu is not None
    assert katu.need is not None
    assert (katu.need.villages, katu.need.people) == (1, 200)
    assert (katu.silent, katu.in_lao) == (Heads(), Heads())
    assert found.hears == {
        Hears.FIRST: Heads(2, 800),
        Hears.ANOTHER: Heads(1, 200),
        Hears.LAO: Heads(),
        Hears.NOTHING: Heads(),
    }


def test_lao_in_the_stead_of_a_villages_languages_is_not_called_theirs(
    session: Session, clock: FixedClock, about: service.Announcement
) -> None:
    """Ban Xieng does not list Lao: it hears Lao only because nothing else is there."""
    approved(session, clock, about, "lo")
    found = of(session, about)
    assert found.hears[Hears.LAO] == Heads(1, 300)
    assert found.hears[Hears.ANOTHER] == Heads(2, 700)
    talieng = found.line("tdf")
    assert talieng is not None
    assert talieng.in_lao == Heads(1, 300)
    lao = found.line("lo")
    assert lao is not None
    assert (lao.need, lao.also) == (None, Heads(2, 700))


def test_without_any_approved_recording_everybody_hears_nothing(
    session: Session, clock: FixedClock, about: service.Announcement
) -> None:
    """What only waits for approval is not heard."""
    submitted(session, clock.now, about, "a", language="tdf")
    found = of(session, about)
    assert found.hears[Hears.NOTHING] == Heads(3, 1000)
    assert [line.language for line in found.missing] == ["kuf"]


@given(
    st.lists(st.lists(st.sampled_from(TAGS), max_size=3, unique=True), max_size=12),
    st.sets(st.sampled_from(TAGS)),
)
def test_every_village_hears_exactly_one_kind_of_thing(
    villages: list[list[str]], languages: set[str]
) -> None:
    """The four kinds part the villages: nobody is counted twice or lost."""
    for own in villages:
        kind = hears(own, languages)
        listed = own or ["lo"]
        assert (kind is Hears.FIRST) == (listed[0] in languages)
        assert (kind is Hears.NOTHING) == (not (set(listed) | {"lo"}) & languages)
        assert (kind is Hears.LAO) == (not set(listed) & languages and "lo" in languages)


def test_it_is_for_the_places_of_its_slots_and_campaigns(
    session: Session, clock: FixedClock, about: service.Announcement
) -> None:
    """Else for the place it belongs to, else for the whole province. A removed slot is none."""
    recurrence = Recurrence(
        Frequency.DAILY, times=(time(17, 0),), weekdays=frozenset(), start=date(2026, 3, 3)
    )
    approved(session, clock, about, "lo")
    wish = SlotWish((WishedAnnouncement(about.id),), recurrence, ("V3",), message_class=MessageClass.ORDINARY)
    slot = create_slot(session, wish, None, clock.now)
    assert of(session, about).all == Heads(1, 200)
    campaign = Campaign(
        title="Law",
        places=["V2"],
        from_day=date(2026, 3, 1),
        until_day=date(2026, 3, 31),
        created_at=clock.now,
        announcements=[about],
    )
    session.add(campaign)
    session.flush()
    assert of(session, about).all == Heads(2, 500)
    remove_slot(session, slot, None, clock.now)
    assert of(session, about).all == Heads(1, 300)
    session.delete(campaign)
    session.flush()
    assert of(session, about).all == Heads(3, 1000)
    about.place_code = "V1"
    assert of(session, about).all == Heads(1, 500)


def test_the_page_leads_to_what_is_to_be_done(
    signed_in: Callable[..., FlaskClient],
    session: Session,
    clock: FixedClock,
    about: service.Announcement,
) -> None:
    """The missing language has its way to a recording; the submitted one to its decision."""
    recording = submitted(session, clock.now, about, "a", language="tdf")
    session.commit()
    page = signed_in(Role.ADMINISTRATOR).get(f"/announcements/{about.id}").text
    assert f"/announcements/{about.id}?language=kuf#add" in page
    assert f'href="#recording-{recording.id}">Listen and decide' in page
    assert "first language of 1 village, 200 people" in page


def test_the_overview_shows_what_is_missing_and_is_filtered(
    signed_in: Callable[..., FlaskClient],
    session: Session,
    clock: FixedClock,
    about: service.Announcement,
) -> None:
    """By kind, by missing language, only with something missing."""
    whole = service.create_announcement(session, "Market day", "market", None, clock.now)
    for language in ("tdf", "kuf"):
        approved(session, clock, whole, language)
    session.commit()
    browser = signed_in(Role.EDITOR)

    def shown(query: str) -> tuple[bool, bool]:
        page = browser.get(f"/announcements/languages{query}").text
        return "Land law" in page, "Market day" in page

    assert shown("") == (True, True)
    assert shown("?missing=1") == (True, False)
    assert shown("?language=kuf") == (True, False)
    assert shown("?kind=market") == (False, True)
    assert shown("?kind=school") == (False, False)


def test_the_list_asks_only_for_languages_of_the_villages_it_is_for(
    signed_in: Callable[..., FlaskClient],
    session: Session,
    clock: FixedClock,
    about: service.Announcement,
) -> None:
    """As its own page does: what is for Ban Katu alone is not missing in Talieng."""
    session.commit()
    browser = signed_in(Role.EDITOR)

    def missing() -> list[str]:
        return re.findall(r"(\S+(?: \(\w+\))?) – missing", browser.get("/announcements").text)

    assert len(missing()) == 2
    about.place_code = "V3"
    session.commit()
    assert len(missing()) == 1
    assert "Katu" in missing()[0]


@pytest.mark.usefixtures("sqlite_only")
def test_the_overview_asks_the_database_as_often_for_many_as_for_few(
    signed_in: Callable[..., FlaskClient], session: Session, clock: FixedClock, about: service.Announcement
) -> None:
    """No query per announcement."""
    session.commit()
    browser = signed_in(Role.EDITOR)
    asked: list[str] = []
    engine = session.get_bind()

    def queries() -> int:
        asked.clear()
        browser.get("/announcements/languages")
        return len(asked)

    submitted(session, clock.now, about, "a")
    session.commit()
    event.listen(engine, "before_cursor_execute", lambda _c, _cur, sql, *_more: asked.append(sql))
    few = queries()
    for number in range(30):
        one = service.create_announcement(session, f"Number {number}", "other", None, clock.now)
        submitted(session, clock.now, one, f"n{number}", language="kuf")
    session.commit()
    assert queries() == few > 0


@pytest.mark.usefixtures("sqlite_only")
def test_programs_get_the_same_numbers(
    run: Callable[..., Any],
    signed_in: Callable[..., FlaskClient],
    session: Session,
    clock: FixedClock,
    about: service.Announcement,
) -> None:
    """By the command line and by the API."""
    approved(session, clock, about, "tdf")
    session.commit()
    said = run("announcement", "matrix", about.id)
    assert said["hears"]["first"] == {"villages": 2, "people": 800}
    (katu,) = [line for line in said["languages"] if line["language"] == "kuf"]
    assert (katu["state"], katu["villages"], katu["people"], katu["silent"]) == ("missing", 1, 200, 1)
    assert signed_in(Role.EDITOR).get(f"/api/v1/announcements/{about.id}/matrix").json == said
