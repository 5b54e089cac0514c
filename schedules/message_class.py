"""The four message classes and their order: filler < ordinary < priority < emergency."""

from __future__ import annotations

from enum import StrEnum


class MessageClass(StrEnum):
    """How urgent a slot is. A higher class pre-empts a lower one; an equal one waits.

    The last three follow the classes of Viet Nam's Circular 39/2020 on smart loudspeakers; filler is what
    may give way to anything.
    """

    FILLER = "filler"
    ORDINARY = "ordinary"
    PRIORITY = "priority"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        """0 for filler to 3 for emergency."""
        return _ORDER.index(self)

    def pre_empts(self, other: MessageClass) -> bool:
        """Whether a broadcast of this class cuts one of the other class short."""
        return self.rank > other.rank


_ORDER = (MessageClass.FILLER, MessageClass.ORDINARY, MessageClass.PRIORITY, MessageClass.EMERGENCY)
