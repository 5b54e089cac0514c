"""How the agent logs: one line an event on standard error, key=value, or JSON with STATION_AGENT_LOG=json."""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

import structlog


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
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="at=%(asctime)s %(name)s %(message)s"
    )
