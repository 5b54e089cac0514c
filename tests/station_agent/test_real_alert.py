"""An alert at a real agent: own process, guard, virtual board, VLC; signed bytes through its door."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from schedules.envelope import sign
from schedules.wire.alert import Alert, AlertAct
from schedules.wire.plan import ItemKind, PlannedAudio
from schedules.wire.report import Airing, EvidenceGrade, Outcome
from station_agent.journal import Journal
from station_agent.operator_door import ask
from station_agent.operator_words import AlertRequest
from tests.standing_still import Witness
from tests.station_agent.documents import item
from tests.station_agent.province_simulator import STATION, Province
from tests.station_agent.real_station import (
    LONG_MS,
    ROOT,
    TONE_MS,
    WARM_UP_MS,
    Board,
    agent,
    airs_soon,
    audio_of,
    elapsed_ms,
    encoded,
    enrolled,
    has_all,
    heard_since,
    live,
    plan_with,
    running,
    sleep_until,
)
from tests.station_agent.waiting import PATIENCE_S, wait_for

AT_MOST_S = 0.5
"""From the alert at the agent to its first sample; a cold amplifier's warm-up comes on top."""


def alert_file(
    folder: Path, province: Province, serial: int, sound: PlannedAudio, act: AlertAct = AlertAct.RAISE
) -> Path:
    now = datetime.now(UTC)
    words = item("words", sound.duration_ms, ItemKind.JINGLE, sha256=sound.sha256)
    spoken = item("more", sound.duration_ms, sha256=sound.sha256)
    is_cancel = act is AlertAct.CANCEL
    made = Alert(
        key="flood-1",
        serial=serial,
        act=act,
        title="Flood",
        stations=(STATION,),
        issued_at=now,
        expires_at=now + timedelta(minutes=10),
        items=() if is_cancel else (words, spoken),
        audio=() if is_cancel else (sound,),
    )
    path = folder / f"flood-{serial}.dsse"
    path.write_bytes(sign(made, [province.planner]))
    return path


def hand_over(data: Path, path: Path) -> datetime:
    """Give it to the running agent; the instant just before."""
    came = datetime.now(UTC)
    assert ask(data, AlertRequest.of(path.read_bytes())).ok
    return came


def call(data: Path, *arguments: str) -> str:
    """What the command line answers, as JSON's message."""
    command = agent(data, *arguments, "--json")
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=PATIENCE_S, check=True)
    return str(json.loads(done.stdout)["message"])


def first_play(province: Province, serial: int) -> list[Airing]:
    return [one for one in province.entries.values() if one.entry == "airing" and f"/{serial}/" in one.item]


def when_heard_whole(province: Province, board: Board, serial: int) -> datetime:
    """Its first sample, once both of its items have ended and the relays are open again."""
    wait_for(lambda: len(first_play(province, serial)) == 2)
    wait_for(lambda: not board.is_closed())
    began_at = first_play(province, serial)[0].started_at
    assert began_at is not None
    return began_at


