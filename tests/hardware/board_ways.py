"""Every way in which the boards we know are wired and spoken to, as a board is set and as it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hardware import AttachedBoard
from hardware.relay_codec.contract import PinLevel
from hardware.virtual_board import (
    FIRMWARE,
    KINDS,
    Contacts,
    ReadBackForm,
    VirtualBoard,
    VirtualLine,
    virtual_board,
)


@dataclass(frozen=True)
class Way:
    """A board as it is set and as it is. `manners` go to the virtual board, `options` to the driver."""

    kind: str
    channels: int = 2
    options: Mapping[str, Any] = field(default_factory=dict)
    manners: Mapping[str, Any] = field(default_factory=dict)
    answers: bool = True

    def plugged(self, path: Path, **more: Any) -> VirtualBoard | VirtualLine:
        """Such a board, not yet plugged in."""
        return virtual_board(self.kind, path, channels=self.channels, manners=self.manners, **more)

    def answering(self, path: Path) -> VirtualBoard:
        """The same, of a kind that speaks in bytes."""
        board = self.plugged(path)
        assert isinstance(board, VirtualBoard)
        return board

    def echo(self, order: bytes | PinLevel) -> bytes:
        """What a board that just came says to it."""
        assert isinstance(order, bytes)
        return FIRMWARE[self.kind](**self.manners).take(order, Contacts(self.channels))

    def attached(self, path: Path) -> AttachedBoard:
        """The same as it is set."""
        return AttachedBoard(self.kind, str(path), self.channels, self.options)


WAYS = {
    "lcus in text": Way("lcus"),
    "lcus in raw bytes": Way("lcus", manners={"form": ReadBackForm.RAW}),
    "lcus in silence": Way("lcus", manners={"form": ReadBackForm.NONE}, answers=False),
    "kmtronic of 2": Way("kmtronic"),
    "kmtronic of 8": Way("kmtronic", 8),
    "devantech of 2": Way("devantech"),
    "devantech of 8": Way("devantech", 8),
    "numato of 2": Way("numato"),
    "numato of 16": Way("numato", 16),
    "modbus": Way("modbus-rtu", 8),
    "modbus, timed": Way("modbus-rtu", 4, {"timed_on_ms": 10_000}),  # no busy machine lets it fall
    "modbus, registers": Way(
        "modbus-rtu",
        4,
        {"function": "06", "slave": 7},
        {"function": 6, "slave": 7, "on_value": 1, "off_value": 2},
    ),
    "modbus, registers one by one": Way(
        "modbus-rtu",
        6,
        {"function": "06"},
        {"function": 6, "on_value": 1, "off_value": 2, "many": False},
    ),
    "modbus, many coils": Way("modbus-rtu", 4, {"function": "0F"}, {"function": 15}),
    "modbus, 0100 from 1": Way(
        "modbus-rtu", 4, {"on_value": "0100", "coil_base": 1}, {"on_value": 0x0100, "coil_base": 1}
    ),
    "modbus, registers with 0100 and 0200": Way(
        "modbus-rtu",
        4,
        {"function": "06", "on_value": "0100", "off_value": "0200", "coil_base": 1},
        {"function": 6, "on_value": 0x0100, "off_value": 0x0200, "coil_base": 1, "reads_bits": True},
    ),
    "line on RTS and DTR": Way("line", answers=False),
    "line on DTR": Way("line", options={"pin": "dtr"}, manners={"pin": "dtr"}, answers=False),
}
assert {way.kind for way in WAYS.values()} == set(KINDS)
ANSWERING = [name for name, way in WAYS.items() if way.answers]
