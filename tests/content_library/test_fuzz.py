"""Real files of every format, mutated: each gets a verdict and leaves nothing.

The same mutations in every run. `FUZZ_SECONDS` searches so long with others, whose seed a failure names;
`FUZZ_SEED` repeats it.
"""

import os
import random
import secrets
import time
from pathlib import Path

import pytest

from content_library import AudioStore, IngestLimits, SourceError, ingest
from tests.content_library import sounds
from tests.content_library.formats import FORMATS
from tests.content_library.mutations import mutated

SECONDS = float(os.environ.get("FUZZ_SECONDS", "0"))
SEED, OF_EACH = "gate", 8
# No step of so short a sound comes near this on any machine: what is stopped by it would have hung.
LIMITS = IngestLimits(max_duration_ms=60_000, step_timeout_s=60.0)


@pytest.fixture(scope="module")
def originals(speech: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A second of sound in every format, as bytes."""
    folder = tmp_path_factory.mktemp("originals")
    short = sounds.changed(speech, folder / "short.wav", "atrim=duration=1")
    made: dict[str, bytes] = {}
    for number, (name, make) in enumerate(FORMATS.items()):
        (own := folder / str(number)).mkdir()
        made[name] = make(short, own).read_bytes()
    return made


def test_every_mutated_file_gets_a_verdict_and_leaves_nothing(
    originals: dict[str, bytes], tmp_path: Path
) -> None:
    """Audio in the store or an error of the source; never a hang, another exception or a file left over."""
    seed = os.environ.get("FUZZ_SEED", secrets.token_hex(8) if SECONDS else SEED)
    dice = random.Random(seed)  # noqa: S311 -- a run must be repeatable
    store, work = AudioStore.open(tmp_path / "store"), tmp_path / "work"
    source, stored = tmp_path / "upload", set[str]()
    ends_at, number, refused, names = time.monotonic() + SECONDS, 0, 0, list(originals)
    while number < len(names) * OF_EACH or time.monotonic() < ends_at:
        name = names[number % len(names)]
        number += 1
        source.write_bytes(mutated(originals[name], originals[dice.choice(names)], dice))
        try:
            stored.add(ingest(source, store, limits=LIMITS, workdir=work).sha256)
        except SourceError as error:
            refused += bool(error.message)
        except Exception as error:
            error.add_note(f"{name}, file {number} of seed {seed}")
            raise
        assert list(work.glob("*")) == [], f"{name}, file {number} of seed {seed}"
        kept = {path.name for path in (tmp_path / "store").rglob("*") if path.is_file()}
        assert kept == stored, f"{name}, file {number} of seed {seed}"
    assert stored
    assert refused
