"""A real agent: own process, virtual board on a pseudo-terminal, VLC, the guard, a province on loopback."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from schedules.wire.plan import ItemKind, PlanItem, PlannedAudio
from schedules.wire.report import EvidenceGrade, Incident, Outcome
from station_agent.journal import Journal
from tests.end_to_end.listening import find
from tests.standing_still import Witness
from tests.station_agent.documents import item
from tests.station_agent.province_simulator import Province
from tests.station_agent.real_station import (
    LEAD,
    LONG_MS,
    ROOT,
    TAIL_MS,
    TONE_MS,
    WARM_UP_MS,
    Board,
    agent,
    airs_soon,
    audio_of,
    decoded,
    encoded,
    enrolled,
    has_all,
    heard_since,
    marked_ms,
    plan_with,
    running,
    sleep_until,
)
from tests.station_agent.waiting import PATIENCE_S, wait_for


@pytest.fixture(scope="module")
def tone(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Two seconds of sound in the broadcast-ready format."""
    return encoded("sine=frequency=600:duration=2", tmp_path_factory.mktemp("tone") / "tone.webm")


@pytest.fixture
def province(province: Province, tone: bytes) -> Province:
    """It has the tone already."""
    province.add_audio(tone)
    return province


def six_items(folder: Path, province: Province) -> tuple[tuple[PlanItem, ...], tuple[PlannedAudio, ...]]:
    """Five sounds that are nowhere like each other, and a pause between two of them; odd lengths."""
    items: list[PlanItem] = []
    audio: list[PlannedAudio] = []
    for number, length_ms in enumerate((1210, 2005, 0, 1995, 1333, 1600), start=1):
        if length_ms == 0:
            items.append(item(f"six/{number}", 700, ItemKind.PAUSE))
            continue
        noise = f"anoisesrc=seed={number}:amplitude=0.4:color=pink:duration={length_ms / 1000}"
        noise += f",afade=t=out:st={(length_ms - 40) / 1000}:d=0.04"  # approved audio ends in silence
        sound = encoded(noise, folder / f"six-{number}.webm")
        province.add_audio(sound)
        audio.append(audio_of(sound, length_ms))
        items.append(item(f"six/{number}", length_ms, sha256=audio[-1].sha256))
    return tuple(items), tuple(audio)


def test_a_station_airs_its_plan_through_guard_board_and_vlc(
    tmp_path: Path, province: Province, board: Board, tone: bytes, machine: Witness
) -> None:
    """Relay closed a warm-up before the first sample, open soon after the tail; each of six items begins on
    its own instant, whole and in order; SIGTERM on air cuts."""
    items, audio = six_items(tmp_path, province)
    long = encoded("sine=frequency=400:duration=60", tmp_path / "long.webm")
    province.add_audio(long)
    news = audio_of(long, LONG_MS)
    words = item("news/1", LONG_MS, sha256=news.sha256)
    data = enrolled(tmp_path, province, board.port)
    with running(data):
        has_all(data, province, *audio, news)
        first = airs_soon(
            data, province, lambda at, serial: plan_with(tone, at, first=items, more=audio, serial=serial)
        )
        wait_for(lambda: len(province.airings) == len(items))
        wait_for(lambda: not board.is_closed())
        status = agent(data, "status", "--json")
        live = json.loads(subprocess.check_output(status, cwd=ROOT, timeout=PATIENCE_S))
        assert live["running"]
        assert live["plan"]["serial"] == province.serial
        airs_soon(
            data,
            province,
            lambda at, serial: plan_with(tone, at, first=(words,), more=(news,), serial=serial),
        )
        heard_since(data, "news/1")
    airings = [province.airings[part.key] for part in items]
    assert {airing.outcome for airing in airings} == {Outcome.AIRED}
    assert {airing.evidence for airing in airings} == {EvidenceGrade.RELAY_CONFIRMED}
    errors_ms = [
        (airing.started_at - airing.planned_start) / timedelta(milliseconds=1)
        for airing in airings
        if airing.started_at is not None
    ]
    sys.stdout.write(f"start errors in ms: {[round(error, 1) for error in errors_ms]}\n")
    assert len(errors_ms) == len(items)
    first_at, last_at = airings[0].started_at, airings[-1].ended_at
    assert first_at is not None
    assert last_at is not None
    stood_still_ms = machine.stood_still_s(first - LEAD, last_at) * 1000
    assert max(abs(error) for error in errors_ms) <= 100 + stood_still_ms
    changes = board.changes()
    assert [on for _, on in changes] == [True, False, True, False]
    closed_at, opened_at = changes[0][0], changes[1][0]
    assert first_at - closed_at >= timedelta(milliseconds=WARM_UP_MS)
    assert opened_at - last_at >= timedelta(milliseconds=TAIL_MS - 20)
    assert machine.took_s(last_at, opened_at) <= TAIL_MS / 1000 + 0.5
    stopped = Journal(data, datetime.now(UTC)).recent(2)
    assert ("cut", "stopped") in [(one.outcome.value, one.reason) for one in stopped if one.entry == "airing"]
    kept = data / "heard" / f"b0-{first:%Y%m%dT%H%M%SZ}.json"
    notes = json.loads(kept.read_text())
    assert [entry["outcome"] for entry in notes["items"]] == ["aired"] * len(items)
    assert_whole_and_in_order(tmp_path, items, kept.with_suffix(".wav"))


