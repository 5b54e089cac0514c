"""The Modbus codec against a slave that is none of ours: pymodbus, over a real serial path."""

import asyncio
import os
import select
import threading
import time
import tty
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self, TypeVar

import pytest
from pymodbus.server import ModbusSerialServer
from pymodbus.simulator import DataType, SimData, SimDevice

from hardware import AttachedBoard, BoardReady, Duty, FaultCode, GuardedRelays, Limits, RelayFault, RelayState
from hardware.relay_codec.contract import Garbled, Reading, RelayCodec
from hardware.relay_codec.modbus_rtu import ModbusRtu, crc16
from hardware.relay_commands import read_relays
from hardware.serial_line import SerialLine
from tests.hardware.conftest import PATIENCE_S, Unhurried

CHANNELS = 8
COILS, REGISTERS = 1, 3
ANSWER_TO_A_WRITE_BYTES = 8
LIMITS = Limits(deadline_ms=10_000)
"""Nothing here is about a silent owner, and this process may be served late."""

T = TypeVar("T")


@contextmanager
def _cable(folder: Path) -> Iterator[tuple[Path, str]]:
    """Two ports and a wire between them: the host's, under a link, and the slave's."""
    ends = [os.openpty() for _ in range(2)]
    for _, slave in ends:
        tty.setraw(slave)
    (host, host_port), (device, device_port) = ends
    wake = os.pipe()

    def carry() -> None:
        while True:
            ready, _, _ = select.select([host, device, wake[0]], [], [])
            if wake[0] in ready:
                return
            for source, target in ((host, device), (device, host)):
                if source in ready:
                    os.write(target, os.read(source, 1024))

    thread = threading.Thread(target=carry, daemon=True)
    thread.start()
    (folder / "port").symlink_to(os.ttyname(host_port))
    try:
        yield folder / "port", os.ttyname(device_port)
    finally:
        os.write(wake[1], b"x")
        thread.join(5)
        for end in (host, host_port, device, device_port, *wake):
            os.close(end)


class Slave:
    """A pymodbus server in a thread of its own, with 32 coils and 32 registers from address 0."""

    def __init__(self, port: str, address: int) -> None:
        bits = [SimData(0, values=[False] * 32, datatype=DataType.BITS)]
        words = [SimData(0, values=[0] * 32, datatype=DataType.REGISTERS)]
        self._device = SimDevice(address, (bits, bits, words, words))
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._server: ModbusSerialServer | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    async def _listen(self) -> ModbusSerialServer:
        """Its port is open and empty once this has ended: what is written from then on reaches it."""
        server = ModbusSerialServer(self._device, port=self._port, baudrate=9600, ignore_missing_devices=True)
        await server.serve_forever(background=True)
        return server

    def _done(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_S)

    def values(self, function: int) -> list[int]:
        """Its first 16 coils (1) or registers (3)."""
        assert self._server is not None
        told = self._done(self._server.async_getValues(self._device.id, function, 0, 16))
        return [int(value) for value in told]

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._done(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._done(self._server.shutdown())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)
        self._loop.close()


WAYS: list[tuple[Mapping[str, Any], int, int, Callable[[int], int]]] = [
    ({}, 1, COILS, lambda channel: channel - 1),
    ({"slave": 17}, 17, COILS, lambda channel: channel - 1),
    ({"function": "0F"}, 1, COILS, lambda channel: channel - 1),
    ({"coil_base": 1}, 1, COILS, lambda channel: channel),
    ({"function": "06", "on_value": "0001", "off_value": "0000"}, 1, REGISTERS, lambda channel: channel - 1),
    ({"function": "06"}, 1, REGISTERS, lambda channel: channel - 1),
]


