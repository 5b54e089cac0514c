"""What the index says is what is there, whatever was done to announcements and recordings."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from broadcaster.newsroom import service, tags
from broadcaster.newsroom.finding import few
from broadcaster.newsroom.library_models import LibraryText
from broadcaster.newsroom.models import Announcement, AnnouncementTag, Recording
from broadcaster.newsroom.search import question
from broadcaster.newsroom.search_index import mend, recipe, remake
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.audio import ready_audio

WORDS = ("ນາ", "ປາ", "ບ້ານ", "ລັດຖະບານ", "ກົດໝາຍ", "ທີ່ດິນ", "ນ້ຳ", "ໄຟຟ້າ", "health", "ໝູ", "6", "ທີ")
EDITS = st.lists(
    st.tuples(
        st.sampled_from(
            ["announce", "record", "rename", "transcribe", "tag", "kind", "speak", "remove", "undo"]
        ),
        st.integers(0, 99),
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map("".join),
    ),
    min_size=1,
    max_size=14,
)


def announce(session: Session, clock: FixedClock, title: str, language: str = "lo") -> Recording:
    """An announcement with one recording."""
    about = service.create_announcement(session, title, "other", None, clock.now)
    made = service.attach_recording(session, about, language, ready_audio(title), "a.wav", None, clock.now)
    session.commit()
    return made


def ids(session: Session, asked: str) -> list[int]:
    """The recordings found."""
    return sorted(few(session, question(asked), LibraryText.recording_id) or [])


def test_everything_a_recording_is_known_by_finds_it(session: Session, clock: FixedClock) -> None:
    """Title, kind in both languages, tag, details, language, words, speaker, file: alone and together."""
    one = announce(session, clock, "ຜົນກອງປະຊຸມ")
    one.announcement.kind = service.AnnouncementKind.HEALTH
    one.announcement.details = {"topic": "ໄຂ້ຍຸງ"}
    one.language = "tdf"
    one.transcript = "ທ່ານທັງຫຼາຍ ໂປດຊາບ"
    one.transcript_lo = "ແປແລ້ວ"
    one.speakers = ["ຜູ້ເວົ້າ 1"]
    one.original_name = "morning_news.wav"
    tags.put_tags(one.announcement, tags.clean_tags(["ລະດູຝົນ"]))
    session.commit()
    for asked in ("ກອງ", "health", "ໄຂ້", "ຕະລຽງ", "talieng", "tdf", "ໂປດ", "ແປ", "ຜູ້ເວົ້າ", "morning", "ຝົນ"):
        assert ids(session, asked) == [one.id], asked
    assert ids(session, "ຝົນ ໂປດ tdf health") == [one.id]
    assert ids(session, "ຝົນ weather") == []
    assert few(session, question("ກອງ"), LibraryText.announcement_id) == [one.announcement_id]


def test_words_of_one_and_two_letters_are_found(session: Session, clock: FixedClock) -> None:
    """Also as the last ones of a text."""
    fish, field = announce(session, clock, "ຕະຫຼາດ ປາ"), announce(session, clock, "ນາ ແລະ ຝົນ")
    assert ids(session, "ປາ") == [fish.id]
    assert ids(session, "ນາ") == [field.id]
    assert ids(session, "ຝ") == [field.id]
    assert ids(session, "zq") == []


def test_more_than_can_be_listed_is_said(session: Session, clock: FixedClock) -> None:
    """Then the list is walked instead."""
    for number in range(3):
        announce(session, clock, f"ກົດໝາຍ {number}")
    assert few(session, question("ກົດໝາຍ"), LibraryText.recording_id, most=2) is None
    assert len(few(session, question("ກົດໝາຍ"), LibraryText.recording_id, most=3) or []) == 3


def test_a_change_that_is_taken_back_changes_nothing(session: Session, clock: FixedClock) -> None:
    """The texts stand in the same transaction."""
    one = announce(session, clock, "ກົດໝາຍ")
    one.announcement.title = "ໄຟຟ້າ"
    session.flush()
    assert ids(session, "ໄຟຟ້າ") == [one.id]
    session.rollback()
    assert ids(session, "ໄຟຟ້າ") == []
    assert ids(session, "ກົດໝາຍ") == [one.id]


def test_what_went_past_the_objects_is_mended(session: Session, clock: FixedClock) -> None:
    """Missing texts and those of older words are made; the others are let be."""
    one, two = announce(session, clock, "ກົດໝາຍ"), announce(session, clock, "ໄຟຟ້າ")
    announce(session, clock, "ນາ")
    session.execute(delete(LibraryText).where(LibraryText.announcement_id == one.announcement_id))
    session.execute(
        update(LibraryText).where(LibraryText.announcement_id == two.announcement_id).values(recipe=1)
    )
    session.commit()
    assert ids(session, "ກົດໝາຍ") == []
    assert mend(session) == 2
    assert mend(session) == 0
    assert ids(session, "ກົດໝາຍ") == [one.id]
    assert remake(session) == 3
    check(session)


def check(session: Session) -> None:
    """Texts, index and search agree with what is there."""
    session.expire_all()
    expected = {(one.announcement_id, one.id): one for one in session.scalars(select(Recording))}
    rows = session.scalars(select(LibraryText)).all()
    assert {(row.announcement_id, row.recording_id) for row in rows if row.recording_id} == set(expected)
    assert {row.announcement_id for row in rows if row.recording_id is None} == set(
        session.scalars(select(Announcement.id))
    )
    assert {row.recipe for row in rows} <= {recipe()}
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("INSERT INTO library_index(library_index) VALUES ('integrity-check')"))
    for asked in itertools.chain(WORDS, ("ບານ", "ນາປາ", "health ນາ", "ນ້ໍາ")):
        truth = sorted(number for (_about, number), one in expected.items() if fits(one, asked))
        assert ids(session, asked) == truth, asked


def fits(one: Recording, asked: str) -> bool:
    """What a reader would say, reading everything."""
    about = one.announcement
    kind: tuple[Any, ...] = (str(about.kind),)
    texts = (about.title, *kind, *about.tags, one.language, "Lao", "ລາວ", *(one.speakers or ()))
    return question(asked).fits(*texts, one.transcript or "", one.original_name, "Other")


def edit(session: Session, clock: FixedClock, act: str, number: int, words: str) -> None:
    """One thing that people do."""
    there = session.scalars(select(Recording).order_by(Recording.id)).all()
    if act == "announce" or not there:
        announce(session, clock, words)
        return
    one = there[number % len(there)]
    match act:
        case "record":
            service.receive_recording(session, one.announcement, "lo", "x", f"{words}.wav", None, clock.now)
        case "rename":
            one.announcement.title = words
        case "transcribe":
            one.transcript = words
        case "speak":
            one.speakers = [words]
        case "kind":
            one.announcement.details = {"topic": words}
            one.announcement.kind = service.AnnouncementKind.HEALTH
            one.announcement.details = {}
        case "tag":
            tags.put_tags(one.announcement, tags.clean_tags([words] if number % 3 else []))
        case "remove":
            one.announcement.recordings.remove(one)
            session.delete(one)
        case "undo":
            one.transcript = words
            session.flush()
            session.rollback()
    session.commit()


@given(edits=EDITS)
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    database=None,
)
def test_after_any_edits_the_index_says_what_is_there(
    session: Session, clock: FixedClock, edits: list[tuple[str, int, str]]
) -> None:
    """Rename, transcript, tags, kind, removal, rollback: searched through the index as read by eye."""
    for table in (AnnouncementTag, Recording, Announcement):
        session.execute(delete(table))
    session.commit()
    for act, number, words in edits:
        edit(session, clock, act, number, words)
    check(session)
