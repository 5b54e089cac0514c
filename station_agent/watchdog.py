"""Tells systemd that the agent is well: READY once, WATCHDOG from the playout loop. Nothing without systemd.

Source: sd_notify(3): a datagram to the socket named by NOTIFY_SOCKET.
"""

from __future__ import annotations

import os
import socket


def tell_systemd(state: str) -> None:
    """Send `READY=1`, `WATCHDOG=1` or `STOPPING=1`; a system without systemd does not notice."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.setblocking(False)
        try:
            line.sendto(state.encode(), address)
        except OSError:
            return  # nobody listens: the watchdog then restarts the agent, which is what it is for
