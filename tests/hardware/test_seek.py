"""A sound that begins inside its file begins at that very sample, and at its instant."""

import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hardware import CapturingOutput, PlayRequest, Started
from hardware.sound.seek import Seek
from tests.hardware.conftest import Inbox

RATE_HZ = 48_000
NOISE_S = 12


def _noise(folder: Path, packet_ms: int) -> tuple[Path, Path]:
    """Noise, which is like itself at one place only: as it was, and broadcast-ready in packets so long."""
    wav, webm = folder / "noise.wav", folder / "noise.webm"
    run = ("ffmpeg", "-nostdin", "-v", "error", "-y")
    source = f"anoisesrc=d={NOISE_S}:c=pink:r={RATE_HZ}:a=0.4:seed=7"
    subprocess.run([*run, "-f", "lavfi", "-i", source, "-ac", "1", str(wav)], check=True, timeout=60)
    opus = ("-c:a", "libopus", "-b:a", "24k", "-frame_duration", str(packet_ms))
    subprocess.run([*run, "-i", str(wav), *opus, str(webm)], check=True, timeout=60)
    return wav, webm


@pytest.mark.parametrize(("packet_ms", "start_ms"), [(20, 7005), (40, 7013), (60, 10_001), (40, 60)])
def test_a_join_is_exact_to_the_sample(
    inbox: Inbox, tmp_path: Path, samples_of: Any, packet_ms: int, start_ms: int
) -> None:
    """Whatever packets the file has; by where the noise that was heard lies in the noise it was made from."""
    wav, webm = _noise(tmp_path, packet_ms)
    output = CapturingOutput(inbox.put)
    first = output.begin_capture(tmp_path / "line.wav")
    at = datetime.now(UTC) + timedelta(seconds=0.6)
    output.play(PlayRequest("noise", webm, start_ms=start_ms, not_before=at))
    started = inbox.wait_for(lambda event: isinstance(event, Started))
    time.sleep(0.6)
    output.close()
    assert abs((started.first_sample_at - at).total_seconds()) <= 0.005
    heard = samples_of(tmp_path / "line.wav")
    begins = round((started.first_sample_at - first).total_seconds() * RATE_HZ)
    piece = heard[begins + RATE_HZ // 20 : begins + RATE_HZ // 4]
    source = samples_of(wav)
    from_ = max(0, start_ms * RATE_HZ // 1000 - RATE_HZ // 4)
    found = from_ + int(np.argmax(np.correlate(source[from_ : from_ + RATE_HZ], piece, "valid")))
    assert abs(found - RATE_HZ // 20 - start_ms * RATE_HZ // 1000) <= 2


@pytest.mark.parametrize("start_ms", [0, 1, 119, 120])
def test_near_the_beginning_vlc_begins_at_the_beginning(start_ms: int) -> None:
    """What lies before is left out, and the codec's own frames too."""
    seek = Seek(start_ms, 312)
    assert seek.asked_ms == 0
    assert seek.frames_to_leave_out(960) == start_ms * 48 + 312


def test_what_is_no_opus_begins_where_vlc_begins_it() -> None:
    """Nothing is known of its packets."""
    assert Seek(5000, 0).asked_ms == 5000
    assert Seek(5000, 0).frames_to_leave_out(4096) == 0
    assert Seek(5000, 312).frames_to_leave_out(4097) == 120 * 48
