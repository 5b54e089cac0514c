"""A worker of any kind: asked, watched, replaced, let go. Real processes, small ones of the tests' own."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from hardware.worker_process import Lost, Patience, Program, WorkerNews, WorkerProcess
from tests.hardware.conftest import PATIENCE_S, HandClock, Inbox

WORKER = """
import os, sys, time
manner = sys.argv[1]
if manner == "ends":
    sys.exit(7)
if manner != "unready":
    print("ready", flush=True)
for line in sys.stdin:
    if manner == "mute":
        continue
    said = line.strip()
    print("session %d" % os.getsid(0) if said == "session?" else
          "secret %s" % os.environ.get("STATION_SECRET") if said == "secret?" else
          "nice %d" % os.nice(0) if said == "nice?" else "answer " + said, flush=True)
"""
READY_WITHIN_S = 0.8
PATIENCE = Patience(wedged_after_s=0.4, restart_first_s=0.02, ready_within_s=READY_WITHIN_S)


class Told:
    """What a worker said, in an inbox; readiness and answers are taken note of as its owner would.

    It is waited for on a clock set by hand: however long it takes to start and to answer, no time passes.
    """

    def __init__(self, folder: Path, manner: str, *, nice: int = 0, **environment: str) -> None:
        (folder / "small_worker.py").write_text(WORKER)
        self.inbox, self.clock, self.looks = Inbox(), HandClock(), 0
        self.lost_at_s: list[float] = []
        program = Program("small_worker", (manner,), {"PYTHONPATH": str(folder), **environment}, nice)
        news = WorkerNews(self._line, self._lost, self.inbox.put, self._looked)
        self.worker = WorkerProcess(program, PATIENCE, news, self.clock, lambda: 0.05)

    def _lost(self, lost: Lost) -> None:
        self.lost_at_s.append(time.monotonic())
        self.inbox.put(lost)

    def _looked(self) -> None:
        self.looks += 1

    def _line(self, line: bytes) -> None:
        if line == b"ready":
            self.worker.ready()
        else:
            self.worker.answered()
        self.inbox.put(line.decode())

    def ask(self, request: str) -> str:
        """The worker's answer, once it takes requests."""
        until_s = time.monotonic() + PATIENCE_S
        while not self.worker.send(request.encode() + b"\n"):
            assert time.monotonic() < until_s, "no worker takes requests"
            time.sleep(0.01)
        answer: str = self.inbox.wait_for(lambda event: isinstance(event, str) and event != "ready")
        return answer

    def is_looked_at(self) -> None:
        """Some looks at what the worker says go by."""
        until_s, so_many = time.monotonic() + PATIENCE_S, self.looks + 3
        while self.looks < so_many:
            assert time.monotonic() < until_s, "nobody looks"
            time.sleep(0.01)

    def lost(self) -> Lost:
        """The next loss."""
        lost: Lost = self.inbox.wait_for(lambda event: isinstance(event, Lost))
        return lost


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Callable[..., Told]]:
    """Starts workers of a manner; all of them end with the test."""
    started: list[Told] = []

    def start(manner: str, **more: Any) -> Told:
        started.append(Told(tmp_path, manner, **more))
        started[-1].worker.start()
        return started[-1]

    yield start
    for one in started:
        one.worker.close()


def test_it_is_asked_and_answers_until_it_is_let_go(told: Callable[..., Told]) -> None:
    """Closed in order it ends by itself, and none follows. Twice is harmless."""
    well = told("well")
    assert well.ask("one") == "answer one"
    pid = well.worker.pid
    well.worker.close()
    well.worker.close()
    assert well.lost() == Lost(0, hung=False, closing=True)
    assert well.worker.pid is None
    assert not well.worker.send(b"too late\n")
    with pytest.raises(ProcessLookupError):
        os.kill(pid or 0, 0)


def test_one_that_dies_is_told_and_the_next_one_answers(told: Callable[..., Told]) -> None:
    """Its exit code goes along; what is asked meanwhile is refused."""
    well = told("well")
    well.ask("one")
    before = well.worker.pid
    os.kill(before or 0, signal.SIGKILL)
    assert well.lost() == Lost(-signal.SIGKILL, hung=False, closing=False)
    assert well.ask("two") == "answer two"
    assert well.worker.pid != before


@pytest.mark.parametrize("number", [signal.SIGSTOP, None])
def test_one_that_leaves_a_request_unanswered_is_killed(
    told: Callable[..., Told], number: signal.Signals | None
) -> None:
    """Stopped, or busy with something else for good: what it does not say is what counts."""
    hangs = told("well" if number else "mute")
    hangs.inbox.wait_for(lambda event: event == "ready")
    if number:
        os.kill(hangs.worker.pid or 0, number)
    pid = hangs.worker.pid
    assert hangs.worker.send(b"are you there\n")
    assert hangs.worker.owes_answer
    hangs.clock.advance(PATIENCE.wedged_after_s)
    hangs.is_looked_at()
    assert hangs.worker.pid == pid, "it was not waited for"
    hangs.clock.advance(0.01)
    assert hangs.lost() == Lost(-signal.SIGKILL, hung=True, closing=False)


def test_one_at_rest_is_left_alone(told: Callable[..., Told]) -> None:
    """Nothing was asked, so nothing is owed."""
    well = told("well")
    well.ask("one")
    pid = well.worker.pid
    well.clock.advance(10 * PATIENCE.wedged_after_s)
    well.is_looked_at()
    assert well.worker.pid == pid
    assert well.ask("two") == "answer two"


def test_one_that_is_not_ready_in_time_is_killed(told: Callable[..., Told]) -> None:
    """And takes no request before."""
    unready = told("unready")
    unready.is_looked_at()
    assert not unready.worker.send(b"one\n")
    unready.clock.advance(READY_WITHIN_S + 0.01)
    assert unready.lost().hung
    assert not unready.worker.send(b"two\n")


def test_those_that_die_at_once_are_started_later_each_time(told: Callable[..., Told]) -> None:
    """A machine on which nothing works is not kept busy with trying."""
    ends = told("ends")
    for _ in range(5):
        assert ends.lost().code == 7
    pauses_s = [after - before for before, after in pairwise(ends.lost_at_s[:5])]
    assert len(pauses_s) == 4
    for number, pause_s in enumerate(pauses_s):
        assert pause_s >= PATIENCE.restart_first_s * 2 ** (number + 1) * 0.9


def test_a_program_that_cannot_be_started_is_told_and_tried_again(
    told: Callable[..., Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the system's words."""
    python = sys.executable
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    late = told("well")
    assert late.inbox.wait_for(lambda event: isinstance(event, str)) == "No such file or directory"
    monkeypatch.setattr(sys, "executable", python)
    assert late.inbox.wait_for(lambda event: event == "ready")


def test_it_has_a_session_of_its_own_and_an_environment_that_names_what_goes_along(
    told: Callable[..., Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No signal of the owner's group reaches it, and no secret."""
    monkeypatch.setenv("STATION_SECRET", "made up")
    bare, let_in = told("well"), told("well", STATION_SECRET="named")
    assert bare.ask("session?") == f"session {bare.worker.pid}"
    assert bare.ask("secret?") == "secret None"
    assert let_in.ask("secret?") == "secret named"


def test_it_may_be_served_later_than_others(told: Callable[..., Told]) -> None:
    """Sooner takes a right that not every user has."""
    assert told("well", nice=3).ask("nice?") == f"nice {os.nice(0) + 3}"
