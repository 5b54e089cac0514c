"""The library's lists: filters, order, parts, what they cost, and what can be done with several at once."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, insert
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from broadcaster.accounts.reach import EVERYWHERE
from broadcaster.newsroom import library, service, tags
from broadcaster.newsroom.library_question import RECORDING_SORTS, Wanted, wanted_from
from broadcaster.newsroom.models import Announcement, AnnouncementKind, Recording
from broadcaster.newsroom.search_index import mend
from broadcaster.newsroom.sound import IngestState
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.audio import ready_audio

SignIn = Callable[..., FlaskClient]


def announce(
    session: Session, clock: FixedClock, title: str, language: str = "lo", kind: str = "other"
) -> Recording:
    """An announcement with one recording, a minute after the one before."""
    clock.advance(minutes=1)
    about = service.create_announcement(session, title, kind, None, clock.now)
    made = service.attach_recording(
        session, about, language, ready_audio(title), f"{title}.wav", None, clock.now
    )
    session.commit()
    return made


def around(clock: FixedClock) -> library.Around:
    """Somebody who reaches everywhere."""
    return library.Around(EVERYWHERE, clock.now, clock.now.tzinfo)  # type: ignore[arg-type]  # it is aware


def titles(session: Session, clock: FixedClock, **wanted: object) -> list[str]:
    """The titles of the recordings that fit, in order."""
    part = library.recordings(session, Wanted(**wanted), around(clock))  # type: ignore[arg-type]  # as tests say
    return [one.announcement.title for one in part.rows]


def test_each_filter_keeps_what_it_says(session: Session, clock: FixedClock) -> None:
    """Alone, and together with the others."""
    law = announce(session, clock, "Law", "lo", "law_orientation")
    fair = announce(session, clock, "Fair", "kuf", "market")
    flood = announce(session, clock, "Flood", "lo", "emergency")
    tags.put_tags(law.announcement, ["ລະດູຝົນ"])
    fair.announcement.valid_until = clock.now - timedelta(days=1)
    flood.announcement.valid_from = clock.now + timedelta(days=2)
    flood.ingest, flood.sha256 = IngestState.FAILED, None
    fair.duration_ms, fair.state, fair.verdict = 60_000, "submitted", "too_quiet"
    law.transcript = "words"
    session.commit()
    expected = {
        ("kind", ("market", "emergency")): ["Flood", "Fair"],
        ("language", ("kuf",)): ["Fair"],
        ("state", ("submitted",)): ["Fair"],
        ("missing", "kuf"): ["Flood", "Law"],
        ("tag", "ລະດູຝົນ"): ["Law"],
        ("validity", "now"): ["Law"],
        ("validity", "soon"): ["Flood"],
        ("validity", "expired"): ["Fair"],
        ("validity", "open"): ["Flood", "Law"],
        ("sound", "failed"): ["Flood"],
        ("sound", "none"): ["Flood", "Fair"],
        ("verdict", ("too_quiet",)): ["Fair"],
        ("shortest", 30): ["Fair"],
        ("longest", 30): ["Flood", "Law"],
        ("since", clock.now.date()): ["Flood", "Fair", "Law"],
        ("until", clock.now.date() - timedelta(days=1)): [],
    }
    for (name, value), fitting in expected.items():
        assert titles(session, clock, **{name: value}) == fitting, (name, value)
    assert titles(session, clock, validity="open", search="flood") == ["Flood"]
    part = library.announcements(session, Wanted(missing="kuf", sound="none"), around(clock))
    assert [one.title for one in part.rows] == ["Flood"]


def test_the_same_audio_elsewhere_is_found(session: Session, clock: FixedClock) -> None:
    """What is stored twice can be tidied up."""
    announce(session, clock, "One")
    two = announce(session, clock, "Two")
    service.attach_recording(session, two.announcement, "kuf", ready_audio("One"), "x.wav", None, clock.now)
    session.commit()
    assert sorted(titles(session, clock, sound="twice")) == ["One", "Two"]


@pytest.mark.parametrize("sort", [*RECORDING_SORTS, *(f"-{name}" for name in RECORDING_SORTS)])
def test_parts_hold_every_row_once_in_order(session: Session, clock: FixedClock, sort: str) -> None:
    """Whatever the order, also where many rows have the same value."""
    for number in range(7):
        announce(session, clock, f"T{number % 3}", ("lo", "kuf")[number % 2])
    seen: list[int] = []
    after: int | None = None
    while True:
        part = library.recordings(session, Wanted(sort=sort, after=after), around(clock), most=3)
        seen += [one.id for one in part.rows]
        after = part.after
        if after is None:
            break
    assert sorted(seen) == sorted(one.id for one in session.query(Recording))
    assert part.count == 7
    whole = library.recordings(session, Wanted(sort=sort), around(clock), most=100)
    assert [one.id for one in whole.rows] == seen


def many(session: Session, clock: FixedClock, count: int) -> None:
    """So many announcements with a recording each, past the objects, and their texts."""
    first = session.query(Announcement).count()
    about = [
        {"title": f"ກົດໝາຍ {n}", "kind": AnnouncementKind.OTHER, "created_at": clock.now}
        for n in range(first, first + count)
    ]
    session.execute(insert(Announcement), about)
    ids = [number for (number,) in session.query(Announcement.id).order_by(Announcement.id)][first:]
    session.execute(
        insert(Recording),
        [
            {
                "announcement_id": number, "language": "lo", "version": 1, "original_name": "a.wav",
                "ingest": IngestState.DONE, "state": "draft", "created_at": clock.now, "progress": 1.0,
                "transcript": "ນ້ຳ ໄຟຟ້າ ບ້ານ", "verdict_figures": {}, "error_figures": {}, "peaks": [],
            }
            for number in ids
        ],
    )  # fmt: skip
    session.commit()
    mend(session)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are executed in the block."""
    said: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    "address",
    [
        "/announcements?sort=-created",
        "/recordings?sort=title",
        "/recordings?search=ກົດໝາຍ",
        "/announcements?search=ນ້ຳ",
        "/search?q=ບ້ານ",
    ],
)
def test_a_page_asks_the_database_as_often_for_many_as_for_few(
    signed_in: SignIn, session: Session, clock: FixedClock, address: str
) -> None:
    """Ten rows or a thousand: the same number of queries, none of which loads a waveform."""
    editor = signed_in("editor")
    many(session, clock, 10)
    assert editor.get(address).status_code == 200
    with counted() as few:
        editor.get(address)
    many(session, clock, 990)
    with counted() as lots:
        assert editor.get(address).status_code == 200
    assert len(lots) == len(few)
    assert len(lots) < 30
    assert not [statement for statement in lots if "peaks" in statement]


