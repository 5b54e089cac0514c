"""The log: one line an event, whatever its words hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
WRITE = """
import logging, structlog
from station_agent.log_format import log_to_stderr
log_to_stderr(logging.INFO)
structlog.get_logger("x").info("said", name="a\\x1b[2J\\r\\nat=2026 event=forged\\u202e\\x9b", number=5)
"""


def test_no_name_can_look_like_a_line_of_the_log() -> None:
    """Names come from sticks and people: what moves a terminal's cursor or ends a line is spelt out."""
    done = subprocess.run(
        [sys.executable, "-c", WRITE], capture_output=True, text=True, cwd=ROOT, timeout=30, check=True
    )
    (line,) = done.stderr.splitlines()
    assert line.isprintable()
    assert "\\x1b[2J\\x0d\\x0aat=2026" in line.replace("\\\\", "\\")
    assert "number=5" in line
