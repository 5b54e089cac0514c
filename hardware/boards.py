"""The boards this house can drive, by the name the operator gives. One line a board."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from hardware.errors import BadSetting, UnknownBoard
from hardware.relay_codec import lcus, line, modbus_rtu, numato
from hardware.relay_codec.contract import RelayCodec
from hardware.relay_codec.devantech import Devantech
from hardware.relay_codec.kmtronic import Kmtronic
from hardware.relay_codec.lcus import Lcus
from hardware.relay_codec.line import Line
from hardware.relay_codec.modbus_rtu import ModbusRtu
from hardware.relay_codec.numato import Numato
from hardware.relay_codec.option_values import OptionValue, ReadOption


@dataclass(frozen=True, slots=True)
class Board:
    """How a kind of board is spoken to. `answer_timeout_ms`: after this long a query counts as unanswered.

    `opened_untold`: so many relays are opened where nobody said how many a board has. All it can have, where
    a command for a relay it lacks does nothing; elsewhere as many as usual: at a Modbus address without a
    relay a setting of the board may lie.
    `must_answer`: every board of this kind answers, so that silence from the first question on is a fault.
    """

    name: str
    describes: str
    default_channels: int
    opened_untold: int
    baud: int
    answer_timeout_ms: int
    must_answer: bool
    codec: Callable[..., RelayCodec]
    options: Mapping[str, ReadOption] = field(default_factory=dict)


BOARDS: dict[str, Board] = {
    board.name: board
    for board in (
        Board("lcus", "LCUS-1/2/4/8 on CH340 (USB 1A86:7523)", 4, lcus.MAX_CHANNELS, 9600, 250, False, Lcus),
        Board("kmtronic", "KMTronic USB, 1, 2, 4 or 8 relays", 8, 8, 9600, 250, True, Kmtronic),
        Board("devantech", "Devantech USB-RLY02/08/16", 8, 8, 9600, 250, True, Devantech),
        Board("numato", "Numato Lab USB, 1 to 32 relays", 4, numato.MAX_CHANNELS, 9600, 250, True, Numato),
        Board(
            "modbus-rtu",
            "Modbus RTU relays over RS-485",
            8,
            8,
            9600,
            300,
            True,
            ModbusRtu,
            modbus_rtu.OPTIONS,
        ),
        Board("line", "a transistor on RTS or DTR", 1, 1, 9600, 250, False, Line, line.OPTIONS),
        # A further kind is one codec module and one line here.
    )
}


def board_named(name: str) -> Board:
    """The board the operator means. Raises `UnknownBoard`, which lists the names. Never guesses."""
    try:
        return BOARDS[name]
    except KeyError:
        raise UnknownBoard(name, tuple(BOARDS)) from None


@dataclass(frozen=True, slots=True)
class AttachedBoard:
    """One board of this machine: its kind, its port, its size and how it differs from the standard.

    `port`: a path, best under /dev/serial/by-id, or `usb:VID:PID[:SERIAL]`. `baud` None: as its kind has it.
    `read_back` false: it is never asked, and nothing counts as confirmed. `untold`: nobody said how many
    relays it has, so `channels` is as usual. Raises `UnknownBoard` and `BadSetting`.
    """

    kind: str
    port: str
    channels: int
    options: Mapping[str, OptionValue] = field(default_factory=dict)
    baud: int | None = None
    read_back: bool = True
    untold: bool = False

    def __post_init__(self) -> None:
        self.codec()  # refuses what the board cannot have
        if self.baud is not None and not 300 <= self.baud <= 921_600:
            raise BadSetting(f"baud must lie between 300 and 921600, not {self.baud}")

    @property
    def board(self) -> Board:
        """What is known of its kind."""
        return board_named(self.kind)

    @property
    def speed(self) -> int:
        """Bits a second on the wire."""
        return self.baud or self.board.baud

    @property
    def opened(self) -> int:
        """How many of its relays are commanded open wherever all are: those beyond its channels may be there,
        closed by somebody else. They are never closed here, and not read back."""
        return max(self.channels, self.board.opened_untold) if self.untold else self.channels

    def codec(self, channels: int | None = None) -> RelayCodec:
        """Its protocol, as this board speaks it, or would with so many channels."""
        board = self.board
        return board.codec(channels or self.channels, **_read(board, self.options))


def _read(board: Board, given: Mapping[str, OptionValue]) -> dict[str, object]:
    read: dict[str, object] = {}
    for name, value in given.items():
        reader = board.options.get(name)
        if reader is None:
            known = f"its options: {', '.join(board.options)}" if board.options else "it has none"
            raise BadSetting(f"{board.name} boards have no option {name!r}; {known}")
        try:
            read[name] = reader(value)
        except ValueError as problem:
            raise BadSetting(
                f"option {name} of a {board.name} board must be {problem}, not {value!r}"
            ) from None
    return read
