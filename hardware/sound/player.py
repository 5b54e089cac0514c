"""The thread of a line: takes what is asked for, looks at the sounds, carries the line on. Rules: see
`sounds`."""

import queue
import threading
from collections.abc import Callable

from hardware.errors import HardwareError
from hardware.ports import Clock, OnAudioEvent, PlayRequest
from hardware.sound.deck import DeckMaker
from hardware.sound.sounds import Sounds

CLOSE_WITHIN_S = 5.0


class Player:
    """Runs requests on the decks of one line. Every method returns at once, except `run_once` and `close`.

    `on_broken`: the line itself is of no use any more; `on_stall`: a file's decoder hangs. Without them, what
    plays fails.
    """

    def __init__(
        self,
        make: Callable[[], DeckMaker],
        on_event: OnAudioEvent,
        clock: Clock,
        *,
        on_stall: Callable[[PlayRequest], None] | None = None,
        on_broken: Callable[[Exception], None] | None = None,
    ) -> None:
        self._make = make
        self._on_broken = on_broken
        self._sounds = Sounds(self._line, on_event, clock, on_stall)
        self._maker: DeckMaker | None = None
        self._acts: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="player", daemon=True)
        self._thread.start()

    def prepare(self, request: PlayRequest) -> None:
        """Open it ahead."""
        self._acts.put(lambda: self._sounds.prepare(request))

    def play(self, request: PlayRequest) -> None:
        """Play it at its instant."""
        self._acts.put(lambda: self._sounds.play(request))

    def take_back(self, key: str) -> None:
        """End this one sound."""
        self._acts.put(lambda: self._sounds.take_back(key))

    def stop(self, fade_ms: int) -> None:
        """End what plays and what waits."""
        self._acts.put(lambda: self._sounds.stop(fade_ms))

    def set_volume(self, percent: int) -> None:
        """Make what plays and what waits louder or softer."""
        self._acts.put(lambda: self._sounds.set_volume(percent))

    def fail_all(self, message: str) -> None:
        """What plays and what waits has failed."""
        self._acts.put(lambda: self._sounds.fail_all(message))

    def progress(self, tell: Callable[[list[tuple[str, int, int]]], None]) -> None:
        """Have told, on the thread: key, heard milliseconds and length of each sound that has begun."""
        self._acts.put(lambda: tell(self._sounds.so_far()))

    def on_line(self, act: Callable[[DeckMaker], None], refused: Callable[[HardwareError], None]) -> None:
        """Have something done with the line on its own thread; `refused` gets what it raises."""

        def do() -> None:
            try:
                act(self._line())
            except HardwareError as problem:
                refused(problem)

        self._acts.put(do)

    def close(self) -> None:
        """End everything; waits at most 5 s."""
        self._acts.put(None)
        self._thread.join(timeout=CLOSE_WITHIN_S)

    # -- the thread -----------------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            try:
                act: Callable[[], None] | None = self._acts.get(timeout=self._wait_s())
            except queue.Empty:
                act = self._sounds.look
            except Exception as problem:  # noqa: BLE001 - edge of a runner: the line ends, the owner hears of it
                self._line_broke(problem)
                continue
            if act is None:
                break
            try:
                act()
            except Exception as problem:  # noqa: BLE001 - edge of a runner: ends the sound, not the line
                self._sounds.fail_all(f"{type(problem).__name__}: {problem}")
        self._sounds.close()
        if self._maker is not None:
            self._maker.close()

    def _wait_s(self) -> float | None:
        waits = [] if (look_s := self._sounds.wait_s()) is None else [look_s]
        if self._maker is not None and (again_s := self._maker.attend()) is not None:
            waits.append(again_s)
        return min(waits, default=None)

    def _line_broke(self, problem: Exception) -> None:
        self._maker = None  # the next sound asks for another
        if self._on_broken is not None:
            self._on_broken(problem)
        self._sounds.fail_all(str(problem))

    def _line(self) -> DeckMaker:
        if self._maker is None:
            self._maker = self._make()
        return self._maker
