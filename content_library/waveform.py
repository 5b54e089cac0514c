"""The waveform of stored audio at the resolution a page asks for, beside the coarse one an ingest keeps."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from content_library import ffmpeg
from content_library.decode import SAMPLES_PER_MS
from content_library.errors import StoreDamaged, ToolFailed
from content_library.peaks import PeakCollector, Peaks
from content_library.store import AudioStore

MOST_COLUMNS = 40_000
# Twenty columns a second: finer than a syllable, which is what an editor cuts by.
_SHORTEST_COLUMN_MS = 50
_TIMEOUT_S = 120.0


def waveform(store: AudioStore, sha256: str, columns: int) -> Peaks:
    """Pairs of lowest and highest sample, −127…127, of `columns` equal parts of the audio, in order.

    Fewer come back where that would be more than twenty a second or 40 000 in all, and never less than one.
    It takes about a second for each quarter of an hour: keep what comes back, it never changes for a hash.
    Raises NotInStore, StoreDamaged, StoreUnreachable, ToolMissing, StepTimedOut.
    """
    with _as_file(store, sha256) as path:
        duration_ms = _duration_ms(path, sha256)
        fitting = max(1, min(columns, MOST_COLUMNS, duration_ms // _SHORTEST_COLUMN_MS))
        collector = PeakCollector(duration_ms * SAMPLES_PER_MS, fitting)
        ended = ffmpeg.run(
            ffmpeg.converting(path, ("anull",), ("-c:a", "pcm_s16le", "-f", "s16le", "pipe:1")),
            step="waveform",
            timeout_s=_TIMEOUT_S,
            on_output=collector.feed,
        )
        if not ended.ok:
            raise _unreadable(sha256)
        return collector.peaks()


@contextlib.contextmanager
def _as_file(store: AudioStore, sha256: str) -> Iterator[Path]:
    """Where the audio lies, or a copy for as long as the block lasts where the store is a service."""
    if (path := store.local_path(sha256)) is not None:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="content-library-waveform-") as folder:
        store.export(sha256, Path(folder) / "audio")
        yield Path(folder) / "audio"


def _duration_ms(path: Path, sha256: str) -> int:
    answer = bytearray()
    question = ("-loglevel", "error", "-of", "csv=p=0", "-show_entries", "format=duration")
    ended = ffmpeg.run(
        ["ffprobe", *question, *ffmpeg.SAFE_INPUT, "-i", f"file:{path}"],
        step="waveform",
        timeout_s=_TIMEOUT_S,
        on_output=answer.extend,
    )
    try:
        return max(1, round(float(answer) * 1000))
    except ValueError as error:
        raise (_unreadable(sha256) if not ended.ok else ToolFailed("ffprobe gave no length")) from error


def _unreadable(sha256: str) -> StoreDamaged:
    return StoreDamaged(
        f"the stored audio {sha256[:12]}… cannot be played; restore a backup or add the recording again",
        sha256=sha256,
    )
