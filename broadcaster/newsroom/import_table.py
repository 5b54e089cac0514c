"""The table of a bulk import as a file: CSV or XLSX in, rows of named values out. Nothing is judged here.

Heads stand in the first row, in English or Lao, in any order. `docs/import.md` lists them.
"""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from broadcaster.errors import BadInput
from broadcaster.newsroom.kinds import FIELDS
from broadcaster.newsroom.search import fold

MAX_TABLE_BYTES = 10 * 2**20
MAX_UNPACKED_BYTES = 60 * 2**20
"""Of an XLSX, which is a ZIP: a few bytes can pretend to be gigabytes."""
MOST_PARTS = 2000
MOST_ROWS = 20_000
MOST_COLUMNS = 60
LONGEST_CELL = 200_000

COLUMNS: dict[str, tuple[str, ...]] = {
    "file": ("file", "file name", "filename", "audio", "ໄຟລ໌", "ຊື່ໄຟລ໌"),
    "title": ("title", "ຫົວຂໍ້"),
    "language": ("language", "ພາສາ"),
    "kind": ("kind", "type", "ປະເພດ"),
    "tags": ("tags", "tag", "ປ້າຍ"),
    "transcript": ("transcript", "ບົດເວົ້າ", "ບົດອ່ານ"),
    "transcript_lo": ("transcript in lao", "transcript_lo", "ບົດແປລາວ"),
    "speakers": ("speakers", "speaker", "ຜູ້ເວົ້າ"),
    "valid_from": ("valid from", "from", "ຈາກ", "ໃຊ້ຈາກ"),
    "valid_until": ("valid until", "until", "ຫາ", "ໃຊ້ຮອດ"),
    "announcement": ("announcement", "announcement number", "ປະກາດ"),
}
NEEDED = ("file", "language")
DETAILS = frozenset(field.name for fields in FIELDS.values() for field in fields)
_HEADS = {fold(head): name for name, heads in COLUMNS.items() for head in (name, *heads)} | {
    fold(name): name for name in DETAILS
}


@dataclass(frozen=True)
class TableRow:
    """One row: its number as the spreadsheet shows it, and its values by column, trimmed, in NFC."""

    number: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        """The value, empty where the table has none."""
        return self.values.get(column, "")


def read_table(file: Path) -> tuple[TableRow, ...]:
    """Every row that is not empty. `BadInput` for a file that is no such table, with what to do."""
    try:
        size = file.stat().st_size
        content = file.read_bytes() if size <= MAX_TABLE_BYTES else b""
    except OSError as error:
        raise _bad(f"{file}: cannot be read ({error.strerror}); check its name") from error
    if size > MAX_TABLE_BYTES:
        raise _bad(f"{file.name} has {size} bytes; a table has at most {MAX_TABLE_BYTES}; divide it")
    lines = _xlsx(file.name, content) if content.startswith(b"PK") else _csv(file.name, content)
    return _rows(file.name, lines)


def _rows(name: str, lines: Iterator[tuple[int, Sequence[str]]]) -> tuple[TableRow, ...]:
    first = next(lines, None)
    if first is None:
        raise _bad(f"{name} is empty; the first row holds the heads: {', '.join(NEEDED)}")
    heads = [_HEADS.get(fold(head)) for head in first[1]]
    unknown = [head for head, known in zip(first[1], heads, strict=True) if head.strip() and not known]
    known = [head for head in heads if head]
    problems = [f"column {head!r} is unknown" for head in unknown]
    problems += [f"column {head!r} is missing" for head in NEEDED if head not in known]
    problems += [f"column {head!r} stands there twice" for head in set(known) if known.count(head) > 1]
    if problems:
        raise _bad(f"{name}: {'; '.join(problems)}; the columns are {', '.join(COLUMNS)} and a kind's own")
    rows: list[TableRow] = []
    for number, cells in lines:
        values = {
            head: unicodedata.normalize("NFC", cell.strip())
            for head, cell in zip(heads, cells, strict=False)
            if head and cell.strip()
        }
        if values:
            rows.append(TableRow(number, values))
        if len(rows) > MOST_ROWS:
            raise _bad(f"{name} has more than {MOST_ROWS} rows; divide it")
    return tuple(rows)


def _csv(name: str, content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _bad(f"{name}: not UTF-8 at byte {error.start}; save it as “CSV UTF-8”") from error
    if "\x00" in text:
        raise _bad(f"{name}: not a table; save it as “CSV UTF-8” or XLSX")
    head = text.partition("\n")[0]
    comma = max(",;\t", key=head.count)
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=comma, strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            if len(cells) > MOST_COLUMNS:
                raise _bad(f"{name}, row {number}: more than {MOST_COLUMNS} columns")
            yield number, cells
    except csv.Error as error:
        raise _bad(f"{name}, line {reader.line_num}: {error}; look for an open quotation mark") from error


def _xlsx(name: str, content: bytes) -> Iterator[tuple[int, list[str]]]:
    from openpyxl import load_workbook  # its weight only where it is needed: `--help` must answer at once

    _refuse_bomb(name, content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), start=1):
            if number > MOST_ROWS * 2:
                raise _bad(f"{name} has more than {MOST_ROWS} rows; divide it")
            if number == 1 or any(cell is not None for cell in cells):
                yield number, list(_written(cells))
    except BadInput:
        raise
    except Exception as error:  # a damaged file breaks openpyxl in many ways
        raise _bad(f"{name}: not a spreadsheet that can be read; save it anew as XLSX or CSV") from error


def _refuse_bomb(name: str, content: bytes) -> None:
    """What a small file unpacks to is bounded before anything is read; entities are not wanted at all."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            entries = parts.infolist()
            if len(entries) > MOST_PARTS or sum(one.file_size for one in entries) > MAX_UNPACKED_BYTES:
                raise _bad(f"{name}: far more is packed in it than a table holds; save it anew")
            for one in entries:
                with parts.open(one) as part:
                    if one.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in part.read(4096):
                        raise _bad(f"{name}: not an ordinary spreadsheet; save it anew")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise _bad(f"{name}: damaged; save it anew as XLSX or CSV") from error


def _written(cells: Iterable[object]) -> Iterator[str]:
    for cell in cells:
        if isinstance(cell, datetime):
            yield cell.date().isoformat()
        elif isinstance(cell, date):
            yield cell.isoformat()
        elif isinstance(cell, float) and cell.is_integer():
            yield str(int(cell))
        else:
            yield "" if cell is None else str(cell)[:LONGEST_CELL]


def _bad(words: str) -> BadInput:
    return BadInput(words, field="table", code="table_unreadable")
