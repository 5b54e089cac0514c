"""Which serial ports are there, by what the system knows of them. Never opens one, never writes a byte."""

from dataclasses import dataclass
from pathlib import Path

from hardware.serial_line import list_usb_ports

BY_ID = Path("/dev/serial/by-id")
BY_PATH = Path("/dev/serial/by-path")

_SEEN_ON: dict[tuple[int, int], str] = {
    (0x1A86, 0x7523): "CH340 adapter: LCUS boards use it, and many other devices too",
    (0x1A86, 0x5523): "CH341 adapter: some LCUS boards use it, and many other devices too",
}


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


def _stable(device: str, by_id: Path, by_path: Path) -> str:
    for folder in (by_id, by_path):
        if not folder.is_dir():
            continue
        for link in sorted(folder.iterdir()):
            if link.resolve() == Path(device).resolve():
                return str(link)
    return device
