"""What to tell the person who uploaded a recording about how it will sound."""

from dataclasses import dataclass
from enum import StrEnum

from content_library.decode import Decoded
from content_library.gain import TARGET_LUFS, TOLERANCE_LU
from content_library.measure import SHORTEST_MEASURABLE_MS, Loudness, Silence


class VerdictCode(StrEnum):
    """Findings, the weightiest first; pages translate by them."""

    DAMAGED = "damaged"
    CLIPPED = "clipped"
    TOO_QUIET = "too_quiet"
    NOISY = "noisy"
    TOO_LOUD = "too_loud"
    PEAKY = "peaky"
    NARROW_BAND = "narrow_band"
    MUCH_SILENCE = "much_silence"
    ONE_CHANNEL = "one_channel"
    SHORT = "short"
    GOOD = "good"


_QUIET_GAIN_DB = 12.0
# Loudness that only heavy compression reaches; what it cost cannot be given back.
_LOUD_LUFS = -9.0
_MUCH_SILENCE_MS = 2000
# With noise in the pauses so near under the voice, a loudspeaker carries it as far as the voice.
_LEAST_ABOVE_NOISE_DB = 20.0
# Even enough over the band of a voice to be noise: a soft voice or a tone reaches a third of it.
_LEAST_NOISE_FLATNESS = 0.25
# A telephone carries 300–3400 Hz; what its filters and codecs leave just above is no voice.
_NARROW_BAND_HZ = 4300


@dataclass(frozen=True)
class Verdict:
    """The weightiest finding, all others after it, and the figures their sentences need.

    `added_db` is the gain; `silence_ms` the silence at head and tail together; `missed_lu` how far under the
    target short peaks keep the loudness; `broken_frames` how many pieces could not be decoded;
    `above_noise_db` how far the voice stands above the noise in its pauses; `bandwidth_hz` how far up it
    goes.
    """

    code: VerdictCode
    also: tuple[VerdictCode, ...] = ()
    added_db: float = 0.0
    silence_ms: int = 0
    missed_lu: float = 0.0
    broken_frames: int = 0
    above_noise_db: float = 0.0
    bandwidth_hz: int = 0

    @property
    def sentence(self) -> str:
        """The weightiest finding in one English sentence."""
        return self.sentence_for(self.code)

    def sentence_for(self, code: VerdictCode) -> str:
        """Any of the findings in one English sentence."""
        return _SENTENCES[code].format(
            added=abs(self.added_db),
            silence=self.silence_ms / 1000,
            missed=self.missed_lu,
            pieces=self.broken_frames,
            above_noise=self.above_noise_db,
            bandwidth=self.bandwidth_hz / 1000,
        )


_SENTENCES = {
    VerdictCode.GOOD: "good",
    VerdictCode.DAMAGED: "damaged: {pieces} pieces could not be read; listen to it before it is approved",
    VerdictCode.CLIPPED: "clipped: recorded too hot, it sounds harsh; record again with the level down",
    VerdictCode.TOO_QUIET: "too quiet: {added:.0f} dB will be added and the hiss with it",
    VerdictCode.NOISY: "noisy: the voice is only {above_noise:.0f} dB above the noise; find a quieter place",
    VerdictCode.NARROW_BAND: "sounds like a telephone: nothing above {bandwidth:.1f} kHz; record it directly",
    VerdictCode.TOO_LOUD: "too loud: {added:.0f} dB will be taken off; record with less compression",
    VerdictCode.PEAKY: "clicks or knocks keep it {missed:.1f} dB softer than the rest; remove them",
    VerdictCode.MUCH_SILENCE: "much silence: {silence:.1f} s at the beginning and the end; cut them off",
    VerdictCode.ONE_CHANNEL: "left and right cancel each other out; only one of them is used",
    VerdictCode.SHORT: "very short: its loudness was measured as if it went on",
}


def judge(work: Decoded, gain_db: float, heard: Loudness, silence: Silence, *, one_channel: bool) -> Verdict:
    """Weigh what was measured on the source against what is heard of the result."""
    missed_lu = max(0.0, TARGET_LUFS - heard.integrated_lufs)
    edges_ms = min(silence.leading_ms + silence.trailing_ms, work.duration_ms)
    kind = work.character
    above_noise_db = work.loudness.integrated_lufs - kind.noise_floor_dbfs
    found = {
        VerdictCode.DAMAGED: work.broken_frames > 0,
        VerdictCode.CLIPPED: work.clipped_share > 0,
        VerdictCode.TOO_QUIET: gain_db >= _QUIET_GAIN_DB,
        VerdictCode.NOISY: above_noise_db < _LEAST_ABOVE_NOISE_DB
        and kind.pause_flatness >= _LEAST_NOISE_FLATNESS,
        VerdictCode.NARROW_BAND: kind.bandwidth_hz < _NARROW_BAND_HZ and kind.fills_voice_band,
        VerdictCode.TOO_LOUD: work.loudness.integrated_lufs >= _LOUD_LUFS,
        VerdictCode.PEAKY: missed_lu > 2 * TOLERANCE_LU + 1e-6,
        VerdictCode.MUCH_SILENCE: edges_ms > _MUCH_SILENCE_MS,
        VerdictCode.ONE_CHANNEL: one_channel,
        VerdictCode.SHORT: work.duration_ms < SHORTEST_MEASURABLE_MS,
    }
    codes = [code for code in VerdictCode if found.get(code)] or [VerdictCode.GOOD]
    return Verdict(
        codes[0],
        tuple(codes[1:]),
        added_db=round(gain_db, 1),
        silence_ms=edges_ms,
        missed_lu=round(missed_lu, 1),
        broken_frames=work.broken_frames,
        above_noise_db=round(above_noise_db, 1),
        bandwidth_hz=kind.bandwidth_hz,
    )
