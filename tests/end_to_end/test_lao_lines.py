"""Real Lao sentences in a narrow column of a real browser: no line ends within a word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from broadcaster.web.lao_lines import SHORTEST, with_breaks
from broadcaster.web.lao_words import words
from tests.end_to_end.chromium import launched

WEB = Path(__file__).parents[2] / "broadcaster" / "web"
PO = WEB.parent / "translations" / "lo" / "LC_MESSAGES" / "messages.po"
LINES = """() => [...document.querySelectorAll("p")].map((paragraph) => {
  const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  let lines = "", last = null;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (let at = 0; at < node.data.length; at += 1) {
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const box = [...range.getClientRects()].pop();
      if (box && last !== null && box.top > last + 12) lines += "\\n";
      if (box) last = box.top;
      lines += node.data[at];
    }
  }
  return lines;
})"""


def lao_sentences() -> list[str]:
    with PO.open(encoding="utf-8") as file:
        found = [str(message.string) for message in read_po(file, locale="lo") if message.id]
    return [text for text in found if len(text) > 40 and "%(" not in text and "<" not in text]


@pytest.mark.parametrize("width_px", [150, 260])
def test_no_line_of_the_catalogue_ends_within_a_word(width_px: int) -> None:
    """Every long sentence of the pages, in columns in which each word fits but few stand side by side."""
    sentences = lao_sentences()
    assert len(sentences) > 50
    css = "".join((WEB / "frontend" / "src" / name).read_text() for name in ("tokens.css", "base.css"))
    body = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    page_html = f'<html lang="lo"><style>{css} p {{ width: {width_px}px }}</style>{with_breaks(body)}'
    with launched() as browser:
        page = browser.new_page()
        page.set_content(page_html)
        shown = page.evaluate(LINES)
        copied = page.evaluate("() => [...document.querySelectorAll('p')].map((one) => one.textContent)")
    assert copied == sentences
    ends = 0
    for sentence, lines in zip(sentences, shown, strict=True):
        for run in re.finditer(rf"[\u0e81-\u0ecf\u0edc-\u0edf\n]{{{SHORTEST},}}", lines):
            allowed = places_between_words(run[0].replace("\n", ""))
            at = 0
            for letter in run[0].strip("\n"):
                if letter == "\n":
                    assert at in allowed, f"{sentence}: {lines}"
                    ends += 1
                else:
                    at += 1
    assert ends > 50


def places_between_words(run: str) -> set[int]:
    """How many letters stand before each place where a line may end."""
    places, at = set(), 0
    for piece in words(run):
        at += len(piece)
        places.add(at)
    return places
