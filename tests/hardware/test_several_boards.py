"""Several real boards behind one guard: what happens to one leaves the others alone, rules hold over all."""

import os
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hardware import BoardReady, ChannelLimits, FaultCode, GuardedRelays, RelayCause
from tests.hardware.every_board import CHANNELS, Boards, all_ready, duty_of, one_of_each
from tests.hardware.relay_events import fault, state
from tests.standing_still import Witness


@pytest.fixture
def boards(tmp_path: Path) -> Iterator[Boards]:
    """One of each kind, two relays each."""
    with one_of_each(tmp_path) as plugged:
        yield plugged


def test_an_unplugged_board_leaves_the_others_alone_and_is_found_under_another_name(
    boards: Boards, inbox: Any
) -> None:
    """What is closed on the other boards stays closed; the port behind the lasting name is another one."""
    kinds = list(boards)
    lost = kinds.index("kmtronic") * CHANNELS + 1
    kept = kinds.index("numato") * CHANNELS + 1
    before = boards["kmtronic"].path.readlink()
    with GuardedRelays(duty_of(boards), inbox.put) as relays:
        all_ready(inbox, len(boards))
        for channel in (lost, kept):
            relays.set(channel, True)
            inbox.wait_for(state(channel, True), meanwhile=relays.beat)
        held = os.open(before, os.O_RDWR | os.O_NOCTTY)  # the old name stays taken, as after a replug
        boards["kmtronic"].unplug()
        told = inbox.wait_for(fault(), meanwhile=relays.beat)
        assert told.channels == (lost, lost + 1)
        assert inbox.wait_for(state(lost, False), meanwhile=relays.beat).cause is RelayCause.BOARD_LOST
        boards["kmtronic"].plug_in()
        assert boards["kmtronic"].path.readlink() != before
        os.close(held)
        inbox.wait_for(
            lambda event: isinstance(event, BoardReady) and event.channels == (lost, lost + 1),
            meanwhile=relays.beat,
        )
        assert boards["numato"].on == (True, False)
        assert boards["kmtronic"].on == (False, False)
        relays.set(lost, True)
        inbox.wait_for(state(lost, True), meanwhile=relays.beat)


def test_interlock_rest_and_amplifier_hold_over_two_real_boards(boards: Boards, inbox: Any) -> None:
    """The pure rules, seen at the boards: power first and last, the interlocked one refused in words."""
    two = {kind: boards[kind] for kind in ("lcus", "devantech")}
    duty = duty_of(
        two,
        channels={3: ChannelLimits(power=1), 4: ChannelLimits(min_off_ms=1500)},
        interlocks=(frozenset({2, 3}),),
    )
    with GuardedRelays(duty, inbox.put) as relays:
        all_ready(inbox, 2)
        relays.set(3, True)
        inbox.wait_for(state(3, True), meanwhile=relays.beat)
        relays.set(2, True)
        refused = inbox.wait_for(fault(), meanwhile=relays.beat)
        assert (refused.code, refused.channels) == (FaultCode.INTERLOCKED, (2,))
        assert "relay 3 is closed" in refused.message
        relays.set(3, False)
        inbox.wait_for(state(1, False), meanwhile=relays.beat)
        relays.set(4, True)
        inbox.wait_for(state(4, True), meanwhile=relays.beat)
        relays.set(4, False)
        inbox.wait_for(state(4, False), meanwhile=relays.beat)
        relays.set(4, True)
        inbox.wait_for(state(4, True), meanwhile=relays.beat)
    power = [change for change in two["lcus"].changes if change.channel == 1]
    line = [change for change in two["devantech"].changes if change.channel == 1]
    assert [change.on for change in power] == [change.on for change in line] == [True, False]
    assert power[1].at > line[1].at
    assert not any(change.channel == 2 for change in two["lcus"].changes)
    rest = [change for change in two["devantech"].changes if change.channel == 2]
    assert [change.on for change in rest] == [True, False, True, False]
    assert (rest[2].at - rest[1].at).total_seconds() >= 1.45


def test_a_missing_board_does_not_keep_the_others_from_the_next_guard(
    boards: Boards, make_inbox: Callable[[], Any], machine: Witness
) -> None:
    """The old guard goes on looking for its lost board for a minute; the healthy ports are free at once."""
    first, second = make_inbox(), make_inbox()
    relays = GuardedRelays(duty_of(boards), first.put)
    all_ready(first, len(boards))
    boards["devantech"].unplug()
    first.wait_for(fault(), meanwhile=relays.beat)
    closer = threading.Thread(target=relays.close)
    closer.start()
    began_at = datetime.now(UTC)
    rest = {kind: board for kind, board in boards.items() if kind != "devantech"}
    with GuardedRelays(duty_of(rest), second.put) as again:
        all_ready(second, len(rest), again.beat)
        assert machine.took_s(began_at) < 5
        assert relays.guard_pid is not None, "the first guard has given up its lost board too early"
        boards["devantech"].plug_in()  # so that the first guard can end, too
        closer.join(10)
        assert not closer.is_alive()
