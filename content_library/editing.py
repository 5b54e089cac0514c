"""Step 3, where an edit is asked for: the work file as edited, measured anew."""

from dataclasses import replace
from pathlib import Path

from content_library import gain_curve
from content_library.decode import FEWEST_SAMPLES, READING_WORK, SAMPLES_PER_MS, Decoded
from content_library.edit import Edit
from content_library.errors import NothingLeft
from content_library.local_folder import storage_errors
from content_library.measure import measure


def edited(work: Decoded, edit: Edit, out: Path, *, timeout_s: float) -> Decoded:
    """Write what the edit leaves of a work file to `out`, and take the place of the work file, which goes.

    Raises NothingLeft where less remains than can be broadcast.
    """
    cut = gain_curve.planned(edit, work.samples, SAMPLES_PER_MS)
    if cut.samples < FEWEST_SAMPLES:
        raise NothingLeft(
            "the cut leaves nothing of the recording; move its beginning or its end",
            start_ms=edit.start_ms,
            duration_ms=work.duration_ms,
        )
    with storage_errors(str(out.parent)), work.path.open("rb") as source, out.open("wb") as file:
        gain_curve.apply(cut, source, file)
    work.path.unlink()
    loudness = measure(out, reading=READING_WORK, true_peak=False, timeout_s=timeout_s)
    return replace(work, path=out, samples=cut.samples, loudness=loudness)