@pytest.mark.parametrize(("options", "address", "memory", "place"), WAYS)
def test_an_independent_slave_is_switched_and_read_back(
    tmp_path: Path,
    inbox: Any,
    wait_until: Callable[..., None],
    options: Mapping[str, Any],
    address: int,
    memory: int,
    place: Callable[[int], int],
) -> None:
    """Every way of switching, confirmed by what the slave itself reads out of its memory."""
    with _cable(tmp_path) as (port, device), Slave(device, address) as slave:
        attached = AttachedBoard("modbus-rtu", str(port), CHANNELS, options)
        with GuardedRelays(Duty((attached,), LIMITS), inbox.put) as relays:
            inbox.wait_for(lambda event: isinstance(event, BoardReady))
            inbox.wait_for(_confirmed(CHANNELS, on=False), meanwhile=relays.beat)  # the last one, once read
            before = slave.values(memory)
            relays.set(3, True)
            inbox.wait_for(_confirmed(3, on=True), meanwhile=relays.beat)
            changed = [
                index
                for index, (old, new) in enumerate(zip(before, slave.values(memory), strict=True))
                if old != new
            ]
            assert changed == [place(3)]
            assert slave.values(memory)[place(3)] == 1
        wait_until(lambda: slave.values(memory) == before)
        assert read_relays(attached, clock=Unhurried()).on == (False,) * CHANNELS
        assert slave.values(memory) == before


@pytest.mark.parametrize(
    ("options", "memory", "off"),
    [
        ({}, COILS, 0),
        ({"function": "06"}, REGISTERS, 2),
        ({"function": "06", "off_value": "0"}, REGISTERS, 0),
    ],
)
def test_an_independent_slave_obeys_the_frames_for_many(
    tmp_path: Path, options: Mapping[str, Any], memory: int, off: int
) -> None:
    """All of these relays and no others, by what the slave reads out of its memory."""
    with _cable(tmp_path) as (port, device), Slave(device, 1) as slave:
        codec = AttachedBoard("modbus-rtu", str(port), 12, {**options, "coil_base": 1}).codec()
        with SerialLine(str(port)) as line:
            for place in range(16):
                one = ModbusRtu(1, function=6 if options else 5, coil_base=place)
                _is_obeyed(line, one.encode_set(1, True))
            assert slave.values(memory) == [1] * 16
            for frame in codec.encode_all_off():
                _is_obeyed(line, frame)
            assert slave.values(memory) == [1, *[off] * 12, 1, 1, 1]
            assert _read_back(line, codec) == Reading((False,) * 12)
            assert slave.values(memory) == [1, *[off] * 12, 1, 1, 1]


def _confirmed(channel: int, *, on: bool) -> Callable[[object], bool]:
    told = (channel, on, True)
    return lambda event: isinstance(event, RelayState) and (event.channel, event.on, event.confirmed) == told


def _is_obeyed(line: SerialLine, frame: bytes) -> None:
    """Give a frame that writes and wait for the answer, as every master does before its next one.

    The slave answers with function, address and count or value as they came, once its memory holds them.
    """
    line.send(frame)
    said = frame[:6]
    assert _heard(line, ANSWER_TO_A_WRITE_BYTES) == said + crc16(said).to_bytes(2, "little")


def _heard(line: SerialLine, size: int) -> bytes:
    """So many bytes and none besides."""
    until_s, heard = time.monotonic() + PATIENCE_S, b""
    while len(heard) < size:
        ready, _, _ = select.select([line.fileno()], [], [], max(0.0, until_s - time.monotonic()))
        assert ready, f"no answer within {PATIENCE_S} s but {heard.hex(' ')}"
        heard += line.read_waiting()
    return heard


def _read_back(line: SerialLine, codec: RelayCodec) -> Reading | Garbled | None:
    """What the slave answers when it is asked, after everything that was said before."""
    line.send(codec.encode_query())
    answer, result = codec.read_back(), None
    while result is None:
        result = answer.feed(_heard(line, 1))
    return result


def test_an_independent_slave_without_timed_on_refuses_it(tmp_path: Path, inbox: Any) -> None:
    """The board's refusal leaves the relay open, and is told: nobody trusts a dead-man that is not there."""
    with _cable(tmp_path) as (port, device), Slave(device, 1) as slave:
        attached = AttachedBoard("modbus-rtu", str(port), CHANNELS, {"timed_on_ms": 3000})
        with GuardedRelays(Duty((attached,), LIMITS), inbox.put) as relays:
            inbox.wait_for(lambda event: isinstance(event, BoardReady))
            relays.set(1, True)
            inbox.wait_for(
                lambda event: isinstance(event, RelayFault) and event.code is FaultCode.BOARD_DISAGREES,
                meanwhile=relays.beat,
            )
            assert not any(slave.values(COILS))
