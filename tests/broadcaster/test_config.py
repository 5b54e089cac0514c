"""A damaged configuration is told in one clear line for each mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadcaster.config import FILE_NAME, load_settings
from broadcaster.errors import ConfigurationError
from broadcaster.initialise import DEFAULTS


def mistakes(data: Path, content: str) -> list[str]:
    (data / FILE_NAME).write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_settings(data)
    assert all("\n" not in line for line in caught.value.mistakes)
    return caught.value.mistakes


def test_a_folder_without_a_file_has_the_defaults(tmp_path: Path) -> None:
    """Nothing needs to be written to begin."""
    settings = load_settings(tmp_path)
    assert settings.server.port == 8080
    assert settings.database_url == f"sqlite:///{tmp_path / 'broadcaster.db'}"


def test_the_commented_defaults_are_the_defaults(tmp_path: Path) -> None:
    """What `init` writes tells the truth: with every comment sign taken away, nothing changes."""
    bare = load_settings(tmp_path)
    opened = [line.removeprefix("# ") if " = " in line else line for line in DEFAULTS.splitlines()]
    (tmp_path / FILE_NAME).write_text("\n".join(opened), encoding="utf-8")
    assert load_settings(tmp_path) == bare


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("[server]\nport = 99999\n", ["server.port", "99999"]),
        ("[server]\nprot = 8080\n", ["server.prot", "unknown setting"]),
        (
            '[province]\ntime_zone = "Asia/Atlantis"\n',
            ["province.time_zone", "Asia/Atlantis", "Asia/Vientiane"],
        ),
        (
            '[province]\nquiet_from = "25:00"\n',
            ["province.quiet_from", "25:00", 'must be a time of day, as in "21:00"'],
        ),
        ('[server]\nport = "many"\n', ["server.port: must be a whole number", "not 'many'"]),
        ("[server]\nthreads = 1\n", ["server.threads: must be at least 4, not 1"]),
        ("server = 1\n", ["server: must be a table of its own"]),
        ("[server\nport = 1\n", ["not valid TOML"]),
        ("surprise = 1\n", ["surprise", "unknown setting"]),
    ],
)
def test_a_mistake_names_the_file_the_setting_and_what_was_found(
    tmp_path: Path, content: str, parts: list[str]
) -> None:
    """Enough to find the line and correct it."""
    (line,) = mistakes(tmp_path, content)
    assert FILE_NAME in line
    assert all(part in line for part in parts), line


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    """Nobody starts a server five times to learn of five mistakes."""
    found = mistakes(tmp_path, '[server]\nport = "many"\nthreads = 1\n[audio]\nmax_upload_bytes = 0\n')
    assert len(found) == 3


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One setting can be changed for one start."""
    (tmp_path / FILE_NAME).write_text("[server]\nport = 8090\n[province]\ncode = 'LA16'\n")
    monkeypatch.setenv("BROADCASTER_SERVER__PORT", "9000")
    settings = load_settings(tmp_path)
    assert (settings.server.port, settings.province.code) == (9000, "LA16")


def test_a_mistake_in_the_environment_names_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody looks for it in the file."""
    monkeypatch.setenv("BROADCASTER_SERVER__PORT", "many")
    (line,) = mistakes(tmp_path, "")
    assert line.startswith("environment BROADCASTER_SERVER__PORT: server.port: must be a whole number")
