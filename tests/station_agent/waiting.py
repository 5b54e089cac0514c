"""Waiting for what must come, as long as it takes: how quick something is, is asked where it is promised."""

import time
from collections.abc import Callable
from typing import Any

PATIENCE_S = 90.0
"""Where a hang ends. No machine is so busy that what works takes so long."""


def wait_for(ready: Callable[[], Any], within_s: float = PATIENCE_S) -> Any:
    """Return as soon as it is so: what was found."""
    until = time.monotonic() + within_s
    while not (found := ready()):
        assert time.monotonic() < until, "it did not come in time"
        time.sleep(0.02)
    return found
