"""Every visible string has its Lao words; no word is left over; blanks are the same in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[3]
PO = ROOT / "broadcaster" / "translations" / "lo" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
}


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with PO.open(encoding="utf-8") as file:
        return read_po(file, locale="lo")


@pytest.fixture(scope="module")
def written() -> dict[object, str]:
    """Every string marked for translation in code and pages, with the file it stands in."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found: dict[object, str] = {}
    package = ROOT / "broadcaster"
    method_map = [(pattern.removeprefix("broadcaster/"), method) for pattern, method in methods]
    option_map = {pattern.removeprefix("broadcaster/"): value for pattern, value in options.items()}
    for name, _line, text, _comments, _context in extract_from_dir(
        package, method_map, option_map, keywords=KEYWORDS
    ):
        found.setdefault(text[0] if isinstance(text, tuple) else text, name)
    return found


def entries(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def source(message: Message) -> str:
    return message.id[0] if isinstance(message.id, tuple) else str(message.id)


def words(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple) else [str(message.string)]


def test_every_string_has_its_lao_words(catalogue: Catalog, written: dict[object, str]) -> None:
    """A volunteer who reads Lao never meets an English sentence."""
    known = {source(message) for message in entries(catalogue) if all(words(message))}
    assert {text: place for text, place in written.items() if text not in known} == {}


def test_no_words_are_left_over(catalogue: Catalog, written: dict[object, str]) -> None:
    """What was removed from the pages leaves the catalogue too."""
    assert sorted({source(message) for message in entries(catalogue)} - set(written)) == []


def test_the_blanks_are_the_same_in_both_languages(catalogue: Catalog) -> None:
    """A sentence without its name or number would be worse than none; blanks have names."""
    for message in entries(catalogue):
        blanks = set(re.findall(r"%\((\w+)\)[sd]", source(message)))
        assert not re.search(r"%[sd]", source(message)), message.id
        for text in words(message):
            assert set(re.findall(r"%\((\w+)\)[sd]", text)) == blanks, message.id


def test_nothing_is_flagged_fuzzy(catalogue: Catalog) -> None:
    """Flagged entries are not compiled; doubts stand in comments."""
    assert [message.id for message in entries(catalogue) if message.fuzzy] == []


def test_text_is_stored_composed(catalogue: Catalog) -> None:
    """NFC, so that the same word is the same bytes everywhere."""
    import unicodedata

    for message in entries(catalogue):
        for text in words(message):
            assert text == unicodedata.normalize("NFC", text), message.id
