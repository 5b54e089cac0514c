"""Settings: every mistake told at once, one clear line each."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from station_agent.config import first_settings, load_settings
from station_agent.errors import SettingsError
from tests.station_agent.waiting import PATIENCE_S

ROOT = Path(__file__).parents[2]
WHOLE = """
[server]
url = "http://127.0.0.1:8000/"
[board]
kind = "lcus"
port = "/dev/serial/by-id/x"
[output]
kind = "capture"
[zones]
horns = 3
"""


def test_a_whole_file_is_read_with_its_defaults(tmp_path: Path) -> None:
    """The slash at the end of the address does not matter; a board has as many relays as its kind."""
    (tmp_path / "station.toml").write_text(WHOLE)
    settings = load_settings(tmp_path, {})
    assert settings.server.url == "http://127.0.0.1:8000"
    assert settings.board is not None
    assert settings.board.channel_count == 4
    assert settings.zones == {"horns": 3}
    assert settings.reports.every_s == 60


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    """STATION_AGENT_<table>_<key>, as text."""
    (tmp_path / "station.toml").write_text(WHOLE)
    settings = load_settings(
        tmp_path, {"STATION_AGENT_BOARD_PORT": "/dev/other", "STATION_AGENT_REPORTS_EVERY_S": "7"}
    )
    assert settings.board is not None
    assert (settings.board.port, settings.reports.every_s) == ("/dev/other", 7)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """File, key, what is wrong, what to do."""
    (tmp_path / "station.toml").write_text(
        '[server]\nurl = "ftp://x"\n[board]\nkind = "nonesuch"\n[output]\nkind = "loud"\ncolour = 1\n'
    )
    with pytest.raises(SettingsError) as error:
        load_settings(tmp_path, {})
    lines = error.value.mistakes
    assert [line.split(": ")[1] for line in lines] == [
        "server.url",
        "board.kind",
        "board.port",
        "output.kind",
        "output.colour",
    ]
    assert all(str(tmp_path / "station.toml") in line and "\n" not in line for line in lines)
    assert "known boards: lcus" in lines[1]
    assert lines[1].count("nonesuch") == 1


@pytest.mark.parametrize("content", [b"[server\nurl = 1", b"\xff\xfe\x00", None])
def test_a_damaged_or_missing_file_is_one_line(tmp_path: Path, content: bytes | None) -> None:
    """No traceback, whatever stands in it."""
    if content is not None:
        (tmp_path / "station.toml").write_bytes(content)
    with pytest.raises(SettingsError) as error:
        load_settings(tmp_path, {})
    assert len(error.value.mistakes) == 1


def test_the_first_file_is_read_back_as_it_was_meant(tmp_path: Path) -> None:
    """`enrol` writes it; quotes in a path do no harm."""
    text = first_settings("http://127.0.0.1:1", "lcus", '/dev/odd"name', 2, "capture")
    (tmp_path / "station.toml").write_text(text)
    settings = load_settings(tmp_path, {})
    assert settings.board is not None
    assert (settings.board.port, settings.board.channel_count) == ('/dev/odd"name', 2)
    text = first_settings(
        "http://127.0.0.1:1", "modbus-rtu", "/dev/a", None, "capture", {"slave": "3", "on_value": "0100"}
    )
    (tmp_path / "station.toml").write_text(text)
    (attached,) = load_settings(tmp_path, {}).wiring.boards
    assert attached.options == {"slave": "3", "on_value": "0100"}
    with pytest.raises(SettingsError, match="needs --port"):
        first_settings("http://127.0.0.1:1", "lcus", None, None, "auto")


def test_the_command_line_ends_with_2_and_one_line_a_mistake(tmp_path: Path) -> None:
    """A damaged file is the operator's to correct; nothing starts."""
    (tmp_path / "station.toml").write_text('[server]\nurl = 1\n[output]\nkind = "loud"\n')
    environment = {key: value for key, value in os.environ.items() if not key.startswith("STATION_AGENT")}
    done = subprocess.run(
        [sys.executable, "-m", "station_agent.cli", "--data", str(tmp_path), "run"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=PATIENCE_S,
        env=environment,
        check=False,
    )
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 2
    assert done.stdout == ""


@pytest.mark.parametrize(
    "url", ["http://x:abc", "http://[::1", "http://x:99999", "http://:80", "https://user@/x"]
)
def test_an_address_nobody_can_call_is_refused_before_anything_starts(url: str) -> None:
    """One line that names the setting and the address."""
    with pytest.raises(SettingsError) as error:
        first_settings(url, None, None, None, "auto")
    (line,) = error.value.mistakes
    assert "server.url" in line
    assert url in line


@pytest.mark.parametrize("content", ["x = " + "[" * 5000, "x = " + "9" * 5000])
def test_a_file_nobody_would_write_is_told_in_one_line(tmp_path: Path, content: str) -> None:
    """Nested or long beyond what the reader takes."""
    (tmp_path / "station.toml").write_text(content)
    with pytest.raises(SettingsError, match="cannot be read as TOML"):
        load_settings(tmp_path, {})


def test_a_pipe_is_no_settings_file(tmp_path: Path) -> None:
    """Reading it would wait for ever."""
    os.mkfifo(tmp_path / "station.toml")
    with pytest.raises(SettingsError, match="no file"):
        load_settings(tmp_path, {})


def test_the_mark_of_a_windows_editor_is_passed_over(tmp_path: Path) -> None:
    """Three bytes that nobody sees."""
    (tmp_path / "station.toml").write_text(WHOLE, encoding="utf-8-sig")
    assert load_settings(tmp_path, {}).board is not None


@pytest.mark.parametrize(
    ("table", "key"),
    [("board", "port"), ("output", "device"), ("output", "capture_folder"), ("server", "url")],
)
def test_text_with_control_characters_is_a_mistake(tmp_path: Path, table: str, key: str) -> None:
    """A zero byte in one board's port would end the guard of all of them, again and again."""
    plain = {"server": {"url": "http://127.0.0.1:8000"}, "board": {"port": "/dev/a"}, "output": {}}
    plain[table][key] = "http://a\\u0000b"
    lines = [
        f"[{name}]\n" + "".join(f'{k} = "{v}"\n' for k, v in keys.items()) for name, keys in plain.items()
    ]
    (tmp_path / "station.toml").write_text("".join(lines))
    with pytest.raises(SettingsError, match=f"{table}.{key}.*control characters"):
        load_settings(tmp_path, {})
