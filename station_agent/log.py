"""What the agent says while it runs: events with their fields, one line each on standard error.

Small and our own: the library that the province logs with brings along what colours terminals, 5 to 10 MB
that a village PC would hold all its life.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import sys
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TextIO

from station_agent.log_format import line_of

PIECE = 1000
"""Characters written at once: as UTF-8 they fit what a pipe that takes anything at all takes whole."""


class Log:
    """Takes words from any thread, never raises and never waits: what airs does not end, or stand still, for
    a log that can't be written. What nobody reads is not said; how many lines that were is said afterwards.

    `level`: what is less grave is not said (the standard library's numbers).
    """

    def __init__(self, level: int = logging.INFO, *, as_json: bool = False) -> None:
        self.level, self.as_json = level, as_json
        self._lock = threading.Lock()
        self._unsaid = 0

    def debug(self, event: str, **fields: object) -> None:
        """For who looks for a fault."""
        if self.level <= logging.DEBUG:
            self._say("debug", event, fields)

    def info(self, event: str, **fields: object) -> None:
        """Something happened, as it does."""
        if self.level <= logging.INFO:
            self._say("info", event, fields)

    def warning(self, event: str, **fields: object) -> None:
        """Something somebody may have to see to."""
        if self.level <= logging.WARNING:
            self._say("warning", event, fields)

    def error(self, event: str, **fields: object) -> None:
        """Something does not work."""
        if self.level <= logging.ERROR:
            self._say("error", event, fields)

    def exception(self, event: str, **fields: object) -> None:
        """Something does not work, and where: the exception being handled goes along."""
        if self.level <= logging.ERROR:
            self._say("error", event, {**fields, "exception": traceback.format_exc().rstrip()})

    @contextlib.contextmanager
    def silent(self) -> Iterator[None]:
        """Say nothing meanwhile."""
        before, self.level = self.level, logging.CRITICAL
        try:
            yield
        finally:
            self.level = before

    def _say(self, level: str, event: str, fields: dict[str, object]) -> None:
        with self._lock, contextlib.suppress(OSError, ValueError, TypeError):  # closed, or its disk is full
            if self._unsaid and _written(self._line("warning", "lines_unsaid", {"lines": self._unsaid})):
                self._unsaid = 0
            if not _written(self._line(level, event, fields)):
                self._unsaid += 1

    def _line(self, level: str, event: str, fields: dict[str, object]) -> str:
        return line_of(datetime.now(UTC), level, event, fields, as_json=self.as_json) + "\n"


def _written(line: str) -> bool:
    """Whether all of it was taken by standard error; False where that would be to wait for its reader."""
    out = sys.stderr
    if out is None:
        return True  # the process was started without one
    for begin in range(0, len(line), PIECE):
        if not _takes(out):
            return False
        out.write(line[begin : begin + PIECE])
        out.flush()
    return True


def _takes(out: TextIO) -> bool:
    try:
        return bool(select.select((), (out.fileno(),), (), 0)[1])
    except (OSError, ValueError):  # it is no file of the system's: it takes what it is given
        return True


log = Log()


def log_to_stderr(level: int = logging.INFO) -> None:
    """Say what is as grave as that, as JSON with `STATION_AGENT_LOG=json`; other libraries say warnings."""
    log.level, log.as_json = level, os.environ.get("STATION_AGENT_LOG", "") == "json"
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="at=%(asctime)s %(name)s %(message)s"
    )
