"""Alerts on the disk: judged whichever way they come, remembered whatever happens to the journal."""

from __future__ import annotations

import errno
import os
from datetime import timedelta
from pathlib import Path

import pytest

from schedules.envelope import SigningKey, sign
from schedules.errors import BadSignature, Expired, Rollback, WrongStation
from schedules.trust import TrustedKeyring
from schedules.wire.alert import AlertAct
from station_agent import alert_book
from station_agent.alert_book import ARRIVES_WITHIN_S, AlertBook
from tests.station_agent.documents import NOON, alert
from tests.station_agent.hand_clock import HandClock
from tests.station_agent.province_simulator import STATION, Province


class Books:
    """A folder, its province, and what was told."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.province, self.clock = folder, Province(), HandClock()
        self.told: list[str] = []

    def open(self) -> AlertBook:
        keyring = TrustedKeyring.restore(self.province.keyrings[0])
        return AlertBook(self.folder, keyring, STATION, self.clock, lambda code, *_: self.told.append(code))

    def signed(self, serial: int = 1, act: AlertAct = AlertAct.RAISE, **more: object) -> bytes:
        return sign(alert(serial, act, **more), [self.province.planner])


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return Books(tmp_path / "alerts")


def test_an_alert_is_news_once_and_in_force_until_it_expires(books: Books) -> None:
    """It comes by network and by stick."""
    book = books.open()
    assert book.offer(books.signed())[1]
    assert not book.offer(books.signed())[1]
    assert [one.key for one in book.in_force()] == ["flood-1"]
    assert len(book.wanted_audio()) == 2
    books.clock.wall += timedelta(minutes=30)
    assert book.in_force() == ()
    assert book.wanted_audio() == ()


def test_what_is_not_the_provinces_or_not_for_us_is_refused(books: Books) -> None:
    """Nothing of it is kept."""
    book = books.open()
    with pytest.raises(BadSignature):
        book.offer(sign(alert(), [SigningKey.generate()]))
    with pytest.raises(WrongStation):
        book.offer(books.signed(stations=("somewhere-else",)))
    books.clock.wall += timedelta(hours=1)
    with pytest.raises(Expired):
        book.offer(books.signed())
    assert list(books.folder.glob("*.dsse")) == []


def test_a_cancel_outlives_the_process_and_refuses_the_replay_of_its_raise(books: Books) -> None:
    """Also where the journal was lost: the alerts' folder is another one."""
    raised = books.signed(1)
    book = books.open()
    book.offer(raised)
    book.offer(books.signed(2, AlertAct.CANCEL))
    again = books.open()
    assert again.in_force() == ()
    with pytest.raises(Rollback):
        again.offer(raised)


def test_an_alert_in_force_is_found_again_at_the_next_start(books: Books) -> None:
    """Judged as from outside: a disk can be written to."""
    books.open().offer(books.signed())
    assert [one.serial for one in books.open().in_force()] == [1]
    (kept,) = books.folder.glob("*.dsse")
    kept.write_bytes(sign(alert(7), [SigningKey.generate()]))
    assert books.open().in_force() == ()
    assert books.told == ["alert_refused"]
    assert kept.with_suffix(".refused").exists()


def test_what_lies_in_the_inbox_is_taken_or_set_aside(books: Books) -> None:
    """The good one is taken though another one is garbage."""
    book = books.open()
    (book.inbox / "a.dsse").write_bytes(b"garbage")
    (book.inbox / "b.dsse").write_bytes(books.signed())
    (book.inbox / "c.dsse").write_bytes(b"x" * 2_000_000)
    assert [one.key for one in book.take_inbox()] == ["flood-1"]
    books.clock.passed_s += ARRIVES_WITHIN_S
    assert list(book.take_inbox()) == []
    assert sorted(path.name for path in book.inbox.iterdir()) == ["a.refused", "c.refused"]
    assert books.told == ["alert_refused", "alert_refused"]
    assert list(book.take_inbox()) == []


