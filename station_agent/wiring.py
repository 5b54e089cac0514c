"""What the settings say about boards and zones, put together for guard and playout. Pure.

Relays are counted through the boards in their order: the first relay of the second board follows the last
of the first. Every mistake is found, one line each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hardware.boards import AttachedBoard
from hardware.errors import HardwareError
from hardware.guard.duty import Duty
from hardware.guard.limits import ChannelLimits, Limits
from station_agent.board_settings import (
    AmplifierSettings,
    BoardSettings,
    InterlockSettings,
    NamedBoard,
    ZoneSettings,
)
from station_agent.zone_line import ZoneLine

MAX_ON_MS = 6 * 3600 * 1000
"""The most a plan may set; the plan's own limit goes with each command."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """`zones`: relay by zone, where it differs from the plan's. `lines`: by relay. `relays`: how many."""

    boards: tuple[AttachedBoard, ...] = ()
    zones: Mapping[str, int] = field(default_factory=dict)
    lines: Mapping[int, ZoneLine] = field(default_factory=dict)
    limits: Limits = field(default_factory=lambda: Limits(max_on_ms=MAX_ON_MS))

    @property
    def relays(self) -> int:
        """How many relays there are."""
        return sum(board.channels for board in self.boards)

    @property
    def duty(self) -> Duty | None:
        """What the guard is to do; None where nothing is switched by a relay."""
        return Duty(self.boards, self.limits) if self.boards else None


@dataclass(frozen=True, slots=True)
class WiringTables:
    """The settings' own tables."""

    board: BoardSettings | None
    boards: tuple[NamedBoard, ...]
    zones: Mapping[str, int | ZoneSettings]
    amplifiers: Mapping[str, AmplifierSettings]
    interlocks: tuple[InterlockSettings, ...]


def wire(tables: WiringTables) -> tuple[Wiring, tuple[str, ...]]:
    """The wiring, and every mistake in it: `<where>: <what>; <what to do>`."""
    return _Wiring(tables).put_together()


