"""What a machine that stands still adds to a promised time."""

import os
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.standing_still import Lasted, Span, Witness, together_s, witness


@pytest.mark.parametrize(
    ("spans", "covered_s"),
    [
        ([], 0),
        ([(1, 2)], 1),
        ([(1, 3), (2, 4)], 3),
        ([(2, 4), (1, 5)], 4),
        ([(-5, 1), (9, 20)], 2),
        ([(-5, -1), (11, 12)], 0),
    ],
)
def test_what_two_have_seen_counts_once_and_only_within_the_time(spans: list[Span], covered_s: float) -> None:
    """From 0 to 10."""
    assert together_s(spans, 0, 10) == covered_s


def test_a_halt_is_seen_by_whoever_looks(machine: Witness) -> None:
    """A halted witness is what a halted machine is to it; before it was halted, it had not been."""
    before = datetime.now(UTC)
    os.kill(machine.pid, signal.SIGSTOP)
    time.sleep(0.3)
    os.kill(machine.pid, signal.SIGCONT)
    time.sleep(0.02)
    after = datetime.now(UTC)
    assert 0.25 <= machine.stood_still_s(before, after) <= (after - before).total_seconds()
    assert 0 <= machine.took_s(before, after) <= (after - before).total_seconds() - 0.25
    assert machine.stood_still_s(before - timedelta(hours=2), before - timedelta(hours=1)) == 0


def test_what_was_noted_late_may_have_been_longer_or_shorter() -> None:
    """Noted as 1 s, on a machine that stood still for 0.3 s."""
    lasted = Lasted(0.7, 1.3)
    assert lasted.overlaps(1.2, 2.0)
    assert lasted.overlaps(0.1, 0.7)
    assert not lasted.overlaps(1.4, 2.0)
    assert not lasted.overlaps(0.1, 0.6)


def test_it_writes_where_it_was_told(tmp_path: Path) -> None:
    """The disk is looked at too."""
    now = datetime.now(UTC)
    with witness(tmp_path / "written") as looking:
        looking.stood_still_s(now, now + timedelta(seconds=0.5))
    assert (tmp_path / "written").read_bytes() == b"here"
