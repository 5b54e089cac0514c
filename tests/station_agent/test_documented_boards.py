"""What hardware.md says of boards is what they are told: its bytes, and its examples of settings."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from hardware import AttachedBoard
from hardware.boards import BOARDS
from hardware.relay_codec.contract import RelayCodec
from station_agent.config import load_settings

PAGE = (Path(__file__).parents[2] / "docs" / "hardware.md").read_text(encoding="utf-8")
SECTION = PAGE.split("### On the wire\n", 1)[1].split("\n### ", 1)[0]
ONE_BY_ONE, MANY_AT_ONCE = SECTION.split("| Many at once |", 1)


def _rows(table: str) -> list[list[str]]:
    lines = [line for line in table.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


ROWS, FRAMES_FOR_MANY = _rows(ONE_BY_ONE), _rows(MANY_AT_ONCE)
EXAMPLES = re.findall(r"```toml\n(\[board\]\n.*?)```", PAGE, re.DOTALL)


def _codec(kind: str, relays: str, options: str) -> RelayCodec:
    set_to = tomllib.loads("\n".join(re.findall(r"`([^`]+)`", options)))
    return AttachedBoard(kind.strip("`"), "/dev/ttyUSB0", int(relays), set_to).codec()


def _bytes(cell: str) -> bytes:
    """`A0 01 01 A2` in hexadecimal; `relay on 0`⏎ as text."""
    quoted = re.findall(r"`([^`]+)`(⏎?)", cell)
    return b"".join(text.encode() + b"\r" if typed else bytes.fromhex(text) for text, typed in quoted)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[2]}")
def test_the_bytes_on_the_page_are_those_on_the_wire(row: list[str]) -> None:
    """Every board and every way to set it, check sums included."""
    kind, relays, options, on, off, asked, _ = row
    codec = _codec(kind, relays, options)
    for said, order in ((on, codec.encode_set(1, True)), (off, codec.encode_set(1, False))):
        assert (order if isinstance(order, bytes) else b"") == _bytes(said)
    assert codec.encode_query() == _bytes(asked)


@pytest.mark.parametrize("row", FRAMES_FOR_MANY, ids=lambda row: f"{row[0]} {row[2]}")
def test_the_frames_for_many_on_the_page_are_those_on_the_wire(row: list[str]) -> None:
    """One for eight relays, on every board that has such a frame."""
    kind, relays, options, frame = row
    assert _codec(kind, relays, options).encode_all_off() == (_bytes(frame),)


def test_every_kind_of_board_is_on_the_page() -> None:
    """In the table of boards and in the table of bytes."""
    assert {row[0].strip("`") for row in ROWS} == set(BOARDS)
    many = {name for name in BOARDS if AttachedBoard(name, "/dev/ttyUSB0", 2).codec().encode_all_off()}
    assert {row[0].strip("`") for row in FRAMES_FOR_MANY} == many
    assert all(f"\n| `{kind}` |" in PAGE.split("### Options")[0] for kind in BOARDS)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_a_board_can_be_set(tmp_path: Path, example: str) -> None:
    """As it stands on the page; its options change what is sent."""
    (tmp_path / "station.toml").write_text(f'[server]\nurl = "http://127.0.0.1:8000"\n{example}')
    (board,) = load_settings(tmp_path, {}).wiring.boards
    plain = AttachedBoard(board.kind, board.port, board.channels).codec()
    assert len(EXAMPLES) >= 4
    assert board.codec().encode_set(1, True) != plain.encode_set(1, True)