def test_findings_are_marked_where_they_stand(signed_in: SignIn, session: Session, clock: FixedClock) -> None:
    """In the title, and in what is said with words around it; a filter is a chip to be taken away."""
    one = announce(session, clock, "ຜົນກອງປະຊຸມ")
    one.transcript = "ທ່ານທັງຫຼາຍ " * 40 + "ນ້ຳຖ້ວມ"
    session.commit()
    page = signed_in("editor").get("/recordings?search=ນ້ໍາ&kind=other&sort=title").text
    assert re.search(r"<mark>\s*ນ້ຳ", page)
    assert "… " in page
    assert 'aria-sort="ascending"' in page
    assert 'class="chip removable"' in page
    assert "<audio" in page
    page = signed_in("editor").get("/recordings?search=zzzz").text
    assert "No recording fits this search" in page


def test_a_list_is_downloaded_whole_and_harmless(
    signed_in: SignIn, session: Session, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every row of every part; what a spreadsheet would execute is text, and numbers are numbers."""
    monkeypatch.setattr("broadcaster.newsroom.library_pages.ROWS_AT_ONCE", 2)
    for title in ("A", "B", "=1+1", "D", "E"):
        announce(session, clock, title)
    session.query(Recording).update({"loudness_lufs": -16.2})
    session.commit()
    editor = signed_in("editor")
    answer = editor.get("/recordings.csv?sort=title")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert {row["loudness_lufs"] for row in rows} == {"-16.2"}, "a number stays one that can be reckoned with"
    assert [row["title"] for row in rows] == ["'=1+1", "A", "B", "D", "E"]
    assert {row["created_at_utc"][13:] for row in rows} == {f":0{n}:00.000Z" for n in range(1, 6)}
    assert answer.headers["Content-Disposition"] == 'attachment; filename="recordings.csv"'
    rows = list(csv.DictReader(io.StringIO(editor.get("/announcements.csv").text.removeprefix("\ufeff"))))
    assert rows[0]["languages"] == "lo"
    assert len(rows) == 5


def test_several_are_submitted_and_tagged_at_once(
    signed_in: SignIn, session: Session, clock: FixedClock
) -> None:
    """What cannot be is told and stays as it was."""
    one, two = announce(session, clock, "One"), announce(session, clock, "Two")
    two.ingest = IngestState.FAILED
    session.commit()
    chosen = {"chosen": [one.id, two.id], "page": "recordings", "asked": "sort=title"}
    editor = signed_in("editor")
    answer = editor.post("/library/submit", data=chosen)
    assert answer.location == "/recordings?sort=title"
    page = editor.get(answer.location).text
    assert "1 recording submitted." in page
    assert "1 recording stays as it was" in page
    editor.post("/library/tag", data=chosen | {"tags": "Rain, ຝົນ"})
    session.expire_all()
    assert session.get_one(Recording, one.id).state == "submitted"
    assert session.get_one(Announcement, two.announcement_id).tags == ["Rain", "ຝົນ"]
    assert signed_in("operator").post("/library/submit", data=chosen).status_code == 403


def test_everything_is_searched_from_every_page(
    signed_in: SignIn, session: Session, clock: FixedClock
) -> None:
    """A few of each, with the way to all."""
    announce(session, clock, "ກົດໝາຍທີ່ດິນ")
    page = signed_in("editor").get("/search?q=ດິນ").text
    assert "<h2" in page
    assert "/recordings?search=" in page
    assert "Nothing fits" in signed_in("editor").get("/search?q=zzzz").text
    assert "Type a few letters" in signed_in("editor").get("/search").text


WORD = st.text(max_size=12)


@given(
    st.dictionaries(
        st.sampled_from(["search", "kind", "state", "who", "since", "sort", "after", "shortest", "tag"]),
        st.lists(WORD, max_size=3),
    )
)
def test_an_address_says_the_same_when_it_is_written_again(args: dict[str, list[str]]) -> None:
    """Whatever stands in it; nonsense is passed over."""
    wanted = wanted_from(args, RECORDING_SORTS)
    again = wanted_from(wanted.to_args(), RECORDING_SORTS)
    assert again == wanted_from({**args, "after": []}, RECORDING_SORTS)
