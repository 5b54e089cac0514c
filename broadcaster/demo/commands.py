"""The command `broadcaster demo`."""

from __future__ import annotations

import fcntl
import gc
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from broadcaster import terminal
from broadcaster.demo import kept
from broadcaster.demo.outcome import Outcome, wait_for_reports
from broadcaster.demo.samples import own_recordings
from broadcaster.demo.soon import on_air_soon
from broadcaster.demo.stage import Stage, StageWish, clear, on_stage
from broadcaster.demo.summary import summary_object
from broadcaster.demo.table import live_table
from broadcaster.errors import NotPossible

DEFAULT_PORT = 8080
OUTPUTS = ("capture", "pulse", "alsa")
LEAD_S = 8.0

Once = Annotated[bool, typer.Option("--once", help="End after the first broadcast was reported back.")]
AsJson = Annotated[bool, typer.Option("--json", help="The last line is one JSON object.")]
Stations = Annotated[int, typer.Option(min=1, max=24, help="How many villages.")]
Audio = Annotated[list[Path] | None, typer.Option(help="Your own recording; repeat, each with a --language.")]
Language = Annotated[list[str] | None, typer.Option(help="The language of the --audio in the same place.")]
Keep = Annotated[bool, typer.Option("--keep", help="Go on with what the last demonstration left.")]
Output = Annotated[
    str, typer.Option(help="capture, or pulse or alsa: the first village is heard through this machine.")
]
Port = Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on, if it is free.")]


def demo(
    context: typer.Context,
    once: Once = False,
    as_json: AsJson = False,
    stations: Stations = 3,
    audio: Audio = None,
    language: Language = None,
    keep: Keep = False,
    port: Port = DEFAULT_PORT,
    output: Output = "capture",
) -> None:
    """A province server and village stations on this machine, on the air within a minute."""
    folder = context.obj.path.resolve()
    sounds = own_recordings(audio or [], language or [])
    if output not in OUTPUTS:
        raise typer.BadParameter(f"{output!r} is no output; choose {', '.join(OUTPUTS)}")
    for ending in (signal.SIGINT, signal.SIGTERM):  # a shell's background job is born with SIGINT ignored
        signal.signal(ending, _as_interrupt)
    if keep:
        _refuse_beside_keep(context)
    with _alone(folder):
        if not keep or kept.read(folder) is None:
            clear(folder)
        wish = StageWish(
            folder, stations=stations, sounds=sounds, port=port, once=once, output=output, keep=keep
        )
        try:
            with on_stage(wish, _begin_to_stop) as stage:
                _perform(stage, once, as_json)
        except KeyboardInterrupt:
            terminal.messages.print("Stopped: the server, the stations and the boards have ended.")
            gc.freeze()  # else the interpreter takes a second on its way out to look through everything
            if once:
                raise typer.Exit(130) from None


def _refuse_beside_keep(context: typer.Context) -> None:
    given = [
        f"--{name}"
        for name in ("stations", "audio", "language", "port", "output")
        if (source := context.get_parameter_source(name)) and source.name == "COMMANDLINE"
    ]
    if given:
        raise typer.BadParameter(
            f"--keep goes on with the villages that are there; leave out {' and '.join(given)}"
        )


def _perform(stage: Stage, once: bool, as_json: bool) -> None:
    terminal.messages.print(
        f"\nThe province server is at {stage.address}\n"
        f"Sign in as {stage.sign_in.administrator} with {stage.sign_in.password}\n"
        "(also editor@, approver@, operator@, officer@; the villages' figures are illustrative)\n"
        f"Command line: .venv/bin/broadcaster --data {_short(stage.settings.data)} …\n",
        highlight=False,
        soft_wrap=True,
    )
    planned = on_air_soon(stage, LEAD_S)
    with live_table(stage, planned) as refresh:
        outcome = wait_for_reports(stage, planned, refresh)
        if once:
            _finish(outcome, as_json)
        if as_json:
            terminal.answer_json(summary_object(outcome.stations, outcome.coverage))
        while True:
            stage.processes.check()
            refresh()
            time.sleep(0.5)


def _finish(outcome: Outcome, as_json: bool) -> NoReturn:
    for complaint in outcome.complaints:
        terminal.messages.print(complaint)
    if as_json:
        terminal.answer_json(summary_object(outcome.stations, outcome.coverage))
    else:
        heard = sum(not station.complaints for station in outcome.stations)
        terminal.out.print(f"Aired whole in {heard} of {len(outcome.stations)} villages.")
    raise typer.Exit(1 if outcome.complaints else 0)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Only one demonstration a folder at a time."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = folder.with_name(folder.name + ".lock")
    with lock.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise NotPossible(f"a demonstration is running in {folder}; stop it first") from error
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)


def _begin_to_stop() -> None:
    for ending in (signal.SIGINT, signal.SIGTERM):  # a second Ctrl-C would leave processes behind
        signal.signal(ending, signal.SIG_IGN)
    terminal.messages.print(
        "Stopping: the villages first, so that their relays open; then the server, which finishes what it is "
        "working on; then the boards. This takes a few seconds.",
        soft_wrap=True,
    )


def _short(folder: Path) -> Path:
    """The folder as somebody here would type it."""
    return folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder


def _as_interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
