"""The worker's loop: hears the agent, has it done by the player's thread, tells what came of it.

An agent that falls silent while something plays was stopped, and the guard has opened its relays: then
nothing goes on playing to nobody. Every request is answered by the player's thread itself: a libVLC call that
hangs there keeps the answers from coming, and the agent replaces this process.
"""

import contextlib
import os
import select
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hardware.errors import AudioUnavailable, CallerError, HardwareError
from hardware.pipes import LineReader, LineWriter
from hardware.ports import AudioEvent, PlayRequest
from hardware.sound.deck import DeckMaker
from hardware.sound.line import Line
from hardware.sound.line_deck import LineDecks
from hardware.sound.player import Player
from hardware.sound.protocol import NotUnderstood, decode, encode, event_fields, request_of
from hardware.sound.steady_clock import SteadyClock
from hardware.sound.way_out import WayOut
from hardware.vlc_engine import VlcEngine

UNAVAILABLE, BROKEN = 3, 4
"""Exit codes: sound cannot be played here; another worker may do better."""
FLUSH_WITHIN_S = 0.5
OPEN_FIRST_WITHIN_S = 5.0
"""Nothing else is asked of the worker before: a server may have to be started, and `auto` tries two ways."""
AGENT_SILENT_S = 1.2
"""While something plays, the agent asks four times a second how far it is."""


class Worker:
    """One line in one process, until the agent closes its end."""

    def __init__(self, agent: LineReader, told: LineWriter) -> None:
        self._agent, self._told = agent, told
        self._lock = threading.Lock()
        self._begun = False

    def run(self, open_way_out: Callable[[], WayOut] | None) -> int:
        """Serve; the process's exit code."""
        try:
            engine = VlcEngine()
        except AudioUnavailable as problem:
            self._say({"unavailable": str(problem)})
            self._flush()
            return UNAVAILABLE
        line = Line(open_way_out, on_fault=self._line_changed)
        with contextlib.suppress(AudioUnavailable):  # it is tried again; `line.fault` tells why
            line.wake(OPEN_FIRST_WITHIN_S)
            line.settle()
        decks = LineDecks(engine, line)
        player = Player(
            lambda: decks,
            self._tell,
            SteadyClock(),
            on_stall=self._stalled,
            on_broken=lambda problem: self._end(str(problem)),
        )
        player.on_line(lambda _: self._begin(line), lambda _: None)
        patience_s: float | None = AGENT_SILENT_S
        while not self._agent.ended:
            ready, _, _ = select.select([self._agent.descriptor], [], [], patience_s)
            patience_s = AGENT_SILENT_S if ready else None  # nothing begins before it speaks again
            if not ready:
                player.fail_all("the agent stood still, and its relays are open by now")
            for text in self._agent.read():
                with contextlib.suppress(NotUnderstood):  # unanswered, and so found out by the agent
                    self._obey(player, line, decode(text))
        player.close()
        self._flush()
        return 0

    def _begin(self, line: Line) -> None:
        self._say({"ready": True, "fault": line.fault})
        self._begun = True

    def _line_changed(self, fault: str | None) -> None:
        if self._begun:  # before, the first word tells
            self._say({"way_out": fault})

    def _obey(self, player: Player, line: Line, said: dict[str, Any]) -> None:
        number = _whole(said.get("id"))
        match said.get("do"):
            case "ping":
                pass
            case "play":
                player.play(request_of(said))
            case "prepare":
                player.prepare(request_of(said))
            case "take_back":
                player.take_back(str(said.get("key")))
            case "stop":
                player.stop(_whole(said.get("fade_ms")))
            case "set_volume":
                player.set_volume(min(100, _whole(said.get("percent"))))
            case "begin_capture":
                path, first = Path(str(said.get("path"))), said.get("first_sample_us")
                since = None if first is None else _whole(first)
                self._ask(player, number, lambda _: line.begin_keeping(path, since))
                return
            case "end_capture":
                self._ask(player, number, lambda _: line.end_keeping())
                return
            case unknown:
                raise NotUnderstood(f"unknown request {unknown!r}")
        player.progress(lambda sounds: self._say({"answer": number, "sounds": sounds}))

    def _ask(self, player: Player, number: int, act: Callable[[DeckMaker], int]) -> None:
        def refuse(problem: HardwareError) -> None:
            by_caller = isinstance(problem, CallerError)
            self._say({"answer": number, "refused": str(problem), "by_caller": by_caller})

        player.on_line(lambda decks: self._say({"answer": number, "value": act(decks)}), refuse)

    def _tell(self, event: AudioEvent) -> None:
        self._say(event_fields(event))

    def _stalled(self, request: PlayRequest) -> None:
        if request.path.is_file():
            self._end(f"{request.path.name}: VLC gives nothing more of it")

    def _end(self, why: str) -> None:
        """At once, from whichever thread: VLC may hang, and nothing of ours needs saving."""
        self._say({"broken": why})
        self._flush()
        os._exit(BROKEN)

    def _say(self, said: dict[str, Any]) -> None:
        with self._lock:
            self._told.write(encode(said))

    def _flush(self) -> None:
        with self._lock:
            if self._told.waiting:
                select.select([], [self._told.descriptor], [], FLUSH_WITHIN_S)
                self._told.flush()


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise NotUnderstood(f"{value!r} is not a whole number from 0")
    return value
