"""Bulk import: a folder of sound files and a table of what they are. First every problem, then the work.

Each row is brought on its own and committed: what stops half-way goes on where it was, since a row whose very
file is there already, in its language and under its title, is done.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.config import Settings
from broadcaster.errors import BroadcasterError, NoSpace
from broadcaster.newsroom import announcements, tags
from broadcaster.newsroom.audio_in import limits_of, make_broadcast_ready
from broadcaster.newsroom.bulk_rows import WantedRow, known_rows
from broadcaster.newsroom.import_table import TableRow
from broadcaster.newsroom.models import Announcement, AnnouncementKind, Recording
from broadcaster.newsroom.originals import keep_original
from broadcaster.newsroom.recordings import GONE, attach_recording
from broadcaster.newsroom.space import must_fit
from content_library import ContentLibraryError
from content_library.errors import SourceError
from content_library.hashing import sha256_of
from content_library.probe import probe

PROBE_TIMEOUT_S = 20.0
BROADCAST_BYTES_OF_A_SOURCE_BYTE = 0.5
"""Room that is asked for beside the originals; broadcast audio is smaller than nearly everything."""

Tell = Callable[[int, int], None]
"""Hears how many of how many are looked at or brought."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with one row, or with the whole (`row` None); `column` where it is."""

    row: int | None
    column: str | None
    words: str


