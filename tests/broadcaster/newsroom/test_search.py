"""Text is folded as Lao is typed, and what is found is shown where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.newsroom.found_words import excerpt, marked
from broadcaster.newsroom.search import fold, question, without_tones

LAO = st.text(st.sampled_from("ກຂຄງນມຫລປຢສໜໝາຳະເແໂິີຶື່້໊໋ົັໍຼຸູໆ໐໑໒ 12aB-_.\u200b"), max_size=40)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ນ້ຳ", "ນ້ໍາ"),
        ("ນໍ້າ", "ນ້ຳ"),
        ("ນ່ີ", "ນີ່"),
        ("ນາ່", "ນ່າ"),
        ("ໜ້າ", "ຫນ້າ"),
        ("ຫຼັງ", "ຫລັງ"),
        ("ເເຂວງ", "ແຂວງ"),
        ("໒໐໒໖", "2026"),
        ("ກົດ\u200bໝາຍ", "ກົດໝາຍ"),
        ("ກົດໝາຍ ທີ່ດິນ", "ກົດໝາຍທີ່ດິນ"),
        ("ມາດຕາ ໑໒", "ມາດຕາ12"),
        ("ＨＥＡＬＴＨ", "health"),
        ("Ngọc", "ngoc"),
        ("assembly_6-lo.wav", "assembly 6 lo wav"),
    ],
)
def test_ways_of_typing_the_same_are_one(typed: str, meant: str) -> None:
    """Composed or not, in either order, in either spelling, with or without blanks."""
    assert fold(typed) == fold(meant)


def test_a_tone_that_is_typed_must_be_there_and_one_left_out_may_be() -> None:
    """Village is not found in government; but who types no tones finds both."""
    assert question("ບ້ານ").fits("ບ້ານດາກຈຶງ")
    assert not question("ບ້ານ").fits("ລັດຖະບານ")
    assert question("ບານ").fits("ບ້ານດາກຈຶງ")
    assert question("ບານ").fits("ລັດຖະບານ")


def test_every_word_must_be_found_and_quoted_words_together() -> None:
    """Words may stand in different texts; what is quoted stands as it is."""
    assert question("land katu").fits("Land law", "Katu (Western)")
    assert not question("land alak").fits("Land law", "Katu (Western)")
    assert question('"land law"').fits("New Land-Law")
    assert not question('"law land"').fits("New Land-Law")
    assert [term.plain for term in question('"land law" katu').terms] == ["land law", "katu"]


def test_a_question_without_letters_finds_nothing() -> None:
    """It is a question all the same: the list does not pretend that everything fits."""
    asked = question(" !? ")
    assert asked
    assert not asked.fits("anything !?")
    assert not question("   ")


@given(LAO, LAO)
def test_a_word_is_found_wherever_it_stands(before: str, word: str) -> None:
    """Whatever stands before it, if that does not run into its first letter."""
    term = fold(word)
    if term and word[0] in "ກຂຄງນມຫລປຢສໂ":
        assert question(f'"{word}"').fits(before + "\nກ" + "ກ " + word + " ") or "ເ" in word


@given(LAO, LAO)
def test_marked_pieces_are_the_text_and_what_is_marked_fits(text: str, word: str) -> None:
    """Nothing is added or lost; what fits as a whole has a marked piece."""
    asked = question(f'"{word}"')
    pieces = marked(text, asked)
    assert "".join(piece.text for piece in pieces) == text
    assert any(piece.found for piece in pieces) == asked.fits(text)


def test_marks_stand_on_whole_letters() -> None:
    """A letter keeps its vowel and tone inside the mark."""
    pieces = marked("ຂ່າວບ້ານໃໝ່", question("ບານ"))
    assert [piece.text for piece in pieces if piece.found] == ["ບ້ານ"]
    pieces = marked("ກ່ຽວກັບກົດໝາຍ ທີ່ດິນ", question('"ກົດຫມາຍທີ່ດິນ"'))
    assert [piece.text for piece in pieces if piece.found] == ["ກົດໝາຍ ທີ່ດິນ"]


def test_an_excerpt_shows_the_first_finding_of_a_long_text() -> None:
    """With what stands around it, and dots where the text goes on."""
    text = "ກ" * 5000 + " ສຸຂະພາບ " + "ຂ" * 5000
    pieces = excerpt(text, question("ສຸຂະພາບ"), around=20)
    assert [piece.text for piece in pieces if piece.found] == ["ສຸຂະພາບ"]
    assert pieces[0].text == "… "
    assert pieces[-1].text == " …"
    assert sum(len(piece.text) for piece in pieces) < 60
    assert excerpt("nothing of it", question("ສຸຂະພາບ")) == ()


@given(LAO)
def test_tones_are_all_that_without_tones_takes_away(text: str) -> None:
    """Text without tones stays as it is."""
    plain = without_tones(fold(text))
    assert without_tones(plain) == plain
