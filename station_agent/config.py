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

from pydantic import Field, ValidationError, field_validator

from schedules.setting_mistakes import mistake_words
from station_agent.board_settings import (
    AmplifierSettings,
    BoardSettings,
    InterlockSettings,
    NamedBoard,
    Relay,
    ZoneSettings,
)
from station_agent.errors import SettingsError, SettingsMissing
from station_agent.section import Section
from station_agent.wiring import Wiring, WiringTables, wire

FILE_NAME = "station.toml"
ENVIRONMENT = "STATION_AGENT_"
_WANTED = {
    "server.url": 'must be the province\'s address, as in "https://province.example"',
    "board.port": 'must be the board\'s serial port, as in "/dev/serial/by-id/…"',
}


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


class OutputSettings(Section):
    """`pulse` and `alsa` are heard, `auto` takes the first of them that opens; `capture` is kept as a WAV a
    broadcast in `capture_folder` (default `heard`). `device`: a sink of the sound server, or an ALSA device.
    """

    kind: Literal["auto", "pulse", "alsa", "capture"] = "auto"
    device: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    capture_folder: Path = Path("heard")


class MicrophoneSettings(Section):
    """A microphone that hears the loudspeaker, by the sound server or by ALSA; `device` its source there."""

    kind: Literal["pulse", "alsa"] = "pulse"
    device: Annotated[str, Field(min_length=1, max_length=200)] | None = None


class ReportSettings(Section):
    """How often the station says that it is there, and how often it asks for a plan when no bell rings."""

    every_s: Annotated[int, Field(ge=5, le=24 * 3600)] = 60
    sync_every_s: Annotated[int, Field(ge=5, le=24 * 3600)] = 300


class Settings(Section):
    """All of `station.toml`. Without a board no relay is needed. `zones`: what differs from the plan's."""

    server: ServerSettings
    board: BoardSettings | None = None
    boards: tuple[NamedBoard, ...] = ()
    output: OutputSettings = OutputSettings()
    microphone: MicrophoneSettings | None = None
    reports: ReportSettings = ReportSettings()
    zones: Mapping[str, Relay | ZoneSettings] = {}
    amplifiers: Mapping[str, AmplifierSettings] = {}
    interlocks: tuple[InterlockSettings, ...] = ()

    @property
    def wiring(self) -> Wiring:
        """What guard and playout need to know of boards and zones."""
        return self._wire()[0]

    @property
    def wiring_mistakes(self) -> tuple[str, ...]:
        """What does not fit together, one line each."""
        return self._wire()[1]

    def _wire(self) -> tuple[Wiring, tuple[str, ...]]:
        return wire(WiringTables(self.board, self.boards, self.zones, self.amplifiers, self.interlocks))


def load_settings(data: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of a data folder. Raises `SettingsError` with every mistake in it."""
    path = data / FILE_NAME
    try:
        plain: dict[str, Any] = tomllib.loads(_text_of(path))
    except FileNotFoundError:
        plain = {}
        if not any(name.startswith(f"{ENVIRONMENT}SERVER_") for name in environment or os.environ):
            raise SettingsMissing((f"{path}: not there; {how_to_make(data)}",)) from None
    except (OSError, ValueError, RecursionError) as error:  # a number or a nesting of thousands, too
        raise SettingsError((f"{path}: cannot be read as TOML ({error}); correct the file",)) from None
    _overlay(plain, os.environ if environment is None else environment)
    return _checked(path, plain)


def how_to_make(data: Path) -> str:
    """What to do where a data folder has no settings."""
    from station_agent.identity import is_enrolled  # here: `relay off` does without it

    if is_enrolled(data):
        return "the station is enrolled already: write [server] and its url into it, as station.md says"
    make_one = f"make it by: station-agent --data {data} enrol --server URL"
    return f"give the station's folder with --data, or {make_one}"


def _text_of(path: Path) -> str:
    """A Windows editor's mark at its begin is passed over. Raises `OSError`, also where it is no file."""
    if path.exists() and not path.is_file():
        raise OSError("it is no file")
    return path.read_text(encoding="utf-8-sig")


def _checked(path: Path, plain: dict[str, Any]) -> Settings:
    try:
        settings = Settings.model_validate(plain)
    except ValidationError as error:
        raise SettingsError(tuple(_line(path, mistake) for mistake in _told_once(error))) from None
    if settings.wiring_mistakes:
        raise SettingsError(tuple(f"{path}: {mistake}" for mistake in settings.wiring_mistakes))
    return settings


def _told_once(error: ValidationError) -> list[Any]:
    """A zone is a number or a table: only the mistake in what was meant is told."""
    told: dict[tuple[Any, ...], Any] = {}
    for mistake in error.errors():
        where = mistake["loc"]
        if where[0] == "zones" and len(where) > 2:
            is_table = isinstance(mistake["input"], dict) or (where[2] == "ZoneSettings" and len(where) > 3)
            if (where[2] == "ZoneSettings") != is_table:
                continue
            mistake["loc"] = (*where[:2], *where[3:])
        told.setdefault(tuple(mistake["loc"]), mistake)
    return list(told.values())


def _overlay(plain: dict[str, Any], environment: Mapping[str, str]) -> None:
    tables: dict[str, type[Section]] = {
        "server": ServerSettings,
        "board": BoardSettings,
        "output": OutputSettings,
        "microphone": MicrophoneSettings,
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


def first_settings(
    url: str,
    board: str | None,
    port: str | None,
    channels: int | None,
    output: str,
    options: Mapping[str, str] | None = None,
) -> str:
    """The text of a first `station.toml`, checked. `options`: of the board. Raises `SettingsError`."""
    plain: dict[str, Any] = {"server": {"url": url}, "output": {"kind": output}}
    if port is not None:
        plain["board"] = {"kind": board or "lcus", "port": port}
        plain["board"] |= {} if channels is None else {"channels": channels}
        plain["board"] |= {"options": dict(options)} if options else {}
    elif board is not None:
        raise SettingsError(("--board: needs --port, the board's serial port; add it",))
    _checked(Path(FILE_NAME), plain)
    lines: list[str] = []
    for table, keys in plain.items():
        lines.append(f"[{table}]")
        lines += [f"{key} = {_toml(value)}" for key, value in keys.items()]
        lines.append("")
    return "\n".join(lines)


def _toml(value: str | int | dict[str, str]) -> str:
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_toml(key)} = {_toml(one)}" for key, one in value.items()) + " }"
    return _text(value)


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
