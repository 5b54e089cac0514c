"""What an ingest gives back: the facts of a source, and of the audio that will be broadcast."""

from dataclasses import dataclass

from content_library.peaks import Peaks
from content_library.verdict import Verdict


@dataclass(frozen=True)
class SourceMeasurement:
    """The source as it came, before any edit. All levels are those of its mono mix.

    `leading_silence_ms` and `trailing_silence_ms` are those of what an edit left of it. `noise_floor_dbfs` is
    the mean power of the quietest tenth of its 50-ms blocks, digital silence left out. `bandwidth_hz` is
    where its spectrum falls 55 dB under its strongest band: some 3500 for a telephone. `clipped_share` is the
    share, 0…1, of samples in flat tops at full scale. `channels` and `sample_rate_hz` are those of the file.
    """

    integrated_lufs: float
    true_peak_dbtp: float
    loudness_range_lu: float
    duration_ms: int
    leading_silence_ms: int
    trailing_silence_ms: int
    noise_floor_dbfs: float
    bandwidth_hz: int
    clipped_share: float
    codec: str
    container: str
    channels: int
    sample_rate_hz: int


@dataclass(frozen=True)
class BroadcastAudio:
    """Audio in the store, ready for broadcast: Opus in WebM, mono, 48 kHz, 24 kbit/s.

    `loudness_lufs`, `true_peak_dbtp`, `duration_ms` and `peaks` are those of the stored bytes after decoding.
    `peaks` are pairs of lowest and highest sample, −127…127, one for each column of a waveform.
    """

    sha256: str
    size_bytes: int
    duration_ms: int
    media_type: str
    loudness_lufs: float
    true_peak_dbtp: float
    source: SourceMeasurement
    gain_db: float
    peaks: Peaks
    verdict: Verdict
