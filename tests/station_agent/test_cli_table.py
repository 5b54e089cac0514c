"""The command line's tables: what people and disks call things stands as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from station_agent import cli
from station_agent.operator_door import OperatorDoor
from station_agent.operator_words import Answer, Playable, Request

LONG = "a very long recording of everything that was said in the assembly " * 3


class Shelf:
    """Answers that these files may be played."""

    def __init__(self, *names: str) -> None:
        self._found = tuple(Playable(name=name, title=name, here=True) for name in names)

    def do(self, request: Request) -> Answer:
        return Answer(ok=True, message="those may be played", recordings=self._found)


def test_a_file_in_square_brackets_is_listed_by_its_name(tmp_path: Path) -> None:
    """Typed as listed, it is played: no part of a name is taken for a style or a picture.

    Nor is a line broken or cut where no screen is its edge: a name can be searched for.
    """
    names = ("song [old].wav", "song [/b].wav", "song :bell:.wav", f"{LONG}end.wav")
    door = OperatorDoor(tmp_path, Shelf(*names).do)
    door.start()
    try:
        done = CliRunner().invoke(cli.app, ["--data", str(tmp_path), "operator", "recordings"])
    finally:
        door.close()
    assert done.exit_code == 0, done.output
    for name in names:
        assert f"{name} " in done.stdout
        assert f"'{name}'" in done.stdout


@pytest.mark.parametrize("name", ["d[old]", "d[/b]"])
def test_the_doctor_tells_a_folder_in_square_brackets(tmp_path: Path, name: str) -> None:
    """Its findings name the folder that was given."""
    folder = tmp_path / name
    done = CliRunner().invoke(cli.app, ["--data", str(folder), "doctor"])
    assert isinstance(done.exception, SystemExit), done.exception
    assert str(folder) in done.stdout
