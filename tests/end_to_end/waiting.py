"""Waiting for what other processes and threads do."""

import time
from collections.abc import Callable

PATIENCE_S = 180.0


def wait_until(what: str, ready: Callable[[], object], limit_s: float = PATIENCE_S) -> None:
    """Return as soon as `ready` is true; fail with the name of what did not happen."""
    deadline = time.monotonic() + limit_s
    while not ready():
        assert time.monotonic() < deadline, f"{what} did not happen within {limit_s:.0f} s"
        time.sleep(0.05)
