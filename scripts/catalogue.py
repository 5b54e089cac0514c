#!/usr/bin/env python3
"""Keeps the Lao catalogue in step with the code and the pages, and counts what must still be done.

Adds what is missing (without words, for somebody to fill in), takes away what nothing uses, and prints how
many entries lack words and how many a native speaker must review.  Use: make catalogue, or with --check to
change nothing and end with 1 where something is to be done.
"""

from __future__ import annotations

import argparse
import io
import sys
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
PO = ROOT / "broadcaster" / "translations" / "lo" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
REVIEW = "fuzzy: a native speaker must review"

MessageId = str | tuple[str, str]


@dataclass(frozen=True)
class Difference:
    """Where code and catalogue part: message ids without an entry, and entries that nothing uses."""

    missing: dict[MessageId, str]
    unused: tuple[MessageId, ...]


def written() -> dict[MessageId, str]:
    """Every string marked for translation, with the file it stands in; plural forms as pairs."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]  # Babel types half of itself
    method_map = [(pattern.removeprefix("broadcaster/"), method) for pattern, method in methods]
    option_map = {pattern.removeprefix("broadcaster/"): value for pattern, value in options.items()}
    found: dict[MessageId, str] = {}
    for name, _line, text, _comments, _context in extract_from_dir(
        ROOT / "broadcaster", method_map, option_map, keywords=KEYWORDS
    ):
        found.setdefault((text[0], text[1]) if isinstance(text, tuple) else text, name)
    plural = {text[0] for text in found if isinstance(text, tuple)}
    return {text: name for text, name in found.items() if isinstance(text, tuple) or text not in plural}


def lao() -> Catalog:
    """The catalogue as it is."""
    with PO.open(encoding="utf-8") as file:
        return read_po(file, locale="lo")


def entries(catalogue: Catalog) -> list[Message]:
    """Its entries without the header."""
    return [message for message in catalogue if message.id]


def difference(catalogue: Catalog, strings: dict[MessageId, str]) -> Difference:
    """What must be added and what can go; an entry whose plural changed is both."""
    there: set[MessageId] = {message.id for message in entries(catalogue)}  # type: ignore[misc]  # read_po makes no lists
    return Difference(
        {text: name for text, name in strings.items() if text not in there},
        tuple(sorted(there - set(strings), key=str)),
    )


def without_words(catalogue: Catalog) -> list[Message]:
    """Entries that would show English to somebody who reads Lao."""
    return [
        message
        for message in entries(catalogue)
        if not all(message.string if isinstance(message.string, tuple) else (message.string,))
    ]


def to_review(catalogue: Catalog) -> list[Message]:
    """Entries whose words a native speaker has not seen yet."""
    return [message for message in entries(catalogue) if REVIEW in message.user_comments]


def update(catalogue: Catalog, found: Difference) -> None:
    """Bring the file in step: every entry keeps its comments and its place, new ones come last."""
    for text in found.unused:
        catalogue.delete(text if isinstance(text, str) else text[0])
    for text in found.missing:
        nothing = ("",) if isinstance(text, tuple) else ""
        catalogue.add(text, nothing, user_comments=[REVIEW])
    PO.write_text(as_text(catalogue), encoding="utf-8")


def as_text(catalogue: Catalog) -> str:
    """The whole file: its own head, then the entries in their order: a difference shows what changed."""
    header = PO.read_text(encoding="utf-8").split("\n\n", maxsplit=1)[0]
    body = io.BytesIO()
    write_po(body, catalogue, width=0, omit_header=True, no_location=True)
    return f"{header}\n\n{body.getvalue().decode().rstrip()}\n"


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--check", action="store_true", help="change nothing")
    checking = parser.parse_args().check
    catalogue = lao()
    found = difference(catalogue, written())
    for text, name in found.missing.items():
        print(f"missing: {text!r} ({name})")
    for text in found.unused:
        print(f"unused: {text!r}")
    if not checking and (found.missing or found.unused):
        update(catalogue, found)
        catalogue = lao()
    empty, review = without_words(catalogue), to_review(catalogue)
    for message in empty:
        print(f"without Lao words: {message.id!r}")
    count = len(entries(catalogue))
    print(f"{count} entries, {len(empty)} without Lao words, {len(review)} for a native speaker to review")
    return int(bool(empty or (checking and (found.missing or found.unused))))


if __name__ == "__main__":
    sys.exit(main())
