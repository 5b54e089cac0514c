"""Every visible string has its Lao words; no word is left over; blanks are the same in both languages."""

from __future__ import annotations

import re
import unicodedata

import pytest
from babel.messages.catalog import Catalog, Message

from scripts import catalogue as tool


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    return tool.lao()


def source(message: Message) -> str:
    return message.id[0] if isinstance(message.id, tuple) else str(message.id)


def words(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple) else [str(message.string)]


def test_no_string_is_missing_and_none_is_left_over(catalogue: Catalog) -> None:
    """A volunteer who reads Lao never meets an English sentence; what left the pages leaves the catalogue."""
    found = tool.difference(catalogue, tool.written())
    assert found.missing == {}
    assert found.unused == ()


def test_entries_keep_their_places() -> None:
    """A new entry makes a difference of a few lines: the order is whatever it was, and new ones come last."""
    before = tool.PO.read_text(encoding="utf-8")
    catalogue = tool.lao()
    assert tool.as_text(catalogue) == before
    catalogue.add("Aa, first of the alphabet", "ກ", user_comments=[tool.REVIEW])
    added = f'\n# {tool.REVIEW}\nmsgid "Aa, first of the alphabet"\nmsgstr "ກ"\n'
    assert tool.as_text(catalogue) == before + added


def test_every_string_has_its_lao_words(catalogue: Catalog) -> None:
    """`make catalogue` adds entries without words; somebody fills them in before they are kept."""
    assert [message.id for message in tool.without_words(catalogue)] == []


def test_the_blanks_are_the_same_in_both_languages(catalogue: Catalog) -> None:
    """A sentence without its name or number would be worse than none; blanks have names."""
    for message in tool.entries(catalogue):
        blanks = set(re.findall(r"%\((\w+)\)[sd]", source(message)))
        assert not re.search(r"%[sd]", source(message)), message.id
        for text in words(message):
            assert set(re.findall(r"%\((\w+)\)[sd]", text)) == blanks, message.id
        assert [str(error) for error in message.check(catalogue)] == []


def test_plural_forms_are_those_of_the_language(catalogue: Catalog) -> None:
    """Lao has one form for every number; each pair of English forms has exactly that one."""
    assert (catalogue.num_plurals, catalogue.plural_expr) == (1, "0")
    paired = [message for message in tool.entries(catalogue) if isinstance(message.id, tuple)]
    assert paired
    for message in paired:
        assert isinstance(message.string, tuple), message.id
        assert len(message.string) == 1, message.id
        assert len(message.id) == 2, message.id


def test_nothing_is_flagged_fuzzy(catalogue: Catalog) -> None:
    """Flagged entries are not compiled; doubts stand in comments."""
    assert [message.id for message in tool.entries(catalogue) if message.fuzzy] == []


def test_what_a_native_speaker_must_review_is_marked_in_one_way(catalogue: Catalog) -> None:
    """So that `make catalogue` counts all of it."""
    marked = {message.id for message in tool.to_review(catalogue)}
    for message in tool.entries(catalogue):
        doubt = any("fuzzy" in line or "review" in line for line in message.user_comments)
        assert doubt == (message.id in marked), message.id
    assert 0 < len(marked) < len(tool.entries(catalogue))


def test_text_is_stored_composed(catalogue: Catalog) -> None:
    """NFC, so that the same word is the same bytes everywhere."""
    for message in tool.entries(catalogue):
        for text in words(message):
            assert text == unicodedata.normalize("NFC", text), message.id


def test_the_tool_adds_what_is_missing_and_takes_away_what_is_left_over(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And leaves every other entry, its comments and the header as they are."""
    kept, copy = tool.PO, tmp_path / "messages.po"
    copy.write_bytes(kept.read_bytes())
    monkeypatch.setattr(tool, "PO", copy)
    before = {message.id: (words(message), message.user_comments) for message in tool.entries(tool.lao())}
    gone = next(iter(before))
    tool.update(
        tool.lao(), tool.Difference({"A new sentence": "x", ("%(num)d new", "%(num)d news"): "y"}, (gone,))
    )
    after = {message.id: (words(message), message.user_comments) for message in tool.entries(tool.lao())}
    assert {key: value for key, value in before.items() if key != gone}.items() <= after.items()
    assert set(after) - set(before) == {"A new sentence", ("%(num)d new", "%(num)d news")}
    assert {message.id for message in tool.without_words(tool.lao())} == set(after) - set(before)
    assert copy.read_text().startswith(kept.read_text().split("\n\n")[0])
