"""What is said to a board while its port is open: one command at a time, and what the board reads back.

Rules:

1. The first commands open every relay, and the first of them once more: a board may still be waiting for
   the rest of a command that was broken off. Where nobody said how many there are, those that may be there
   too are opened after them; what the board says to that is no answer. It is heard out first (`hearing_out`).
2. Open-commands go before close-commands; between two commands lies the board's settling time.
3. What was commanded is read back where the board answers. A board that never answered, and need not, is not
   asked again.
4. A relay that reads closed but should be open is commanded open again at every check, until it is. One that
   should be closed and was not seen so since it was commanded is commanded again too, and read back at once:
   a command may be lost on the way. From try to try more time passes (`tries`). One that was seen closed and
   fell by itself is not: it may have to rest, which the rules know. It has fallen once two looks in a row say
   so, the second at once: most boards' answers carry no check, and one wrong bit would silence a broadcast.
5. What the board says is believed only where it can't be the answer to a question of before the last command
   (`questions`).
6. Where many relays may be closed and all are to open, the board's frames for many go first, and then each is
   commanded by itself all the same: a board that does not know such a frame loses a settling time by each.
7. On boards whose relays fall by themselves a closed relay is commanded anew before its time is over. Where
   the board answers it is looked at just before that, lest one that fell is closed so: see rule 4.
"""

from datetime import timedelta

from hardware.boards import AttachedBoard
from hardware.guard.hearing_out import HearingOut
from hardware.guard.lost_commands import NEVER_S, LostCommands
from hardware.guard.questions import Came, Questions
from hardware.guard.telling import Telling
from hardware.ports import Clock, FaultCode, RelayCause, RelayState
from hardware.relay_codec.contract import Garbled, PinLevel, Reading
from hardware.serial_line import SerialLine

CHECK_EVERY_S = 2.0
GIVE_UP_ASKING_AFTER = 2
MANY = 3
"""More relays than these are not opened one by one before two seconds are over, with all that went before."""
LOOK_HOLDS_S = 0.3
"""So long a relay counts as closed once it was read back so, for a command that keeps it closed."""


