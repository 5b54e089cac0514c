"""A serial port that never blocks for long. The only module that knows pyserial.

9600 8N1 unless told otherwise; exclusive, so that two programs never drive one board; RTS and DTR are put
where they rest before the port opens, because their rise resets or switches some boards.
A port may also be a serial port server on this very machine, `rfc2217://127.0.0.1:PORT`, or a link to such an
address. Another machine is refused: the time to reach it has no bound.
"""

import contextlib
import errno
import os
import stat
import termios
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import serial
from serial.tools import list_ports

from hardware.errors import LineBroken, LinkError, NotASerialPort, PortBusy, PortDenied, PortMissing
from hardware.port_holder import holder_of
from hardware.relay_codec.contract import Pin, PinLevel

WRITE_TIMEOUT_S = 0.5

SERVER_TIMEOUT_S = 0.4
SERVER = "rfc2217://"
THIS_MACHINE = ("127.0.0.1", "::1", "localhost")

_GONE = {errno.ENOENT, errno.ENXIO, errno.ENODEV, errno.EIO, errno.ECONNREFUSED}
_TAKEN = {errno.EBUSY, errno.EWOULDBLOCK, errno.EAGAIN}
_FORBIDDEN = {errno.EACCES, errno.EPERM}


class SerialLine:
    """One open port. Every call returns within `WRITE_TIMEOUT_S`; a broken line raises `LineBroken`.

    Raises `PortMissing`, `PortBusy`, `PortDenied` or `NotASerialPort` when it cannot be opened.
    """

    def __init__(self, path: str, baud: int = 9600, raised: frozenset[Pin] = frozenset()) -> None:
        self.path = path
        self._server = _server_behind(path)
        port: Any
        if self._server is None:
            port = serial.Serial(baudrate=baud, timeout=0, write_timeout=WRITE_TIMEOUT_S, exclusive=True)
            port.port = path
        else:  # it takes everything at once or has gone, and one client at a time
            port = serial.serial_for_url(self._server, do_not_open=True, baudrate=baud, timeout=0)
        port.dtr = Pin.DTR in raised
        port.rts = Pin.RTS in raised
        try:
            port.open()
            if self._server is None:
                _drop_outputs_at_close(port.fileno())
        except (OSError, ValueError, termios.error) as problem:  # SerialException is an OSError
            port.close()
            raise _why_not_open(path, problem, server=self._server is not None) from problem
        self._port = port

    def fileno(self) -> int | None:
        """For `select`; None where there is nothing to wait on. Raises `LineBroken` once closed."""
        if self._server is not None:
            return None
        try:
            return int(self._port.fileno())
        except OSError as problem:
            raise LineBroken(self.path, "it was closed") from problem

    def send(self, order: bytes | PinLevel) -> None:
        """Give the order, in bytes or by a control output, or raise `LineBroken`."""
        if isinstance(order, PinLevel):
            self._set_pin(order)
        else:
            self.write(order)

    def _set_pin(self, level: PinLevel) -> None:
        try:
            setattr(self._port, level.pin, level.raised)
        except (OSError, ValueError) as problem:
            if getattr(problem, "errno", None) in (errno.ENOTTY, errno.EINVAL):
                raise LineBroken(self.path, f"it has no output {level.pin.upper()}") from problem
            raise LineBroken(self.path, _in_short(problem)) from problem

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
        except (OSError, ValueError, termios.error) as problem:
            raise LineBroken(self.path, _in_short(problem)) from problem

    def abandon(self) -> None:
        """Let a broken port go without waiting for what could not be sent."""
        if self._server is None:
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
    serial_number: str | None = None


def list_usb_ports() -> list[UsbPort]:
    """The USB serial ports, from the system's own records. Opens none."""
    return [
        UsbPort(port.device, port.vid, port.pid, port.product, port.serial_number)
        for port in list_ports.comports()
        if port.vid is not None and port.pid is not None
    ]


def refuse_no_port(path: str) -> None:
    """What can be told of a port without opening it, which might switch what hangs on it.

    Raises `PortMissing`, `PortDenied` or `NotASerialPort`. Of a server only that it is on this machine.
    """
    if _server_behind(path) is not None:
        return
    try:
        is_device = stat.S_ISCHR(Path(path).stat().st_mode)
    except (OSError, ValueError) as problem:
        raise _why_not_open(path, problem) from problem
    if not is_device:
        raise NotASerialPort(path)


def _drop_outputs_at_close(descriptor: int) -> None:
    """RTS and DTR fall when the last holder has gone: usual, but `stty -hupcl` may have been there before."""
    settings = termios.tcgetattr(descriptor)
    settings[2] |= termios.HUPCL
    termios.tcsetattr(descriptor, termios.TCSANOW, settings)


def _server_behind(path: str) -> str | None:
    """The address of the serial port server, where the path is one or a link to one."""
    address = path
    if not path.startswith(SERVER):
        try:
            address = os.readlink(path)  # noqa: PTH115 - a Path would make one slash of two
        except OSError:
            return None  # no link: a device, or nothing
    if not address.startswith(SERVER):
        return None
    try:
        host, number = urlsplit(address).hostname, urlsplit(address).port
    except ValueError:
        raise NotASerialPort(path) from None
    if host not in THIS_MACHINE or not number:
        raise NotASerialPort(path, elsewhere=host is not None and host not in THIS_MACHINE)
    return f"{address.split('?')[0]}?timeout={SERVER_TIMEOUT_S}"


def _why_not_open(path: str, problem: Exception, *, server: bool = False) -> LinkError:
    number = getattr(problem, "errno", None)
    if server:
        number = getattr(problem.__context__, "errno", None) or errno.EBUSY  # it answers, but not us
    if number in _GONE:
        return PortMissing(path)
    if number in _TAKEN:
        holder = None if server else holder_of(path)
        return PortBusy(path) if holder is None else PortBusy(path, str(holder), holder.pid)
    if number in _FORBIDDEN:
        return PortDenied(path)
    return NotASerialPort(path)


def _in_short(problem: Exception) -> str:
    number = getattr(problem, "errno", None)
    return os.strerror(number) if number else str(problem).splitlines()[0]
