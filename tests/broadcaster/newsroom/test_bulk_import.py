"""Many sound files at once: every problem first, then each row on its own, and again from where it was."""

from __future__ import annotations

import io
import json
import unicodedata
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy.orm import Session

from broadcaster import cli
from broadcaster.config import Settings
from broadcaster.errors import BadInput
from broadcaster.newsroom import bulk_import
from broadcaster.newsroom.audio_in import make_broadcast_ready
from broadcaster.newsroom.import_table import read_table
from broadcaster.newsroom.models import Announcement, Recording
from content_library.errors import NotAudio

Bring = Callable[..., tuple[int, Any]]
HEADS = "file,title,language,kind,tags,valid from,valid until\n"


@pytest.fixture
def folder(tmp_path: Path, sounds: Callable[..., Path]) -> Path:
    """Three sound files, one of them below, with a Lao name written in two parts."""
    place = tmp_path / "sounds to bring"
    (place / "ໝວດ").mkdir(parents=True)
    (place / "law lo.wav").write_bytes(sounds(440).read_bytes())
    (place / "law katu.wav").write_bytes(sounds(550).read_bytes())
    decomposed = unicodedata.normalize("NFD", "é ນ້ຳ.wav")
    (place / "ໝວດ" / decomposed).write_bytes(sounds(660).read_bytes())
    return place


@pytest.fixture
def bring(settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Bring:
    """Run the command: its exit status, and what it answered."""

    def run(folder: Path, table: Path, *options: str) -> tuple[int, Any]:
        line = ["broadcaster", "--data", str(settings.data), "recording", "import", str(folder)]
        monkeypatch.setattr("sys.argv", [*line, "--table", str(table), *options, "--json"])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), json.loads(said.out) if said.out else said.err

    return run


def write(tmp_path: Path, text: str, name: str = "table.csv") -> Path:
    """A table as a file."""
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return file


def test_a_folder_is_brought_and_brought_again_nothing_is_doubled(
    bring: Bring, folder: Path, tmp_path: Path, session: Session, client: object
) -> None:
    """Rows of one title are one announcement; a second run finds everything there."""
    table = write(
        tmp_path,
        HEADS
        + "law lo.wav,Land law,lo,law_orientation,rain;ຝົນ,2026-03-01,31/3/2026\n"
        + "law katu.wav,Land law,Katu (Western),Law orientation,,,\n"
        + "ໝວດ/é ນ້ຳ.wav,ນ້ຳ,ລາວ,,,,\n",
    )
    status, dry = bring(folder, table, "--dry-run")
    assert (status, dry) == (0, {"rows": 3, "to_import": 3, "there": 0, "problems": []})
    assert session.query(Recording).count() == 0
    status, done = bring(folder, table)
    assert status == 0
    assert done["imported"] == 3
    session.expire_all()
    law, water = session.query(Announcement).order_by(Announcement.id)
    assert [one.language for one in law.recordings] == ["kuf", "lo"]
    assert law.kind == "law_orientation"
    assert law.tags == ["rain", "ຝົນ"]
    assert law.valid_until is not None
    assert law.valid_until.isoformat() == "2026-03-31T16:59:59.999000+00:00"
    assert [one.source_sha256 is not None for one in water.recordings] == [True]
    status, again = bring(folder, table)
    assert (status, again["imported"], again["there"]) == (0, 0, 3)
    session.expire_all()
    assert session.query(Recording).count() == 3


def test_every_problem_is_listed_with_its_row_before_anything_is_done(
    bring: Bring, folder: Path, tmp_path: Path, session: Session, client: object
) -> None:
    """Exit 1, one line for each problem of each row, nothing brought."""
    (folder / "text.mp3").write_text("just words")
    (folder / "empty.wav").touch()
    (folder / "copy.wav").write_bytes((folder / "law lo.wav").read_bytes())
    (folder / "away.wav").symlink_to(tmp_path / "table.csv")
    table = write(
        tmp_path,
        HEADS
        + "law lo.wav,Land law,lo,,,,\n"
        + "law lo.wav,Land law,kuf,,,,\n"
        + "copy.wav,Copy,lo,,,,\n"
        + "nowhere.wav,,klingon,opera,,2026-13-01,soon\n"
        + "../secret.wav,Out,lo,,,,\n"
        + "away.wav,Link,lo,,,,\n"
        + "text.mp3,Text,lo,,,,\n"
        + "empty.wav,Empty,lo,,,2026-03-02,2026-03-01\n"
        + ",No file,lo,,,,\n",
    )
    status, answer = bring(folder, table)
    assert status == 1
    said = {(one["row"], one["column"]) for one in answer["problems"]}
    assert said == {
        (3, "file"), (4, "file"), (5, "file"), (5, "title"), (5, "language"), (5, "kind"),
        (5, "valid_from"), (5, "valid_until"), (6, "file"), (7, "file"), (8, "file"), (9, "file"),
        (9, "valid_until"), (10, "file"),
    }  # fmt: skip
    assert session.query(Recording).count() == 0
    assert session.query(Announcement).count() == 0


