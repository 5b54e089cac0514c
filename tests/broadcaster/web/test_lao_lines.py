"""Lao lines end between words: in what is read, and nowhere else."""

from __future__ import annotations

import re

import pytest
from apiflask import APIFlask
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.web.lao_lines import with_breaks
from broadcaster.web.lao_words import words

LAO = st.characters(min_codepoint=0x0E81, max_codepoint=0x0EDF)


@pytest.mark.parametrize(
    "parted",
    [
        "ສະຖານີ|ບໍ່ໄດ້|ລາຍງານ|ຕັ້ງແຕ່|ມື້ວານ",
        "ກຳລັງ|ລໍຖ້າ|ການອະນຸມັດ",
        "ເຄື່ອງ|ຂະຫຍາຍ|ສຽງ|ແລະ|ໂທລະໂຄ່ງ|ຂອງ|ບ້ານ|ດັກຈຶງ",
        "ຕັ້ງ|ກຳນົດ|ອອກອາກາດ",
        "ວິທະຍຸ|ບ້ານ|ເຊກອງ",
        "ພະນັກງານ|ຂອງ|ແຂວງ",
    ],
)
def test_sentences_come_apart_between_their_words(parted: str) -> None:
    """Also where the vowel is no sign of its own (ຂອງ), and around the province's names."""
    assert "|".join(words(parted.replace("|", ""))) == parted


@given(st.text(LAO, max_size=60))
def test_no_letter_is_lost_and_no_piece_begins_with_a_sign(run: str) -> None:
    """Whatever is typed: a vowel above, a tone mark or a repetition sign stays with its consonant."""
    pieces = words(run)
    assert "".join(pieces) == run
    assert all(re.match("[ກ-ຮໜ-ໟເ-ໄ]", piece) for piece in pieces[1:])
    assert not any(piece[-1] in "ເແໂໃໄ" for piece in pieces[:-1])


def test_a_name_nobody_knows_stays_whole() -> None:
    """Better a wide word than a name cut in two."""
    assert "ຈຶຼງ" not in words("ບ້ານຈຶຼງ")[0] or len(words("ບ້ານຈຶຼງ")) == 1
    assert words("ຂຽຟຂຽຟຂຽຟ") == ("ຂຽຟຂຽຟຂຽຟ",)


def test_ten_thousand_letters_take_no_time_to_speak_of() -> None:
    """The work grows with the length only: each letter is looked at a bounded number of times."""
    run = "ສະຖານີບໍ່ໄດ້ລາຍງານຕັ້ງແຕ່ມື້ວານ" * 330
    assert len(words(run)) == 330 * 5


@pytest.mark.parametrize(
    "untouched",
    [
        '<input value="ສະຖານີບໍ່ໄດ້ລາຍງານ" hx-select="#a > *">',
        "<title>ສະຖານີບໍ່ໄດ້ລາຍງານ</title>",
        "<textarea>ສະຖານີບໍ່ໄດ້ລາຍງານ</textarea>",
        "<select><option>ສະຖານີບໍ່ໄດ້ລາຍງານ</option></select>",
        "<svg><text>ສະຖານີບໍ່ໄດ້ລາຍງານ</text></svg>",
        "<pre>ສະຖານີບໍ່ໄດ້ລາຍງານ</pre>",
        "<!-- ສະຖານີບໍ່ໄດ້ລາຍງານ -->",
        '<button class="button">ສະຖານີບໍ່ໄດ້ລາຍງານ</button>',
        '<a class="button primary" href="/">ສະຖານີບໍ່ໄດ້ລາຍງານ</a>',
        '<span class="badge done"><svg></svg>ສະຖານີບໍ່ໄດ້ລາຍງານ</span>',
        '<script type="application/json">"ສະຖານີບໍ່ໄດ້ລາຍງານ"</script>',
        "<p>ບໍ່ມີ</p>",
    ],
)
def test_what_is_data_or_a_label_in_a_row_is_left_as_it_is(untouched: str) -> None:
    """Forms send back what they were given; parts of a flex row would drift apart."""
    assert with_breaks(untouched) == untouched


def test_text_between_tags_is_parted_and_reads_the_same() -> None:
    """Entities, other scripts and brackets around it are left alone."""
    page = '<p title="a > b">1 &lt; 2: ສະຖານີບໍ່ໄດ້ລາຍງານ (Ban Dakcheung)</p><p>ແຂວງ < ເມືອງ</p>'
    parted = with_breaks(page)
    run = '<span class="lao">ສະຖານີ<wbr>ບໍ່ໄດ້<wbr>ລາຍງານ</span>'
    assert f"<span>1 &lt; 2: {run} (Ban Dakcheung)</span></p>" in parted
    assert re.sub(r"<wbr>|<span( class=\"lao\")?>|</span>", "", parted) == page
    assert with_breaks(" ສະຖານີບໍ່ໄດ້ລາຍງານ ") == f" {run} "


def test_pages_are_parted_as_they_are_served_and_programs_get_plain_text(strict_app: APIFlask) -> None:
    """The sign-in page in Lao; the API's errors are JSON."""
    browser = strict_app.test_client()
    browser.set_cookie("language", "lo")
    page = browser.get("/sign-in")
    assert "<wbr>" in page.get_data(as_text=True)
    assert int(page.headers["Content-Length"]) == len(page.data)
    assert "wbr" not in browser.get("/api/v1/announcements").get_data(as_text=True)
