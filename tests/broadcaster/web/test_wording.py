"""Figures read as the reader's language writes them: one notation on a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask_babel import force_locale

import broadcaster
from broadcaster.newsroom.models import Recording
from broadcaster.newsroom.sound import IngestState
from broadcaster.newsroom.wording import verdict_sentence
from broadcaster.web.wording import decimal, number, size


@pytest.mark.parametrize(
    ("value", "digits", "english", "lao"),
    [
        (-16.0, 1, "−16.0", "−16,0"),
        (44.8, 1, "44.8", "44,8"),
        (-0.04, 1, "0.0", "0,0"),
        (2.5, 0, "2", "2"),
        (0.125, 2, "0.12", "0,12"),
        (float("-inf"), 1, "−∞", "−∞"),
    ],
)
def test_a_decimal_is_written_as_the_language_does(
    app: APIFlask, value: float, digits: int, english: str, lao: str
) -> None:
    """With its digits, a true minus, and no minus before nothing."""
    written = {}
    for language in ("en", "lo"):
        with app.test_request_context(), force_locale(language):
            written[language] = decimal(value, digits)
    assert written == {"en": english, "lo": lao}


@pytest.mark.parametrize(
    "value",
    [float("nan"), 1e308, -1e308, 1e16, 10**30, 10**400, -(10**5000)],
    ids=["nan", "1e308", "-1e308", "1e16", "10^30", "10^400", "-10^5000"],
)
@pytest.mark.parametrize("language", ["en", "lo"])
def test_what_is_no_figure_is_a_dash(app: APIFlask, value: float, language: str) -> None:
    """A wrong measurement stands on its page as none, and the page still comes."""
    with app.test_request_context(), force_locale(language):
        assert (number(value), decimal(value), decimal(value, 0)) == ("–", "–", "–")


@pytest.mark.parametrize(
    ("value", "counted", "measured"),
    [
        (10**15, "1,000,000,000,000,000", "1000000000000000.0"),
        (-(10**15), "-1,000,000,000,000,000", "−1000000000000000.0"),
        (float("inf"), "∞", "∞"),
        (0, "0", "0.0"),
        (None, "", ""),
    ],
)
def test_the_longest_figures_are_still_told(
    app: APIFlask, value: float | None, counted: str, measured: str
) -> None:
    """A dash never stands for what is known, and nothing for what nobody asked."""
    with app.test_request_context(), force_locale("en"):
        assert (number(value), decimal(value)) == (counted, measured)


@pytest.mark.parametrize("nothing", [10**400, 10**25, -1], ids=["10^400", "10^25", "-1"])
def test_a_size_that_no_store_has_is_a_dash(app: APIFlask, nothing: int) -> None:
    """The page still comes; the largest that can be told is told."""
    with app.test_request_context(), force_locale("en"):
        assert (size(nothing), size(0), size(None)) == ("–", "0 B", "")
        assert size(10**24) == "1,000,000,000,000,000 GB"


def test_sizes_counts_and_sentences_have_the_same_point(app: APIFlask) -> None:
    """Lao groups by points and parts by a comma, also inside a sentence."""
    sound = Recording(
        ingest=IngestState.DONE,
        state="draft",
        verdict="narrow_band",
        verdict_figures={"bandwidth_hz": 3400},
    )
    with app.test_request_context(), force_locale("lo"):
        assert (number(5200), size(1_400_000)) == ("5.200", "1,4 MB")
        assert "3,4" in verdict_sentence(sound)


def test_no_page_points_a_figure_by_itself() -> None:
    """`%.1f` knows one language only; what the browser draws by it is no text."""
    by_hand = re.compile(r"""["']%\.\df["']\|format|\.toLocaleString\(language""")
    root = Path(broadcaster.__file__).parent
    sources = [*root.rglob("templates/**/*.html"), *(root / "web" / "frontend" / "src").rglob("*.js")]
    found = [
        f"{source.name}: {line.strip()}"
        for source in sources
        for line in source.read_text(encoding="utf-8").splitlines()
        if by_hand.search(line) and "<progress" not in line
    ]
    assert len(sources) > 60
    assert found == []
