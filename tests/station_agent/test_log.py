"""The log's own way out: nobody who says something waits for who reads it, or ends for it."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from station_agent.log import Log
from tests.station_agent.waiting import PATIENCE_S

ROOT = Path(__file__).parents[2]
LINES = 5000


def test_a_reader_that_stands_still_holds_nobody_up_and_hears_how_much_it_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A pipe that nobody reads; then somebody does. Who waits gives the processor up of its own accord."""
    reading, writing = os.pipe()
    log, given_up = Log(), list[int]()

    def say_much() -> None:
        before = resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw
        for number in range(LINES):
            log.info("word", number=number)
        given_up.append(resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw - before)

    with os.fdopen(writing, "w") as out, os.fdopen(reading, "rb") as pipe:
        monkeypatch.setattr(sys, "stderr", out)
        speaker = threading.Thread(target=say_much, daemon=True)
        speaker.start()
        speaker.join(PATIENCE_S)
        assert given_up, "it waits for its reader"
        assert given_up[0] < LINES / 10, "it waited for its reader, line after line"
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
