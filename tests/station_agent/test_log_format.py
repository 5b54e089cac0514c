"""The log: one line an event, whatever its words hold."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardware.ports import RelayCause
from station_agent.log_format import in_plain_sight, line_of
from tests.station_agent.waiting import PATIENCE_S

ROOT = Path(__file__).parents[2]
WRITE = """
import logging
from station_agent.log import log, log_to_stderr
log_to_stderr(logging.INFO)
log.info("said", name="a\\x1b[2J\\r\\nat=2026 event=forged\\u202e\\x9b", number=5)
"""


def _done(program: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=PATIENCE_S,
        check=True,
        env={**os.environ, **(environment or {})},
    )


def test_no_name_can_look_like_a_line_of_the_log() -> None:
    """Names come from sticks and people: what moves a terminal's cursor or ends a line is spelt out."""
    (line,) = _done(WRITE).stderr.splitlines()
    assert line.isprintable()
    assert "\\x1b[2J\\x0d\\x0aat=2026" in line.replace("\\\\", "\\")
    assert "number=5" in line


@pytest.mark.parametrize("code", [0x061C, 0x200E, 0x200F, 0x202A, 0x202E, 0x2066, 0x2069, 0xFEFF, 0x2028])
def test_what_turns_the_writing_round_or_cannot_be_seen_is_spelt_out(code: int) -> None:
    """A name from a stick can hide nothing in a line and put nothing of it in another order."""
    assert in_plain_sight(f"a{chr(code)}b") == f"a\\u{code:04x}b"


def test_lao_is_left_as_it_is_written() -> None:
    """Its words are kept apart by a space without width, and joined or parted by two more such marks."""
    for name in ("ບ້ານ\u200bດັກຈຶງ", "ກ\u200cຂ", "ກ\u200dຂ", "ຂ່າວ ເຊກອງ ມື້ນີ້"):
        assert in_plain_sight(name) == name


SAY = """
import logging
from station_agent.log import log, log_to_stderr
log_to_stderr(logging.INFO)
log.debug("unseen")
log.warning("said", none=None, yes=True, quoted='a "b" c=d', number=0.5, listed=["x", 1])
try:
    raise RuntimeError("twice\\x1b[2J")
except RuntimeError:
    log.exception("failed", where="here")
"""
LOADED = """
import sys
import station_agent.cli, station_agent.bootstrap
heavy = {"pygments", "rich", "structlog"}
print(*sorted({name.partition(".")[0] for name in sys.modules} & heavy))
"""


def _said(environment: dict[str, str]) -> list[str]:
    return _done(SAY, environment).stderr.splitlines()


def test_a_line_is_keys_and_values_that_can_be_told_apart() -> None:
    """A value with spaces, quotes or equals signs stands in quotes; a traceback stays on its line."""
    said, failed = _said({"STATION_AGENT_LOG": ""})
    assert said.startswith("at=")
    assert "Z level=warning event=said" in said
    assert said.endswith(r"""none= yes=true quoted="a \"b\" c=d" number=0.5 listed="['x', 1]" """.strip())
    assert "level=error event=failed where=here exception=" in failed
    assert "RuntimeError: twice" in failed
    assert failed.isprintable()


def test_the_log_as_json_has_one_object_a_line() -> None:
    """With the same fields, as they are."""
    said, failed = (json.loads(line) for line in _said({"STATION_AGENT_LOG": "json"}))
    assert (said["level"], said["event"], said["none"], said["yes"]) == ("warning", "said", None, True)
    assert (said["quoted"], said["listed"]) == ('a "b" c=d', ["x", 1])
    assert failed["where"] == "here"
    assert "RuntimeError" in failed["exception"]


def test_a_running_agent_loads_nothing_for_a_terminal() -> None:
    """What draws tables in colours would stay in a village PC's memory all its life."""
    assert _done(LOADED).stdout.split() == []


def test_instants_and_words_of_a_table_are_written_by_the_line_that_is_said() -> None:
    """To the millisecond, and as the word itself: who says nothing spends no time on its looks."""
    at = datetime(2026, 11, 24, 22, 30, 0, 1999, tzinfo=UTC)
    fields = {"switched_at": at, "cause": RelayCause.COMMAND}
    told = "switched_at=2026-11-24T22:30:00.001+00:00 cause=command"
    assert line_of(at, "info", "relay", fields, as_json=False).endswith(told)
    written = json.loads(line_of(at, "info", "relay", fields, as_json=True))
    assert (written["switched_at"], written["cause"]) == ("2026-11-24T22:30:00.001+00:00", "command")
