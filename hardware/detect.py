"""Which serial ports are there, by what the system knows of them. Never opens one, never writes a byte."""

import re
from dataclasses import dataclass
from pathlib import Path

from hardware.errors import PortAmbiguous, PortMissing
from hardware.serial_line import list_usb_ports

BY_ID = Path("/dev/serial/by-id")
BY_PATH = Path("/dev/serial/by-path")

_SEEN_ON: dict[tuple[int, int], str] = {
    (0x1A86, 0x7523): "CH340 adapter: LCUS boards use it, and many other devices too",
    (0x1A86, 0x5523): "CH341 adapter: some LCUS boards use it, and many other devices too",
    (0x0403, 0x6001): "FTDI adapter: KMTronic boards and RS-485 adapters use it, and many other devices too",
    (0x04D8, 0xFFEE): "Devantech USB-RLY module",
}
USB_NAME = re.compile(r"usb:([0-9A-Fa-f]{4}):([0-9A-Fa-f]{4})(?::(.+))?")
"""`usb:1A86:7523` or, where the adapter has one, with its serial number: `usb:0403:6001:A50285BI`."""


@dataclass(frozen=True, slots=True)
class SerialPort:
    """A serial port. `stable_path` keeps its name over replugging, where the system offers one."""

    path: str
    stable_path: str
    usb_id: str | None
    product: str | None
    hint: str | None


def serial_ports(by_id: Path = BY_ID, by_path: Path = BY_PATH) -> tuple[SerialPort, ...]:
    """Every USB serial port, by path. A hint tells what uses such adapters; the operator names the board."""
    return tuple(
        SerialPort(
            path=port.device,
            stable_path=_stable(port.device, by_id, by_path),
            usb_id=f"{port.vid:04X}:{port.pid:04X}",
            product=port.product,
            hint=_SEEN_ON.get((port.vid, port.pid)),
        )
        for port in sorted(list_usb_ports(), key=lambda port: port.device)
    )


def port_path(name: str) -> str:
    """Where the port of this name is now. A path stands for itself, a `usb:` name for the port that bears it.

    Raises `PortMissing`, and `PortAmbiguous` where several fit. Only reads what the system knows.
    """
    if not name.startswith("usb:"):
        return name
    wanted = USB_NAME.fullmatch(name)
    if wanted is None:
        raise PortMissing(name)
    vid, pid, number = int(wanted[1], 16), int(wanted[2], 16), wanted[3]
    found = tuple(
        port.device
        for port in list_usb_ports()
        if (port.vid, port.pid) == (vid, pid) and number in (None, port.serial_number)
    )
    if not found:
        raise PortMissing(name)
    if len(found) > 1:
        raise PortAmbiguous(name, tuple(sorted(found)))
    return found[0]


def _stable(device: str, by_id: Path, by_path: Path) -> str:
    for folder in (by_id, by_path):
        if not folder.is_dir():
            continue
        for link in sorted(folder.iterdir()):
            if link.resolve() == Path(device).resolve():
                return str(link)
    return device