def assert_whole_and_in_order(folder: Path, items: tuple[PlanItem, ...], wav: Path) -> None:
    """By correlation with the approved files as the codec's own decoder gives them, without their padding."""
    heard = decoded(wav)
    offsets_ms: list[float] = []
    for number, part in enumerate(items, start=1):
        if part.kind is ItemKind.PAUSE:
            continue
        approved = decoded(folder / f"six-{number}.webm")[: part.duration_ms * 48]
        found = find(approved, heard)
        assert found.correlation >= 0.95, part.key
        assert found.head >= 0.95, part.key
        assert found.tail >= 0.95, part.key
        assert found.present >= 0.999, part.key
        offsets_ms.append(found.offset_ms)
    sys.stdout.write(f"heard at ms: {[round(offset - offsets_ms[0], 1) for offset in offsets_ms]}\n")
    assert offsets_ms == sorted(offsets_ms)


def test_killed_on_air_the_relay_opens_and_nothing_airs_twice(
    tmp_path: Path, province: Province, board: Board, tone: bytes, machine: Witness
) -> None:
    """SIGKILL: open within 2 s. Then the item is cut and later ones air, without the province."""
    six = encoded("sine=frequency=500:duration=6", tmp_path / "six.webm")
    province.add_audio(six)
    sound = audio_of(six, 6000)
    items = (
        item("b0-cut/1", 6000, sha256=sound.sha256),
        item("b0-cut/2", TONE_MS, sha256=audio_of(tone, TONE_MS).sha256),
    )
    later = timedelta(seconds=18)
    data = enrolled(tmp_path, province, board.port)
    with running(data) as process:
        has_all(data, province, audio_of(tone, TONE_MS), sound)
        first = airs_soon(
            data,
            province,
            lambda at, serial: plan_with(tone, at, at + later, first=items, more=(sound,), serial=serial),
        )
        heard_from = heard_since(data, "b0-cut/1")
        wait_for(lambda: marked_ms(data, "b0-cut/1") >= 1000)
        marked = marked_ms(data, "b0-cut/1")
        process.kill()
        killed_at = datetime.now(UTC)
        process.wait(PATIENCE_S)
        wait_for(lambda: not board.is_closed())
        opened_at = board.changes()[-1][0]
        assert machine.took_s(killed_at, opened_at) <= 2
    province.stop()
    with running(data):
        near_second = first + later - timedelta(seconds=3)
        wait_for(lambda: [on for at, on in board.changes() if at > near_second] == [True, False])
        province.start()
        wait_for(lambda: len(province.airings) == 4)
    ends = {key.split("-")[0] + key[-2:]: airing for key, airing in province.airings.items()}
    assert ends["b0/1"].outcome is Outcome.CUT
    assert ends["b0/1"].reason == "power_lost"
    assert 1000 <= marked <= ends["b0/1"].aired_ms
    assert timedelta(milliseconds=ends["b0/1"].aired_ms) <= killed_at - heard_from
    assert ends["b0/2"].outcome in (Outcome.AIRED, Outcome.LATE, Outcome.MISSED)
    assert ends["b1/1"].outcome is Outcome.AIRED
    assert ends["b1/2"].outcome is Outcome.AIRED
    assert len([entry for entry in province.entries.values() if entry.entry == "airing"]) == 4
    assert "process_died" in province.incidents


