"""What is said of a recording beside its loudness: noise, bandwidth, clipping, and the verdict in words."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_library import AudioStore, BroadcastAudio, VerdictCode, ingest
from content_library.blocks import BLOCK_MS, BlockMeter
from content_library.spectrum import POINTS, spectrum
from tests.content_library import sounds
from tests.content_library.second_opinion import true_peak_dbtp

BLOCK = BLOCK_MS * 48


def made(speech: Path, store: AudioStore, folder: Path, filters: str, *arguments: str) -> BroadcastAudio:
    return ingest(sounds.changed(speech, folder / "source.wav", filters, *arguments), store)


@pytest.mark.parametrize(
    ("filters", "lowest", "highest"),
    [
        ("lowpass=3400:p=2,lowpass=3400:p=2,lowpass=3400:p=2,lowpass=3400:p=2", 3400, 5200),
        ("lowpass=2000:p=2,lowpass=2000:p=2,lowpass=2000:p=2,lowpass=2000:p=2", 2000, 3400),
        ("anull", 6000, 8500),
    ],
)
def test_bandwidth_is_where_the_spectrum_falls(
    filters: str, lowest: int, highest: int, speech: Path, store: AudioStore, tmp_path: Path
) -> None:
    """The voice at hand was made at 16 kHz and reaches towards 8; filters take it down to where they are."""
    assert lowest <= made(speech, store, tmp_path, filters).source.bandwidth_hz <= highest


def test_a_telephone_is_accepted_and_told(speech: Path, store: AudioStore, tmp_path: Path) -> None:
    """8 kHz: the bandwidth is what such a file can hold, the sentence says what it sounds like."""
    audio = made(speech, store, tmp_path, "highpass=300,lowpass=3400", "-ar", "8000")
    assert 3400 <= audio.source.bandwidth_hz <= 4000
    assert VerdictCode.NARROW_BAND in (audio.verdict.code, *audio.verdict.also)
    assert "telephone" in audio.verdict.sentence_for(VerdictCode.NARROW_BAND)


def test_bells_and_tones_are_not_taken_for_a_telephone(store: AudioStore, tmp_path: Path) -> None:
    """What ends at 3 kHz because it is a tone lacks nothing."""
    tones = "aevalsrc='0.2*sin(2*PI*440*t)+0.1*sin(2*PI*1320*t)+0.05*sin(2*PI*2640*t)':s=48000:d=4"
    audio = ingest(sounds.generated(tmp_path / "tones.wav", tones), store)
    assert audio.source.bandwidth_hz < 4300
    assert audio.verdict.code is VerdictCode.GOOD


@pytest.mark.parametrize("noise_dbfs", [-60.0, -45.0, -30.0])
def test_the_noise_floor_is_the_level_of_the_pauses(
    noise_dbfs: float, speech: Path, store: AudioStore, tmp_path: Path
) -> None:
    """White noise of a known level under speech with a pause is found within 2 dB; loud noise is told."""
    amplitude = 10 ** (noise_dbfs / 20) * 3**0.5
    noise = f"anoisesrc=c=white:a={amplitude:.6f}:r=48000:seed=5"
    mix = "[0:a]adelay=1500[v];[v][1:a]amix=inputs=2:normalize=0:duration=first"
    source = tmp_path / "noisy.wav"
    sounds.ffmpeg("-i", speech, "-f", "lavfi", "-i", noise, "-filter_complex", mix, source)
    audio = ingest(source, store)
    assert audio.source.noise_floor_dbfs == pytest.approx(noise_dbfs, abs=2.0)
    found = (audio.verdict.code, *audio.verdict.also)
    assert (VerdictCode.NOISY in found) == (noise_dbfs > -40)


def test_clipping_is_told_as_a_share(speech: Path, store: AudioStore, tmp_path: Path) -> None:
    """The share of samples at the rail, counted here by hand; a clean recording has none."""
    audio = made(speech, store, tmp_path, "volume=20dB")
    heard = np.abs(sounds.samples(tmp_path / "source.wav"))
    assert audio.source.clipped_share == pytest.approx(np.mean(heard >= heard.max() - 1e-4), rel=0.6)
    assert made(speech, store, tmp_path, "anull").source.clipped_share == 0.0


def test_the_true_peak_of_the_source_is_that_of_all_of_it(
    speech: Path, store: AudioStore, tmp_path: Path
) -> None:
    """Only the places near the highest samples are looked at; nothing higher is elsewhere."""
    audio = made(speech, store, tmp_path, "volume=-3dB")
    heard = sounds.samples(tmp_path / "source.wav")
    assert audio.source.true_peak_dbtp == pytest.approx(true_peak_dbtp(heard), abs=0.2)


def test_too_quiet_says_what_will_be_added(speech: Path, store: AudioStore, tmp_path: Path) -> None:
    """In words, with the figure."""
    verdict = made(speech, store, tmp_path, "volume=-14dB").verdict
    assert verdict.sentence == f"too quiet: {verdict.added_db:.0f} dB will be added and the hiss with it"


@given(st.lists(st.integers(0, 32_767), min_size=1, max_size=60), st.integers(1, 9_999))
def test_blocks_are_the_same_however_they_arrive(levels: list[int], chunk: int) -> None:
    """Peaks and levels of every block; the places around the highest are in order, apart, and hold them."""
    raw = b"".join(np.full(BLOCK, level, dtype="<i2").tobytes() for level in levels)
    meter = BlockMeter(48)
    for at in range(0, len(raw), chunk):
        meter.feed(raw[at : at + chunk])
    meter.finish()
    assert list(meter.peaks) == list(meter.levels) == levels
    spans = list(meter.peaky_spans(2.0))
    assert all(start < end for start, end in spans)
    assert all(before[1] < after[0] for before, after in itertools.pairwise(spans))
    for number, level in enumerate(levels):
        if level == max(levels):
            middle = number * BLOCK + BLOCK // 2
            assert any(start <= middle < end for start, end in spans)


@given(st.integers(0, 2**32 - 1))
def test_the_transform_is_that_of_numpy(seed: int) -> None:
    """Band powers of our own small transform against a known one."""
    block = np.random.default_rng(seed).normal(size=POINTS)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(POINTS) / POINTS)
    expected = (np.abs(np.fft.rfft(block * window)) ** 2)[: POINTS // 2].reshape(-1, 4).sum(axis=1)
    assert np.allclose(spectrum([list(block)], 48_000).bands, expected)
    assert spectrum([list(block)], 48_000).flatness == pytest.approx(0.56, abs=0.25)
