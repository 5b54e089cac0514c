"""Asks a microphone whether what left the line was heard; the airing's evidence says so.

Rules
1. Playout waits for nothing: the outcome is in the journal as a draft at once, and becomes the airing's entry
   when the microphone has been asked, a few seconds later at most. Should the power fail between, the draft
   counts.
2. `heard` is given only where that sound, and no other, came back. What did not come back keeps its grade
   and becomes an incident with its level.
3. A microphone that fails costs its own word and nothing else.
4. Every word is logged with its level, and the last of them are kept in `words`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from hardware.errors import HardwareError
from hardware.ports import Clock, Microphone
from schedules.wire.plan import ItemKind
from schedules.wire.report import Airing, EvidenceGrade
from station_agent.heard_words import HeardWord, HeardWords
from station_agent.likeness import STEP_MS, compare, loudness
from station_agent.log import log

LINE_HZ, MICROPHONE_HZ = 48_000, 16_000
HEADER_BYTES = 44
AROUND = timedelta(milliseconds=500)
LONGEST = timedelta(seconds=120)
SHORTEST_MS = 500
WAIT_S, LOOK_EVERY_S = 3.0, 0.1


@dataclass(frozen=True, slots=True)
class Recording:
    """A file of mono 16-bit samples that may still grow, and the instant of its first sample."""

    path: Path
    first_at: datetime
    rate_hz: int

    def covers(self, to: datetime) -> bool:
        """Whether it holds everything up to an instant."""
        try:
            return self.path.stat().st_size >= self._byte(to)
        except OSError:
            return False

    def loudness(self, first: datetime, to: datetime) -> list[int]:
        """Between two instants, in steps of 20 ms; silence before its beginning. Raises `OSError`."""
        missing = max(0, (self.first_at - first) // timedelta(milliseconds=STEP_MS))
        with self.path.open("rb") as file:
            at = self._byte(max(first, self.first_at))
            file.seek(at)
            return [0] * missing + loudness(file.read(max(0, self._byte(to) - at)), self.rate_hz)

    def _byte(self, at: datetime) -> int:
        return HEADER_BYTES + 2 * max(0, int((at - self.first_at).total_seconds() * self.rate_hz))


class HeardCheck:
    """One station's microphone. `tell` takes an incident's code, subject and message."""

    def __init__(
        self, microphone: Microphone, folder: Path, clock: Clock, tell: Callable[[str, str, str], None]
    ) -> None:
        self._microphone, self._clock, self._tell = microphone, clock, tell
        self._path = folder / "microphone.wav"
        self.words = HeardWords()
        self._line: Recording | None = None
        self._room: Recording | None = None
        self._closing = threading.Event()
        self._checks = ThreadPoolExecutor(max_workers=1, thread_name_prefix="heard-check")

    def begin(self, line: Path, first_at: datetime) -> None:
        """The line is kept in `line` from now on: listen as well."""
        self._checks.submit(lambda: None).result()  # what the last broadcast left to be asked
        self._line = self._room = None
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            heard_from = self._microphone.begin(self._path)
        except (HardwareError, OSError) as problem:
            self._tell("microphone_failed", "microphone", str(problem))
            return
        self._line = Recording(line, first_at, LINE_HZ)
        self._room = Recording(self._path, heard_from, MICROPHONE_HZ)

    def listens_to(self, airing: Airing) -> bool:
        """Whether the microphone can say something about it."""
        with_sound = airing.kind is not ItemKind.PAUSE and airing.aired_ms >= SHORTEST_MS
        return self._room is not None and with_sound and airing.started_at is not None

    def weigh(self, airing: Airing, settle: Callable[[Airing], None]) -> None:
        """Ask aside; `settle` gets the airing with its evidence, on another thread."""
        line, room = self._line, self._room

        def ask() -> None:
            settle(airing if line is None or room is None else self._graded(airing, line, room))

        self._checks.submit(ask)

    def end(self, then: Callable[[], None]) -> None:
        """The broadcast is over: let the microphone go when everything was asked, then do `then`."""
        self._line = self._room = None

        def let_go() -> None:
            self._microphone.end()
            self._path.unlink(missing_ok=True)
            then()

        self._checks.submit(let_go)

    def close(self) -> None:
        """Settle what waits, as far as it is known, and let the microphone go."""
        self._closing.set()
        self._checks.shutdown(wait=True)
        self._microphone.end()

    def _graded(self, airing: Airing, line: Recording, room: Recording) -> Airing:
        assert airing.started_at is not None  # noqa: S101 - `listens_to` has asked; narrows the type
        first = airing.started_at - AROUND
        to = min((airing.ended_at or airing.started_at) + AROUND, first + LONGEST)
        if not self._waited_for(room, to + AROUND) or not self._waited_for(line, to):
            return airing
        try:
            found = compare(line.loudness(first, to), room.loudness(first, to + 2 * AROUND))
        except OSError as problem:
            self._tell("microphone_failed", "microphone", f"{problem.filename}: {problem.strerror}")
            return airing
        return self._with_word(airing, HeardWord(airing.item, airing.title, airing.started_at, found))

    def _with_word(self, airing: Airing, word: HeardWord) -> Airing:
        found = word.found
        self.words.keep(word)
        log.info(word.grade, **word.as_plain())
        if found.heard:
            return airing.model_copy(update={"evidence": EvidenceGrade.HEARD})
        said = f"the microphone heard something else (likeness {found.likeness}, level {found.level_db} dB)"
        self._tell("not_heard", airing.item, said)
        return airing

    def _waited_for(self, recording: Recording, to: datetime) -> bool:
        """Wait a few seconds for what is still on its way; not when the agent is ending."""
        for _ in range(round(WAIT_S / LOOK_EVERY_S)):
            if recording.covers(to) or self._closing.wait(LOOK_EVERY_S):
                break
        return recording.covers(to)
