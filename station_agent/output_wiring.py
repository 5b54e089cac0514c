"""The audio output that the settings name, wired to playout and to the journal."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from hardware.capturing_output import CapturingOutput
from hardware.microphone import RecordedMicrophone
from hardware.ports import Clock, OutputEvent, OutputTrouble
from hardware.vlc_output import VlcOutput
from station_agent.capture import Capture
from station_agent.config import OutputSettings, Settings
from station_agent.heard_check import HeardCheck
from station_agent.log import log

Put = Callable[[OutputEvent], None]
Tell = Callable[[str, str, str], None]
"""Takes the code, subject and message of an incident; may wait for the disk."""


class OutputHealth:
    """Whether sound can be heard, as the output finds out; None before. An incident when it cannot any more.

    `changed`: a new report is due.
    """

    def __init__(self, tell: Tell, changed: Callable[[], None]) -> None:
        self._tell, self._changed = tell, changed
        self.ok: bool | None = None

    def line(self, fault: str | None) -> None:
        """What the output says: why nothing can be heard, or None. Returns at once."""
        was, self.ok = self.ok, fault is None
        if fault is not None and was is not False:
            said = ("output_failed", "output", fault)
            threading.Thread(target=self._tell, args=said, name="output-failed", daemon=True).start()
        elif fault is None and was is False:
            log.info("output_back")
            self._changed()


def open_output(
    settings: OutputSettings, put: Put, tell: Tell, clock: Clock, health: OutputHealth
) -> VlcOutput:
    """The output, its worker starting. Events go to `put`; a replaced worker becomes an incident."""

    def on_trouble(trouble: OutputTrouble) -> None:
        said = ("output_restarted", trouble.key or "output", trouble.message)
        threading.Thread(target=tell, args=said, name="output-trouble", daemon=True).start()

    if settings.kind == "capture":
        return CapturingOutput(put, clock, on_trouble=on_trouble, on_line=health.line)
    return VlcOutput(
        put, clock, way=settings.kind, device=settings.device, on_trouble=on_trouble, on_line=health.line
    )


def open_capture(settings: Settings, output: VlcOutput, data: Path, tell: Tell, clock: Clock) -> Capture:
    """Where broadcasts are kept, by the output that is there for it; and the check that they were heard."""
    keeps = settings.output.kind == "capture"
    listening = data / "listening"
    heard = None
    if settings.microphone is not None:
        microphone = RecordedMicrophone(settings.microphone.kind, settings.microphone.device, clock)
        heard = HeardCheck(microphone, listening, clock, tell)
    folder = data / settings.output.capture_folder if keeps else listening
    return Capture(output if keeps or heard is not None else None, folder, heard=heard, keeps=keeps)
