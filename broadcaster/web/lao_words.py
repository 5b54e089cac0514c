"""Where Lao words begin: Lao is written without spaces between them.

The fewest words of a dictionary that make up the text, and no word where a syllable cannot begin. The word
lists are those that LaoNLP brings along; its own breaker loads a Thai library that makes folders in one's
home, and it parts unknown names within a syllable.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from importlib.util import find_spec
from pathlib import Path

from schedules.languages import LANGUAGES

WORD_LISTS = ("Lao-Dictionary.txt", "lo_spellcheck_dict.txt", "lao-wannaphong.txt", "wiktionary-20210720.txt")
OUR_OWN = (
    *("ເຊກອງ", "ລະມາມ", "ກະລຶມ", "ດັກຈຶງ", "ທ່າແຕງ"),
    *(
        "ໂທລະໂຄ່ງ",
        "ສະພາແຫ່ງຊາດ",
        "ກຸ່ມບ້ານ",
        "ອອກອາກາດ",
        "ລະຫັດຜ່ານ",
        "ແມ່ຂ່າຍ",
        "ລົ້ມເຫຼວ",
        "ອັບໂຫຼດ",
        "ດາວໂຫຼດ",
        "ຣີເລ",
        "ສະບັບທີ",
    ),
)
"""Names of the province, and words of the pages that the lists lack or part."""
LONGEST_WORD = 16
"""Letters; longer entries are phrases, between whose words a line may well end."""

UNKNOWN_COSTS, WORD_COSTS = 3, 2
"""A letter of no word against one more word."""

_LEADING_VOWELS = frozenset("ເແໂໃໄ")
_CONSONANTS = frozenset(chr(code) for code in (*range(0x0E81, 0x0EAF), 0x0EDC, 0x0EDD, 0x0EDE, 0x0EDF))
_VOICED = re.compile("[ະັາຳິີຶືຸູົຽໍເແໂໃໄ]|(?<!^)[ອວ]")
"""Has a vowel; two consonants are vowels too where they do not begin."""


@functools.lru_cache(maxsize=20_000)
def words(run: str) -> tuple[str, ...]:
    """`run`, Lao letters and nothing else, in words. Joined they are `run` again.

    A stretch that no dictionary knows stays in one piece, so that no line ends within a name.
    """
    best: list[tuple[int, int]] = [(0, 0)]
    known, starts = _dictionary(), [_may_begin(run, at) for at in range(len(run))] + [True]
    for end in range(1, len(run) + 1):
        cost, start = best[end - 1][0] + UNKNOWN_COSTS, end - 1
        if starts[end]:
            for begin in range(max(0, end - LONGEST_WORD), end):
                with_word = best[begin][0] + WORD_COSTS
                if with_word < cost and starts[begin] and run[begin:end] in known:
                    cost, start = with_word, begin
        best.append((cost, start))
    return tuple(_pieces(run, best, known))


def _pieces(run: str, best: list[tuple[int, int]], known: frozenset[str]) -> list[str]:
    """The way back through the best choices; letters of no word stay with their neighbours of no word."""
    pieces: list[tuple[str, bool]] = []
    end = len(run)
    while end:
        start = best[end][1]
        text, is_word = run[start:end], run[start:end] in known
        if pieces and not pieces[-1][1] and not is_word:
            text = text + pieces.pop()[0]
        pieces.append((text, is_word))
        end = start
    whole: list[str] = []
    for text, is_word in reversed(pieces):
        if whole and not is_word and not (_may_begin(text, 0) and _VOICED.search(text)):
            whole[-1] += text  # a lone final consonant, or a sign above or below
        else:
            whole.append(text)
    return whole


def _may_begin(run: str, at: int) -> bool:
    """At a consonant or at a vowel that is written before it: there a syllable can begin."""
    return (run[at] in _CONSONANTS or run[at] in _LEADING_VOWELS) and (
        at == 0 or run[at - 1] not in _LEADING_VOWELS
    )


@functools.cache
def _dictionary() -> frozenset[str]:
    """Every word that is known, composed; about 30,000, read at the first Lao page."""
    spec = find_spec("laonlp")
    folders = spec.submodule_search_locations if spec else None
    if not folders:
        raise RuntimeError("the Lao word lists are missing: install the package laonlp")
    found = {name for language in LANGUAGES.values() for name in language.name_lo.split()}
    found.update(OUR_OWN)
    for name in WORD_LISTS:
        text = (Path(folders[0]) / "corpus" / name).read_text(encoding="utf-8-sig")
        found.update(line.strip() for line in text.splitlines() if not line.startswith("#"))
    composed = (unicodedata.normalize("NFC", word).replace("ໍາ", "ຳ") for word in found)
    return frozenset(word for word in composed if 1 < len(word) <= LONGEST_WORD and _VOICED.search(word))
