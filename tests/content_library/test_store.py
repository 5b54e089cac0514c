"""The store: one contract for folder and memory, and what the folder promises over crashes."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from content_library import AudioStore, StoreError, errors, local_folder

CONTENT = bytes(range(256)) * 40
SHA256 = hashlib.sha256(CONTENT).hexdigest()
UNKNOWN = "0" * 64


@pytest.fixture
def content(tmp_path: Path) -> Path:
    (tmp_path / "content").write_bytes(CONTENT)
    return tmp_path / "content"


@pytest.fixture(params=["folder", "file URL", "memory"])
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> AudioStore:
    """The same cases run against every kind of store that needs no other machine."""
    where = {"folder": tmp_path / "a b", "file URL": f"file://{tmp_path}/a%20b", "memory": "memory:///"}
    return AudioStore.open(where[request.param])


def test_what_was_put_is_read_back(any_store: AudioStore, content: Path) -> None:
    """Whole, in ranges and in pieces; a second put of the same content says that it is not new."""
    assert any_store.put_file(content, SHA256) is True
    assert any_store.put_file(content, SHA256) is False
    assert any_store.exists(SHA256)
    assert any_store.size_bytes(SHA256) == len(CONTENT)
    assert any_store.read_range(SHA256, 100, 300) == CONTENT[100:300]
    assert b"".join(any_store.iter_chunks(SHA256, chunk=999)) == CONTENT
    assert b"".join(any_store.iter_chunks(SHA256, start=len(CONTENT) - 1)) == CONTENT[-1:]
    assert list(any_store.iter_chunks(SHA256, start=len(CONTENT))) == []
    any_store.verify(SHA256)


def test_what_was_deleted_is_gone(any_store: AudioStore, content: Path) -> None:
    """And can be put again."""
    any_store.put_file(content, SHA256)
    any_store.delete(SHA256)
    assert not any_store.exists(SHA256)
    with pytest.raises(errors.NotInStore):
        any_store.delete(SHA256)
    assert any_store.put_file(content, SHA256) is True


def test_an_unknown_hash_is_an_error_of_its_own(any_store: AudioStore, tmp_path: Path) -> None:
    """Every way of reading says so at once, and an export leaves no file."""
    for read in (any_store.size_bytes, any_store.iter_chunks, any_store.verify):
        with pytest.raises(errors.NotInStore):
            read(UNKNOWN)
    with pytest.raises(errors.NotInStore):
        any_store.export(UNKNOWN, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert any_store.local_path(UNKNOWN) is None


@pytest.mark.parametrize(("start", "end"), [(-1, 5), (5, 5), (7, 3), (0, len(CONTENT) + 1)])
def test_a_range_outside_the_audio_is_refused(
    start: int, end: int, any_store: AudioStore, content: Path
) -> None:
    """The caller learns of its mistake instead of getting fewer bytes."""
    any_store.put_file(content, SHA256)
    with pytest.raises(errors.OutOfRange):
        any_store.read_range(SHA256, start, end)


@pytest.mark.parametrize("bad", ["", "../../etc/passwd", SHA256.upper(), SHA256[:-1], SHA256 + "\n"])
def test_only_a_hash_is_a_name(bad: str, any_store: AudioStore, content: Path) -> None:
    """No path can be smuggled in."""
    for call in (any_store.exists, any_store.size_bytes, any_store.local_path, any_store.delete):
        with pytest.raises(errors.BadHash):
            call(bad)
    with pytest.raises(errors.BadHash):
        any_store.put_file(content, bad)


def test_content_that_is_not_what_its_hash_says_is_not_stored(any_store: AudioStore, content: Path) -> None:
    """The name of stored audio is a promise about its bytes."""
    with pytest.raises(errors.StoreDamaged):
        any_store.put_file(content, UNKNOWN)
    assert not any_store.exists(UNKNOWN)


def test_an_export_is_whole_or_not_there(store: AudioStore, content: Path, tmp_path: Path) -> None:
    """Damaged audio does not leave the store, and an older export stays as it was."""
    store.put_file(content, SHA256)
    store.export(SHA256, tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == CONTENT
    damage(store)
    (tmp_path / "out").write_bytes(b"older")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(errors.StoreDamaged):
        store.export(SHA256, tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == b"older"
    assert sorted(tmp_path.iterdir()) == before


def damage(store: AudioStore) -> None:
    path = store.local_path(SHA256)
    assert path is not None
    path.write_bytes(CONTENT[:-1] + b"?")


def test_a_damaged_copy_is_noticed_and_replaced(store: AudioStore, content: Path) -> None:
    """A disk that lost bits in a power cut heals when the same audio comes again."""
    store.put_file(content, SHA256)
    damage(store)
    with pytest.raises(errors.StoreDamaged):
        store.verify(SHA256)
    store.put_file(content, SHA256)
    store.verify(SHA256)


def test_audio_in_a_folder_has_a_path_that_tells_its_hash(store: AudioStore, content: Path) -> None:
    """`ab/abcdef…`, for players and web servers that read files."""
    store.put_file(content, SHA256)
    path = store.local_path(SHA256)
    assert path is not None
    assert path.parts[-2:] == (SHA256[:2], SHA256)
    assert path.read_bytes() == CONTENT


def test_many_writers_of_the_same_audio_agree(store: AudioStore, content: Path) -> None:
    """Exactly one of eight at once says that it was new; the audio is whole and nothing else is left."""
    answers: list[bool] = []
    start = threading.Barrier(8)

    def put() -> None:
        start.wait()
        answers.append(store.put_file(content, SHA256))

    threads = [threading.Thread(target=put) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False] * 7 + [True]
    path = store.local_path(SHA256)
    assert path is not None
    assert [file for file in path.parent.parent.rglob("*") if file.is_file()] == [path]


def test_a_writer_killed_half_way_leaves_nothing_to_see(tmp_path: Path) -> None:
    """Half way, by the kernel: no audio under the hash; the next opening sweeps what is left."""
    size, half = 16 * 1024**2, 8 * 1024**2
    big = tmp_path / "big"
    with big.open("wb") as file:
        file.truncate(size)
    sha256 = hashlib.sha256(bytes(size)).hexdigest()
    program = (  # who writes a file longer than the limit is ended at that byte, and no code of its own runs
        "import resource, signal, sys; from pathlib import Path; from content_library import AudioStore; "
        "store = AudioStore.open(sys.argv[1]); signal.signal(signal.SIGXFSZ, signal.SIG_DFL); "
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({half}, {half})); "
        "resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); "
        "store.put_file(Path(sys.argv[2]), sys.argv[3])"
    )
    staging = tmp_path / "store" / local_folder.STAGING
    command = [sys.executable, "-c", program, str(tmp_path / "store"), str(big), sha256]
    assert subprocess.run(command, check=False, timeout=120).returncode == -signal.SIGXFSZ
    (left,) = staging.iterdir()
    assert left.stat().st_size == half
    assert not AudioStore.open(tmp_path / "store").exists(sha256)
    assert list(staging.iterdir()) == []


def test_sweeping_spares_what_is_being_written(tmp_path: Path) -> None:
    """Another process opening the store does not disturb a put."""
    with local_folder.staged(tmp_path / "staging") as (file, path):
        file.write(b"half")
        assert local_folder.sweep(tmp_path / "staging") == 0
        assert path.exists()
    assert not path.exists()


def test_a_file_system_without_hard_links_works_too(
    store: AudioStore, content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FAT says that linking is not permitted; the audio is renamed into place then."""

    def refuses(*_arguments: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuses)
    assert store.put_file(content, SHA256) is True
    store.verify(SHA256)


def test_a_full_disk_has_an_error_of_its_own() -> None:
    """/dev/full takes no byte, as a full disk does; the message names the place and what to do."""
    with pytest.raises(errors.StoreFull, match="free some space"), local_folder.storage_errors("/srv/audio"):
        Path("/dev/full").write_bytes(b"sound")


def test_a_place_that_cannot_be_used_is_reported_with_its_name(tmp_path: Path) -> None:
    """A file where a folder should be, an unknown kind of address."""
    (tmp_path / "taken").touch()
    for where in (tmp_path / "taken", "gopher://example/audio"):
        with pytest.raises(errors.StoreUnreachable, match=str(where)):
            AudioStore.open(where)


def test_a_service_that_is_away_is_reported_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """No one listens on port 9 of this machine: an error of the store, within seconds."""
    monkeypatch.setenv("AWS_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    began = time.monotonic()
    with pytest.raises(StoreError):
        AudioStore.open("s3://audio/sekong").exists(SHA256)
    assert time.monotonic() - began < 20
