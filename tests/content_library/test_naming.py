"""Names of uploads, whatever somebody typed or attacked with."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_library import display_name
from content_library.naming import LONGEST_NAME, UNNAMED


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\editor\\ຂ່າວເຊກອງ.mp3", "ຂ່າວເຊກອງ.mp3"),
        ("/", UNNAMED),
        ("", UNNAMED),
        ("..", UNNAMED),
        ("\u202e\u200b\ufeff", UNNAMED),
        ("news\u202e3pm.wav", "news3pm.wav"),
        ("two\r\nlines\x00.wav", "two lines.wav"),
        (".hidden.wav", "hidden.wav"),
        ("cafe\u0301.wav", "caf\u00e9.wav"),
        ("<script>alert(1)</script>", "script>"),
        ("a" + "\u0301" * 50 + ".wav", "\u00e1" + "\u0301" * 4 + ".wav"),
    ],
)
def test_a_hostile_name_becomes_harmless(raw: str, shown: str) -> None:
    """Path parts, control and bidi characters and piled-up marks go; what a person wrote stays."""
    assert display_name(raw) == shown


def test_300_lao_letters_are_shortened_and_keep_their_extension() -> None:
    """A long name ends in an ellipsis and its extension, within the limit."""
    shown = display_name("ກ" * 300 + ".mp3")
    assert len(shown) == LONGEST_NAME
    assert shown.endswith("ກ….mp3")


@pytest.mark.parametrize("shift", range(len("ເກົ້າ")))
def test_a_lao_syllable_is_not_torn_apart(shift: int) -> None:
    """Neither a vowel before its consonant nor a tone mark or vowel after it is left alone at the cut."""
    lao = display_name("x" * shift + "ເກົ້າ" * 60).removesuffix("…").removeprefix("x" * shift)
    assert len(lao) > 60
    assert lao == "ເກົ້າ" * (len(lao) // len("ເກົ້າ"))


@given(st.text(max_size=400))
def test_any_name_becomes_one_short_visible_line(raw: str) -> None:
    """Never empty, too long or hiding anything; naming it again changes nothing."""
    shown = display_name(raw)
    assert 0 < len(shown) <= LONGEST_NAME
    assert any(character.isalnum() for character in shown)
    assert shown == unicodedata.normalize("NFC", shown)
    assert not set(shown) & set("/\\\n\r\t\0")
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"} for c in shown)
    assert not any(unicodedata.category(c) == "Cf" and c not in "\u200c\u200d" for c in shown)
    assert not shown.startswith((".", " "))
    assert display_name(shown) == shown


@given(st.lists(st.sampled_from(["ເກົ້າ", "ຂ່າວ", "ໂຮງຮຽນ", "e\u0301", "a b", "."]), min_size=81, max_size=99))
def test_a_shortened_name_is_the_beginning_of_the_long_one(parts: list[str]) -> None:
    """Shortening only cuts: no character is changed or moved."""
    raw = "x" + "".join(parts)
    stem, shortened, _ = display_name(raw).partition("…")
    assert shortened
    assert unicodedata.normalize("NFC", raw).startswith(stem)
