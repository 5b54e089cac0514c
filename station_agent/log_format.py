"""How the agent logs: one line an event on standard error, key=value, or JSON with STATION_AGENT_LOG=json."""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

import structlog

_UNSEEN = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))} | {
    code: f"\\u{code:04x}" for code in (0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
}


def in_plain_sight(text: str) -> str:
    """The text on one line, with what moves the cursor, changes colours or turns the writing round spelt out:
    names come from sticks and people, and none may look like a line of the log."""
    return text.translate(_UNSEEN)


def _in_plain_sight(_logger: Any, _method: str, event: Any) -> Any:
    return {
        name: in_plain_sight(value) if isinstance(value, str) and name != "exception" else value
        for name, value in event.items()
    }


def log_to_stderr(level: int = logging.INFO) -> None:
    """Set structlog and the standard library's logging up, once a process."""
    as_json = os.environ.get("STATION_AGENT_LOG", "") == "json"
    renderer: Any = (
        structlog.processors.JSONRenderer(default=str)
        if as_json
        else structlog.processors.LogfmtRenderer(key_order=["at", "level", "event"], bool_as_flag=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.format_exc_info,
            _in_plain_sight,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="at=%(asctime)s %(name)s %(message)s"
    )
