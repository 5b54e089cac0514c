"""The whole way of a sound: a source file in, measured and levelled broadcast audio in the store."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from content_library.broadcast_audio import BroadcastAudio, SourceMeasurement
from content_library.decode import READING_WORK, Decoded, decode, too_long
from content_library.edit import Edit
from content_library.editing import edited
from content_library.encode import MEDIA_TYPE
from content_library.errors import EmptyFile, NotAudio, Silent, SourceMissing, TooLarge, ToolFailed
from content_library.hashing import sha256_of
from content_library.levelling import Levelled, Leveller
from content_library.limits import IngestLimits
from content_library.measure import SHORTEST_MEASURABLE_MS, measure
from content_library.probe import SourceFormat, probe
from content_library.store import AudioStore
from content_library.verdict import judge
from content_library.wholeness import refuse_cut_file
from content_library.workspace import workspace

# Below this there is only noise to turn up.
SILENT_LUFS = -60.0


class IngestStep(StrEnum):
    """Where an ingest is; `encode` and `verify` come again where a first try did not fit."""

    PROBE = "probe"
    DECODE = "decode"
    ENCODE = "encode"
    VERIFY = "verify"
    STORE = "store"


Progress = Callable[[IngestStep, float], None]


def ingest(
    source: Path,
    store: AudioStore,
    *,
    edit: Edit | None = None,
    limits: IngestLimits = IngestLimits(),  # noqa: B008 -- a frozen value
    workdir: Path | None = None,
    progress: Progress | None = None,
) -> BroadcastAudio:
    """Bring a sound file of any accepted kind into the store as broadcast-ready audio.

    The result stands at −16 LUFS ± 0.5 with a true peak of at most −1.5 dBTP (EBU R 128), or as near under it
    as its peaks allow, which the verdict then says; not one sample of the source is cut but those that `edit`
    leaves out. The same source with the same edit gives the same hash. `progress` hears the step and its
    share done, 0…1, about a hundred times for each step. Work files go below `workdir` (by default the
    system's temporary folder): 200 kB for each second, twice that with an edit.

    Raises a SourceError where the file cannot be broadcast, a MachineError where this machine cannot do it;
    either way nothing is left behind.
    """
    tell = _in_percents(progress) if progress is not None else (lambda _step, _share: None)
    _refuse_by_size(source, limits)
    with workspace(workdir) as folder:
        # The tools get a name of ours: it says nothing of the format and holds no pattern, dash or colon.
        nameless = folder / "source"
        nameless.symlink_to(source.absolute())
        prepared = _prepare(nameless, edit or Edit(), limits, tell)
        levelled = _level(prepared, folder, limits, tell)
        return _store(prepared, levelled, store, tell)


def _in_percents(progress: Progress) -> Progress:
    """Pass on only whole percents and new steps: a page shows no more, a listener may write each one down."""
    last: tuple[IngestStep, int] | None = None

    def tell(step: IngestStep, share: float) -> None:
        nonlocal last
        if (step, int(share * 100)) != last:
            last = (step, int(share * 100))
            progress(step, share)

    return tell


def _refuse_by_size(source: Path, limits: IngestLimits) -> None:
    try:
        size_bytes = source.stat().st_size
    except OSError as error:
        raise SourceMissing(f"there is no such file to add ({error.strerror}); check its path") from error
    if not source.is_file():
        raise NotAudio("this is not a file; choose a sound file")
    if not os.access(source, os.R_OK):
        raise SourceMissing("this file may not be read; give the server the right to read it")
    if size_bytes == 0:
        raise EmptyFile("the file is empty; copy or upload it again")
    if size_bytes > limits.max_size_bytes:
        raise TooLarge(
            f"the file has {size_bytes / 1024**2:.0f} MiB and only "
            f"{limits.max_size_bytes / 1024**2:.0f} MiB are allowed; save it as MP3 or cut it into parts",
            size_bytes=size_bytes,
            max_size_bytes=limits.max_size_bytes,
        )


@dataclass(frozen=True)
class _Prepared:
    """`whole` is the source as it came, `work` what an edit left of it: what is levelled and stored."""

    said: SourceFormat
    whole: Decoded
    work: Decoded
    one_channel: bool

    @property
    def repeat_samples(self) -> int:
        """The length to repeat for measuring where the sound is too short for a gating block, or else 0."""
        return self.work.samples if self.work.duration_ms < SHORTEST_MEASURABLE_MS else 0


def _prepare(source: Path, edit: Edit, limits: IngestLimits, tell: Progress) -> _Prepared:
    tell(IngestStep.PROBE, 0.0)
    said = probe(source, timeout_s=limits.step_timeout_s)
    refuse_cut_file(source, said)
    if said.claim_is_exact and said.claimed_ms is not None and said.claimed_ms > limits.max_duration_ms:
        raise too_long(said.claimed_ms, limits)
    tell(IngestStep.PROBE, 1.0)
    # A recording whose sides cancel each other out is silent when mixed: each of the two is tried alone then.
    for channel in (None, 0, 1) if said.channels == 2 else (None,):
        whole = decode(
            source,
            said,
            source.with_name("work.f32"),
            limits=limits,
            channel=channel,
            progress=lambda share: tell(IngestStep.DECODE, share),
        )
        timeout_s = limits.step_timeout_s
        work = whole
        if not edit.is_nothing:
            work = edited(whole, edit, source.with_name("edited.f32"), timeout_s=timeout_s)
        prepared = _with_short_sounds_measured(_Prepared(said, whole, work, channel is not None), limits)
        if prepared.work.loudness.integrated_lufs >= SILENT_LUFS:
            tell(IngestStep.DECODE, 1.0)
            return prepared
    raise Silent("there is nothing to hear in this recording; check the microphone and record it again")


def _with_short_sounds_measured(prepared: _Prepared, limits: IngestLimits) -> _Prepared:
    if not prepared.repeat_samples:
        return prepared
    work = prepared.work
    loudness = measure(
        work.path, reading=READING_WORK, repeat_samples=work.samples, timeout_s=limits.step_timeout_s
    )
    return replace(prepared, work=replace(work, loudness=loudness))


def _level(prepared: _Prepared, folder: Path, limits: IngestLimits, tell: Progress) -> Levelled:
    work = prepared.work
    leveller = Leveller(
        work,
        work.loudness,
        repeat_samples=prepared.repeat_samples,
        folder=folder,
        timeout_s=limits.step_timeout_s,
    )
    levelled = leveller.level(
        lambda share: tell(IngestStep.ENCODE, share), lambda share: tell(IngestStep.VERIFY, share)
    )
    if levelled.heard.samples != work.samples:
        raise ToolFailed(
            f"encoding changed the length from {work.samples} to {levelled.heard.samples} samples; "
            "check the installed version of ffmpeg"
        )
    tell(IngestStep.VERIFY, 1.0)
    return levelled


def _store(prepared: _Prepared, levelled: Levelled, store: AudioStore, tell: Progress) -> BroadcastAudio:
    whole, said, heard = prepared.whole, prepared.said, levelled.heard
    tell(IngestStep.STORE, 0.0)
    sha256 = sha256_of(levelled.path)
    audio = BroadcastAudio(
        sha256=sha256,
        size_bytes=levelled.path.stat().st_size,
        duration_ms=heard.duration_ms,
        media_type=MEDIA_TYPE,
        loudness_lufs=heard.loudness.integrated_lufs,
        true_peak_dbtp=heard.loudness.true_peak_dbtp,
        source=SourceMeasurement(
            integrated_lufs=whole.loudness.integrated_lufs,
            true_peak_dbtp=whole.loudness.true_peak_dbtp,
            loudness_range_lu=whole.loudness.range_lu,
            duration_ms=whole.duration_ms,
            leading_silence_ms=heard.silence.leading_ms,
            trailing_silence_ms=heard.silence.trailing_ms,
            noise_floor_dbfs=whole.character.noise_floor_dbfs,
            bandwidth_hz=whole.character.bandwidth_hz,
            clipped_share=whole.clipped_share,
            codec=said.codec,
            container=said.container,
            channels=said.channels,
            sample_rate_hz=said.sample_rate_hz,
        ),
        gain_db=round(levelled.plan.gain_db, 2),
        peaks=heard.peaks,
        verdict=judge(
            prepared.work,
            levelled.plan.gain_db,
            heard.loudness,
            heard.silence,
            one_channel=prepared.one_channel,
        ),
    )
    store.put_file(levelled.path, sha256)
    tell(IngestStep.STORE, 1.0)
    return audio
