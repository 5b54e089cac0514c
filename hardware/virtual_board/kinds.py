"""A virtual board of every kind there is, by the kind's name."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hardware.virtual_board.board import Fault, Firmware, VirtualBoard
from hardware.virtual_board.devantech import DevantechFirmware
from hardware.virtual_board.kmtronic import KmtronicFirmware
from hardware.virtual_board.lcus import LcusFirmware, ReadBackForm
from hardware.virtual_board.line import VirtualLine
from hardware.virtual_board.modbus_rtu import ModbusFirmware, ModbusManners
from hardware.virtual_board.numato import NumatoFirmware

FIRMWARE: dict[str, Callable[..., Firmware]] = {
    "lcus": LcusFirmware,
    "kmtronic": KmtronicFirmware,
    "devantech": DevantechFirmware,
    "numato": NumatoFirmware,
    "modbus-rtu": lambda **manners: ModbusFirmware(ModbusManners(**manners)),
}
KINDS = (*FIRMWARE, "line")


def virtual_board(
    kind: str,
    path: Path,
    *,
    channels: int,
    manners: Mapping[str, Any] | None = None,
    fault: Fault | None = None,
    log: Path | None = None,
) -> VirtualBoard | VirtualLine:
    """Not yet plugged in. `manners`: how this board differs from others of its kind."""
    if kind == "line":
        line = dict(manners or {})
        return VirtualLine(path, channels=channels, stuck=fault is Fault.DEAF, log=log, **line)
    return VirtualBoard(path, FIRMWARE[kind](**(manners or {})), channels=channels, fault=fault, log=log)


def lcus_board(
    path: Path, *, channels: int = 4, form: ReadBackForm = ReadBackForm.TEXT, **rest: Any
) -> VirtualBoard:
    """The most common board, answering in one of its three forms."""
    return VirtualBoard(path, LcusFirmware(form), channels=channels, **rest)
