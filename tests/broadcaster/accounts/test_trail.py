"""The trail is found again: by person, act, thing, words and period, page by page, and handed out in full."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import insert
from sqlalchemy.orm import Session

import broadcaster
from broadcaster import terminal
from broadcaster.accounts import trail_search
from broadcaster.accounts.models import AuditEntry
from broadcaster.accounts.origin import Via, act_as_server
from broadcaster.accounts.service import Role, add_person, record
from broadcaster.accounts.trail_search import TrailFilter
from broadcaster.accounts.trail_vocabulary import ACTIONS
from broadcaster.cli import app as command_line
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.errors import BadInput
from content_library.approval import ApprovalAction
from tests.broadcaster.conftest import FixedClock

PASSWORD = "a long enough pass phrase"


def found(session: Session, **wanted) -> list[str]:
    """The subjects of what fits, newest first."""
    return [one.subject for one in trail_search.page(session, TrailFilter(**wanted)).entries]


@pytest.fixture
def lines(session: Session, clock: FixedClock) -> int:
    """Four acts at four hours; the number of the person who did the second."""
    ann = add_person(session, "ann@example.org", PASSWORD, [Role.EDITOR], "Ann", clock.now)
    acts = (
        ("thing.made", "thing:1", None, {"title": "ຜົນກອງປະຊຸມ ຄັ້ງທີ 6"}),
        ("thing.changed", "thing:1", ann, {"title": "Land Law", "parts": [{"language": "kuf"}]}),
        ("thing.made", "thing:2", None, {"note": "100% of it_all"}),
        ("thing.changed", "thing:2", None, {"note": "1000 of its calls"}),
    )
    for action, subject, actor, after in acts:
        clock.advance(hours=1)
        record(session, action=action, subject=subject, actor=actor, after=after, now=clock.now)
    session.commit()
    return ann.id


def test_lines_are_found_by_who_what_which_and_when(session: Session, clock: FixedClock, lines: int) -> None:
    """Each narrows, all together narrow more."""
    assert found(session, person=lines) == ["thing:1"]
    assert found(session, actor="Ann") == ["thing:1"]
    assert found(session, action="thing.made") == ["thing:2", "thing:1"]
    assert found(session, subject="thing:2", action="thing.changed") == ["thing:2"]
    hour = timedelta(hours=1)
    assert found(session, since=clock.now - hour, until=clock.now) == ["thing:2"]
    assert found(session, via=Via.PAGE) == []


@pytest.mark.parametrize(
    ("words", "subjects"),
    [
        ("land law", ["thing:1"]),
        ("LAW ann", ["thing:1"]),
        ("law nobody", []),
        ("kuf", ["thing:1"]),
        ("ກອງປະຊຸມ", ["thing:1"]),
        ("ປະ\u200bຊຸມ", ["thing:1"]),
        ("100%", ["thing:2"]),
        ("it_all", ["thing:2"]),
        ("thing:2 made", []),
        ("thing:2", ["thing:2", "thing:2"]),
    ],
)
def test_words_are_found_in_values_before_and_after(
    session: Session, lines: int, words: str, subjects: list[str]
) -> None:
    """Whatever their case and their script; signs with a meaning for databases mean themselves."""
    assert found(session, words=words) == subjects


def test_lines_from_before_words_were_kept_are_found_by_their_json(
    session: Session, clock: FixedClock
) -> None:
    """They cannot be filled in later: the table only grows."""
    old = {"at": clock.now, "actor": "Ann", "action": "thing.made", "subject": "thing:9"}
    session.execute(insert(AuditEntry).values(**old, after={"title": "ກົດໝາຍ Land"}))
    session.commit()
    assert found(session, words="ກົດໝາຍ") == ["thing:9"]
    assert found(session, words="land ann") == ["thing:9"]
    assert found(session, words="water") == []


def test_pages_follow_each_other_without_a_gap_also_within_one_instant(
    session: Session, clock: FixedClock
) -> None:
    """What is added in the meantime does not shift them."""
    for number in range(7):
        record(session, action="thing.made", subject=f"thing:{number}", now=clock.now)
    session.commit()
    seen: list[str] = []
    after = None
    while True:
        part = trail_search.page(session, TrailFilter(), after, most=3)
        seen += [one.subject for one in part.entries]
        record(session, action="thing.made", subject="thing:late", now=clock.now + timedelta(seconds=1))
        session.commit()
        if part.older is None:
            break
        after = part.older
    assert seen == [f"thing:{number}" for number in reversed(range(7))]
    with pytest.raises(BadInput):
        trail_search.page(session, TrailFilter(), 10**6)


def test_everything_is_streamed_in_the_order_it_was_written(
    session: Session, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it is many times more than is read at once."""
    monkeypatch.setattr(trail_search, "AT_ONCE", 4)
    for number in range(11):
        record(session, action="thing.made", subject=f"thing:{number}", now=clock.now)
    session.commit()
    streamed = trail_search.stream(db.sessionmaker, TrailFilter(action="thing.made"))
    assert [one.subject for one in streamed] == [f"thing:{number}" for number in range(11)]


