"""A virtual adapter with relays on its control outputs, as a serial port server on this machine (RFC 2217).

A pseudo-terminal has no RTS and no DTR, so the host reaches this one through the protocol that carries
them. As on a real adapter both outputs are dropped whenever nobody holds the port, and one host at a time
can hold it. The link holds the server's address, `rfc2217://127.0.0.1:PORT`, which the serial line follows.
"""

import contextlib
import select
import socket
from collections.abc import Iterator
from pathlib import Path

from hardware.virtual_board.contacts import Contacts
from hardware.virtual_board.plugged import Plugged

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


class VirtualLine(Plugged):
    """One or two relays on `pin` and the other output. Its link and its plug: see `Plugged`.

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
        super().__init__(path, Contacts(channels, log))
        self._pins = [pin, "dtr" if pin == "rts" else "rts"][:channels]
        self._active_high = active_high
        self.relays.stuck = stuck
        self._ears: socket.socket | None = None

    def _open_port(self) -> str:
        self._ears = socket.create_server(("127.0.0.1", 0))
        self._drop_outputs()
        return f"rfc2217://127.0.0.1:{self._ears.getsockname()[1]}"

    def _close_port(self) -> None:
        if self._ears is not None:
            self._ears.close()
        self._ears = None

    def _serve(self, wake: int) -> None:
        ears = self._ears
        assert ears is not None  # noqa: S101 - opened before; narrows the type
        host: socket.socket | None = None
        telnet = Telnet()
        while True:
            ready, _, _ = select.select([ears.fileno(), wake, *([host.fileno()] if host else [])], [], [])
            if host is not None and (
                wake in ready or (host.fileno() in ready and not self._attend(host, telnet))
            ):
                host.close()
                host = None
                self._drop_outputs()
            if wake in ready:
                return
            if ears.fileno() in ready:
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
