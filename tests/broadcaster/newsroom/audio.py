"""Broadcast-ready audio as the content library hands it over, for tests that are not about sound."""

from __future__ import annotations

import hashlib
import io
import wave

from content_library import BroadcastAudio, SourceMeasurement, Verdict, VerdictCode


def ready_audio(name: str) -> BroadcastAudio:
    """Three seconds of it; another name has other bytes."""
    return BroadcastAudio(
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        size_bytes=9000,
        duration_ms=3000,
        media_type="audio/webm",
        loudness_lufs=-16.0,
        true_peak_dbtp=-2.0,
        source=SourceMeasurement(
            integrated_lufs=-20.0,
            true_peak_dbtp=-6.0,
            loudness_range_lu=3.0,
            duration_ms=3000,
            leading_silence_ms=0,
            trailing_silence_ms=0,
            codec="pcm_s16le",
            container="wav",
            channels=1,
            sample_rate_hz=48000,
            noise_floor_dbfs=-60.0,
            bandwidth_hz=8000,
            clipped_share=0.0,
        ),
        gain_db=4.0,
        peaks=((-10, 10), (-20, 20)),
        verdict=Verdict(VerdictCode.GOOD),
    )


def silent_wav() -> bytes:
    """One second of nothing."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(48000)
        sound.writeframes(bytes(96000))
    return file.getvalue()
