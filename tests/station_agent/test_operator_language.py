"""The language of what is played by hand, as somebody at the station types it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from station_agent import cli
from station_agent.operator_door import OperatorDoor
from station_agent.operator_words import Answer, PlayRequest, Request


class Desk:
    """Does what it is asked, and remembers."""

    def __init__(self) -> None:
        self.asked: list[Request] = []

    def do(self, request: Request) -> Answer:
        self.asked.append(request)
        return Answer(ok=True, message="it plays")


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def data(tmp_path: Path, desk: Desk) -> Iterator[Path]:
    door = OperatorDoor(tmp_path, desk.do)
    door.start()
    yield tmp_path
    door.close()


def play(data: Path, language: str) -> tuple[int, str]:
    words = ["play", "--recording", "Land law", "--language", language]
    return typed(data, *words)


def typed(data: Path, *words: str) -> tuple[int, str]:
    """Exit code and all that was printed."""
    done = CliRunner().invoke(cli.app, ["--data", str(data), "operator", *words], env={"COLUMNS": "1000"})
    return done.exit_code, done.output


@pytest.mark.parametrize(
    ("language", "tag"),
    [
        ("lo", "lo"),
        ("LO", "lo"),
        ("Lao", "lo"),
        ("LAO", "lo"),
        ("ລາວ", "lo"),
        ("katu (western)", "kuf"),
        ("xyz", "xyz"),
    ],
)
def test_a_language_is_taken_by_its_tag_or_by_its_listed_name(
    data: Path, desk: Desk, language: str, tag: str
) -> None:
    """As `recordings` lists it, in any case; a tag that only the agent's plan may know goes to the agent."""
    code, said = play(data, language)
    assert code == 0, said
    assert desk.asked == [PlayRequest(act="play", recording="Land law", language=tag)]


@pytest.mark.parametrize("language", ["Katu", "", "Klingon"])
def test_what_is_no_language_is_answered_with_those_that_are_known(
    data: Path, desk: Desk, language: str
) -> None:
    """A wrong call, exit 2; nothing is asked of the agent."""
    code, said = play(data, language)
    assert code == 2
    assert "known are lo Lao, kuf Katu (Western), ktv Katu (Eastern)" in said
    assert "quotation marks" not in said
    assert desk.asked == []


@pytest.mark.parametrize("words", [("volume", "40", "--zone", "the horns"), ("order", "the first")])
def test_a_name_that_none_can_be_is_answered_with_what_it_may_have(
    data: Path, words: tuple[str, ...]
) -> None:
    """A command line has its own quotation marks: nobody is told to type more of them."""
    code, said = typed(data, *words)
    assert code == 2
    assert "only Latin letters, digits and" in said
