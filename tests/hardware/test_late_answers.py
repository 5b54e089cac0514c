"""Answers that come when another question was put: none of them tells of the time before a command."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from hardware import AttachedBoard, FaultCode, RelayState
from hardware.ports import RelayCause
from hardware.virtual_board import FIRMWARE, Contacts, Fault, VirtualBoard
from hardware.virtual_board.board import Firmware
from tests.hardware.link_bench import CHANNELS, Bench, at_bench
from tests.hardware.relay_events import fault, state

CONFIRMED_WITHIN_S = 5.0
"""On the link's own clock: the longest wait for a late answer, and what is asked after it."""


@dataclass
class Behind:
    """A board's firmware that keeps so many of its answers until another question comes, or for ever."""

    firmware: Firmware
    question: bytes
    keeps: int = 0
    loses: int = 0
    kept: list[bytes] = field(default_factory=list)

    def take(self, data: bytes, relays: Contacts) -> bytes:
        """One command or question at a time, as the bench sends them."""
        said = self.firmware.take(data, relays)
        if data != self.question:
            return said
        if self.loses:
            self.loses -= 1
            return b""
        self.kept.append(said)
        return self.kept.pop(0) if len(self.kept) > self.keeps else b""


@dataclass
class Late:
    """A bench whose board may answer late."""

    bench: Bench
    firmware: Behind

    def close_the_first(self) -> None:
        """And see it closed, by a board that still answers at once."""
        self.bench.link.want(1, True, RelayCause.COMMAND)
        self.bench.pass_until(self.bench.has_told(state(1, True, confirmed=True)), 5)
        self.bench.told.events.clear()

    def untrue(self) -> list[object]:
        """What was told as read back and is not so, where no relay has moved since."""
        told = [one for one in self.bench.told.events if isinstance(one, RelayState) and one.confirmed]
        return [one for one in told if one.on is not self.bench.board.on[one.channel - 1]]


@pytest.fixture(params=FIRMWARE)
def late(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
    wait_until: Callable[..., None],
) -> Iterator[Late]:
    """Of each kind that answers, with every relay open and read back."""
    kind = request.param
    firmware = Behind(FIRMWARE[kind](), b"")
    with (
        VirtualBoard(tmp_path / "board", firmware, channels=CHANNELS) as board,
        at_bench(kind, board, clock, monkeypatch, wait_until) as bench,
    ):
        firmware.question = bench.attached.codec().encode_query()
        bench.pass_until(bench.has_told(state(2, False, confirmed=True)), 5)
        yield Late(bench, firmware)


@pytest.mark.parametrize("answers_behind", [1, 2])
def test_an_answer_from_before_a_command_is_not_taken_for_one_from_after_it(
    late: Late, answers_behind: int
) -> None:
    """A relay that was opened is not told as read back closed, however late its board tells of before."""
    late.close_the_first()
    late.firmware.keeps = answers_behind
    late.bench.pass_looks(1)
    late.bench.link.want(1, False, RelayCause.COMMAND)
    opened = late.bench.has_told(state(1, False, confirmed=True))
    late.bench.pass_until(opened, CONFIRMED_WITHIN_S * answers_behind)
    assert not late.untrue()
    assert not late.bench.has_told(fault(FaultCode.BOARD_DISAGREES))()


def test_a_relay_that_did_not_close_is_not_confirmed_by_an_answer_from_when_it_was_closed(late: Late) -> None:
    """Opened, then closed again by a command that is lost: what the board said first is no proof."""
    late.close_the_first()
    late.firmware.keeps = 1
    late.bench.pass_looks(1)
    late.bench.link.want(1, False, RelayCause.COMMAND)
    late.bench.pass_until(late.bench.has_told(state(1, False)), 1)
    late.bench.board.fault = Fault.DEAF
    late.bench.link.want(1, True, RelayCause.COMMAND)
    late.bench.pass_until(late.bench.has_told(fault(FaultCode.BOARD_DISAGREES)), CONFIRMED_WITHIN_S)
    assert not late.untrue()


def test_a_question_that_a_command_overtook_holds_up_nothing_once_it_is_answered(late: Late) -> None:
    """A board that answers at once is asked again as soon as the command has settled."""
    late.bench.pass_looks(1)
    late.bench.link.want(1, True, RelayCause.COMMAND)
    late.bench.pass_until(late.bench.has_told(state(1, True, confirmed=True)), 0.4)


def test_an_answer_that_was_lost_makes_only_the_next_command_one_question_longer(late: Late) -> None:
    """Once the line was quiet for a while nothing is on its way any more: one question is enough again."""
    late.firmware.loses = 1
    late.bench.pass_looks(2)
    assert _questions_until_confirmed(late, on=True) == 2
    late.bench.pass_looks(2)
    assert _questions_until_confirmed(late, on=False) == 1


@pytest.mark.parametrize("kind", FIRMWARE)
def test_a_board_that_answers_nothing_that_a_command_overtook_is_asked_again(
    tmp_path: Path, clock: Any, monkeypatch: pytest.MonkeyPatch, wait_until: Callable[..., None], kind: str
) -> None:
    """It does not count as one of those that never answer, which are not asked any more."""
    question = AttachedBoard(kind, "", CHANNELS).codec().encode_query()
    firmware = Behind(FIRMWARE[kind](), question, loses=3)
    with (
        VirtualBoard(tmp_path / "board", firmware, channels=CHANNELS) as board,
        at_bench(kind, board, clock, monkeypatch, wait_until) as bench,
    ):
        for on in (True, False, True):
            bench.pass_looks(1)
            bench.link.want(1, on, RelayCause.COMMAND)
        bench.pass_until(bench.has_told(state(1, True, confirmed=True)), CONFIRMED_WITHIN_S)


@pytest.mark.parametrize("kind", ["numato", "modbus-rtu"])
def test_the_echo_of_a_frame_that_opens_many_is_no_late_answer(
    tmp_path: Path, clock: Any, monkeypatch: pytest.MonkeyPatch, wait_until: Callable[..., None], kind: str
) -> None:
    """One answer was lost, and nothing came late: nobody is told so."""
    channels = 8
    question = AttachedBoard(kind, "", channels).codec().encode_query()
    firmware = Behind(FIRMWARE[kind](), question)
    with (
        VirtualBoard(tmp_path / "board", firmware, channels=channels) as board,
        at_bench(kind, board, clock, monkeypatch, wait_until, channels=channels) as bench,
    ):
        for channel in range(1, channels + 1):
            bench.link.want(channel, True, RelayCause.COMMAND)
        bench.pass_until(bench.has_told(state(channels, True, confirmed=True)), 5)
        firmware.loses = 1
        bench.pass_looks(1)
        lost_at_s = bench.clock.passed_s
        bench.pass_until(lambda: bench.clock.passed_s > lost_at_s + 0.5, 1)
        bench.link.want_all_open(RelayCause.COMMAND)
        bench.pass_until(bench.has_told(state(1, False, RelayCause.COMMAND, confirmed=True)), 5)
        assert not bench.has_told(fault())()


def _questions_until_confirmed(late: Late, *, on: bool) -> int:
    """About a command that is given now."""
    late.bench.told.events.clear()
    before = late.bench.sent.count(late.firmware.question)
    late.bench.link.want(1, on, RelayCause.COMMAND)
    late.bench.pass_until(late.bench.has_told(state(1, on, confirmed=True)), 0.4)
    return late.bench.sent.count(late.firmware.question) - before