def test_on_a_clock_that_cannot_be_right_no_alert_is_too_old(books: Books) -> None:
    """Emergency first: the date is not judged."""
    book = books.open()
    book.clock_trusted = False
    books.clock.wall += timedelta(days=400)
    assert book.offer(books.signed())[1]
    assert len(book.in_force()) == 1


def test_what_expired_half_a_year_ago_is_forgotten(books: Books) -> None:
    """The folder does not grow for ever."""
    books.open().offer(books.signed())
    books.clock.wall += timedelta(days=201)
    books.open()
    assert list(books.folder.glob("*.dsse")) == []


def test_what_was_over_at_the_last_certain_instant_is_not_in_force_on_a_clock_in_2000(books: Books) -> None:
    """Else an empty battery would let every alert of half a year be heard again; one that is not over is."""
    book = books.open()
    book.offer(books.signed())
    books.clock.wall = NOON - timedelta(days=9000)
    book.clock_trusted, book.last_known = False, NOON
    assert [one.key for one in book.in_force()] == ["flood-1"]
    book.last_known = NOON + timedelta(hours=1)
    assert book.in_force() == ()


def test_a_file_that_is_still_being_copied_is_waited_for(books: Books) -> None:
    """A stick is slow: half an envelope is no garbage while it grows."""
    book, whole, path = books.open(), books.signed(), books.folder / "new" / "slow.dsse"
    for end in range(0, len(whole), len(whole) // 4):
        path.write_bytes(whole[:end])
        assert list(book.take_inbox()) == []
        books.clock.passed_s += ARRIVES_WITHIN_S - 0.5
    path.write_bytes(whole)
    assert [one.key for one in book.take_inbox()] == ["flood-1"]
    assert books.told == []


def test_a_pipe_or_a_device_in_the_inbox_keeps_no_alert_waiting(books: Books) -> None:
    """Opening a pipe would wait for its writer for ever, and a device has no end."""
    book = books.open()
    os.mkfifo(book.inbox / "a.dsse")
    (book.inbox / "b.dsse").symlink_to("/dev/zero")
    (book.inbox / "c.dsse").write_bytes(books.signed())
    assert [one.key for one in book.take_inbox()] == ["flood-1"]
    assert sorted(path.name for path in book.inbox.iterdir()) == ["a.refused", "b.refused"]


def test_what_cannot_be_moved_out_of_the_inbox_is_told_once_and_keeps_no_alert_waiting(books: Books) -> None:
    """A folder in its way, and one that is a folder itself: neither goes by itself."""
    book = books.open()
    (book.inbox / "a.dsse").mkdir()
    (book.inbox / "a.refused").mkdir()
    (book.inbox / "a.refused" / "full").touch()
    (book.inbox / "b.dsse").write_bytes(books.signed())
    assert [one.key for one in book.take_inbox()] == ["flood-1"]
    assert list(book.take_inbox()) == []
    assert books.told == ["alert_refused"]
    (book.inbox / "a.refused" / "full").unlink()
    assert list(book.take_inbox()) == []
    assert [path.name for path in book.inbox.iterdir()] == ["a.refused"]


def test_an_alert_that_was_kept_is_news_though_its_file_cannot_be_removed(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else's folder: it is told once, and the alert plays once."""
    book, path = books.open(), books.folder / "new" / "a.dsse"
    path.write_bytes(books.signed())

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as foreign:
        foreign.setattr(Path, "unlink", denied)
        assert [[one.key for one in book.take_inbox()] for _ in range(3)] == [["flood-1"], [], []]
    assert books.told == ["alert_refused"]


def test_an_alert_that_cannot_be_kept_is_not_refused(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full now; at a later look it may not be."""
    book, path = books.open(), books.folder / "new" / "a.dsse"
    path.write_bytes(books.signed())
    with monkeypatch.context() as full:

        def no_room(*_: object, **__: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        full.setattr(alert_book, "write_durably", no_room)
        with pytest.raises(OSError, match="No space"):
            list(book.take_inbox())
    assert books.told == []
    assert [one.key for one in book.take_inbox()] == ["flood-1"]