class _Wiring:
    def __init__(self, tables: WiringTables) -> None:
        self._tables = tables
        self._mistakes: list[str] = []
        self._first: dict[str, int] = {}
        self._count = 0

    def put_together(self) -> tuple[Wiring, tuple[str, ...]]:
        boards = self._boards()
        powers = self._powers()
        zones, lines, limits = self._zones(powers)
        wiring = Wiring(
            boards,
            zones,
            lines,
            Limits(max_on_ms=MAX_ON_MS, channels=limits, interlocks=self._interlocks(zones)),
        )
        if not self._mistakes and boards:
            try:
                Duty(boards, wiring.limits)
            except HardwareError as error:
                self._mistakes.append(f"boards: {error}; correct it")
        return wiring, tuple(self._mistakes)

    def _boards(self) -> tuple[AttachedBoard, ...]:
        tables = self._tables
        named = [(f"boards.{one.name}", one.name, one) for one in tables.boards]
        if tables.board is not None and tables.boards:
            self._mistakes.append("board: a station has either [board] or [[boards]]; remove one of them")
            return ()
        settings: list[tuple[str, str, BoardSettings]] = [*named]
        if tables.board is not None:
            settings.append(("board", "board", tables.board))
        attached: list[AttachedBoard] = []
        for where, name, one in settings:
            if name in self._first:
                self._mistakes.append(f"{where}: two boards have this name; give each its own")
            self._first[name], self._count = self._count, self._count + one.channel_count
            try:
                options = dict(one.options)
                attached.append(
                    AttachedBoard(
                        one.kind,
                        one.port,
                        one.channel_count,
                        options,
                        one.baud,
                        one.read_back,
                        untold=one.channels is None,
                    )
                )
            except HardwareError as error:
                self._mistakes.append(f"{where}: {error}; correct it")
        return tuple(attached)

    def _relay(self, where: str, board: str | None, channel: int) -> int | None:
        """The relay's number counted through all boards; None where it is none."""
        if not self._first:
            return channel  # no board: nothing is switched
        if board is not None and board not in self._first:
            known = ", ".join(self._first)
            self._note(where, f"no board is called {board!r}; known boards: {known}; correct it")
            return None
        before, most = (0, self._count) if board is None else self._span(board)
        if channel > most:
            whose = "there are" if board is None else f"board {board!r} has"
            self._note(where, f"{whose} relays 1 to {most}, not {channel}; correct it")
            return None
        return before + channel

    def _span(self, board: str) -> tuple[int, int]:
        """How many relays lie before this board's, and how many it has."""
        before = self._first[board]
        after = [first for first in self._first.values() if first > before]
        return before, min(after, default=self._count) - before

    def _note(self, where: str, what: str) -> None:
        self._mistakes.append(f"{where}: {what}")

    def _powers(self) -> dict[str, int]:
        found = {
            name: self._relay(f"amplifiers.{name}", one.board, one.channel)
            for name, one in self._tables.amplifiers.items()
        }
        return {name: relay for name, relay in found.items() if relay is not None}

    def _zones(
        self, powers: Mapping[str, int]
    ) -> tuple[dict[str, int], dict[int, ZoneLine], dict[int, ChannelLimits]]:
        zones: dict[str, int] = {}
        lines: dict[int, ZoneLine] = {}
        limits = {
            powers[name]: ChannelLimits(min_off_ms=one.min_off_s * 1000)
            for name, one in self._tables.amplifiers.items()
            if name in powers
        }
        for zone, said in self._tables.zones.items():
            one = ZoneSettings(channel=said) if isinstance(said, int) else said
            relay = self._relay(f"zones.{zone}", one.board, one.channel)
            if relay is None:
                continue
            if relay in powers.values():
                where = f"zones.{zone}: relay {relay} is an amplifier's power"
                self._mistakes.append(f"{where}; give the zone another")
                continue
            zones[zone] = relay
            line, limit = self._line(zone, one, powers)
            if relay in lines and None not in (pair := {line.power, lines[relay].power}) and len(pair) > 1:
                self._note(f"zones.{zone}", f"relay {relay} hangs on another amplifier already; name one")
            lines[relay] = line if relay not in lines else _stricter(lines[relay], line)
            limits[relay] = limit if relay not in limits else _narrower(limits[relay], limit)
        return zones, lines, limits

    def _line(
        self, zone: str, one: ZoneSettings, powers: Mapping[str, int]
    ) -> tuple[ZoneLine, ChannelLimits]:
        power, warm_up_ms, min_off_s = None, one.warm_up_ms, one.min_off_s
        if one.amplifier is not None:
            amplifier = self._tables.amplifiers.get(one.amplifier)
            if amplifier is None:
                known = ", ".join(self._tables.amplifiers) or "none"
                self._mistakes.append(
                    f"zones.{zone}: no amplifier is called {one.amplifier!r}; "
                    f"known amplifiers: {known}; correct it"
                )
            else:
                power = powers.get(one.amplifier)
                warm_up_ms = max(warm_up_ms, amplifier.warm_up_ms)
                min_off_s = max(min_off_s, amplifier.min_off_s)
        max_on_ms = None if one.max_on_s is None else one.max_on_s * 1000
        line = ZoneLine(power, warm_up_ms, one.max_on_s, min_off_s * 1000)
        return line, ChannelLimits(max_on_ms, one.min_off_s * 1000, power)

    def _interlocks(self, zones: Mapping[str, int]) -> tuple[frozenset[int], ...]:
        groups: list[frozenset[int]] = []
        for one in self._tables.interlocks:
            unknown = [zone for zone in one.zones if zone not in self._tables.zones]
            relays = frozenset(zones[zone] for zone in one.zones if zone in zones)
            if unknown:
                self._mistakes.append(
                    f"interlocks: zone {unknown[0]!r} is not in [zones]; name its relay there"
                )
            elif len(relays) < len(one.zones) and all(zone in zones for zone in one.zones):
                self._mistakes.append(
                    f"interlocks: {' and '.join(one.zones)} are on the same relay; wire them apart"
                )
            groups.append(relays)
        return tuple(groups)


def _stricter(one: ZoneLine, other: ZoneLine) -> ZoneLine:
    """Two zones on one relay."""
    return ZoneLine(
        one.power if one.power is not None else other.power,
        max(one.warm_up_ms, other.warm_up_ms),
        min([value for value in (one.max_on_s, other.max_on_s) if value is not None], default=None),
        max(one.min_off_ms, other.min_off_ms),
    )


def _narrower(one: ChannelLimits, other: ChannelLimits) -> ChannelLimits:
    longest = [value for value in (one.max_on_ms, other.max_on_ms) if value is not None]
    return replace(
        one,
        max_on_ms=min(longest, default=None),
        min_off_ms=max(one.min_off_ms, other.min_off_ms),
        power=one.power if one.power is not None else other.power,
    )
