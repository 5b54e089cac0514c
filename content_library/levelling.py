"""Find the gain and ceiling with which the sound, once encoded, has the wanted loudness and peaks."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from content_library import ffmpeg, gain
from content_library.decode import READING_WORK, Decoded
from content_library.encode import encoding as encoding_command
from content_library.errors import NotLevelled
from content_library.gain import LevelPlan
from content_library.measure import Loudness, measure
from content_library.playback import Listener, Playback, playing

_MOST_TRIES = 5
_MOST_REHEARSALS = 3


@dataclass(frozen=True)
class Levelled:
    """An encoded file, the plan it was made with, and what a player gets out of it."""

    path: Path
    plan: LevelPlan
    heard: Playback


class Leveller:
    """Encodes one work file until it fits, a bounded number of times."""

    def __init__(
        self, work: Decoded, source: Loudness, *, repeat_samples: int, folder: Path, timeout_s: float
    ) -> None:
        self._work = work
        self._source = source
        self._repeat_samples = repeat_samples
        self._folder = folder
        self._timeout_s = timeout_s

    def level(self, encoding: Callable[[float], None], verifying: Callable[[float], None]) -> Levelled:
        """The first try that is on target and under the ceiling, or else the nearest one under the ceiling.

        Raises NotLevelled where no try stays under the ceiling.
        """
        plan = self._rehearse(gain.first_plan(self._source))
        safe: list[Levelled] = []
        for number in range(_MOST_TRIES):
            tried = self._try(plan, number, encoding, verifying)
            loudness = tried.heard.loudness
            if not gain.peak_is_safe(loudness):
                plan = self._rehearse(gain.lower_ceiling(plan, self._source, loudness))
                continue
            safe.append(tried)
            louder = gain.louder_or_softer(plan, self._source, loudness)
            if gain.on_target(loudness) or abs(louder.gain_db - plan.gain_db) < 0.05:
                break
            plan = louder
        if not safe:
            raise NotLevelled("the peaks of this sound cannot be brought under the ceiling; record it again")
        return min(safe, key=lambda tried: abs(tried.heard.loudness.integrated_lufs - gain.TARGET_LUFS))

    def _rehearse(self, plan: LevelPlan) -> LevelPlan:
        """Learn what the limiter takes away without the slow encoder, and make up for it."""
        for _ in range(_MOST_REHEARSALS if gain.limiter_is_heard(plan, self._source) else 0):
            loudness = measure(
                self._work.path,
                reading=READING_WORK,
                filters=plan.filters,
                true_peak=False,
                repeat_samples=self._repeat_samples,
                timeout_s=self._timeout_s,
            )
            if gain.on_target(loudness):
                break
            plan = gain.louder_or_softer(plan, self._source, loudness)
        return plan

    def _try(
        self,
        plan: LevelPlan,
        number: int,
        encoding: Callable[[float], None],
        verifying: Callable[[float], None],
    ) -> Levelled:
        out = self._folder / f"try-{number}.webm"
        listener = Listener(self._work.samples, encoding)
        runs = ffmpeg.run_chain(
            (encoding_command(self._work, plan, out), playing()),
            step="encode",
            timeout_s=self._timeout_s,
            folder=self._folder,
            on_line=listener.on_line,
            on_output=listener.on_output,
        )
        for step, ended in zip(("encode", "verify"), runs, strict=True):
            if not ended.ok:
                raise ffmpeg.failed(step, ended)
        heard = listener.heard(out, timeout_s=self._timeout_s)
        verifying(1.0)
        return Levelled(out, plan, heard)
