"""A real agent with two boards and an amplifier: own process, one guard, VLC, a province on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hardware.virtual_board import VirtualBoard, VirtualLine, virtual_board
from schedules.wire.report import EvidenceGrade, Outcome
from tests.standing_still import Witness
from tests.station_agent.documents import item
from tests.station_agent.province_simulator import Province
from tests.station_agent.real_station import (
    LEAD,
    TONE_MS,
    airs_soon,
    audio_of,
    encoded,
    enrolled,
    has_all,
    heard_since,
    plan_with,
    running,
    sleep_until,
)
from tests.station_agent.waiting import PATIENCE_S, wait_for

NEWS_MS = 10_000
AT_ONCE = timedelta(milliseconds=250)
"""Two boards that are commanded together note it one after the other, when each gets to it."""
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


def _station(folder: Path, province: Province, boards: Boards) -> Path:
    """Its data folder."""
    data = enrolled(folder, province, boards["house"].path)
    ports = {name: str(board.path) for name, board in boards.items()}
    server = f'[server]\nurl = "{province.url}"\n[output]\nkind = "capture"\n'
    (data / "station.toml").write_text(server + WIRING.format(**ports))
    return data


def _airs(folder: Path, data: Path, province: Province, news_ms: int = TONE_MS, tones: int = 1) -> datetime:
    """When its one broadcast begins: news of so many milliseconds, and so many tones."""
    tone = encoded("sine=frequency=600:duration=2", folder / "tone.webm")
    spoken = encoded(f"sine=frequency=500:duration={news_ms / 1000}", folder / "news.webm")
    province.add_audio(tone)
    province.add_audio(spoken)
    news, last = audio_of(spoken, news_ms), audio_of(tone, TONE_MS)
    items = (
        item("news/1", news_ms, sha256=news.sha256),
        *(item(f"news/{number + 2}", TONE_MS, sha256=last.sha256) for number in range(tones)),
    )
    has_all(data, province, news, last)
    return airs_soon(
        data, province, lambda at, serial: plan_with(tone, at, first=items, more=(news,), serial=serial)
    )


def _moves(board: VirtualBoard | VirtualLine, channel: int) -> list[tuple[datetime, bool]]:
    return [(change.at, change.on) for change in board.changes if change.channel == channel]


def test_a_broadcast_over_two_boards_is_confirmed_with_the_power_on_first_and_off_last(
    tmp_path: Path, province: Province, boards: Boards, machine: Witness
) -> None:
    """On time behind a slow amplifier; the evidence is the word of both boards."""
    data = _station(tmp_path, province, boards)
    with running(data):
        first = _airs(tmp_path, data, province)
        wait_for(lambda: len(province.airings) == 2)
    airings = list(province.airings.values())
    assert {airing.outcome for airing in airings} == {Outcome.AIRED}
    assert {airing.evidence for airing in airings} == {EvidenceGrade.RELAY_CONFIRMED}
    power, line = _moves(boards["house"], POWER), _moves(boards["mast"], LINE)
    assert [on for _, on in power] == [on for _, on in line] == [True, False]
    started_at = min(airing.started_at for airing in airings if airing.started_at is not None)
    assert started_at - power[0][0] >= timedelta(milliseconds=AMPLIFIER_MS)
    stood_still = timedelta(seconds=machine.stood_still_s(first - LEAD, started_at))
    assert abs(started_at - first) <= timedelta(milliseconds=150) + stood_still
    assert power[0][0] <= line[0][0] + AT_ONCE + stood_still
    assert power[1][0] > line[1][0]
    assert not province.incidents


def test_a_board_replugged_on_the_air_is_found_and_its_relay_closed_anew(
    tmp_path: Path, province: Province, boards: Boards
) -> None:
    """It comes back on another pseudo-terminal with all relays open; what is on the air closes again."""
    data = _station(tmp_path, province, boards)
    with running(data):
        _airs(tmp_path, data, province, NEWS_MS)
        heard_since(data, "news/1")
        boards["mast"].unplug()
        wait_for(lambda: not boards["house"].on[POWER - 1] or "relay_lost" in province.incidents)
        boards["mast"].plug_in()
        wait_for(lambda: boards["mast"].on[LINE - 1])
        wait_for(lambda: len(province.airings) == 2)
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
    data = _station(tmp_path, province, boards)
    with running(data):
        _airs(tmp_path, data, province, tones=7)
        heard_since(data, "news/1")
        boards["house"].relays.switch(POWER, False)
        wait_for(lambda: [on for _, on in _moves(boards["house"], POWER)] == [True, False, True])
        wait_for(lambda: len(province.airings) == 8)
        wait_for(lambda: {"relay_failed", "relay_mended"} <= set(province.incidents))
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


def test_an_agent_killed_on_the_air_leaves_no_relay_of_any_board_closed(
    tmp_path: Path, province: Province, boards: Boards, machine: Witness
) -> None:
    """Measured at both boards."""
    data = _station(tmp_path, province, boards)
    with running(data) as process:
        _airs(tmp_path, data, province, NEWS_MS)
        sleep_until(heard_since(data, "news/1") + timedelta(seconds=0.5))
        struck_at = datetime.now(UTC)
        process.kill()
        process.wait(PATIENCE_S)
        wait_for(lambda: not any(boards["house"].on) and not any(boards["mast"].on))
    fell_at = max(board.changes[-1].at for board in boards.values())
    assert machine.took_s(struck_at, fell_at) <= 2.0