def test_from_where_is_filled_in_by_itself(
    app: APIFlask, session: Session, clock: FixedClock, signed_in: Callable[..., FlaskClient]
) -> None:
    """A page, a program, the command line, and what the server does unasked."""
    browser = signed_in(Role.EDITOR)
    browser.post("/announcements/1/nowhere")
    api = {"title": "Market day", "kind": "market"}
    there = {"REMOTE_ADDR": "192.0.2.7"}
    assert browser.post("/api/v1/announcements", json=api, environ_overrides=there).status_code == 201
    with app.app_context():
        record(db.session, action="thing.made", subject="thing:1", now=clock.now)
        db.session.commit()
    with app.app_context():
        act_as_server()
        record(db.session, action="thing.made", subject="thing:2", now=clock.now)
        db.session.commit()
    by_server, by_command, by_program = trail_search.page(session, TrailFilter()).entries[:3]
    assert (by_program.via, by_program.from_address) == ("api", "192.0.2.7")
    assert by_command.via == "command line"
    assert "@" in (by_command.from_address or "")
    assert (by_server.via, by_server.from_address, by_server.actor) == ("server", None, "server")


def test_who_did_what_is_told_in_the_readers_words(
    app: APIFlask, signed_in: Callable[..., FlaskClient], clock: FixedClock
) -> None:
    """Codes stand only under the details; a code nobody put into words can be read all the same."""
    browser = signed_in()
    with app.app_context():
        change = {"before": {"state": "submitted"}, "after": {"state": "approved"}, "now": clock.now}
        record(db.session, action="recording.approve", subject="recording:7", **change)
        enrolled = {"actor": "station:dakdom", "now": clock.now}
        record(db.session, action="station.enrol", subject="station:dakdom", **enrolled)
        record(db.session, action="thing.new_step", subject="thing:1", now=clock.now)
        db.session.commit()
    page = browser.get("/settings/trail").get_data(as_text=True)
    assert ">approved a recording</a>: " in page
    assert ">recording 7</a>" in page
    assert "<del>awaits approval</del>" in page
    assert "<ins>approved</ins>" in page
    assert "thing: new step" in page
    assert ">Command line</a>" in page
    assert ">station dakdom</a>" in page
    lao = signed_in(language="lo").get("/settings/trail").get_data(as_text=True)
    lines = lao[lao.index('id="trail-lines"') :]
    shown = re.sub(r"<[^>]+>", " ", re.sub(r"<details.*?</details>", "", lines, flags=re.S))
    assert "ອະນຸມັດສຽງບັນທຶກ" in shown
    assert "recording" not in shown
    assert "Command line" not in shown


