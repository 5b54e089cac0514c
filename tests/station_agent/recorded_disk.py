"""What SQLite really writes and syncs, recorded; and the disks that a power cut may leave of it.

A SQLite file system of our own stands before the machine's: it passes everything on and writes down each
write, truncation, sync and removal, in order. `Recording.after` gives a disk as it may be after a cut: what
was synced is there; of what was not, any sector may have arrived and any may not.
"""

from __future__ import annotations

import ctypes
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_int64, c_void_p
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

SECTOR = 512
NAME = b"recorded"
METHODS = 19
"""Pointers in `sqlite3_io_methods` behind its version number."""
CLOSE, WRITE, TRUNCATE, SYNC = 0, 2, 3, 4
SQLITE_OK = 0

_Write = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_Truncate = CFUNCTYPE(c_int, c_void_p, c_int64)
_Sync = CFUNCTYPE(c_int, c_void_p, c_int)
_Open = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_Delete = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)


class _Methods(ctypes.Structure):
    _fields_ = (("version", c_int), ("call", c_void_p * METHODS))


class _Vfs(ctypes.Structure):
    _fields_ = (
        ("version", c_int),
        ("file_size", c_int),
        ("longest_path", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", c_void_p),
        ("delete", c_void_p),
        ("rest", c_void_p * 16),
    )


@dataclass(frozen=True)
class Step:
    """One thing that happened to a file. `what`: write, truncate, sync, remove, or told (a call returned)."""

    what: str
    name: str = ""
    at: int = 0
    data: bytes = b""


@dataclass
class Recording:
    """Everything since the recording began."""

    steps: list[Step] = field(default_factory=list)

    def told(self, what: str) -> None:
        """The journal has returned: from now on it must be there."""
        self.steps.append(Step("told", what))

    def after(self, steps: int, random: Random, share: float) -> dict[str, bytes]:
        """The disk after a cut behind so many steps, with this share of what was not synced."""
        synced: dict[str, bytearray] = {}
        waiting: dict[str, list[Step]] = {}
        for step in self.steps[:steps]:
            if step.what == "sync":
                for one in waiting.pop(step.name, []):
                    _apply(synced.setdefault(step.name, bytearray()), one)
            elif step.what == "remove":
                waiting.pop(step.name, None)
                synced.pop(step.name, None)
            elif step.what != "told":
                waiting.setdefault(step.name, []).append(step)
        for name, lost in waiting.items():
            for one in lost:
                for part in _sectors(one):
                    if random.random() < share:
                        _apply(synced.setdefault(name, bytearray()), part)
        return {name: bytes(content) for name, content in synced.items()}


def _apply(content: bytearray, step: Step) -> None:
    if step.what == "truncate":
        del content[step.at :]
        return
    if len(content) < step.at:
        content.extend(bytes(step.at - len(content)))
    content[step.at : step.at + len(step.data)] = step.data


def _sectors(step: Step) -> Iterator[Step]:
    if step.what != "write":
        yield step
        return
    at, data = step.at, step.data
    while data:
        length = SECTOR - at % SECTOR
        yield Step("write", step.name, at, data[:length])
        at, data = at + length, data[length:]


def _library() -> ctypes.CDLL:
    """The very SQLite that Python's `sqlite3` works with."""
    sqlite3.connect(":memory:").close()
    for line in Path("/proc/self/maps").read_text(encoding="ascii").splitlines():
        path = line.split()[-1]
        if "libsqlite3" in path:
            return ctypes.CDLL(path)
    raise RuntimeError(
        "Python's sqlite3 brings its own SQLite inside: run the tests with the system's Python"
    )


@contextmanager
def recorded() -> Iterator[Recording]:
    """Databases opened in here are recorded; they behave as always."""
    library, recording = _library(), Recording()
    library.sqlite3_vfs_find.restype, library.sqlite3_vfs_find.argtypes = POINTER(_Vfs), [c_char_p]
    library.sqlite3_vfs_register.argtypes = library.sqlite3_vfs_unregister.argtypes = [c_void_p, c_int]
    real = library.sqlite3_vfs_find(None)
    ours = _Vfs.from_buffer_copy(real.contents)
    ours.name, ours.next = NAME, None
    keeper = _Keeper(real, recording)
    ours.open = ctypes.cast(keeper.open, c_void_p).value
    ours.delete = ctypes.cast(keeper.delete, c_void_p).value
    library.sqlite3_vfs_register(ctypes.byref(ours), 1)
    try:
        yield recording
    finally:
        library.sqlite3_vfs_unregister(ctypes.byref(ours), 0)
        library.sqlite3_vfs_register(real, 1)


class _Keeper:
    """The calls that stand before the real ones; kept alive as long as SQLite may use them."""

    def __init__(self, real: object, recording: Recording) -> None:
        self._real, self._recording = real, recording
        self._names: dict[int, str] = {}
        self._tables: dict[int, tuple[_Methods, list[object]]] = {}
        self.open, self.delete = _Open(self._open), _Delete(self._delete)

    def _open(self, _vfs: int, path: int | None, file: int, flags: int, told: int | None) -> int:
        code: int = _Open(self._real.contents.open)(
            ctypes.addressof(self._real.contents), path, file, flags, told
        )
        table = c_void_p.from_address(file)
        if code == SQLITE_OK and table.value and path:
            self._names[file] = Path(ctypes.string_at(path).decode()).name
            table.value = ctypes.addressof(self._recording_table(table.value))
        return code

    def _delete(self, _vfs: int, path: bytes, sync: int) -> int:
        self._recording.steps.append(Step("remove", Path(path.decode()).name))
        code: int = _Delete(self._real.contents.delete)(ctypes.addressof(self._real.contents), path, sync)
        return code

    def _recording_table(self, address: int) -> _Methods:
        if address not in self._tables:
            real = _Methods.from_address(address)
            table = _Methods.from_buffer_copy(real)
            calls = [
                (WRITE, _Write(self._writer(_Write(real.call[WRITE])))),
                (TRUNCATE, _Truncate(self._truncater(_Truncate(real.call[TRUNCATE])))),
                (SYNC, _Sync(self._syncer(_Sync(real.call[SYNC])))),
            ]
            for index, call in calls:
                table.call[index] = ctypes.cast(call, c_void_p).value
            self._tables[address] = (table, [call for _, call in calls])
        return self._tables[address][0]

    def _writer(self, real: object) -> object:
        def write(file: int, data: int, length: int, at: int) -> int:
            step = Step("write", self._names[file], at, ctypes.string_at(data, length))
            self._recording.steps.append(step)
            return int(real(file, data, length, at))

        return write

    def _truncater(self, real: object) -> object:
        def truncate(file: int, size: int) -> int:
            self._recording.steps.append(Step("truncate", self._names[file], size))
            return int(real(file, size))

        return truncate

    def _syncer(self, real: object) -> object:
        def sync(file: int, flags: int) -> int:
            code = int(real(file, flags))
            self._recording.steps.append(Step("sync", self._names[file]))
            return code

        return sync
