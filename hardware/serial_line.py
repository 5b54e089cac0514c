"""A serial port that never blocks for long. The only module that knows pyserial.

9600 8N1 unless told otherwise; exclusive, so that two programs never drive one board; RTS and DTR are put
down before the port opens, because their rise resets or switches some boards.
"""

import contextlib
import errno
import os
import termios
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import serial
from serial.tools import list_ports

from hardware.errors import LineBroken, LinkError, NotASerialPort, PortBusy, PortDenied, PortMissing

WRITE_TIMEOUT_S = 0.5

_GONE = {errno.ENOENT, errno.ENXIO, errno.ENODEV, errno.EIO}
_TAKEN = {errno.EBUSY, errno.EWOULDBLOCK, errno.EAGAIN}
_FORBIDDEN = {errno.EACCES, errno.EPERM}


class SerialLine:
    """One open port. Every call returns within `WRITE_TIMEOUT_S`; a broken line raises `LineBroken`.

    Raises `PortMissing`, `PortBusy`, `PortDenied` or `NotASerialPort` when it cannot be opened.
    """

    def __init__(self, path: str, baud: int = 9600) -> None:
        self.path = path
        port = serial.Serial(
            baudrate=baud,
            bytesize=serial.EIGHTBITS,
            parity=serial.PARITY_NONE,
            stopbits=serial.STOPBITS_ONE,
            timeout=0,
            write_timeout=WRITE_TIMEOUT_S,
            exclusive=True,
        )
        port.port = path
        port.dtr = False
        port.rts = False
        try:
            port.open()
        except (OSError, ValueError, termios.error) as problem:  # SerialException is an OSError
            port.close()
            raise _why_not_open(path, problem) from problem
        self._port = port

    def fileno(self) -> int:
        """For `select`. Raises `LineBroken` once closed."""
        try:
            return int(self._port.fileno())
        except OSError as problem:
            raise LineBroken(self.path, "it was closed") from problem

    def write(self, data: bytes) -> None:
        """Send all of it, or raise `LineBroken`."""
        try:
            self._port.write(data)
        except OSError as problem:  # includes the time-out of a write
            raise LineBroken(self.path, _in_short(problem)) from problem

    def read_waiting(self) -> bytes:
        """What has arrived so far, perhaps nothing. Also notices that the line has gone."""
        try:
            return bytes(self._port.read(self._port.in_waiting or 1))
        except OSError as problem:
            raise LineBroken(self.path, _in_short(problem)) from problem

    def discard_waiting(self) -> None:
        """Forget what has arrived: it answers nothing that was asked."""
        try:
            self._port.reset_input_buffer()
        except (OSError, termios.error) as problem:
            raise LineBroken(self.path, _in_short(problem)) from problem

    def abandon(self) -> None:
        """Let a broken port go without waiting for what could not be sent."""
        with contextlib.suppress(OSError, termios.error):
            self._port.reset_output_buffer()
        self.close()

    def close(self) -> None:
        """Let the port go; the system first sends what was written. Twice is harmless."""
        with contextlib.suppress(OSError):  # the device has gone and took the port with it
            self._port.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class UsbPort:
    """What the system knows of a USB serial adapter."""

    device: str
    vid: int
    pid: int
    product: str | None


def list_usb_ports() -> list[UsbPort]:
    """The USB serial ports, from the system's own records. Opens none."""
    return [
        UsbPort(port.device, port.vid, port.pid, port.product)
        for port in list_ports.comports()
        if port.vid is not None and port.pid is not None
    ]


def _why_not_open(path: str, problem: Exception) -> LinkError:
    number = getattr(problem, "errno", None)
    if number in _GONE:
        return PortMissing(path)
    if number in _TAKEN:
        return PortBusy(path)
    if number in _FORBIDDEN:
        return PortDenied(path)
    return NotASerialPort(path)


def _in_short(problem: Exception) -> str:
    number = getattr(problem, "errno", None)
    return os.strerror(number) if number else str(problem).splitlines()[0]
