"""What a protocol must be able to say, so that one guard can drive any board."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Pin(StrEnum):
    """A control output of a serial port."""

    RTS = "rts"
    DTR = "dtr"


@dataclass(frozen=True, slots=True)
class PinLevel:
    """Where a control output itself is the command: raised (asserted) or dropped."""

    pin: Pin
    raised: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What the board says of its relays: index 0 is channel 1."""

    on: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Garbled:
    """The answer is not of this protocol. `why` names what was found."""

    why: str


class ReadBack(Protocol):
    """Decodes the answer to one query, piece by piece. Gives at most one result, then stays quiet."""

    def feed(self, data: bytes) -> Reading | Garbled | None:
        """Take bytes as they come. None: more is needed, or the result was given before."""

    def end(self) -> Reading | Garbled | None:
        """The time for an answer is over. None: the board was silent, or the result was given before."""


class RelayCodec(Protocol):
    """One board's protocol. Channels count from 1."""

    @property
    def channels(self) -> int:
        """How many relays the board has."""

    @property
    def settle_ms(self) -> int:
        """The least time between two commands."""

    @property
    def renew_ms(self) -> int | None:
        """How often a closed relay is commanded anew, lest it fall by itself. None: the board keeps it."""

    @property
    def raised_at_rest(self) -> frozenset[Pin]:
        """The port's control outputs that are raised while every relay is open."""

    def encode_set(self, channel: int, on: bool) -> bytes | PinLevel:
        """What switches one relay. Raises `NoSuchChannel`."""

    def encode_all_off(self) -> tuple[bytes, ...]:
        """The frames that open every relay, many at once; none where the board knows no such frame."""

    def encode_query(self) -> bytes:
        """The frame that asks for the state of all relays; empty where the board cannot be asked."""

    def read_back(self) -> ReadBack:
        """A decoder for the answer to one query."""
