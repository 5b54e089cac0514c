"""Files that are no usable sound, by the plain form and by the command: a reason, and nothing left."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from broadcaster.newsroom.models import Recording
from broadcaster.newsroom.sound import IngestState
from tests.broadcaster.newsroom.conftest import Ended
from tests.broadcaster.newsroom.test_uploads import upload

FLOAT, WHOLE = 3, 1


def wav(code: int, channels: int, bits: int, samples: bytes, claimed: int | None = None) -> bytes:
    """A WAV of these samples at 8 kHz whose header claims so many bytes of them."""
    frame = channels * bits // 8
    size = len(samples) if claimed is None else claimed
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, code, channels, 8000, 8000 * frame, frame, bits)
    data = struct.pack("<4sI", b"data", size) + samples
    return struct.pack("<4sI4s", b"RIFF", 4 + len(head) + 8 + size, b"WAVE") + head + data


BAD = {
    "NaN": wav(FLOAT, 1, 32, struct.pack("<f", float("nan")) * 16_000),
    "no channels": wav(WHOLE, 0, 16, bytes(16_000)),
    "64 channels": wav(WHOLE, 64, 16, bytes(64 * 2 * 8000)),
    "ten hours claimed": wav(WHOLE, 1, 16, bytes(16_000), claimed=10 * 3600 * 16_000),
    "a ZIP": b"PK\x03\x04" + bytes(2000),
}


@pytest.mark.parametrize("kind", BAD)
def test_the_plain_form_tells_why_and_leaves_no_file(
    signed_in: Callable[..., FlaskClient],
    session: Session,
    do_jobs: Callable[[], None],
    stored: Callable[[], list[str]],
    kind: str,
) -> None:
    """The recording shows as failed with a way on."""
    editor = signed_in("editor")
    address = upload(editor, BAD[kind]).location
    do_jobs()
    assert "Try another file" in editor.get(address).text
    made = session.query(Recording).one()
    assert (made.ingest, made.sha256) == (IngestState.FAILED, None)
    assert made.error
    assert stored() == []


@pytest.mark.parametrize("kind", BAD)
def test_the_command_refuses_it_in_one_line_and_leaves_nothing(
    run: Callable[..., Any], stored: Callable[[], list[str]], tmp_path: Path, kind: str
) -> None:
    """Exit status 1; no row, no file in the store."""
    file = tmp_path / "bring.wav"
    file.write_bytes(BAD[kind])
    with pytest.raises(Ended) as ended:
        run("recording", "add", file, "--title", "Land law", "--language", "lo", "--kind", "health")
    assert ended.value.status == 1
    assert ended.value.words.count("\n") == 1
    assert stored() == []
    assert run("recording", "list") == []