def test_a_stations_zones_and_limits_are_told_in_words(
    session: Session, clock: FixedClock, signed_in: Callable[..., FlaskClient]
) -> None:
    """Times as a clock shows them, zones by their names; no field's name."""
    after = {
        "zones": [{"key": "loudspeaker", "name": "Market loudspeaker", "channel": 1}],
        "limits": {"quiet_hours": {"start_minute": 1260, "end_minute": 305}, "max_on_s": 3600},
    }
    record(
        session, action="station.change", subject="station:a", after=after, actor=None, now=clock.now
    )  # fmt: skip
    session.commit()
    page = signed_in("administrator").get("/settings/trail?action=station.change").text
    assert re.search(r"Quiet hours from:</span>\s*<ins>21:00</ins>", page)
    assert re.search(r"Quiet hours until:</span>\s*<ins>05:05</ins>", page)
    assert re.search(r"Zones:</span>\s*<ins>Market loudspeaker</ins>", page)
    assert "limits: " not in page


def test_no_recorded_code_stands_in_the_lines_of_who_reads_lao(
    session: Session, clock: FixedClock, signed_in: Callable[..., FlaskClient]
) -> None:
    """A slot's class and how often it comes, somebody's letters and languages: told in words."""
    slot = {"frequency": "daily", "class": "ordinary", "times": ["05:30:00"]}
    record(session, action="slot.created", subject="slot:1", after=slot, actor=None, now=clock.now)
    wished = {"before": {"mail": "at_once"}, "after": {"mail": "never"}, "now": clock.now}
    record(session, action="person.mail_wish", subject="person:1", **wished)
    spoken = {"languages": ["lo", "alk"]}
    record(session, action="person.languages", subject="person:1", after=spoken, actor=None, now=clock.now)
    session.commit()
    english = signed_in().get("/settings/trail").text
    assert re.search(r"How often:</span>\s*<ins>Every day</ins>", english)
    assert re.search(r"Message class:</span>\s*<ins>ordinary</ins>", english)
    assert "<del>At once</del>" in english
    assert "<ins>Lao, Alak</ins>" in english
    lao = signed_in(language="lo").get("/settings/trail").text
    shown = "".join(re.findall(r"<(?:del|ins)>(.*?)</(?:del|ins)>", lao[lao.index('id="trail-lines"') :]))
    assert not {"daily", "ordinary", "at_once", "never", "alk"} & set(re.findall(r"\w+", shown))
    assert "ທຸກໆມື້" in shown


def test_instants_before_and_after_are_told_in_local_time(
    session: Session, clock: FixedClock, signed_in: Callable[..., FlaskClient]
) -> None:
    """By the province's clock in the reader's language, and for programs; days as days. A text stays one."""
    values = {
        "until": "2026-03-05T22:30:00.250000+00:00",
        "valid_until": "2027-03-31T16:59:59.999000+00:00",
        "title": "Since 2026-03-01T00:00:00Z",
        "comment": "2026-03-01T00:00:00",
        "reason": "0001-01-01T00:00:00Z",
        "name": "2026-02-30T00:00:00Z",
    }
    before = {"until": "2026-03-03T01:15:00Z"}
    record(session, action="person.invite", subject="person:1", before=before, after=values, now=clock.now)
    session.commit()
    page = signed_in().get("/settings/trail").text
    started, ends = "2026-03-03T01:15:00.000Z", "2026-03-05T22:30:00.250Z"
    assert f'Until:</span> <del><time datetime="{started}">today 08:15</time></del>' in page
    assert f'<ins><time datetime="{ends}">Friday 05:30</time></ins>' in page
    last = '<time datetime="2027-03-31T16:59:59.999Z">Wednesday 31 March 2027</time>'
    assert f"May be heard until:</span> <ins>{last}</ins>" in page
    for text in ("title", "comment", "reason", "name"):
        assert f"<ins>{values[text]}</ins>" in page
    lao = signed_in(language="lo").get("/settings/trail").text
    assert f'<ins><time datetime="{ends}">ວັນສຸກ 05:30</time></ins>' in lao
    assert 'ຫາ:</span> <del><time datetime="' in lao


