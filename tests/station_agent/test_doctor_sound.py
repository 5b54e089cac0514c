"""The doctor opens the way out for real: no sound on this machine is a finding, a server is in order."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hardware.ports import Clock
from hardware.system_clock import SystemClock
from schedules.wire.base import format_instant
from station_agent import card_holders
from station_agent.card_holders import holds_a_card
from station_agent.doctor import Check, examine
from station_agent.live_state import LiveFile
from tests.hardware.sound_server import SINK, silent_server, sound_server
from tests.station_agent.hand_clock import HandClock

HOLDS = "import sys; held = open(sys.argv[1]); print(flush=True); sys.stdin.read()"


@pytest.fixture
def no_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a server nor a card is found, whatever this machine has."""
    (tmp_path / "asound.conf").write_text("")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path / 'no-socket'}")


def _sound(folder: Path, output: str, clock: Clock | None = None) -> Check:
    (folder / "station.toml").write_text(f'[server]\nurl = "http://127.0.0.1:9"\n[output]\n{output}\n')
    (check,) = (one for one in examine(folder, clock or SystemClock()) if one.check == "sound")
    return check


@contextmanager
def _holding(path: Path) -> Iterator[int]:
    """A process that has the file open; its id."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        process.stdout.readline()
        yield process.pid
        process.stdin.close()


@pytest.mark.parametrize(
    ("output", "named"),
    [
        ('kind = "auto"', ("the sound server", "ALSA device 'default'")),
        ('kind = "pulse"', ("the sound server",)),
        ('kind = "alsa"\ndevice = "hw:9"', ("ALSA device 'hw:9'",)),
    ],
)
def test_a_station_without_any_sound_is_told_what_does_not_open_and_what_to_do(
    tmp_path: Path, no_sound: None, output: str, named: tuple[str, ...]
) -> None:
    """VLC alone is not heard."""
    found = _sound(tmp_path, output)
    assert not found.ok
    assert all(f"{one} cannot be opened" in found.message for one in named)
    assert found.advice


@pytest.mark.parametrize("output", ['kind = "auto"', 'kind = "pulse"', f'kind = "pulse"\ndevice = "{SINK}"'])
def test_a_sound_server_that_opens_is_in_order(
    tmp_path: Path, no_sound: None, monkeypatch: pytest.MonkeyPatch, output: str
) -> None:
    """The server's default and a sink by its name."""
    with sound_server(tmp_path / "server", monkeypatch.setenv):
        found = _sound(tmp_path, output)
    assert found.ok, found.message
    assert not found.advice


def test_a_sink_that_the_server_does_not_have_is_told(
    tmp_path: Path, no_sound: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is there, what the settings name is not."""
    with sound_server(tmp_path / "server", monkeypatch.setenv):
        found = _sound(tmp_path, 'kind = "pulse"\ndevice = "no-such-sink"')
    assert not found.ok
    assert "no-such-sink" in found.message


def test_a_server_that_does_not_answer_is_not_waited_for_without_end(
    tmp_path: Path, no_sound: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes the connection and says nothing."""
    with silent_server(tmp_path / "silent", monkeypatch.setenv) as socket:
        found = _sound(tmp_path, 'kind = "pulse"')
    assert not found.ok
    assert f"the sound server at unix:{socket} did not answer within 3 s; restart it" in found.message
    assert found.advice


def test_an_alsa_device_that_opens_is_in_order(
    tmp_path: Path, no_sound: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that takes everything and plays nothing, by ALSA's own library."""
    (tmp_path / "asound.conf").write_text("pcm.nowhere { type null }\n")
    found = _sound(tmp_path, 'kind = "alsa"\ndevice = "nowhere"')
    assert found.ok, found.message


def test_a_capture_needs_no_sound_card(tmp_path: Path, no_sound: None) -> None:
    """And it is said that nothing is heard."""
    found = _sound(tmp_path, 'kind = "capture"')
    assert found.ok, found.message
    assert "nothing is heard" in found.message


def test_a_card_that_the_running_agent_plays_through_is_no_fault(
    tmp_path: Path, no_sound: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be the only one who can open it. Held by nobody of the agent's, it is opened."""
    card = tmp_path / "pcmC0D0p"
    card.touch()
    monkeypatch.setattr(card_holders, "CARDS", str(tmp_path / "pcm"))
    clock = HandClock()
    told = {"running": True, "pid": os.getpid(), "at": format_instant(clock.now())}
    LiveFile(tmp_path).write(told, clock.now())
    assert not _sound(tmp_path, 'kind = "alsa"\ndevice = "hw:9"', clock).ok
    with _holding(card):
        found = _sound(tmp_path, 'kind = "alsa"\ndevice = "hw:9"', clock)
    assert found.ok, found.message
    assert "the running agent" in found.message


def test_a_card_is_held_by_who_plays_not_by_who_records_or_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told by the process and by the one that started it."""
    monkeypatch.setattr(card_holders, "CARDS", str(tmp_path / "pcm"))
    for name, plays in (("pcmC0D0p", True), ("pcmC0D0c", False)):
        (tmp_path / name).touch()
        with _holding(tmp_path / name) as pid:
            assert holds_a_card(pid) is plays
            assert holds_a_card(os.getpid()) is plays
        assert not holds_a_card(pid)