def test_one_file_that_fails_does_not_stop_the_rest(
    bring: Bring,
    folder: Path,
    tmp_path: Path,
    session: Session,
    client: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is told with its row; the next run brings what is left, into the same announcement."""
    table = write(tmp_path, HEADS + "law katu.wav,Land law,kuf,,,,\n" + "law lo.wav,Land law,lo,,,,\n")
    whole = make_broadcast_ready

    def broken(source: Path, *args: Any, **options: Any) -> Any:
        if source.name == "law katu.wav":
            raise NotAudio("it broke")
        return whole(source, *args, **options)

    monkeypatch.setattr(bulk_import, "make_broadcast_ready", broken)
    status, answer = bring(folder, table)
    assert status == 1
    assert answer["imported"] == 1
    assert answer["problems"] == [{"row": 2, "column": "file", "problem": "it broke"}]
    monkeypatch.setattr(bulk_import, "make_broadcast_ready", whole)
    status, answer = bring(folder, table)
    assert (status, answer["imported"], answer["there"]) == (0, 1, 1)
    session.expire_all()
    assert session.query(Announcement).count() == 1


def test_what_is_there_as_something_else_is_a_problem_and_the_good_rows_can_be_brought(
    bring: Bring, folder: Path, tmp_path: Path, session: Session, client: object
) -> None:
    """The very same file under another title or language is told, not doubled."""
    bring(folder, write(tmp_path, HEADS + "law lo.wav,Land law,lo,,,,\n"))
    table = write(tmp_path, HEADS + "law lo.wav,Other title,lo,,,,\n" + "law katu.wav,Fair,kuf,,,,\n")
    status, answer = bring(folder, table, "--only-good")
    assert status == 1
    assert answer["imported"] == 1
    assert "recording 1 already (Land law, lo)" in answer["problems"][0]["problem"]


def test_no_room_is_told_before_the_first_file(
    bring: Bring, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: object
) -> None:
    """The quota is asked for all of it at once."""
    monkeypatch.setenv("BROADCASTER_AUDIO__QUOTA_BYTES", "1000")
    status, answer = bring(folder, write(tmp_path, HEADS + "law lo.wav,Land law,lo,,,,\n"), "--dry-run")
    assert status == 1
    assert [one["row"] for one in answer["problems"]] == [None]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("comma", [",", ";", "\t"])
def test_tables_of_every_spreadsheet_are_read(tmp_path: Path, mark: str, comma: str) -> None:
    """With or without a mark, whatever parts the values, heads in Lao, in any order."""
    heads = comma.join(("ພາສາ", "ຫົວຂໍ້", "ໄຟລ໌", "topic"))
    table = write(tmp_path, f"{mark}{heads}\r\n" + comma.join(("lo", "ນ້ຳ", "a.wav", "x")) + "\r\n\r\n")
    (row,) = read_table(table)
    assert row.number == 2
    assert row.values == {"language": "lo", "title": "ນ້ຳ", "file": "a.wav", "topic": "x"}


def workbook(tmp_path: Path, *rows: tuple[object, ...]) -> Path:
    """An XLSX."""
    book = Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(row)
    file = tmp_path / "table.xlsx"
    book.save(file)
    return file


def test_a_workbook_is_read_with_its_days_and_numbers(tmp_path: Path) -> None:
    """Empty rows are passed over; rows keep their numbers."""
    file = workbook(
        tmp_path,
        ("File", "Language", "Valid from", "Session_number"),
        ("a.wav", "lo", date(2026, 3, 1), 6.0),
        (),
        ("b.wav", "kuf"),
    )
    first, second = read_table(file)
    assert first.values["valid_from"] == "2026-03-01"
    assert first.values["session_number"] == "6"
    assert second.number == 4


def test_bombs_and_broken_workbooks_are_refused_in_words(tmp_path: Path) -> None:
    """Before they are unpacked."""
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", bytes(70 * 2**20))
    with pytest.raises(BadInput, match="far more is packed"):
        read_table(bomb)
    entities = tmp_path / "entities.xlsx"
    with zipfile.ZipFile(entities, "w") as parts:
        parts.writestr("xl/workbook.xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>")
    with pytest.raises(BadInput, match="not an ordinary spreadsheet"):
        read_table(entities)
    whole = workbook(tmp_path, ("file", "language"), ("a", "lo")).read_bytes()
    for cut in (10, len(whole) // 2, len(whole) - 30):
        (tmp_path / "cut.xlsx").write_bytes(whole[:cut])
        with pytest.raises(BadInput):
            read_table(tmp_path / "cut.xlsx")
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    (tmp_path / "zip.xlsx").write_bytes(b"PK\x03\x04" + empty.getvalue())
    with pytest.raises(BadInput):
        read_table(tmp_path / "zip.xlsx")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"title\n", "is missing"),
        (b"file,language,colour\n", "'colour' is unknown"),
        (b"file,language,file\n", "stands there twice"),
        ("file,language\nນ້ຳ".encode("utf-16"), "not UTF-8"),
        (b'file,language\n"a,b', "quotation mark"),
        (b"file,language\n" + b"a,lo\n" * 20_002, "more than 20000 rows"),
    ],
)
def test_what_is_no_table_is_refused_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    """With what to do."""
    file = tmp_path / "table.csv"
    file.write_bytes(content)
    with pytest.raises(BadInput, match=words):
        read_table(file)
