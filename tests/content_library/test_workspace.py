"""The folder an ingest works in."""

import signal
import subprocess
import sys
from pathlib import Path

from content_library.workspace import workspace


def test_it_is_gone_when_the_work_ends_and_others_are_left_alone(tmp_path: Path) -> None:
    """Two at once do not see each other; a folder of another kind is not ours to remove."""
    (tmp_path / "ingesting").mkdir()
    with workspace(tmp_path) as first, workspace(tmp_path) as second:
        (first / "work.wav").write_bytes(b"sound")
        assert second != first
        assert (first / "work.wav").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["ingesting"]


def test_what_a_killed_process_left_is_taken_away(tmp_path: Path) -> None:
    """kill −9 during an ingest: the next one begins by removing the work files, which may be gigabytes."""
    program = (
        "import sys; from pathlib import Path; from content_library.workspace import workspace\n"
        "with workspace(Path(sys.argv[1])) as folder:\n"
        "    (folder / 'work.wav').write_bytes(b'sound'); print('working', flush=True); sys.stdin.read()"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], **pipes) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"working\n"
        with workspace(tmp_path):
            assert len(list(tmp_path.iterdir())) == 2, "a living process keeps its folder"
        worker.send_signal(signal.SIGKILL)
    assert len(list(tmp_path.iterdir())) == 1
    with workspace(tmp_path) as folder:
        assert list(tmp_path.iterdir()) == [folder]


def test_the_place_may_be_a_link_to_another_disk(tmp_path: Path) -> None:
    """A data folder that was moved and linked works like any other."""
    (tmp_path / "other disk").mkdir()
    (tmp_path / "work").symlink_to(tmp_path / "other disk")
    with workspace(tmp_path / "work") as folder:
        assert folder.is_dir()
    assert list((tmp_path / "other disk").iterdir()) == []