@dataclass
class Survey:
    """What there is to do: rows without a problem; those already `there` by recording; and every problem."""

    rows: list[WantedRow] = field(default_factory=list)
    there: dict[int, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def to_do(self) -> list[WantedRow]:
        """Rows that are still to be brought."""
        return [row for row in self.rows if row.number not in self.there]


@dataclass(frozen=True)
class Brought:
    """What became of a row: its recording, or why not."""

    row: int
    file: str
    recording: int | None = None
    announcement: int | None = None
    skipped: bool = False
    problem: str | None = None


def survey(
    session: Session, folder: Path, table: Sequence[TableRow], tell: Tell = lambda _done, _all: None
) -> Survey:
    """Look at every row and every file, change nothing; all problems of all rows, in the table's order."""
    settings: Settings = current_app.config["SETTINGS"]
    found = Survey()
    files = files_in(folder)
    seen_files: dict[Path, int] = {}
    seen_sounds: dict[str, int] = {}
    for done, row in enumerate(table):
        tell(done, len(table))
        wanted, problems = known_rows(row, settings.zone)
        path, about_file = _file(folder, files, row["file"])
        problems += about_file
        if path is not None:
            if path in seen_files:
                problems.append(("file", f"this file stands already in row {seen_files[path]}"))
            seen_files.setdefault(path, row.number)
            problems += _sound_problems(path, settings)
        if wanted.announcement is not None and session.get(Announcement, wanted.announcement) is None:
            problems.append(("announcement", f"there is no announcement {wanted.announcement}"))
        if path is not None and not problems:
            row_done = wanted.of_file(path, sha256_of(path))
            problems += _known_sound(session, row_done, seen_sounds, found)
            found.rows.append(row_done)
        found.problems += [Problem(row.number, column, words) for column, words in problems]
    wrong = {problem.row for problem in found.problems}
    found.rows = [row for row in found.rows if row.number not in wrong]
    found.problems += _room_problems(session, settings, found)
    tell(len(table), len(table))
    return found


def bring(
    session: Session, found: Survey, now: Callable[[], datetime], tell: Tell = lambda _done, _all: None
) -> Iterator[Brought]:
    """Bring every row that is to do, one after the other; one that fails does not stop the rest."""
    about: dict[tuple[str, str], int] = {}
    for row in found.rows:
        if row.number in found.there:
            recording = session.get_one(Recording, found.there[row.number])
            about.setdefault(row.group, recording.announcement_id)
            yield Brought(row.number, row.file, recording.id, recording.announcement_id, skipped=True)
    for done, row in enumerate(found.to_do):
        tell(done, len(found.to_do))
        yield _bring(session, row, about, now())
    tell(len(found.to_do), len(found.to_do))


def files_in(folder: Path) -> dict[str, Path]:
    """Every file below the folder by its name from there, in NFC: names in Lao are stored either way."""
    return {
        unicodedata.normalize("NFC", file.relative_to(folder).as_posix()): file
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def _file(folder: Path, files: dict[str, Path], name: str) -> tuple[Path | None, list[tuple[str, str]]]:
    if not name:
        return None, [("file", "no file is named")]
    wanted = name.replace("\\", "/")
    path = Path(wanted)
    if path.is_absolute() or ".." in path.parts or wanted[1:2] == ":":
        return None, [("file", "it lies outside the folder; name it from the folder on")]
    found = files.get(unicodedata.normalize("NFC", path.as_posix()))
    if found is None:
        return None, [("file", f"there is no file {name!r} in {folder.name}; check its name and ending")]
    if not found.resolve().is_relative_to(folder.resolve()):
        return None, [("file", "it leads outside the folder; copy the file itself there")]
    return found, []


def _sound_problems(path: Path, settings: Settings) -> list[tuple[str, str]]:
    size = path.stat().st_size
    if size == 0:
        return [("file", "the file is empty; copy it again")]
    if size > settings.audio.max_upload_bytes:
        return [("file", f"the file has {size} bytes; {settings.audio.max_upload_bytes} are possible")]
    try:
        probe(path, timeout_s=PROBE_TIMEOUT_S)
    except SourceError as error:
        return [("file", str(error))]
    return []


def _known_sound(
    session: Session, row: WantedRow, seen: dict[str, int], found: Survey
) -> list[tuple[str, str]]:
    """Whether this very file is there: as this row, which is done then, or as something else."""
    first = seen.setdefault(row.sha256, row.number)
    if first != row.number:
        return [("file", f"it is the very same sound as the file of row {first}")]
    there = session.execute(
        select(Recording.id, Recording.language, Announcement.id.label("about"), Announcement.title)
        .join(Recording.announcement)
        .where(Recording.source_sha256 == row.sha256, Recording.state.not_in(GONE))
        .where(Recording.sha256.is_not(None))
        .order_by(Recording.id)
    ).all()
    for one in there:
        same_about = one.about == row.announcement if row.announcement is not None else one.title == row.title
        if one.language == row.language and same_about:
            found.there[row.number] = one.id
            return []
    if there:
        one = there[0]
        return [("file", f"this very file is recording {one.id} already ({one.title}, {one.language})")]
    return []


def _room_problems(session: Session, settings: Settings, found: Survey) -> list[Problem]:
    share = BROADCAST_BYTES_OF_A_SOURCE_BYTE + settings.audio.keep_originals
    needed = int(sum(row.size_bytes for row in found.to_do) * share)
    try:
        must_fit(session, settings, needed)
    except NoSpace as error:
        return [Problem(None, None, str(error))] if needed else []
    return []


def _bring(session: Session, row: WantedRow, about: dict[tuple[str, str], int], now: datetime) -> Brought:
    settings: Settings = current_app.config["SETTINGS"]
    session.rollback()  # nothing stays locked while the audio is worked on
    try:
        audio = make_broadcast_ready(
            row.path, current_app.extensions["audio_store"], limits=limits_of(settings)
        )
        announcement = _announcement(session, row, about, now)
        recording = attach_recording(session, announcement, row.language, audio, row.path.name, None, now)
        recording.source_sha256 = row.sha256
        recording.transcript, recording.transcript_lo = row.transcript, row.transcript_lo
        recording.speakers = list(row.speakers)
        session.flush()
        keep_original(session, recording, row.path)
        session.commit()
    except (BroadcasterError, ContentLibraryError, OSError) as error:
        session.rollback()
        return Brought(row.number, row.file, problem=str(error))
    about[row.group] = announcement.id
    return Brought(row.number, row.file, recording.id, announcement.id)


def _announcement(
    session: Session, row: WantedRow, about: dict[tuple[str, str], int], now: datetime
) -> Announcement:
    """The announcement a row names, the one of an earlier row of the same title, or a new one."""
    known = row.announcement if row.announcement is not None else about.get(row.group)
    if known is not None:
        return announcements.announcement(session, known)
    return announcements.create_announcement(
        session,
        row.title,
        AnnouncementKind(row.kind),
        None,
        now,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        details=row.details,
        tags=tags.clean_tags(row.tags),
    )
