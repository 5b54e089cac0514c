"""What a protocol must be able to say, so that one guard can drive any board."""

from dataclasses import dataclass
from typing import Protocol


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

    def end(self) -> Garbled | None:
        """The time for an answer is over. None: the board was silent, or the result was given before."""


class RelayCodec(Protocol):
    """One board's protocol. Channels count from 1."""

    @property
    def channels(self) -> int:
        """How many relays the board has."""

    @property
    def settle_ms(self) -> int:
        """The least time between two commands."""

    def encode_set(self, channel: int, on: bool) -> bytes:
        """The frame that switches one relay. Raises `NoSuchChannel`."""

    def encode_query(self) -> bytes:
        """The frame that asks for the state of all relays."""

    def read_back(self) -> ReadBack:
        """A decoder for the answer to one query."""
