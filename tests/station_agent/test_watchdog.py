"""What systemd is told, and that nothing happens without it."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from station_agent.watchdog import tell_systemd
from tests.station_agent.waiting import PATIENCE_S


def test_the_state_arrives_as_a_datagram(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """sd_notify(3)."""
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address)
        systemd.settimeout(PATIENCE_S)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        tell_systemd("WATCHDOG=1")
        assert systemd.recv(100) == b"WATCHDOG=1"


@pytest.mark.parametrize("address", ["", "/nowhere/notify"])
def test_without_systemd_nothing_happens(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """On a desk or in a test nobody listens."""
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    tell_systemd("READY=1")
