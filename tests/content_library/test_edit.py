"""Trim, fades and section gains: what an editor asks for is what is heard, and nothing else."""

import itertools
import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_library import AudioStore, Edit, SectionGain, errors, ingest
from content_library.gain_curve import apply, planned
from tests.content_library import sounds

TIMES = st.integers(0, 5_000)
GAINS = st.floats(-24, 24)


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    borders = sorted(draw(st.lists(TIMES, min_size=0, max_size=8, unique=True)))
    pairs = list(itertools.pairwise(borders))[:: draw(st.integers(1, 2))]
    start = draw(TIMES)
    return Edit(
        start_ms=start,
        end_ms=draw(st.none() | st.integers(start + 1, 12_000)),
        fade_in_ms=draw(TIMES),
        fade_out_ms=draw(TIMES),
        sections=tuple(SectionGain(first, last, draw(GAINS)) for first, last in pairs),
    )


def applied(edit: Edit, sound: sounds.Samples) -> sounds.Samples:
    out = BytesIO()
    apply(planned(edit, len(sound), 48), BytesIO(sound.astype("<f4").tobytes()), out)
    return np.frombuffer(out.getvalue(), dtype="<f4").astype(np.float64)


@given(edits())
def test_an_edit_survives_json(edit: Edit) -> None:
    """What a page keeps in a row comes back as the same edit."""
    assert Edit.from_dict(json.loads(json.dumps(edit.to_dict()))) == edit


BAD: dict[str, Callable[[], Edit]] = {
    "before the beginning": lambda: Edit(start_ms=-1),
    "ends where it starts": lambda: Edit(start_ms=500, end_ms=500),
    "a fraction": lambda: Edit.from_dict({"start_ms": 1.5}),
    "a truth": lambda: Edit.from_dict({"start_ms": True}),
    "text": lambda: Edit.from_dict({"fade_in_ms": "3"}),
    "longer than a day": lambda: Edit(fade_out_ms=10**15),
    "an unknown value": lambda: Edit.from_dict({"speed": 2}),
    "no object": lambda: Edit.from_dict([1]),  # type: ignore[arg-type]  # what JSON may hold
    "sections that are none": lambda: Edit.from_dict({"sections": "all"}),
    "a section that is none": lambda: Edit.from_dict({"sections": [3]}),
    "a section without a gain": lambda: Edit.from_dict({"sections": [{"start_ms": 0, "end_ms": 5}]}),
    "a gain of +25 dB": lambda: Edit(sections=(SectionGain(0, 100, 25.0),)),
    "a gain that is no number": lambda: Edit(sections=(SectionGain(0, 100, float("nan")),)),
    "a section that ends before it starts": lambda: Edit(sections=(SectionGain(9, 5, 1.0),)),
    "sections that overlap": lambda: Edit(sections=(SectionGain(0, 10, 1.0), SectionGain(9, 20, 1.0))),
    "sections in disorder": lambda: Edit(sections=(SectionGain(50, 60, 1.0), SectionGain(0, 10, 1.0))),
    "too many sections": lambda: Edit(sections=tuple(SectionGain(n, n + 1, 1.0) for n in range(201))),
}


@pytest.mark.parametrize("case", BAD)
def test_an_edit_that_makes_no_sense_is_refused_with_its_field(case: str) -> None:
    """The caller learns which value is wrong; no such edit can exist."""
    with pytest.raises(errors.BadEdit) as refused:
        BAD[case]()
    assert refused.value.figures["field"]
    assert isinstance(refused.value, errors.CallerError)


def test_what_is_not_named_stays_as_it_was() -> None:
    """No values, or gains of nothing, change nothing."""
    assert Edit.from_dict(None) == Edit.from_dict({}) == Edit()
    assert Edit().is_nothing
    assert Edit(sections=(SectionGain(0, 100, 0.0),)).is_nothing
    assert not Edit(fade_in_ms=1).is_nothing


def factors(edit: Edit, samples: int) -> sounds.Samples:
    """The definition, sample by sample: box-smoothed steps for sections, straight lines for fades."""
    at = np.arange(samples, dtype=np.float64)
    curve = np.ones(samples)
    for section in edit.sections:
        rise = 10 ** (section.gain_db / 20) - 1
        curve += rise * np.clip((at - section.start_ms * 48 + 240) / 480, 0, 1)
        curve -= rise * np.clip((at - section.end_ms * 48 + 240) / 480, 0, 1)
    start = edit.start_ms * 48
    end = samples if edit.end_ms is None else min(samples, edit.end_ms * 48)
    if edit.fade_in_ms:
        curve *= np.clip((at - start) / (edit.fade_in_ms * 48), 0, 1)
    if edit.fade_out_ms:
        curve *= np.clip((end - at) / (edit.fade_out_ms * 48), 0, 1)
    return curve[start : max(start, end)]


