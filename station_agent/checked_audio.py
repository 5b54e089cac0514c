"""The bytes that air are those whose hash was compared: what was checked, and whether it is so still."""

from __future__ import annotations

from collections.abc import Callable

from schedules.wire.plan import PlanItem
from station_agent.playout_values import AudioChecked, CheckAudio, JournalIncident
from station_agent.surface import Surface

OTHER_BYTES = "audio on the disk had other bytes than approved; it is fetched again"
TOUCHED = "audio on the disk was touched after its check; it was not aired, and is whole"
CHANGED = "audio on the disk was changed after its check; it was not aired, and is fetched again"


class CheckedAudio:
    """What each file was when its hash was compared. Used on playout's thread; files are read aside."""

    def __init__(self, on: Surface, tell: Callable[[JournalIncident], None]) -> None:
        self._on, self._tell = on, tell
        self._checked: dict[str, object] = {}

    def check(self, command: CheckAudio) -> None:
        """Compare the hashes, and tell playout; what has other bytes is dropped and told."""
        self._on.aside(lambda: self._read(command))

    def is_as_checked(self, item: PlanItem) -> bool:
        """Whether the file is still the one whose hash was compared: asked at the last moment."""
        sha256 = item.sha256
        if sha256 is None or self._on.audio.fingerprint(sha256) == self._checked.get(sha256):
            return True
        self._on.aside(lambda: self._look_anew(sha256))
        return False

    def _read(self, command: CheckAudio) -> None:
        here = frozenset(one for one in command.hashes if self._on.audio.has(one))
        before = {one: self._on.audio.fingerprint(one) for one in here}
        whole = frozenset(one for one in here if self._on.audio.is_whole(one))
        self._checked.update({one: before[one] for one in whole})
        self._on.put(AudioChecked(command.broadcast, whole, command.hashes - whole))
        for sha256 in here - whole:  # not what has arrived since: it was verified on its way
            self._drop(sha256, OTHER_BYTES)

    def _look_anew(self, sha256: str) -> None:
        """What was touched after its check has not aired; it is lost only where it is not what it was."""
        if self._on.audio.is_whole(sha256):
            self._tell(JournalIncident("audio_refused", sha256, TOUCHED))
        else:
            self._drop(sha256, CHANGED)

    def _drop(self, sha256: str, message: str) -> None:
        self._on.audio.drop(sha256)  # the next sync brings it again
        self._tell(JournalIncident("audio_refused", sha256, message))
