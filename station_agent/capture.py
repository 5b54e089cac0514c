"""What the loudspeaker line carried, one WAV a broadcast, with a note beside it of what it holds.

`<broadcast>.wav` and `<broadcast>.json` {broadcast, captured_from, items}. A broadcast that goes on after an
interruption gets a second pair, `<broadcast>.2.wav`.
"""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Protocol, runtime_checkable

from hardware.errors import HardwareError
from schedules.wire.base import format_instant
from schedules.wire.report import Airing
from station_agent.audio_store import KEEP_FREE_BYTES
from station_agent.durable_file import write_lively
from station_agent.heard_check import HeardCheck
from station_agent.heard_words import HeardWord
from station_agent.log import log


@runtime_checkable
class CanCapture(Protocol):
    """An output that keeps what it plays."""

    def begin_capture(self, path: Path) -> datetime:
        """Keep it from now on; the instant of sample 0."""

    def end_capture(self) -> int:
        """Finish the file; how many samples it holds."""


class Capture:
    """Captures where the output can; does nothing where it can't. A capture that fails stops no broadcast.

    `heard` compares the line with a microphone. `keeps` false: the files are only there for that.
    """

    def __init__(
        self, output: object, folder: Path, *, heard: HeardCheck | None = None, keeps: bool = True
    ) -> None:
        self._output = output if isinstance(output, CanCapture) else None
        self._folder, self._heard, self._keeps = folder, heard, keeps
        self._wav: Path | None = None
        self._captured_from: datetime | None = None
        self._airings: list[Airing] = []

    @property
    def heard_words(self) -> tuple[HeardWord, ...] | None:
        """What the microphone said last, newest first; None where there is none."""
        return None if self._heard is None else self._heard.words.newest_first()

    def begin(self, broadcast: str) -> None:
        """The broadcast begins."""
        if self._output is None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(self._folder).free < KEEP_FREE_BYTES:
                raise OSError(errno.ENOSPC, "the disk is nearly full: this broadcast is not captured")
            self._wav = self._free_name(broadcast.replace("/", "_"))
            self._captured_from = self._output.begin_capture(self._wav)
            if self._heard is not None:
                self._heard.begin(self._wav, self._captured_from)
        except (HardwareError, OSError) as error:
            self._wav = None
            log.warning("capture_failed", broadcast=broadcast, why=str(error))
        self._airings = []

    def listens_to(self, airing: Airing) -> bool:
        """Whether a microphone is to be asked about it before it is final."""
        return self._wav is not None and self._heard is not None and self._heard.listens_to(airing)

    def weigh(self, airing: Airing, settle: Callable[[Airing], None]) -> None:
        """Ask the microphone; `settle` gets the airing with its evidence, on another thread."""
        if self._heard is not None:
            self._heard.weigh(airing, settle)

    def close(self) -> None:
        """Let the microphone settle what it was asked."""
        if self._heard is not None:
            self._heard.close()

    def note(self, airing: Airing) -> None:
        """An item of the broadcast has its outcome."""
        if self._wav is not None:
            self._airings.append(airing)

    def end(self, broadcast: str) -> None:
        """The broadcast is over."""
        if self._output is None or self._wav is None or self._captured_from is None:
            return
        try:
            samples = self._output.end_capture()
        except (HardwareError, OSError) as error:
            samples = None
            log.warning("capture_failed", broadcast=broadcast, why=str(error))
        wav, self._wav = self._wav, None
        if self._heard is not None:
            self._heard.end(lambda: None if self._keeps else wav.unlink(missing_ok=True))
        if not self._keeps:
            return
        plain = {
            "broadcast": broadcast,
            "captured_from": format_instant(self._captured_from),
            "samples": samples,
            "items": [one.model_dump(mode="json") for one in self._airings if one.broadcast == broadcast],
        }
        try:
            write_lively(wav.with_suffix(".json"), json.dumps(plain, ensure_ascii=False, indent=1).encode())
        except OSError as error:
            log.warning("capture_failed", broadcast=broadcast, why=str(error))

    def _free_name(self, stem: str) -> Path:
        first = self._folder / f"{stem}.wav"
        if not first.exists():
            return first
        numbered = (self._folder / f"{stem}.{number}.wav" for number in count(2))
        return next(path for path in numbered if not path.exists())
