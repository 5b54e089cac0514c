"""What it costs a village to ask when nothing is new: every byte on the wire, in both directions."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

from broadcaster.demo.processes import own_command
from broadcaster.demo.stage import Stage
from broadcaster.demo.station import DemoStation
from tests.end_to_end.waiting import PATIENCE_S

pytestmark = pytest.mark.xdist_group("end_to_end")

AT_MOST_BYTES = 1000


class Relay:
    """A TCP relay on loopback that keeps what went through it, by direction."""

    def __init__(self, host: str, port: int) -> None:
        self._to = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self.asked, self.answered = bytearray(), bytearray()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        """What to connect to instead."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        """No more connections; those that are open have a moment to end."""
        self._listener.close()
        for thread in self._threads:
            thread.join(timeout=5)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(self._to, timeout=PATIENCE_S)
            for source, sink, kept in ((near, far, self.asked), (far, near, self.answered)):
                pump = threading.Thread(target=_pump, args=(source, sink, kept), daemon=True)
                self._threads.append(pump)
                pump.start()


def _pump(source: socket.socket, sink: socket.socket, kept: bytearray) -> None:
    try:
        while block := source.recv(65_536):
            kept += block
            sink.sendall(block)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        source.close()
        sink.close()


@contextmanager
def relayed(station: DemoStation, address: str) -> Iterator[Relay]:
    """The station's way to the province leads through a relay that counts."""
    parts = urlsplit(address)
    assert parts.hostname is not None
    assert parts.port is not None
    settings = station.agent_data / "station.toml"
    before = settings.read_text(encoding="utf-8")
    with closing(Relay(parts.hostname, parts.port)) as relay:
        assert address in before
        settings.write_text(before.replace(address, relay.address), encoding="utf-8")
        yield relay
    settings.write_text(before, encoding="utf-8")


def sync(station: DemoStation) -> dict[str, Any]:
    """`station-agent sync`, as somebody at the station would call it."""
    command = [*own_command("station-agent"), "--data", str(station.agent_data), "sync", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_sync_with_nothing_new_is_one_request_and_less_than_a_kilobyte_whole(stage: Stage) -> None:
    """Request and answer with all their headers, through the real server, by TCP's own count."""
    station = stage.stations[0]
    agent = stage.agents[station.station]
    stage.processes.children.remove(agent)
    agent.process.terminate()
    agent.process.wait(PATIENCE_S)
    stage.schedule(3600.0)
    with relayed(station, stage.address) as relay:
        assert sync(station)["new_plan"]
    with relayed(station, stage.address) as relay:
        told = sync(station)
    assert (told["new_plan"], told["audio_missing"], told["requests"]) == (False, 0, 1)
    request, answer = bytes(relay.asked), bytes(relay.answered)
    sys.stdout.write(f"nothing new: {len(request)} bytes asked, {len(answer)} answered\n")
    assert len(re.findall(rb"^(?:GET|POST) ", request, re.MULTILINE)) == 1
    assert request.startswith(b"GET /api/v1/station/plan HTTP/1.1\r\n")
    assert answer.split(b"\r\n", 1)[0].split(b" ")[1] == b"304"
    assert answer.endswith(b"\r\n\r\n")
    assert len(request) + len(answer) < AT_MOST_BYTES, (request, answer)