@given(edits(), st.integers(1, 300_000))
def test_the_samples_are_those_of_the_definition(edit: Edit, count: int) -> None:
    """Trim to the sample, straight fades, sections with 10 ms ramps; wherever chunks begin and end."""
    result = applied(edit, np.ones(count))
    expected = factors(edit, count)
    assert len(result) == len(expected)
    assert np.allclose(result, expected, atol=1e-5)


def test_no_gain_makes_a_click() -> None:
    """From −24 to +24 dB the factor never moves by more than a 480th of the whole way in one sample."""
    edit = Edit(sections=(SectionGain(100, 200, -24.0), SectionGain(200, 300, 24.0)))
    steps = np.abs(np.diff(applied(edit, np.ones(24_000))))
    assert 0 < steps.max() <= (10 ** (24 / 20) - 10 ** (-24 / 20)) / 480 + 1e-5


def stored(store: AudioStore, sha256: str) -> sounds.Samples:
    path = store.local_path(sha256)
    assert path is not None
    return sounds.samples(path)


def test_the_stored_sound_is_the_edited_one(speech: Path, store: AudioStore) -> None:
    """It lasts as long as the cut leaves, holds that part of the speech, and the source's figures stay."""
    edit = Edit(start_ms=2000, end_ms=7000, fade_in_ms=300, fade_out_ms=300)
    whole = ingest(speech, store)
    audio = ingest(speech, store, edit=edit)
    assert audio.duration_ms == 5000
    assert audio.source.duration_ms == whole.duration_ms
    assert audio.source.integrated_lufs == whole.source.integrated_lufs
    heard = stored(store, audio.sha256)
    wanted = applied(edit, sounds.samples(speech))
    assert len(heard) == len(wanted)
    assert np.corrcoef(heard, wanted)[0, 1] > 0.9


def test_a_softer_section_stays_softer_after_levelling(speech: Path, store: AudioStore) -> None:
    """−12 dB for two seconds is −12 dB against the rest also in the store."""
    edit = Edit(sections=(SectionGain(3000, 5000, -12.0),))
    plain = stored(store, ingest(speech, store).sha256)
    softer = stored(store, ingest(speech, store, edit=edit).sha256)

    def level(sound: sounds.Samples, start_s: float, end_s: float) -> float:
        part = sound[round(start_s * 48_000) : round(end_s * 48_000)]
        return float(10 * np.log10(np.mean(part**2)))

    def against_rest(sound: sounds.Samples) -> float:
        return level(sound, 3.1, 4.9) - level(sound, 6, 10)

    assert against_rest(softer) - against_rest(plain) == pytest.approx(-12.0, abs=0.7)


def test_the_same_edit_gives_the_same_bytes_and_another_one_others(speech: Path, store: AudioStore) -> None:
    """An approval binds to what was heard: the edit is part of it. An edit that does nothing is none."""
    edit = Edit(start_ms=500, fade_in_ms=200)
    first = ingest(speech, store, edit=edit).sha256
    assert ingest(speech, store, edit=Edit.from_dict(edit.to_dict())).sha256 == first
    assert ingest(speech, store, edit=Edit(start_ms=501, fade_in_ms=200)).sha256 != first
    assert ingest(speech, store, edit=Edit()).sha256 == ingest(speech, store).sha256


@pytest.mark.parametrize(
    "edit",
    [Edit(start_ms=60_000), Edit(start_ms=60_000, end_ms=61_000), Edit(start_ms=100, end_ms=110)],
)
def test_an_edit_that_leaves_nothing_is_refused(edit: Edit, speech: Path, tmp_path: Path) -> None:
    """Beyond the end, or shorter than one frame of the codec: the error says so and nothing is kept."""
    store = AudioStore.open(tmp_path / "store")
    with pytest.raises(errors.NothingLeft, match=";"):
        ingest(speech, store, edit=edit, workdir=tmp_path / "work")
    assert [path for path in (tmp_path / "store").rglob("*") if path.is_file()] == []
    assert list((tmp_path / "work").iterdir()) == []


def test_an_edit_of_silence_is_refused_as_silence(speech: Path, store: AudioStore, tmp_path: Path) -> None:
    """Cutting out the one quiet part leaves nothing to hear, whatever the rest was."""
    padded = sounds.changed(speech, tmp_path / "padded.wav", "adelay=3000")
    with pytest.raises(errors.Silent):
        ingest(padded, store, edit=Edit(end_ms=2500))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_any_json_is_an_edit_or_refused(value: Any) -> None:
    """A request body cannot make another exception than the one pages translate."""
    for name in ("start_ms", "sections"):
        try:
            Edit.from_dict({name: value})
        except errors.BadEdit:
            continue
