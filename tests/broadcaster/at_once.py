"""Several who do the same at the same moment, each in a thread of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from tests.end_to_end.waiting import PATIENCE_S

Found = TypeVar("Found")


def at_once(many: int, act: Callable[[], Found]) -> list[Found]:
    """What came of it for each of them, once all are done. What one of them raises is raised here."""
    start = threading.Barrier(many, timeout=PATIENCE_S)

    def together() -> Found:
        start.wait()
        return act()

    with ThreadPoolExecutor(many) as people:
        return [done.result(PATIENCE_S) for done in [people.submit(together) for _ in range(many)]]
