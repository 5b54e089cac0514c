"""The boards this house can drive, by the name the operator gives. One line a board."""

from collections.abc import Callable
from dataclasses import dataclass

from hardware.errors import UnknownBoard
from hardware.relay_codec.contract import RelayCodec
from hardware.relay_codec.lcus import Lcus


@dataclass(frozen=True, slots=True)
class Board:
    """How a kind of board is spoken to. `answer_timeout_ms`: after this long a query counts as unanswered."""

    name: str
    describes: str
    default_channels: int
    baud: int
    answer_timeout_ms: int
    codec: Callable[[int], RelayCodec]


BOARDS: dict[str, Board] = {
    board.name: board
    for board in (
        Board("lcus", "LCUS-1/2/4/8 on CH340 (USB 1A86:7523)", 4, 9600, 250, Lcus),
        # A further kind is one codec module and one line here.
    )
}


def board_named(name: str) -> Board:
    """The board the operator means. Raises `UnknownBoard`, which lists the names. Never guesses."""
    try:
        return BOARDS[name]
    except KeyError:
        raise UnknownBoard(name, tuple(BOARDS)) from None
