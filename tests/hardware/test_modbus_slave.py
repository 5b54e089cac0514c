"""The Modbus codec against a slave that is none of ours: pymodbus, over a real serial path."""

import asyncio
import os
import select
import threading
import time
import tty
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import pytest
from pymodbus.server import ModbusSerialServer
from pymodbus.simulator import DataType, SimData, SimDevice

from hardware import AttachedBoard, BoardReady, Duty, FaultCode, GuardedRelays, Limits, RelayFault, RelayState
from hardware.relay_codec.modbus_rtu import ModbusRtu
from hardware.relay_commands import read_relays
from hardware.serial_line import SerialLine

CHANNELS = 8
COILS, REGISTERS = 1, 3


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
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        self._server = ModbusSerialServer(
            self._device, port=self._port, baudrate=9600, ignore_missing_devices=True
        )
        self._loop.call_later(0.3, self._listening.set)
        await self._server.serve_forever()

    def values(self, function: int) -> list[int]:
        """Its first 16 coils (1) or registers (3)."""
        assert self._server is not None
        asked = self._server.async_getValues(self._device.id, function, 0, 16)
        return [int(value) for value in asyncio.run_coroutine_threadsafe(asked, self._loop).result(5)]

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._listening.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server is not None
        asyncio.run_coroutine_threadsafe(self._server.shutdown(), self._loop).result(5)
        self._thread.join(5)


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
    options: Mapping[str, Any],
    address: int,
    memory: int,
    place: Callable[[int], int],
) -> None:
    """Every way of switching, confirmed by what the slave itself reads out of its memory."""
    with _cable(tmp_path) as (port, device), Slave(device, address) as slave:
        attached = AttachedBoard("modbus-rtu", str(port), CHANNELS, options)
        with GuardedRelays(Duty((attached,), Limits()), inbox.put) as relays:
            inbox.wait_for(lambda event: isinstance(event, BoardReady))
            before = slave.values(memory)
            relays.set(3, True)
            inbox.wait_for(
                lambda event: (
                    isinstance(event, RelayState)
                    and (event.channel, event.on, event.confirmed) == (3, True, True)
                ),
                meanwhile=relays.beat,
            )
            changed = [
                index
                for index, (old, new) in enumerate(zip(before, slave.values(memory), strict=True))
                if old != new
            ]
            assert changed == [place(3)]
            assert slave.values(memory)[place(3)] == 1
        assert slave.values(memory) == before
        assert read_relays(attached).on == (False,) * CHANNELS


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
                line.send(ModbusRtu(1, function=6 if options else 5, coil_base=place).encode_set(1, True))
                time.sleep(codec.settle_ms / 1000)
            assert slave.values(memory) == [1] * 16
            for frame in codec.encode_all_off():
                line.send(frame)
                time.sleep(codec.settle_ms / 1000)
        assert slave.values(memory) == [1, *[off] * 12, 1, 1, 1]


def test_an_independent_slave_without_timed_on_refuses_it(tmp_path: Path, inbox: Any) -> None:
    """The board's refusal leaves the relay open, and is told: nobody trusts a dead-man that is not there."""
    with _cable(tmp_path) as (port, device), Slave(device, 1) as slave:
        attached = AttachedBoard("modbus-rtu", str(port), CHANNELS, {"timed_on_ms": 3000})
        with GuardedRelays(Duty((attached,), Limits()), inbox.put) as relays:
            inbox.wait_for(lambda event: isinstance(event, BoardReady))
            relays.set(1, True)
            told = inbox.wait_for(lambda event: isinstance(event, RelayFault), meanwhile=relays.beat)
            assert told.code is FaultCode.BOARD_DISAGREES
            assert not any(slave.values(COILS))
