"""A virtual adapter with relays on its control outputs, as a serial port server on this machine (RFC 2217).

A pseudo-terminal has no RTS and no DTR, so the host reaches this one through the protocol that carries
them. As on a real adapter both outputs are dropped whenever nobody holds the port, and one host at a time
can hold it. The link holds the server's address, `rfc2217://127.0.0.1:PORT`, which the serial line follows.
"""

import contextlib
import select
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from hardware.virtual_board.contacts import Contacts, RelayChange

IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240
BINARY, SUPPRESS_GO_AHEAD, COM_PORT = 0, 3, 44
KNOWN = (BINARY, SUPPRESS_GO_AHEAD, COM_PORT)
SET_CONTROL = 5
ANSWER = 100
"""A server's answer bears the number of the request and this."""
OUTPUTS = {8: ("dtr", True), 9: ("dtr", False), 11: ("rts", True), 12: ("rts", False)}


class Telnet:
    """Takes a connection's bytes apart: what to answer, and which outputs were set."""

    def __init__(self) -> None:
        self._received = b""

    def take(self, data: bytes) -> tuple[bytes, list[tuple[str, bool]]]:
        """The answer, and the outputs set, in order. Bytes of the serial line itself are passed over."""
        self._received += data
        answer, outputs = b"", []
        for command in self._commands():
            if command[0] in (WILL, DO):
                verb = (DO if command[0] == WILL else WILL) if command[1] in KNOWN else WONT
                if command[0] == WILL and command[1] not in KNOWN:
                    verb = DONT
                answer += bytes([IAC, verb, command[1]])
            elif command[:2] == bytes([SB, COM_PORT]) and len(command) > 2:
                kind, value = command[2], command[3:]
                if kind == SET_CONTROL and value and value[0] in OUTPUTS:
                    outputs.append(OUTPUTS[value[0]])
                doubled = value.replace(b"\xff", b"\xff\xff")
                answer += bytes([IAC, SB, COM_PORT, kind + ANSWER]) + doubled + bytes([IAC, SE])
        return answer, outputs

    def _commands(self) -> Iterator[bytes]:
        """Every whole command: two bytes, or SB and what it holds, with doubled bytes made single."""
        while (begin := self._received.find(IAC)) >= 0:
            rest = self._received[begin + 1 :]
            if len(rest) < 2:
                return
            if rest[0] != SB:
                self._received = rest[2:] if rest[0] in (WILL, WONT, DO, DONT) else rest[1:]
                yield rest[:2]
                continue
            held, after = _until_end(rest)
            if held is None:
                return
            self._received = after
            yield held
        self._received = b""


def _until_end(rest: bytes) -> tuple[bytes | None, bytes]:
    held, place = bytearray(), 0
    while place < len(rest):
        if rest[place] == IAC:
            if place + 1 >= len(rest):
                break
            if rest[place + 1] == SE:
                return bytes(held), rest[place + 2 :]
            place += 1
        held.append(rest[place])
        place += 1
    return None, rest


class VirtualLine:
    """One or two relays on `pin` and the other output. Use it like a `VirtualBoard`.

    `active_high` false: a relay is closed while its output is dropped, also when nobody holds the port.
    """

    def __init__(
        self,
        path: Path,
        *,
        channels: int = 1,
        pin: str = "rts",
        active_high: bool = True,
        stuck: bool = False,
        log: Path | None = None,
    ) -> None:
        self.path = path
        self._pins = [pin, "dtr" if pin == "rts" else "rts"][:channels]
        self._active_high = active_high
        self.relays = Contacts(channels, log)
        self.relays.stuck = stuck
        self._ears: socket.socket | None = None
        self._wake: tuple[socket.socket, socket.socket] | None = None
        self._thread: threading.Thread | None = None

    @property
    def on(self) -> tuple[bool, ...]:
        """Which relays are energised now; index 0 is channel 1."""
        return self.relays.on

    @property
    def changes(self) -> tuple[RelayChange, ...]:
        """Every change so far, oldest first."""
        return self.relays.changes

    def plug_in(self) -> None:
        """Give the adapter power and a port, on a new address."""
        self._ears = socket.create_server(("127.0.0.1", 0))
        self._wake = socket.socketpair()
        waiting = self.path.with_name(self.path.name + ".new")
        waiting.unlink(missing_ok=True)
        waiting.symlink_to(f"rfc2217://127.0.0.1:{self._ears.getsockname()[1]}")
        waiting.replace(self.path)
        self._drop_outputs()
        self._thread = threading.Thread(target=self._serve, args=(self._ears, self._wake[1]), daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Take port and power away. Twice is harmless."""
        if self._thread is None or self._ears is None or self._wake is None:
            return
        self._wake[0].send(b"x")
        self._thread.join(timeout=5)
        self.path.unlink(missing_ok=True)
        for end in (self._ears, *self._wake):
            end.close()
        self._thread = self._ears = self._wake = None
        self.relays.lose_power()

    def _serve(self, ears: socket.socket, wake: socket.socket) -> None:
        host: socket.socket | None = None
        telnet = Telnet()
        while True:
            ready, _, _ = select.select([ears, wake, *([host] if host else [])], [], [])
            if host is not None and (wake in ready or (host in ready and not self._attend(host, telnet))):
                host.close()
                host = None
                self._drop_outputs()
            if wake in ready:
                return
            if ears in ready:
                caller, _ = ears.accept()
                if host is None:
                    host, telnet = caller, Telnet()
                else:
                    caller.close()  # somebody holds the port

    def _attend(self, host: socket.socket, telnet: Telnet) -> bool:
        """False once the host has gone."""
        with contextlib.suppress(OSError):
            data = host.recv(1024)
            answer, outputs = telnet.take(data)
            for pin, raised in outputs:
                self._set(pin, raised)
            host.sendall(answer)
            return bool(data)
        return False

    def _drop_outputs(self) -> None:
        for pin in self._pins:
            self._set(pin, False)

    def _set(self, pin: str, raised: bool) -> None:
        if pin in self._pins:
            self.relays.switch(self._pins.index(pin) + 1, raised == self._active_high)

    def __enter__(self) -> Self:
        self.plug_in()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()
