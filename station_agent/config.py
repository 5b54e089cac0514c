"""The station's settings: `station.toml` in its data folder, and `STATION_AGENT_*` from the environment.

A key `[server] url` is overridden by `STATION_AGENT_SERVER_URL`, and so on. All mistakes are collected and
told at once, one line each.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from hardware.boards import BOARDS
from schedules.setting_mistakes import mistake_words
from station_agent.errors import SettingsError

FILE_NAME = "station.toml"
ENVIRONMENT = "STATION_AGENT_"
_WANTED = {
    "server.url": 'must be the province\'s address, as in "https://province.example"',
    "board.port": 'must be the board\'s serial port, as in "/dev/serial/by-id/…"',
    "output.aout": 'must be the name of a VLC output in small letters, as in "alsa"',
}


class Section(BaseModel):
    """A closed table of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ServerSettings(Section):
    """Where the province is."""

    url: Annotated[str, Field(pattern=r"^https?://[^\s/]+(/[^\s]*)?$")]

    @field_validator("url")
    @classmethod
    def _without_a_slash(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            known = bool(parts.hostname) and parts.port != 0
        except ValueError:
            known = False
        if not known:
            raise ValueError("no host and port can be read in it")
        return url.rstrip("/")


class BoardSettings(Section):
    """The relay board. `read_back` false: its answers are not believed, nothing counts as confirmed."""

    kind: str = "lcus"
    port: Annotated[str, Field(min_length=1, max_length=300)]
    channels: Annotated[int, Field(ge=1, le=64)] | None = None
    read_back: bool = True

    @field_validator("kind")
    @classmethod
    def _is_known(cls, kind: str) -> str:
        if kind not in BOARDS:
            raise ValueError(f"unknown board {kind!r}; known boards: {', '.join(BOARDS)}")
        return kind

    @property
    def channel_count(self) -> int:
        """As set, else as boards of this kind usually have."""
        return self.channels or BOARDS[self.kind].default_channels


class OutputSettings(Section):
    """`vlc` is heard; `capture` is kept as a WAV a broadcast in `capture_folder` (default `heard`)."""

    kind: Literal["vlc", "capture"] = "vlc"
    aout: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")] | None = None
    capture_folder: Path = Path("heard")


class ReportSettings(Section):
    """How often the station says that it is there, and how often it asks for a plan when no bell rings."""

    every_s: Annotated[int, Field(ge=5, le=24 * 3600)] = 60
    sync_every_s: Annotated[int, Field(ge=5, le=24 * 3600)] = 300


class Settings(Section):
    """All of `station.toml`. Without `[board]` no relay is needed. `zones`: zone → channel, overriding."""

    server: ServerSettings
    board: BoardSettings | None = None
    output: OutputSettings = OutputSettings()
    reports: ReportSettings = ReportSettings()
    zones: Mapping[str, Annotated[int, Field(ge=1, le=64)]] = {}


def load_settings(data: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of a data folder. Raises `SettingsError` with every mistake in it."""
    path = data / FILE_NAME
    try:
        plain: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        plain = {}
        if not any(name.startswith(f"{ENVIRONMENT}SERVER_") for name in environment or os.environ):
            raise SettingsError((f"{path}: not there; run: station-agent enrol --server URL",)) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError((f"{path}: cannot be read as TOML ({error}); correct the file",)) from None
    _overlay(plain, os.environ if environment is None else environment)
    try:
        return Settings.model_validate(plain)
    except ValidationError as error:
        raise SettingsError(tuple(_line(path, mistake) for mistake in error.errors())) from None


def _overlay(plain: dict[str, Any], environment: Mapping[str, str]) -> None:
    tables: dict[str, type[Section]] = {
        "server": ServerSettings,
        "board": BoardSettings,
        "output": OutputSettings,
        "reports": ReportSettings,
    }
    for table, model in tables.items():
        for key in model.model_fields:
            value = environment.get(f"{ENVIRONMENT}{table}_{key}".upper())
            if value is not None and isinstance(plain.setdefault(table, {}), dict):
                plain[table][key] = value


def _line(path: Path, mistake: Any) -> str:
    where = ".".join(str(part) for part in mistake["loc"])
    if mistake["type"] == "extra_forbidden":
        return f"{path}: {where}: unknown key; remove it or correct its name"
    words = mistake_words(mistake, _WANTED.get(where))
    if mistake["type"] == "missing":
        return f"{path}: {where}: {words}"
    return f"{path}: {where}: {words}, not {_short(mistake.get('input'))}; correct it"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def first_settings(url: str, board: str | None, port: str | None, channels: int | None, output: str) -> str:
    """The text of a first `station.toml`, checked. Raises `SettingsError`."""
    plain: dict[str, Any] = {"server": {"url": url}, "output": {"kind": output}}
    if port is not None:
        plain["board"] = {"kind": board or "lcus", "port": port}
        plain["board"] |= {} if channels is None else {"channels": channels}
    elif board is not None:
        raise SettingsError(("--board: needs --port, the board's serial port; add it",))
    try:
        Settings.model_validate(plain)
    except ValidationError as error:
        raise SettingsError(tuple(_line(Path(FILE_NAME), one) for one in error.errors())) from None
    lines: list[str] = []
    for table, keys in plain.items():
        lines.append(f"[{table}]")
        lines += [
            f"{key} = {value if isinstance(value, int) else _toml(value)}" for key, value in keys.items()
        ]
        lines.append("")
    return "\n".join(lines)


def _toml(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
