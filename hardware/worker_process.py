"""A process that works for this one over its pipes: started, asked, watched, and replaced when it has died or
hangs.

Rules

1. There is one at a time, from `start` until `close`. After one that did not live long the next waits, longer
   each time.
2. It answers what it is asked. One that leaves a request unanswered, or is not ready in time, is killed.
3. It runs in a session of its own, so that a signal to this process's group does not take it along, and with
   an environment that names what goes along: no secret does.
4. At `close` it sees the end of its pipe and ends. One that does not end in time is left to itself.
"""

import contextlib
import os
import select
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hardware.pipes import LineReader, LineWriter
from hardware.ports import Clock

HOUSE = str(Path(__file__).parents[1])
LONGEST_LINE_BYTES = 16 * 1024
RESTART_LAST_S = 5.0
END_WITHIN_S = 5.0
LEAST_LOOK_S = 0.005


@dataclass(frozen=True, slots=True)
class Program:
    """`python -m module arguments`. `environment` goes along, besides PATH and the way to this package.

    `nice`: how much later than others it is served, negative for sooner, where this user may choose that.
    """

    module: str
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    nice: int = 0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a worker is waited for. `ready_within_s` None: it takes requests from its start on.

    `restart_first_s`: half of the pause before the second start; each further pause is twice the last one.
    """

    wedged_after_s: float
    restart_first_s: float
    ready_within_s: float | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """A worker is gone. `hung`: it was killed for its silence. `closing`: none follows."""

    code: int
    hung: bool
    closing: bool


@dataclass(frozen=True, slots=True)
class WorkerNews:
    """Where it is told what comes of a worker, on the thread that listens to it. None of these may block.

    `line`: what it said. `lost`: it is gone. `not_started`: the system's reason. `looked`: after each look at
    what it said, for what is to be done now and then.
    """

    line: Callable[[bytes], None]
    lost: Callable[[Lost], None]
    not_started: Callable[[str], None]
    looked: Callable[[], None] = lambda: None


class WorkerProcess:
    """One worker at a time. `listen_s`: how long a look at what it says may last, asked for each look. Up to
    `wedged_after_s` it costs no time: a request that comes during a look falls due after it."""

    def __init__(
        self,
        program: Program,
        patience: Patience,
        news: WorkerNews,
        clock: Clock,
        listen_s: Callable[[], float],
    ) -> None:
        self._program, self._patience, self._news, self._clock = program, patience, news, clock
        self._listen_s = listen_s
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._requests: LineWriter | None = None
        self._is_ready = False
        self._unanswered_since_s: float | None = None
        self._closing = threading.Event()
        self._supervisor = threading.Thread(target=self._supervise, name=program.module, daemon=True)

    @property
    def pid(self) -> int | None:
        """The worker's process id, None between two."""
        process = self._process
        return None if process is None else process.pid

    @property
    def is_ready(self) -> bool:
        """Whether requests are taken."""
        return self._is_ready

    @property
    def owes_answer(self) -> bool:
        """Whether a request was not answered yet."""
        return self._unanswered_since_s is not None

    def start(self) -> None:
        """Begin; once. Returns at once, and news may come from now on."""
        self._supervisor.start()

    def send(self, request: bytes) -> bool:
        """Ask for something, in one line. Never blocks. False while no worker takes requests."""
        with self._lock:
            if self._requests is None or not self._is_ready or self._requests.broken:
                return False
            if self._unanswered_since_s is None:
                self._unanswered_since_s = self._clock.monotonic()
            self._requests.write(request)
            return not self._requests.broken

    def ready(self) -> None:
        """The worker has said that it takes requests."""
        self._is_ready = True

    def answered(self) -> None:
        """The worker has answered a request: it does not hang."""
        self._unanswered_since_s = None

    def close(self) -> None:
        """Let the worker end, waiting up to 5 s for it. Twice is harmless."""
        self._closing.set()
        with self._lock:
            if self._process is not None:
                self._hang_up(self._process)
        self._supervisor.join(timeout=END_WITHIN_S)

    # -- the worker's life, on the thread that listens -------------------------------------------------------

    def _supervise(self) -> None:
        pause_s = self._patience.restart_first_s
        while not self._closing.is_set():
            began_s = self._clock.monotonic()
            try:
                process = self._start()
            except OSError as problem:
                self._news.not_started(problem.strerror or str(problem))
            else:
                hung = self._attend(process)
                self._bury(process, hung=hung)
            lived_s = self._clock.monotonic() - began_s
            long = lived_s > RESTART_LAST_S
            pause_s = self._patience.restart_first_s if long else min(pause_s * 2, RESTART_LAST_S)
            self._closing.wait(pause_s)

    def _start(self) -> subprocess.Popen[bytes]:
        program = self._program
        with self._lock:
            self._process = process = subprocess.Popen(
                [sys.executable, "-m", program.module, *program.arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                env={"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": HOUSE, **program.environment},
                start_new_session=True,
            )
            if program.nice:
                with contextlib.suppress(
                    OSError
                ):  # only root, or who was given the right, may be served first
                    os.setpriority(os.PRIO_PROCESS, process.pid, program.nice)
            assert process.stdin is not None  # noqa: S101 - asked for above; narrows the type
            self._requests = LineWriter(process.stdin.fileno())
            self._unanswered_since_s = None
            self._is_ready = self._patience.ready_within_s is None
            if self._closing.is_set():
                self._hang_up(process)
            return process

    def _hang_up(self, process: subprocess.Popen[bytes]) -> None:
        """Close our end, which tells it to end. Holding the lock."""
        self._requests = None
        if process.stdin is not None:
            process.stdin.close()

    def _attend(self, process: subprocess.Popen[bytes]) -> bool:
        """Listen until the worker has closed its end. True when it had to be killed for its silence."""
        assert process.stdout is not None  # noqa: S101 - asked for in _start; narrows the type
        told = LineReader(process.stdout.fileno(), LONGEST_LINE_BYTES)
        began_s = self._clock.monotonic()
        while not told.ended:
            look_s = min(self._listen_s(), max(LEAST_LOOK_S, self._patience_s(began_s)))
            ready, _, _ = select.select([told.descriptor], [], [], look_s)
            if ready:
                for line in told.read():
                    self._news.line(line)
            if self._patience_s(began_s) < 0:
                process.kill()
                return True
            self._news.looked()
        return False

    def _patience_s(self, began_s: float) -> float:
        """For how long it may go on saying nothing."""
        since_s, ready_within_s = self._unanswered_since_s, self._patience.ready_within_s
        ends_s = float("inf") if since_s is None else since_s + self._patience.wedged_after_s
        if not self._is_ready and ready_within_s is not None:
            ends_s = min(ends_s, began_s + ready_within_s)
        return ends_s - self._clock.monotonic()

    def _bury(self, process: subprocess.Popen[bytes], *, hung: bool) -> None:
        with self._lock:
            self._process, self._requests, self._is_ready = None, None, False
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        self._news.lost(Lost(process.wait(), hung, self._closing.is_set()))
