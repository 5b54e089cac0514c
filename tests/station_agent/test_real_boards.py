"""A real agent with two boards and an amplifier: own process, one guard, VLC, a province on loopback."""

from __future__ import annotations

import hashlib
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hardware.virtual_board import VirtualBoard, VirtualLine, virtual_board
from schedules.wire.report import EvidenceGrade, Outcome
from station_agent.live_state import read_live
from tests.station_agent.documents import item
from tests.station_agent.province_simulator import Province
from tests.station_agent.real_station import TONE_MS, encoded, enrolled, plan_with, start, wait_for

LEAD = timedelta(seconds=8)
AMPLIFIER_MS = 1500
POWER, LINE = 4, 1
"""The amplifier's power on the house's board, the loudspeaker's line on the mast's."""
WIRING = """
[[boards]]
name = "house"
kind = "lcus"
port = "{house}"
[[boards]]
name = "mast"
kind = "modbus-rtu"
port = "{mast}"
channels = 2
[boards.options]
timed_on_ms = 1500
[amplifiers.big]
board = "house"
channel = 4
warm_up_ms = 1500
[zones.horns]
board = "mast"
channel = 1
amplifier = "big"
"""

Boards = dict[str, VirtualBoard | VirtualLine]


@pytest.fixture
def boards(tmp_path: Path) -> Iterator[Boards]:
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(virtual_board(kind, tmp_path / name, channels=channels))
            for name, kind, channels in (("house", "lcus", 4), ("mast", "modbus-rtu", 2))
        }


def _station(folder: Path, province: Province, boards: Boards, sounds: int = 2) -> tuple[Path, datetime]:
    """Its data folder, and when its one broadcast of so many sounds begins."""
    tone = encoded("sine=frequency=600:duration=2", folder / "tone.webm")
    province.add_audio(tone)
    data = enrolled(folder, province, boards["house"].path)
    ports = {name: str(board.path) for name, board in boards.items()}
    server = f'[server]\nurl = "{province.url}"\n[output]\nkind = "capture"\n'
    (data / "station.toml").write_text(server + WIRING.format(**ports))
    first = datetime.now(UTC) + LEAD
    sha256 = hashlib.sha256(tone).hexdigest()
    items = tuple(item(f"b/{number}", TONE_MS, sha256=sha256) for number in range(1, sounds + 1))
    province.publish(plan_with(tone, first, first=items))
    return data, first


def _moves(board: VirtualBoard | VirtualLine, channel: int) -> list[tuple[datetime, bool]]:
    return [(change.at, change.on) for change in board.changes if change.channel == channel]


def test_a_broadcast_over_two_boards_is_confirmed_with_the_power_on_first_and_off_last(
    tmp_path: Path, province: Province, boards: Boards
) -> None:
    """On time behind a slow amplifier; the evidence is the word of both boards."""
    data, first = _station(tmp_path, province, boards)
    process = start(data)
    try:
        wait_for(lambda: len(province.airings) == 2, 40)
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(15)
    assert code == 0
    airings = list(province.airings.values())
    assert {airing.outcome for airing in airings} == {Outcome.AIRED}
    assert {airing.evidence for airing in airings} == {EvidenceGrade.RELAY_CONFIRMED}
    power, line = _moves(boards["house"], POWER), _moves(boards["mast"], LINE)
    assert [on for _, on in power] == [on for _, on in line] == [True, False]
    started_at = min(airing.started_at for airing in airings if airing.started_at is not None)
    assert started_at - power[0][0] >= timedelta(milliseconds=AMPLIFIER_MS)
    assert abs(started_at - first) <= timedelta(milliseconds=150)
    assert power[0][0] <= line[0][0] + timedelta(milliseconds=20)
    assert power[1][0] > line[1][0]
    assert not province.incidents


def test_a_board_replugged_on_the_air_is_found_and_its_relay_closed_anew(
    tmp_path: Path, province: Province, boards: Boards
) -> None:
    """It comes back on another pseudo-terminal with all relays open; what is on the air closes again."""
    data, first = _station(tmp_path, province, boards)
    process = start(data)
    try:
        wait_for(lambda: boards["mast"].on[LINE - 1], 30)
        time.sleep(max(0.0, (first - datetime.now(UTC)).total_seconds()) + 0.3)
        boards["mast"].unplug()
        wait_for(lambda: not boards["house"].on[POWER - 1] or "relay_lost" in province.incidents, 5)
        boards["mast"].plug_in()
        wait_for(lambda: boards["mast"].on[LINE - 1], 5)
        wait_for(lambda: len(province.airings) == 2, 30)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)
    assert {"relay_lost", "relay_back"} <= set(province.incidents)
    assert [on for _, on in _moves(boards["mast"], LINE)] == [True, False, True, False]
    graded = {airing.item[-1]: airing.evidence for airing in province.airings.values()}
    assert graded["1"] is EvidenceGrade.PLAYED
    assert not any(boards["house"].on)
    assert not any(boards["mast"].on)


def test_an_amplifiers_power_that_falls_by_itself_on_the_air_comes_back_with_its_line(
    tmp_path: Path, province: Province, boards: Boards
) -> None:
    """Its board lost it for a moment: told as failed and as mended, and what follows is heard and proven."""
    sounds = 8
    data, _first = _station(tmp_path, province, boards, sounds)
    process = start(data)
    try:
        wait_for(lambda: _is_heard(data), 40)
        boards["house"].relays.switch(POWER, False)
        wait_for(lambda: [on for _, on in _moves(boards["house"], POWER)] == [True, False, True], 15)
        wait_for(lambda: len(province.airings) == sounds, 60)
        wait_for(lambda: {"relay_failed", "relay_mended"} <= set(province.incidents), 15)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)
    line, power = _moves(boards["mast"], LINE), _moves(boards["house"], POWER)
    assert [on for _, on in line] == [on for _, on in power] == [True, False, True, False]
    airings = [province.airings[key] for key in sorted(province.airings)]
    began_late = Outcome.LATE in {airing.outcome for airing in airings}  # on a busy machine, all of it
    assert {airing.outcome for airing in airings} == {Outcome.LATE if began_late else Outcome.AIRED}
    fell = [airing for airing in airings if airing.evidence is EvidenceGrade.PLAYED]
    assert min(airing.aired_ms for airing in fell) < TONE_MS
    assert airings[-1].evidence is EvidenceGrade.RELAY_CONFIRMED
    assert airings[-1].aired_ms >= TONE_MS - 50
    anew = next(
        airing.started_at for airing in airings if airing.started_at and airing.started_at > power[2][0]
    )
    assert anew - power[2][0] >= timedelta(milliseconds=AMPLIFIER_MS - 100)


def _is_heard(data: Path) -> bool:
    """Whether a sound has begun, by what the agent says of this moment."""
    live = read_live(data, datetime.now(UTC))
    return live is not None and live["phase"] == "item"


def test_an_agent_killed_on_the_air_leaves_no_relay_of_any_board_closed(
    tmp_path: Path, province: Province, boards: Boards
) -> None:
    """Measured at both boards."""
    data, first = _station(tmp_path, province, boards)
    process = start(data)
    wait_for(lambda: boards["mast"].on[LINE - 1], 30)
    time.sleep(max(0.0, (first - datetime.now(UTC)).total_seconds()) + TONE_MS / 4000)
    struck_at = datetime.now(UTC)
    process.kill()
    process.wait(10)
    wait_for(lambda: not any(boards["house"].on) and not any(boards["mast"].on), 5)
    fell_at = max(board.changes[-1].at for board in boards.values())
    assert (fell_at - struck_at).total_seconds() <= 2.0
