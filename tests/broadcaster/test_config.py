"""A damaged configuration is told in one clear line for each mistake."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from broadcaster import secret
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


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ('[database]\nurl = "nonsense"\n', "database.url: must be a database address"),
        ('[database]\nurl = "mysql://x/y"\n', "database.url: must begin with one of sqlite, postgresql"),
        ('[audio]\nstore = "s4://bucket"\n', "audio.store: must be a folder, or begin with s3://"),
    ],
)
def test_addresses_nothing_can_answer_at_are_told_before_anything_starts(
    tmp_path: Path, content: str, part: str
) -> None:
    """One line, with what would be right."""
    assert [part in line for line in mistakes(tmp_path, content)] == [True]


def test_a_section_in_the_environment_that_is_no_json_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the name of the variable."""
    monkeypatch.setenv("BROADCASTER_PROVINCE", "notjson")
    with pytest.raises(ConfigurationError, match="environment BROADCASTER_PROVINCE: not JSON"):
        load_settings(tmp_path)


def test_a_pipe_in_the_files_place_is_not_waited_for(tmp_path: Path) -> None:
    """Configuration and secret are files."""
    os.mkfifo(tmp_path / FILE_NAME)
    with pytest.raises(ConfigurationError, match="not a file"):
        load_settings(tmp_path)
    os.mkfifo(tmp_path / secret.FILE_NAME)
    with pytest.raises(ConfigurationError, match="damaged"):
        secret.read_secret(tmp_path)


@pytest.mark.parametrize("value", ['""', "12", "null", "[]", '"short"'])
def test_a_secret_that_hides_nothing_is_refused(tmp_path: Path, value: str) -> None:
    """Whoever guesses it signs in as anybody."""
    good = '"' + "a" * 64 + '"'
    for first, second in ((value, good), (good, value)):
        text = f'{{"session_key": {first}, "password_salt": {second}}}'
        (tmp_path / secret.FILE_NAME).write_text(text, encoding="utf-8")
        with pytest.raises(ConfigurationError, match="damaged"):
            secret.read_secret(tmp_path)
