"""The province's languages and the order of message classes."""

from __future__ import annotations

import re

import pytest

from schedules.errors import InvalidInput
from schedules.languages import LANGUAGES, known_languages, known_tag, tag_meant
from schedules.message_class import MessageClass


def test_every_language_has_a_tag_the_wire_takes_and_both_names() -> None:
    """Tags are BCP 47 as the plan writes them; Lao comes first."""
    assert next(iter(LANGUAGES)) == "lo"
    for tag, language in LANGUAGES.items():
        assert re.fullmatch(r"[a-z]{2,3}", tag)
        assert tag == language.tag
        assert language.name
        assert language.name_lo


def test_tags_that_only_look_like_our_languages_are_refused() -> None:
    """`kuy` and `kta` are not Kuy and Katu of Sekong."""
    assert known_tag(" KUF ") == "kuf"
    for tag in ("kuy", "kta", "", "lao"):
        with pytest.raises(InvalidInput, match="known are"):
            known_tag(tag)


def test_a_language_is_meant_by_its_tag_or_either_name_in_any_case() -> None:
    """No two languages share a tag or a name; half a name is none, and what is known is told by both."""
    for tag, language in LANGUAGES.items():
        for words in (tag, language.name, language.name_lo):
            assert {tag_meant(words), tag_meant(words.upper()), tag_meant(f" {words} ")} == {tag}
        assert f"{tag} {language.name}" in known_languages()
    for words in ("", "Katu", "kuy", "Klingon"):
        assert tag_meant(words) is None


def test_a_higher_class_pre_empts_a_lower_one_and_never_its_equal() -> None:
    """filler < ordinary < priority < emergency."""
    order = list(MessageClass)
    assert [one.rank for one in order] == [0, 1, 2, 3]
    for one in order:
        for other in order:
            assert one.pre_empts(other) is (order.index(one) > order.index(other))
