"""The waveform a page asks for."""

from pathlib import Path

import numpy as np
import pytest

from content_library import AudioStore, errors, ingest, waveform
from content_library.peaks import COLUMNS
from tests.content_library import sounds


def test_it_is_the_one_an_ingest_keeps_only_as_fine_as_asked(
    speech: Path, store: AudioStore, tmp_path: Path
) -> None:
    """With as many columns borders lie within milliseconds; fewer columns hold the same extremes."""
    looped = sounds.changed(speech, tmp_path / "long.wav", "aloop=loop=3:size=480000")
    audio = ingest(looped, store)
    assert audio.duration_ms > COLUMNS * 50
    fine = waveform(store, audio.sha256, COLUMNS)
    assert len(fine) == COLUMNS
    assert np.abs(np.subtract(fine, audio.peaks)).mean() < 3.0
    coarse = waveform(store, audio.sha256, 60)
    assert len(coarse) == 60
    assert min(coarse)[0] == min(audio.peaks)[0]


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (1, 1), (30, 30), (10**9, 40)])
def test_columns_are_as_many_as_make_sense(asked: int, given: int, store: AudioStore, tmp_path: Path) -> None:
    """Never finer than twenty a second, never none: two seconds have at most forty."""
    audio = ingest(sounds.generated(tmp_path / "tone.wav", "sine=f=440:r=48000:d=2"), store)
    assert len(waveform(store, audio.sha256, asked)) == given


def test_a_store_that_is_a_service_has_waveforms_too(speech: Path) -> None:
    """Where there is no file to read a copy is, for as long as it takes."""
    service = AudioStore.open("memory:///")
    audio = ingest(speech, service)
    assert len(waveform(service, audio.sha256, 100)) == 100


def test_what_is_not_there_or_no_longer_sound_is_reported(store: AudioStore, tmp_path: Path) -> None:
    """Missing and damaged audio are told apart by the errors the store itself would raise."""
    with pytest.raises(errors.NotInStore):
        waveform(store, "ab" * 32, 100)
    sha256 = ingest(sounds.generated(tmp_path / "tone.wav", "sine=f=440:r=48000:d=2"), store).sha256
    path = store.local_path(sha256)
    assert path is not None
    path.write_bytes(b"gone")
    with pytest.raises(errors.StoreDamaged):
        waveform(store, sha256, 100)
