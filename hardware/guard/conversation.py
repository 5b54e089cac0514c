"""What is said to a board while its port is open: one command at a time, and what the board reads back.

Rules:

1. The first commands open every relay.
2. Open-commands go before close-commands; between two commands lies the board's settling time.
3. What was commanded is read back where the board answers. A board that never answered is not asked again.
4. A relay that reads closed but should be open is commanded open again at every check, until it is.
"""

from collections.abc import Callable
from dataclasses import dataclass

from hardware.boards import Board
from hardware.ports import Clock, FaultCode, RelayCause, RelayState
from hardware.relay_codec.contract import Garbled, ReadBack, Reading
from hardware.serial_line import SerialLine

CHECK_EVERY_S = 2.0
GIVE_UP_ASKING_AFTER = 2


@dataclass(frozen=True, slots=True)
class Telling:
    """Where a conversation reports to."""

    state: Callable[[RelayState], None]
    fault: Callable[[FaultCode, str], None]
    well: Callable[[], None]


class Conversation:
    """Over one open line, from opening every relay on. Every method may raise `LineBroken`."""

    def __init__(self, board: Board, channels: int, line: SerialLine, telling: Telling, clock: Clock) -> None:
        self._board, self._line, self._telling, self._clock = board, line, telling, clock
        self._codec = board.codec(channels)
        now_s = clock.monotonic()
        self._wanted = dict.fromkeys(range(1, channels + 1), (False, RelayCause.START))
        self._pending = list(self._wanted)  # in the order they are to be commanded
        self._told: dict[int, RelayState] = {}
        self._quiet_until_s = now_s
        self._check_at_s = now_s + CHECK_EVERY_S
        self._reading: ReadBack | None = None
        self._answer_by_s = now_s
        self._ask = False
        self._answered = False
        self._unanswered = 0
        self.all_opened = False

    @property
    def settled(self) -> bool:
        """Everything wanted has been commanded and, where the board answers, read back once."""
        return not self._pending and not self._ask and self._reading is None

    def want(self, channel: int, on: bool, cause: RelayCause) -> None:
        """Command this relay as soon as the board can take it. A later want replaces an earlier one."""
        self._wanted[channel] = (on, cause)
        self._put(channel)

    def due_s(self) -> float:
        """When `tick` has something to do, on the monotonic clock."""
        if self._pending:
            return self._quiet_until_s
        if self._reading is not None:
            return self._answer_by_s
        return max(self._quiet_until_s, self._check_at_s if not self._ask else 0.0)

    def tick(self) -> None:
        """Read what has come; say the next thing when it is time."""
        now_s = self._clock.monotonic()
        self._listen(now_s)
        if now_s < self._quiet_until_s:
            return
        if self._pending:
            self._command(now_s)
        elif self._reading is None and (self._ask or now_s >= self._check_at_s):
            self._query(now_s)

    def _put(self, channel: int) -> None:
        if channel in self._pending:
            self._pending.remove(channel)
        opening = [c for c in self._pending if not self._wanted[c][0]]
        closing = [c for c in self._pending if self._wanted[c][0]]
        if self._wanted[channel][0]:
            closing.append(channel)
        elif (told := self._told.get(channel)) is not None and told.on:
            heard = [c for c in opening if (other := self._told.get(c)) is not None and other.on]
            opening.insert(len(heard), channel)  # what can be heard goes silent first
        else:
            opening.append(channel)
        self._pending = opening + closing

    def _command(self, now_s: float) -> None:
        channel = self._pending[0]
        on, cause = self._wanted[channel]
        self._reading = None  # an answer under way would tell of the time before this command
        self._line.write(self._codec.encode_set(channel, on))
        del self._pending[0]
        self._tell(channel, on=on, confirmed=False, cause=cause)
        self._quiet_until_s = now_s + self._codec.settle_ms / 1000
        self._ask = True
        self.all_opened = self.all_opened or not self._pending

    def _query(self, now_s: float) -> None:
        self._ask, self._check_at_s = False, now_s + CHECK_EVERY_S
        if not self._answered and self._unanswered >= GIVE_UP_ASKING_AFTER:
            return
        self._line.discard_waiting()
        self._line.write(self._codec.encode_query())
        self._reading = self._codec.read_back()
        self._answer_by_s = now_s + self._board.answer_timeout_ms / 1000
        self._quiet_until_s = now_s + self._codec.settle_ms / 1000

    def _listen(self, now_s: float) -> None:
        data = self._line.read_waiting()
        if self._reading is None:
            return
        result = self._reading.feed(data) if data else None
        if result is None:
            if now_s < self._answer_by_s:
                return
            result = self._reading.end()
        self._reading = None
        if isinstance(result, Reading):
            self._compare(result)
        else:
            self._go_unanswered(result)

    def _go_unanswered(self, garbled: Garbled | None) -> None:
        self._unanswered += 1
        if self._unanswered < GIVE_UP_ASKING_AFTER or (garbled is None and not self._answered):
            self._ask = self._unanswered < GIVE_UP_ASKING_AFTER
            return  # asked once more; a board that never answers at all is no fault
        if garbled is None:
            self._telling.fault(FaultCode.BOARD_SILENT, "it no longer answers; relays are switched unseen")
        else:
            self._telling.fault(FaultCode.BOARD_GARBLED, f"its answer cannot be read ({garbled.why})")

    def _compare(self, reading: Reading) -> None:
        self._answered, self._unanswered = True, 0
        disagreeing = []
        for channel, on in enumerate(reading.on, 1):
            wanted, cause = self._wanted[channel]
            if on != wanted:
                disagreeing.append(str(channel))
                cause = RelayCause.REFUSED_BY_BOARD
                if not wanted:
                    self._put(channel)
            self._tell(channel, on=on, confirmed=True, cause=cause)
        if disagreeing:
            named = ", ".join(disagreeing)
            self._telling.fault(
                FaultCode.BOARD_DISAGREES, f"relay {named} is not as commanded; check the board"
            )
        else:
            self._telling.well()

    def _tell(self, channel: int, *, on: bool, confirmed: bool, cause: RelayCause) -> None:
        told = self._told.get(channel)
        if confirmed and told is not None and (told.on, told.confirmed) == (on, True):
            return
        state = RelayState(channel, on, confirmed, self._clock.now(), cause)
        self._told[channel] = state
        self._telling.state(state)
