"""What came of a held relay, from the states and faults that were told of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hardware import AttachedBoard
from hardware.ports import FaultCode, RelayCause, RelayFault, RelayState
from hardware.relay_commands import Held
from station_agent.held_relay import Found, what_came_of_it

START, COMMAND = RelayCause.START, RelayCause.COMMAND
REFUSED, GONE = RelayCause.REFUSED_BY_BOARD, RelayCause.OWNER_GONE
LOST, GUARD = RelayCause.BOARD_LOST, RelayCause.GUARD_GONE
BEGAN = datetime(2026, 11, 27, 22, 0, tzinfo=UTC)
SENT, READ = False, True

BEFORE = [(False, SENT, START), (False, READ, START)]
CLOSED = [(True, SENT, COMMAND), (True, READ, COMMAND)]
OPENED = [(False, SENT, COMMAND), (False, READ, COMMAND)]


def found(*told: tuple[bool, bool, RelayCause], kind: str = "kmtronic", fault: str = "") -> Found:
    """One state a second of relay 1, held for as long as was asked."""
    states = (RelayState(1, *one[:2], BEGAN + timedelta(seconds=at), one[2]) for at, one in enumerate(told))
    faults = (RelayFault(FaultCode.BOARD_SILENT, fault, BEGAN),) if fault else ()
    attached = AttachedBoard(kind, "/dev/board", 1)
    return what_came_of_it(attached, Held(tuple(states), faults, False), 1, asked_to_stop=False)


def test_what_was_read_back_is_told_as_seen() -> None:
    """Closed, open, and for how long; the guard's own last command to open takes nothing from it."""
    for last in ([], [(False, SENT, GONE)], [(False, SENT, GONE), (False, READ, GONE)]):
        seen = found(*BEFORE, *CLOSED, *OPENED, *last)
        assert (seen.confirmed, seen.opened, seen.wrong) == (True, True, "")
        assert seen.words == " was closed for 2.0 s and is open"


def test_an_opening_that_was_not_read_back_is_a_failure_of_a_board_that_answered() -> None:
    """That it was read back open before it was closed counts for nothing; an LCUS board can answer, too."""
    for kind in ("kmtronic", "lcus"):
        seen = found(*BEFORE, *CLOSED, (False, SENT, COMMAND), kind=kind)
        assert (seen.confirmed, seen.opened) == (True, None)
        assert seen.words.startswith(": it was closed for 2.0 s; commanded open, and nobody saw it")


def test_a_relay_that_reads_back_closed_is_closed_though_it_was_commanded_open_since() -> None:
    """The board's own word goes before."""
    seen = found(*BEFORE, *CLOSED, (False, SENT, COMMAND), (True, READ, REFUSED), (False, SENT, GONE))
    assert (seen.opened, seen.words[-14:]) == (False, "; it is closed")


def test_one_that_was_too_short_to_be_read_back_closed_is_told_so() -> None:
    """It was seen open afterwards, which is what matters."""
    seen = found(*BEFORE, CLOSED[0], *OPENED)
    assert (seen.confirmed, seen.opened, seen.wrong) == (False, True, "")
    assert seen.words == " was commanded closed for 1.0 s (not read back) and is open"


@pytest.mark.parametrize("cause", [LOST, GUARD])
@pytest.mark.parametrize("kind", ["kmtronic", "lcus", "line"])
def test_after_the_board_or_the_guard_was_lost_nobody_knows(kind: str, cause: RelayCause) -> None:
    """Until the next one has opened it and it was read back."""
    closed = CLOSED[:1] if kind == "line" else CLOSED
    assert found(*BEFORE[:1], *closed, (False, SENT, cause), kind=kind, fault="x").opened is None
    if kind != "line":
        again = [(False, SENT, START), (False, READ, START)]
        assert found(*BEFORE[:1], *closed, (False, SENT, cause), *again, kind=kind).opened is True


def test_what_a_board_that_need_not_answer_said_wrongly_is_told() -> None:
    """No fault of its kind, but it is all there is to know."""
    unseen = found(BEFORE[0], CLOSED[0], OPENED[0], kind="lcus", fault="its answer cannot be read")
    assert (unseen.wrong, unseen.opened) == ("", None)
    assert unseen.words.endswith("then open (not read back); its answer cannot be read")


def test_a_relay_that_never_closed_and_was_read_back_open_is_open() -> None:
    """The command was refused, say."""
    seen = found(*BEFORE)
    assert (seen.closed, seen.opened, seen.words) == (False, True, ": it did not close; it is open")
