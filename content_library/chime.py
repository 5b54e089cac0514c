"""The chime before an announcement: three bell-like tones, made here so that no station lacks one."""

from pathlib import Path

from pydub import AudioSegment
from pydub.generators import Sine

_SAMPLE_RATE_HZ = 48_000
# F5, A5, C6: a major chord taken upwards. Start in ms and frequency in Hz.
_NOTES = ((0, 698.46), (280, 880.0), (560, 1046.5))
_RING_MS = 1040
# Level in dBFS of the fundamental, its octave and its twelfth, as a struck bar sounds.
_PARTIALS = ((1, -12.0), (2, -24.0), (3, -32.0))
DURATION_MS = _NOTES[-1][0] + _RING_MS


def chime() -> AudioSegment:
    """1.6 s of chime as a pydub segment: mono, 48 kHz, 16 bit, the same samples every time."""
    sound = AudioSegment.silent(DURATION_MS, frame_rate=_SAMPLE_RATE_HZ)
    for start_ms, frequency_hz in _NOTES:
        sound = sound.overlay(_struck(frequency_hz), position=start_ms)
    return sound


def write_chime(out: Path) -> None:
    """Write the chime as a WAV file, to be ingested like any other jingle."""
    chime().export(out, format="wav").close()


def _struck(frequency_hz: float) -> AudioSegment:
    tone = AudioSegment.silent(_RING_MS, frame_rate=_SAMPLE_RATE_HZ)
    for multiple, level_dbfs in _PARTIALS:
        partial = Sine(frequency_hz * multiple, sample_rate=_SAMPLE_RATE_HZ).to_audio_segment(
            _RING_MS, level_dbfs
        )
        # Fades that end at different times let the high partials die first, each falling faster at its start.
        ring_ms = _RING_MS // multiple
        for part_ms in (ring_ms, ring_ms * 2 // 3):
            partial = partial[:ring_ms].fade(to_gain=-20.0, start=0, end=part_ms)
        tone = tone.overlay(partial.fade_in(6).fade_out(min(60, ring_ms)))
    return tone