def test_without_a_board_the_sound_goes_on_and_a_live_stream_follows(
    tmp_path: Path, province: Province, tone: bytes, machine: Witness
) -> None:
    """A port that does not exist costs evidence, not the broadcast; the province is told which."""
    stream = tmp_path / "live.mp3"
    subprocess.run(
        [
            "ffmpeg",
            "-v",
            "error",
            "-f",
            "lavfi",
            "-i",
            "sine=frequency=500:duration=9",
            "-b:a",
            "64k",
            str(stream),
        ],
        check=True,
        timeout=PATIENCE_S,
    )
    province.live = stream.read_bytes()
    missing = tmp_path / "no-such-port"
    data = enrolled(tmp_path, province, missing)
    heard = audio_of(tone, TONE_MS).sha256
    jingle_of, spoken_of = (item(f"live/{number}", TONE_MS, sha256=heard) for number in (0, 5))
    live = item("live/1", 2000, ItemKind.LIVE, url=f"{province.url}/live")
    dead = item("live/2", 4000, ItemKind.LIVE, url=f"{province.url}/nothing-here")
    instead = item("live/3", 2000, sha256=heard, instead_of="live/2")
    unneeded = item("live/4", 2000, sha256=heard, instead_of="live/1")
    items = (jingle_of, live, unneeded, dead, instead, spoken_of)
    with running(data):
        has_all(data, province, audio_of(tone, TONE_MS))
        airs_soon(data, province, lambda at, serial: plan_with(tone, at, first=items, serial=serial))
        wait_for(lambda: len(province.airings) == 6)
    jingle, streamed, spare, failed, stood_in, spoken = (province.airings[part.key] for part in items)
    assert (spare.outcome, spare.reason) == (Outcome.SKIPPED, "not_needed")
    assert streamed.started_at is not None
    assert stood_in.started_at is not None
    streamed_until = streamed.started_at + timedelta(milliseconds=streamed.aired_ms)
    assert machine.took_s(streamed_until, stood_in.started_at) <= 2
    for airing in (jingle, streamed, stood_in, spoken):
        assert (airing.outcome, airing.reason) == (Outcome.AIRED, "relay_failed")
        assert airing.evidence is EvidenceGrade.PLAYED
    assert streamed.aired_ms == 2000
    assert (failed.outcome, failed.reason) == (Outcome.MISSED, "output_failed")
    lost = next(
        one for one in province.entries.values() if isinstance(one, Incident) and one.code == "relay_lost"
    )
    assert str(missing) in lost.message
    health = province.reports[-1].health
    assert health.relay_ok is False
    assert str(missing) in (health.relay_message or "")


def test_a_process_that_was_stopped_on_air_claims_only_what_was_heard(
    tmp_path: Path, province: Province, board: Board, machine: Witness
) -> None:
    """SIGSTOP for seven seconds: the guard opens the relay; what follows waits for a whole warm-up."""
    sound = encoded("sine=frequency=500:duration=6", tmp_path / "six.webm")
    province.add_audio(sound)
    audio = audio_of(sound, 6000)
    items = tuple(item(f"long/{number}", 6000, sha256=audio.sha256) for number in (1, 2))
    data = enrolled(tmp_path, province, board.port)
    with running(data) as process:
        has_all(data, province, audio)
        airs_soon(
            data, province, lambda at, serial: plan_with(sound, at, first=items, more=(audio,), serial=serial)
        )
        sleep_until(heard_since(data, "long/1") + timedelta(seconds=1.5))
        process.send_signal(signal.SIGSTOP)
        stopped_at = datetime.now(UTC)
        time.sleep(7)
        assert not board.is_closed()
        opened_at = board.changes()[-1][0]
        process.send_signal(signal.SIGCONT)
        wait_for(lambda: len(province.airings) == 2)
    assert machine.took_s(stopped_at, opened_at) <= 1.5
    frozen, after = province.airings["long/1"], province.airings["long/2"]
    assert frozen.started_at is not None
    assert frozen.ended_at is not None
    assert frozen.outcome is Outcome.CUT
    went_on = frozen.ended_at > opened_at  # VLC may find its way again
    assert not went_on or frozen.evidence is EvidenceGrade.PLAYED
    changes = [*board.changes(), (frozen.ended_at, False)]
    closed_s = sum(
        max(0.0, (min(until, frozen.ended_at) - max(at, frozen.started_at)).total_seconds())
        for (at, on), (until, _) in pairwise(changes)
        if on
    )
    assert frozen.aired_ms <= closed_s * 1000 + 100
    closed_anew = [at for at, on in board.changes() if on][-1]
    assert after.started_at is not None
    assert (after.started_at - closed_anew).total_seconds() * 1000 >= WARM_UP_MS - 50