def test_an_alert_is_heard_within_half_a_second(
    tmp_path: Path, province: Province, board: Board, machine: Witness
) -> None:
    """From silence, with the warm-up on top; and in the midst of a broadcast, on relays that never open. At
    last one is cancelled while it plays."""
    tone = encoded("sine=frequency=600:duration=2", tmp_path / "tone.webm")
    long = encoded("sine=frequency=400:duration=60", tmp_path / "long.webm")
    siren = encoded("sine=frequency=900:duration=2", tmp_path / "siren.webm")
    for sound in (tone, long, siren):
        province.add_audio(sound)
    news = audio_of(long, LONG_MS)
    words = item("news/1", LONG_MS, sha256=news.sha256)
    data = enrolled(tmp_path, province, board.port)
    with running(data):
        has_all(data, province, audio_of(tone, TONE_MS))
        came = hand_over(data, alert_file(tmp_path, province, 1, audio_of(siren, TONE_MS)))
        fetched = when_heard_whole(province, board, 1)
        cold = hand_over(data, alert_file(tmp_path, province, 2, audio_of(siren, TONE_MS)))
        from_silence = when_heard_whole(province, board, 2)

        airs_soon(
            data,
            province,
            lambda at, serial: plan_with(tone, at, first=(words,), more=(news,), serial=serial),
        )
        sleep_until(heard_since(data, "news/1") + timedelta(seconds=1.3))
        warm = hand_over(data, alert_file(tmp_path, province, 3, audio_of(siren, TONE_MS)))
        on_air = when_heard_whole(province, board, 3)

        hand_over(data, alert_file(tmp_path, province, 4, news))
        wait_for(board.is_closed)
        wait_for(lambda: elapsed_ms(data, "alert:"))
        cancel = alert_file(tmp_path, province, 5, news, AlertAct.CANCEL)
        assert call(data, "alert", str(cancel)) == "alert flood-1 no. 5 is cancelled"
        wait_for(lambda: not board.is_closed())
        wait_for(lambda: len(first_play(province, 4)) == 2)
    warm_up = timedelta(milliseconds=WARM_UP_MS)
    figures = [
        ("with its audio still to be fetched", fetched - came - warm_up),
        ("from silence", from_silence - cold - warm_up),
        ("on the air", on_air - warm),
    ]
    for name, took in figures:
        sys.stdout.write(f"alert to first sample, {name}: {took / timedelta(milliseconds=1):.0f} ms\n")
    assert machine.took_s(cold + warm_up, from_silence) <= AT_MOST_S
    assert machine.took_s(warm, on_air) <= AT_MOST_S
    assert_alerts_accounted(province)
    assert [on for _, on in board.changes()] == [True, False] * 4


def assert_alerts_accounted(province: Province) -> None:
    """Three were heard whole, the fourth was cancelled; the news gave way."""
    for serial in (1, 2, 3):
        assert {one.outcome for one in first_play(province, serial)} == {Outcome.AIRED}
        assert {one.evidence for one in first_play(province, serial)} == {EvidenceGrade.RELAY_CONFIRMED}
    cut = province.airings["news/1"]
    assert (cut.outcome, cut.reason) == (Outcome.CUT, "pre_empted")
    assert {one.reason for one in first_play(province, 4)} == {"cancelled"}


def test_the_operator_acts_through_the_door_of_a_real_agent(
    tmp_path: Path, province: Province, board: Board, machine: Witness
) -> None:
    """A file of his own, the microphone, a hold and a stop: the relays follow, the journal tells."""
    tone = encoded("sine=frequency=600:duration=2", tmp_path / "tone.webm")
    long = encoded("sine=frequency=400:duration=60", tmp_path / "long.webm")
    for sound in (tone, long):
        province.add_audio(sound)
    news = audio_of(long, LONG_MS)
    words = item("news/1", LONG_MS, sha256=news.sha256)
    data = enrolled(tmp_path, province, board.port)
    (data / "operator").mkdir()
    (data / "operator" / "song.webm").write_bytes(tone)
    (data / "operator" / "notes.txt").write_text("The assembly meets at seven.\n" * 50)
    with running(data):
        has_all(data, province, audio_of(tone, TONE_MS))
        wait_for(lambda: "horns" in refused(data, "microphone", "1", "--zone", "nowhere"))
        assert "not a plain file name" in refused(data, "play", "../station.key")
        assert "VLC finds no sound in it; listen" in refused(data, "play", "notes.txt")
        recording, _notes, own = listed(data)
        assert (recording["sha256"], recording["here"]) == (audio_of(tone, TONE_MS).sha256, True)
        assert own["name"] == "song.webm"
        assert "nothing is on the air" in refused(data, "stop")

        assert call(data, "operator", "play", "song.webm") == "song.webm is played"
        wait_for(lambda: heard(province, "local:"))
        assert call(data, "operator", "volume", "40", "--zone", "horns") == "horns plays at 40 % of its level"
        by_hand = call(data, "operator", "play", "--recording", recording["name"])
        assert by_hand == f"{recording['title']} is played"
        wait_for(lambda: len(by_origin(province, "local:")) == 2)
        wait_for(lambda: not board.is_closed())
        call(data, "operator", "microphone", "5")
        wait_for(board.is_closed)
        wait_for(lambda: elapsed_ms(data, "microphone:") >= 1000)
        call(data, "operator", "microphone", "0")
        wait_for(lambda: not board.is_closed())
        wait_for(lambda: heard(province, "microphone:"))
        microphone_ms = closed_ms(board)

        has_all(data, province, news)
        airs_soon(
            data,
            province,
            lambda at, serial: plan_with(tone, at, first=(words,), more=(news,), serial=serial),
        )
        heard_since(data, "news/1")
        call(data, "operator", "hold", "10")
        assert board.is_closed()  # what plays goes on
        wait_for(lambda: live(data)["operator"]["held_until"])
        call(data, "operator", "stop")
        wait_for(lambda: not board.is_closed())
        opened_at = board.changes()[-1][0]
        assert machine.took_s(asked_at(data, "stop"), opened_at) <= 5
        wait_for(lambda: "news/1" in province.airings)
    assert_acts_accounted(province, str(recording["sha256"]), microphone_ms)
    desk = Journal(data, datetime.now(UTC)).fact("operator_desk")
    assert '"horns":40' in str(desk)