def test_a_thing_is_called_by_its_title_and_leads_to_its_page(
    signed_in: Callable[..., FlaskClient],
) -> None:
    """And clicking who, what or which narrows the list to it, keeping the other filters."""
    signed_in(Role.EDITOR).post("/api/v1/announcements", json={"title": "Land law", "kind": "other"})
    browser = signed_in()
    page = browser.get("/settings/trail?words=land").get_data(as_text=True)
    assert 'href="/announcements/1"' in page
    assert ">Land law</a>" in page
    narrowed = browser.get("/settings/trail?words=land&action=announcement.created&subject=announcement:1")
    assert narrowed.get_data(as_text=True).count("<article>") == 1
    assert "action=announcement.created" in page
    empty = browser.get("/settings/trail?words=nothing+like+it").get_data(as_text=True)
    assert "Nothing in the list fits." in empty


def test_the_whole_trail_is_handed_out_and_that_is_on_the_trail(
    app: APIFlask, signed_in: Callable[..., FlaskClient], clock: FixedClock
) -> None:
    """As a table in which nothing is a formula, and as one JSON object a line."""
    browser = signed_in()
    with app.app_context():
        record(db.session, action="=1+1", subject="@thing:1", actor="+me", after={"ກ": "ຂ"}, now=clock.now)
        db.session.commit()
    table = browser.get("/settings/trail.csv?subject=@thing:1")
    assert table.headers["Content-Disposition"].startswith("attachment;")
    rows = list(csv.DictReader(io.StringIO(table.get_data(as_text=True).removeprefix("\ufeff"))))
    assert [(row["action"], row["subject"], row["actor"]) for row in rows] == [("'=1+1", "'@thing:1", "'+me")]
    assert rows[0]["after"] == '{"ກ": "ຂ"}'
    written = browser.get("/settings/trail.jsonl").get_data(as_text=True).splitlines()
    handed_out = [json.loads(line) for line in written]
    assert [one["action"] for one in handed_out] == ["=1+1", "trail.export", "trail.export"]
    assert handed_out[1]["after"] == {"subject": "@thing:1"}
    for path in ("/settings/trail", "/settings/trail.csv", "/settings/trail.jsonl"):
        assert signed_in(Role.EDITOR).get(path).status_code == 403


def test_the_command_line_lists_and_exports(
    app: APIFlask, settings: Settings, clock: FixedClock, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the page's filters."""
    with app.app_context():
        for number in range(3):
            record(db.session, action="thing.made", subject=f"thing:{number}", now=clock.now)
        db.session.commit()

    def run(*words: str) -> str:
        folder = terminal.DataFolder(settings.data, lambda _settings: app)
        command_line(["--data", str(settings.data), "trail", *words], standalone_mode=False, obj=folder)
        return capsys.readouterr().out

    listed = json.loads(run("list", "--words", "thing:1", "--json"))
    assert [one["subject"] for one in listed] == ["thing:1"]
    assert "thing:2" in run("list", "--most", "1")
    exported = [json.loads(line) for line in run("export", "--action", "thing.made").splitlines()]
    assert [one["subject"] for one in exported] == ["thing:0", "thing:1", "thing:2"]
    assert run("export", "--csv", "--subject", "thing:2").splitlines()[1].count("thing:2") == 1


def test_every_act_that_is_written_has_its_words() -> None:
    """A code in the trail that nobody put into words would be read out as it is written."""
    package = Path(broadcaster.__file__).parent
    written = {
        code
        for file in package.rglob("*.py")
        if "migrations" not in file.parts
        for code in re.findall(r'action="([a-z]+\.[a-z_]+)"', file.read_text(encoding="utf-8"))
    }
    written |= {f"{kind}.{action.value}" for kind in ("recording", "jingle") for action in ApprovalAction}
    assert len(written) > 30
    assert written - set(ACTIONS) == set()
