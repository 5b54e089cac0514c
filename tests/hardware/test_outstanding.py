"""What a new sound worker is asked for, after the last one was lost."""

from __future__ import annotations

from pathlib import Path

from hardware.ports import PlayRequest
from hardware.sound.outstanding import OVERDUE_US, Outstanding

DUE_US = 10_000_000


def of_no_file(_path: Path) -> None:
    """Nothing is on a disk here."""


def asked_for_one() -> Outstanding:
    """A sound that is to begin at `DUE_US`."""
    outstanding = Outstanding()
    outstanding.ask(PlayRequest("news/1", Path("news.webm")), DUE_US)
    return outstanding


def test_what_is_a_moment_late_is_begun_by_the_next_worker() -> None:
    """A worker is replaced within two seconds: that is no reason not to be heard."""
    resumed = asked_for_one().resume(DUE_US + 2_000_000, of_no_file)
    assert [one.request.key for one in resumed.again] == ["news/1"]
    assert not resumed.overdue


def test_what_was_to_begin_long_ago_is_not_begun_any_more_and_is_answered_once() -> None:
    """Only who stood still since then still waits for it."""
    outstanding = asked_for_one()
    resumed = outstanding.resume(DUE_US + OVERDUE_US + 1, of_no_file)
    assert [one.request.key for one in resumed.overdue] == ["news/1"]
    assert not resumed.again
    assert not outstanding


def test_what_had_begun_goes_on_however_long_it_was_silent() -> None:
    """Playout decides what becomes of it."""
    outstanding = asked_for_one()
    (asked,) = outstanding.all()
    outstanding.started(asked, DUE_US)
    outstanding.lost(DUE_US + 1_000_000, hung=True)
    resumed = outstanding.resume(DUE_US + 60_000_000, of_no_file)
    assert [one.request.key for one in resumed.again] == ["news/1"]