def closed_ms(board: Board) -> float:
    """For how long the loudspeaker line was closed last, by the board."""
    (closed_at, _), (opened_at, _) = board.changes()[-2:]
    return (opened_at - closed_at) / timedelta(milliseconds=1)


def asked_at(data: Path, act: str) -> datetime:
    """When the agent was last asked for this, by its log: a command line takes its time before."""
    (*_, line) = (one for one in (data / "agent.log").read_text().splitlines() if f"act={act} " in one)
    return datetime.fromisoformat(line.partition("at=")[2].partition(" ")[0])


def assert_acts_accounted(province: Province, recording_sha256: str, microphone_ms: float) -> None:
    """What he played, the silence for his microphone, and what he stopped."""
    played = by_origin(province, "local:")[1]
    assert (played.sha256, played.outcome) == (recording_sha256, Outcome.AIRED)
    song, silence, cut = heard(province, "local:"), heard(province, "microphone:"), province.airings["news/1"]
    assert song is not None
    assert (song.outcome, song.title, song.evidence) == (
        Outcome.AIRED,
        "song.webm",
        EvidenceGrade.RELAY_CONFIRMED,
    )
    assert abs(song.planned_ms - TONE_MS) <= 100
    assert abs(song.aired_ms - TONE_MS) <= 100
    assert silence is not None
    assert (silence.kind, silence.outcome) == (ItemKind.PAUSE, Outcome.AIRED)
    assert 1000 <= silence.aired_ms <= microphone_ms
    assert (cut.outcome, cut.reason) == (Outcome.CUT, "operator_stop")


def heard(province: Province, origin: str) -> Airing | None:
    mine = by_origin(province, origin)
    return mine[0] if mine else None


def by_origin(province: Province, origin: str) -> list[Airing]:
    """In the order in which they aired."""
    mine = [one for one in province.airings.values() if one.broadcast.startswith(origin)]
    return sorted(mine, key=lambda one: one.number)


def listed(data: Path) -> list[dict[str, Any]]:
    """What the command line says can be played; as a table it says the same."""
    command, wide = agent(data, "operator", "recordings"), {**os.environ, "COLUMNS": "120"}
    said = [
        subprocess.run(
            one, capture_output=True, text=True, cwd=ROOT, timeout=PATIENCE_S, check=True, env=wide
        ).stdout
        for one in ([*command, "--json"], command)
    ]
    found: list[dict[str, Any]] = json.loads(said[0])["recordings"]
    assert all(one["name"] in said[1] for one in found)
    return found


def refused(data: Path, *arguments: str) -> str:
    """What the command line says of what can't be done, with exit code 1."""
    command = agent(data, "operator", *arguments)
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=PATIENCE_S, check=False)
    assert done.returncode == 1, done
    return done.stderr
