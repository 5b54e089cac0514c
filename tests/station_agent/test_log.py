"""The log's own way out: nobody who says something waits for who reads it, or ends for it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from station_agent.log import Log

ROOT = Path(__file__).parents[2]


def test_a_reader_that_stands_still_holds_nobody_up_and_hears_how_much_it_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A pipe that nobody reads; then somebody does."""
    reading, writing = os.pipe()
    log = Log()
    with os.fdopen(writing, "w") as out, os.fdopen(reading, "rb") as pipe:
        monkeypatch.setattr(sys, "stderr", out)
        begin_s = time.monotonic()
        for number in range(5000):
            log.info("word", number=number)
        assert time.monotonic() - begin_s < 5, "it waited for its reader"
        os.set_blocking(pipe.fileno(), False)
        assert b"number=0" in pipe.read()
        log.info("after")
        told = pipe.read().decode()
    assert "lines_unsaid" in told
    assert told.rstrip().endswith("after")


def test_who_was_started_without_standard_error_says_nothing_and_goes_on() -> None:
    """As some supervisors start a process."""
    program = "from station_agent.log import log; log.info('word'); print('goes on')"
    script = f'exec "{sys.executable}" -c "{program}" 2>&-'
    done = subprocess.run(["/bin/sh", "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "goes on\n"


def test_what_cannot_be_put_into_a_line_ends_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    """A field of a kind that JSON does not know."""
    Log(as_json=True).info("word", odd={(1, 2): 3})
    Log(as_json=True).info("after")
    assert "after" in capsys.readouterr().err
