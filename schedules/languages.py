"""The languages of the province's villages: our own table, since CLDR does not know most of them.

Tags are BCP 47. `kuy` and `kta` look like Kuy and Katu but are other languages, so they are not here.
"""

from __future__ import annotations

from dataclasses import dataclass

from schedules.errors import InvalidInput


@dataclass(frozen=True)
class Language:
    """A spoken language: BCP 47 tag, English name, Lao name (the tag's English name where none is known)."""

    tag: str
    name: str
    name_lo: str


LANGUAGES: dict[str, Language] = {
    language.tag: language
    for language in (
        Language("lo", "Lao", "ລາວ"),
        Language("kuf", "Katu (Western)", "ກະຕູ (ຕາເວັນຕົກ)"),
        Language("ktv", "Katu (Eastern)", "ກະຕູ (ຕາເວັນອອກ)"),
        Language("tdf", "Talieng", "ຕະລຽງ"),
        Language("stg", "Trieng", "ຕຣຽງ"),
        Language("alk", "Alak", "ອາລັກ"),
        Language("ngt", "Kriang", "ກຣຽງ"),
        Language("tth", "Ta-oi (Upper)", "ຕະໂອ້ຍ (ເທິງ)"),
        Language("tto", "Ta-oi (Lower)", "ຕະໂອ້ຍ (ລຸ່ມ)"),
        Language("jeh", "Jeh", "ແຢະ"),
        Language("lvi", "Lavi", "ລາວີ"),
        Language("lbo", "Laven", "ລະເວນ"),
        Language("kdt", "Souay", "ສ່ວຍ"),
        Language("sct", "Katang (Southern)", "ກະຕາງ (ໃຕ້)"),
        Language("ncq", "Katang (Northern)", "ກະຕາງ (ເໜືອ)"),
        Language("irr", "Ir", "ອີຣ"),
        Language("oog", "Ong", "ອົງ"),
        Language("en", "English", "ອັງກິດ"),
    )
}


def known_tag(tag: str) -> str:
    """The tag itself if the table has it; otherwise `InvalidInput` naming what it has."""
    folded = tag.strip().lower()
    if folded not in LANGUAGES:
        raise InvalidInput(f"unknown language {tag!r}; known are {', '.join(LANGUAGES)}")
    return folded


def tag_meant(words: str) -> str | None:
    """The tag of the language that somebody named by its tag or either name, in any case; None: not known."""
    folded = _folded(words)
    for language in LANGUAGES.values():
        if folded in map(_folded, (language.tag, language.name, language.name_lo)):
            return language.tag
    return None


def known_languages() -> str:
    """Every language with its tag and its English name, to be told where another was named."""
    return ", ".join(f"{language.tag} {language.name}" for language in LANGUAGES.values())


def _folded(words: str) -> str:
    return " ".join(words.split()).casefold()
