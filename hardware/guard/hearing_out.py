"""How fast a board takes its first commands, and until when it is heard out before it is asked anything.

Commands go out a settling time apart. A board that takes longer for each would still work off the first ones
when the last has gone out: an answer would come after all that, too late and behind echoes.

1. A board that says something to commands gets the next one once it did, or when even an answer would have
   come. After `MISSES` of those it is not waited for any more: it does not say something to each.
2. One that could not keep up is heard out: until it was quiet for twice as long as an answer may take. So is
   one that says something only to commands for relays that it does not have.
3. What never ends is not waited for: `LONGEST_S` after the last command it counts as heard out.
4. A board that says nothing to commands is not waited for at all.
"""

from hardware.boards import AttachedBoard

LONGEST_S = 3.0
MISSES = 4
LONG_AGO_S = float("-inf")


class HearingOut:
    """Of one board while its port is open. `beyond`: commands for relays that it may have besides its own."""

    def __init__(self, attached: AttachedBoard) -> None:
        every = attached.codec(attached.opened)
        channels = range(attached.channels + 1, attached.opened + 1)
        self.beyond = [every.encode_set(channel, False) for channel in channels]
        self._answer_s = attached.board.answer_timeout_ms / 1000
        self._is_behind, self._misses = False, 0
        self._commanded_s = self._heard_s = LONG_AGO_S

    def commanded(self, now_s: float) -> None:
        """A command has gone out."""
        is_unheard = self._heard_s < self._commanded_s
        self._is_behind = self._is_behind or is_unheard
        self._misses += is_unheard and self._heard_s > LONG_AGO_S
        self._commanded_s = now_s

    def heard(self, now_s: float) -> None:
        """The board has sent something."""
        self._heard_s = now_s

    @property
    def next_s(self) -> float:
        """From when the next command may go out, as far as is known by now."""
        waits = self._misses < MISSES and LONG_AGO_S < self._heard_s < self._commanded_s
        return self._commanded_s + (self._answer_s if waits else 0.0)

    @property
    def over_s(self) -> float:
        """From when the board is heard out if it says no more."""
        if not self._is_behind:
            return self._commanded_s
        return min(self._heard_s + 2 * self._answer_s, self._commanded_s + LONGEST_S)