class Conversation:
    """Over one open line, from opening every relay on. Every method may raise `LineBroken`."""

    def __init__(self, attached: AttachedBoard, line: SerialLine, telling: Telling, clock: Clock) -> None:
        self._attached, self._line, self._telling, self._clock = attached, line, telling, clock
        self._codec = attached.codec()
        now_s = clock.monotonic()
        self._wanted = dict.fromkeys(range(1, attached.channels + 1), (False, RelayCause.START))
        self._pending = [*self._wanted, 1]  # in the order they are to be commanded
        self._hearing = HearingOut(attached)
        self._beyond = self._hearing.beyond
        self._told: dict[int, RelayState] = {}
        self._renew_at_s: dict[int, float] = {}
        self._lost = LostCommands()
        self._doubted: set[int] = set()  # seen closed, and read back open once since
        self._seen_closed_s: dict[int, float] = {}  # when each was last read back closed
        self._can_ask = attached.read_back and bool(self._codec.encode_query())
        self._quiet_until_s = now_s
        self._check_at_s = now_s + CHECK_EVERY_S if self._can_ask else NEVER_S
        self._asked_s = -NEVER_S
        timeout_s = attached.board.answer_timeout_ms / 1000
        self._questions = Questions(self._codec.read_back, timeout_s, now_s)
        self._ask = self._answered = self._all_off_begun = False
        self._all_off: list[bytes] = []  # frames for many relays that are still to be sent
        self._unanswered = 0
        self.all_opened = False

    @property
    def settled(self) -> bool:
        """Everything wanted has been commanded and, where the board answers, read back once."""
        return self.all_opened and not self._pending and not self._ask and not self._questions.is_open

    def want(self, channel: int, on: bool, cause: RelayCause) -> None:
        """Command this relay as soon as the board can take it. A later want replaces an earlier one."""
        self._wanted[channel] = (on, cause)
        self._lost.forget(channel)
        self._put(channel)

    def due_s(self) -> float:
        """When `tick` has something to do, on the monotonic clock."""
        if self._pending or self._beyond or (self._lost.are_due and not self._questions.is_open):
            return self._free_s
        if not self.all_opened:
            return max(self._free_s, self._hearing.over_s)
        if self._questions.is_open:
            return self._questions.answer_by_s
        asking_s = self._questions.next_from_s if self._ask else self._check_at_s
        renewals_s = [at_s for channel, at_s in self._renew_at_s.items() if channel not in self._doubted]
        return max(self._quiet_until_s, min(asking_s, *renewals_s, NEVER_S))

    def tick(self) -> None:
        """Read what has come; say the next thing when it is time."""
        now_s = self._clock.monotonic()
        self._listen(now_s)
        if now_s < self._free_s:
            return
        if self._pending:
            self._command(now_s)
        elif self._beyond:
            self._give(self._beyond.pop(0), now_s, changes=False)
        elif self.all_opened and not (self._questions.is_open or self._repeat(now_s)):
            self._query_in_time(now_s)
        is_opening = self._pending or self._beyond or now_s < self._hearing.over_s
        self.all_opened = self.all_opened or not is_opening

    @property
    def _free_s(self) -> float:
        return self._quiet_until_s if self.all_opened else max(self._quiet_until_s, self._hearing.next_s)

    # -- commands ---------------------------------------------------------------------------------------

    def _put(self, channel: int) -> None:
        self._pending = [one for one in self._pending if one != channel]
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
        if self._open_all_first(now_s):
            return
        channel = self._pending[0]
        on, cause = self._wanted[channel]
        self._send(channel, on, now_s)
        del self._pending[0]
        if channel not in self._pending:
            self._tell(channel, on=on, confirmed=False, cause=cause)
        self._ask = self._can_ask

    def _open_all_first(self, now_s: float) -> bool:
        if any(on for on, _ in self._wanted.values()):
            self._all_off = []
            return False
        may_be_closed = sum(one not in self._told or self._told[one].on for one in set(self._pending))
        if not self._all_off_begun and may_be_closed > MANY:
            self._all_off, self._all_off_begun = list(self._codec.encode_all_off()), True
        if not self._all_off:
            return False
        self._give(self._all_off.pop(0), now_s)
        return True

    def _repeat(self, now_s: float) -> bool:
        """Command once more what was lost on the way, or falls by itself else; whether there was one."""
        lost = self._lost.take()
        if lost is not None:
            self._ask = self._can_ask  # it may be closed from now on
            self._send(lost, True, now_s)
            return True
        due = [one for one, at_s in self._renew_at_s.items() if now_s >= at_s and one not in self._doubted]
        if due and self._looks_before(now_s):
            self._query(now_s)
        elif due:
            self._send(due[0], True, now_s, changes=False)
        return bool(due)

    def _looks_before(self, now_s: float) -> bool:
        """Whether the board is asked before a relay is kept closed: it answers, and not just now."""
        answers = self._can_ask and self._answered and not self._unanswered
        return answers and now_s >= max(self._questions.next_from_s, self._asked_s + LOOK_HOLDS_S)

    def _send(self, channel: int, on: bool, now_s: float, *, changes: bool = True) -> None:
        self._give(self._codec.encode_set(channel, on), now_s, changes=changes)
        self._all_off_begun = self._all_off_begun and not on
        self._renew_at_s.pop(channel, None)
        if on and self._codec.renew_ms is not None:
            self._renew_at_s[channel] = now_s + self._codec.renew_ms / 1000

    def _give(self, command: bytes | PinLevel, now_s: float, *, changes: bool = True) -> None:
        """`changes`: it is to move a relay that may be asked about."""
        self._line.send(command)
        self._questions.commanded(now_s, changes=changes)
        self._hearing.commanded(now_s)
        self._quiet_until_s = now_s + self._codec.settle_ms / 1000

    # -- reading back -----------------------------------------------------------------------------------

    def _query_in_time(self, now_s: float) -> None:
        if now_s >= max(self._questions.next_from_s, 0.0 if self._ask else self._check_at_s):
            self._query(now_s)

    def _query(self, now_s: float) -> None:
        self._ask, self._check_at_s, self._asked_s = False, now_s + CHECK_EVERY_S, now_s
        given_up = not self._answered and self._unanswered >= GIVE_UP_ASKING_AFTER
        if not self._can_ask or (given_up and not self._attached.board.must_answer):
            return
        self._line.discard_waiting()
        self._line.send(self._codec.encode_query())
        self._questions.put(now_s)
        self._quiet_until_s = now_s + self._codec.settle_ms / 1000

    def _listen(self, now_s: float) -> None:
        if data := self._line.read_waiting():
            self._hearing.heard(now_s)
        match self._questions.take(data, now_s):
            case Reading() as reading:
                self._answered, self._unanswered = True, 0
                self._compare(reading, now_s)
            case Garbled() as garbled:
                self._go_unanswered(garbled)
            case Came.NOTHING:
                self._go_unanswered(None)
            case Came.OUTDATED:
                self._answered, self._unanswered, self._ask = True, 0, True
            case Came.LATE:
                late_ms = self._attached.board.answer_timeout_ms
                self._telling.fault(FaultCode.BOARD_SILENT, f"it answers only after more than {late_ms} ms")

    def _go_unanswered(self, garbled: Garbled | None) -> None:
        self._doubted = set()  # nobody knows; a relay that falls by itself is to be kept closed
        if self._ask:
            return  # a command overtook it, and is asked about anyway
        self._unanswered += 1
        self._ask = self._unanswered < GIVE_UP_ASKING_AFTER  # once more
        if self._ask or (garbled is None and not self._answered and not self._attached.board.must_answer):
            return  # a board that never answers and need not is no fault
        if garbled is not None:
            self._telling.fault(FaultCode.BOARD_GARBLED, f"its answer cannot be read ({garbled.why})")
        elif self._answered:
            self._telling.fault(FaultCode.BOARD_SILENT, "it no longer answers; relays are switched unseen")
        else:
            why = "it never answered: is it of this kind, has it power, are its options right"
            self._telling.fault(FaultCode.BOARD_SILENT, why)

    def _compare(self, reading: Reading, now_s: float) -> None:
        disagreeing = []
        wanted_now, pending = dict(self._wanted), set(self._pending)  # what is told changes both
        doubted = self._doubt(reading, pending)
        for channel, on in enumerate(reading.on, 1):
            if channel in pending or channel in doubted:
                continue  # it was asked before this is commanded; it is asked once more
            wanted, cause = wanted_now[channel]
            if on != wanted:
                disagreeing.append(str(channel))
                cause = RelayCause.REFUSED_BY_BOARD
                if not wanted:
                    self._put(channel)
                elif not self._told[channel].confirmed:
                    self._lost.add(channel)
            else:
                self._lost.obeyed(channel)
            self._tell_reading(channel, on, cause)
        self._check_at_s = min(self._check_at_s, self._lost.plan(now_s))
        if disagreeing:
            named = ", ".join(disagreeing)
            self._telling.fault(
                FaultCode.BOARD_DISAGREES, f"relay {named} is not as commanded; check the board"
            )
        elif not doubted:
            self._telling.well()

    def _doubt(self, reading: Reading, pending: set[int]) -> set[int]:
        """Those that were seen closed and read open for the first time: another look comes at once."""
        open_again = {
            channel
            for channel, on in enumerate(reading.on, 1)
            if not on
            and channel not in pending
            and self._wanted[channel][0]
            and self._is_seen_closed(channel)
        }
        doubted, self._doubted = open_again - self._doubted, open_again
        self._ask = self._ask or bool(doubted)
        return doubted

    def _is_seen_closed(self, channel: int) -> bool:
        told = self._told.get(channel)
        return told is not None and told.on and told.confirmed

    def _tell_reading(self, channel: int, on: bool, cause: RelayCause) -> None:
        """One that fell counts as open since it was last seen closed: nobody saw when it fell."""
        told, seen_s = self._told.get(channel), self._seen_closed_s.pop(channel, None)
        fell = not on and told is not None and told.on
        ago_s = self._clock.monotonic() - seen_s if fell and seen_s is not None else 0.0
        self._tell(channel, on=on, confirmed=True, cause=cause, ago_s=ago_s)
        if on:
            self._seen_closed_s[channel] = self._clock.monotonic()

    def _tell(
        self, channel: int, *, on: bool, confirmed: bool, cause: RelayCause, ago_s: float = 0.0
    ) -> None:
        """`ago_s`: it may have been so for that long."""
        told = self._told.get(channel)
        if confirmed and told is not None and (told.on, told.confirmed) == (on, True):
            return
        state = RelayState(channel, on, confirmed, self._clock.now() - timedelta(seconds=ago_s), cause)
        self._told[channel] = state
        self._telling.state(state)
