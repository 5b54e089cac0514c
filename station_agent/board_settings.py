"""The tables of `station.toml` that say what is wired to what: boards, zones, amplifiers, interlocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, field_validator

from hardware.boards import BOARDS
from station_agent.section import Section

Name = Annotated[str, Field(min_length=1, max_length=80)]
Relay = Annotated[int, Field(ge=1, le=64)]


class BoardSettings(Section):
    """A relay board. `read_back` false: its answers are not believed, nothing counts as confirmed.

    `options`: how it differs from others of its kind.
    """

    kind: str = "lcus"
    port: Annotated[str, Field(min_length=1, max_length=300)]
    channels: Relay | None = None
    read_back: bool = True
    baud: Annotated[int, Field(ge=300, le=921_600)] | None = None
    options: Mapping[str, str | int] = {}

    @field_validator("kind")
    @classmethod
    def _is_known(cls, kind: str) -> str:
        if kind not in BOARDS:
            raise ValueError(f"must be one of the known boards: {', '.join(BOARDS)}")
        return kind

    @property
    def channel_count(self) -> int:
        """As set, else as boards of this kind usually have."""
        return self.channels or BOARDS[self.kind].default_channels


class NamedBoard(BoardSettings):
    """One of several boards of a station."""

    name: Name


class AmplifierSettings(Section):
    """An amplifier whose power has a relay of its own. `warm_up_ms`: until it can be heard after power-on."""

    channel: Relay
    board: Name | None = None
    warm_up_ms: Annotated[int, Field(ge=0, le=60_000)] = 8000
    min_off_s: Annotated[int, Field(ge=0, le=600)] = 0


class ZoneSettings(Section):
    """Where a zone of the plan is wired to. `board` None: `channel` counts through all boards in their order.

    `warm_up_ms`: until what is wired there can be heard, where it takes longer than the plan's.
    """

    channel: Relay
    board: Name | None = None
    amplifier: Name | None = None
    warm_up_ms: Annotated[int, Field(ge=0, le=60_000)] = 0
    max_on_s: Annotated[int, Field(ge=1, le=6 * 3600)] | None = None
    min_off_s: Annotated[int, Field(ge=0, le=600)] = 0


class InterlockSettings(Section):
    """Of these zones at most one is ever on."""

    zones: Annotated[tuple[Name, ...], Field(min_length=2, max_length=32)]
