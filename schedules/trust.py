"""When a station believes a plan: signed, for me, newer, in date. Bytes are verified before they are parsed.

Rules, after TUF and Uptane:

1. Signed by one of the keyring's plan keys, below the size limit, of a format and fields known here.
2. For this station.
3. The serial only rises: a lower one is an old plan played again. The same plan again is a named non-event;
   another plan with the same serial is refused.
4. Past `not_after`, or issued more than a day ahead of now, it is refused, where the clock can be trusted.
   Where it can't, dates can't be judged and the serial decides.
5. Past `fresh_until` it goes on and alarms: expiry degrades, it does not silence.

A refusal is an `UntrustedDocument` and changes nothing: the last good plan stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from schedules.envelope import verified_payload
from schedules.errors import BadDocument, Expired, InvalidInput, Rollback, WrongStation
from schedules.local_time import zone_named
from schedules.trusted_documents import trusted_alert, trusted_report
from schedules.trusted_keyring import MAX_AHEAD, KeyringUpdated, SameKeyring, TrustedKeyring
from schedules.wire.plan import Plan

__all__ = [
    "Accepted",
    "KeyringUpdated",
    "SameKeyring",
    "SameSerial",
    "TrustedKeyring",
    "TrustedPlan",
    "trusted_alert",
    "trusted_report",
]


@dataclass(frozen=True, slots=True)
class Accepted:
    """The plan is trusted from now on; keep its envelope's bytes."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class SameSerial:
    """The plan that is trusted already came again: nothing to do."""

    serial: int


class TrustedPlan:
    """The plan one station trusts, and the rules by which the next one replaces it.

    It reads the keyring at each offer, so that a rotation of keys holds at once: take a new keyring first,
    then the plan signed with the new keys.
    """

    def __init__(self, keyring: TrustedKeyring, station: str, known_serial: int) -> None:
        """Use `start`."""
        self._keyring = keyring
        self._station = station
        self._known_serial = known_serial
        self._plan: Plan | None = None
        self._payload = b""

    @classmethod
    def start(cls, keyring: TrustedKeyring, station: str, known_serial: int = 0) -> TrustedPlan:
        """Without a plan yet. `known_serial`: the highest ever accepted, where the station remembers it."""
        return cls(keyring, station, known_serial)

    @property
    def plan(self) -> Plan | None:
        """The trusted plan, None before the first."""
        return self._plan

    @property
    def serial(self) -> int:
        """The highest serial accepted; 0 before the first."""
        return self._known_serial

    def offer(
        self, envelope_bytes: bytes, now: datetime, *, clock_trusted: bool = True
    ) -> Accepted | SameSerial:
        """Judge a plan from outside, by network or stick; `now` is aware.

        Raises `DocumentTooLarge`, `BadEnvelope`, `BadSignature`, `BadDocument`, `WrongStation`, `Rollback` or
        `Expired`.
        """
        payload = verified_payload(envelope_bytes, Plan, self._keyring.plan_keys)
        if self._plan is not None and payload == self._payload:
            return SameSerial(self._known_serial)
        plan = self._for_me(payload)
        if plan.serial < self._known_serial:
            raise Rollback(f"plan {plan.serial} is older than {self._known_serial}, which is trusted already")
        if self._plan is not None and plan.serial == self._known_serial:
            raise Rollback(
                f"another plan {plan.serial} with other content; only a higher serial replaces one"
            )
        if clock_trusted:
            _refuse_out_of_date(plan, now)
        self._trust(plan, payload)
        return Accepted(plan)

    def restore(self, envelope_bytes: bytes, now: datetime, *, clock_trusted: bool = True) -> Plan:
        """At start, from the station's own cache: judged as from outside, since a disk can be written to.

        A plan past `fresh_until` is taken and `is_stale` then says so. Errors as of `offer`.
        """
        outcome = self.offer(envelope_bytes, now, clock_trusted=clock_trusted)
        if isinstance(outcome, Accepted):
            return outcome.plan
        assert self._plan is not None  # noqa: S101 - the same plan again: there is one
        return self._plan

    def is_stale(self, now: datetime) -> bool:
        """Whether the plan is past `fresh_until` (or there is none): the station goes on, and alarms."""
        return self._plan is None or now > self._plan.fresh_until

    def is_expired(self, now: datetime) -> bool:
        """Whether a plan accepted earlier is past `not_after` by now (or there is none)."""
        return self._plan is None or now > self._plan.not_after

    def _for_me(self, payload: bytes) -> Plan:
        plan = Plan.from_bytes(payload)
        if plan.station != self._station:
            raise WrongStation(f"plan {plan.serial} is for {plan.station}, this is {self._station}")
        try:
            zone_named(plan.time_zone)
        except InvalidInput as error:
            raise BadDocument(f"plan: time_zone: {error}") from error
        return plan

    def _trust(self, plan: Plan, payload: bytes) -> None:
        self._plan, self._payload, self._known_serial = plan, payload, plan.serial


def _refuse_out_of_date(plan: Plan, now: datetime) -> None:
    if now > plan.not_after:
        raise Expired(f"plan {plan.serial} expired at {plan.not_after}; fetch a newer one")
    if plan.issued_at > now + MAX_AHEAD:
        raise Expired(f"plan {plan.serial} is not valid before {plan.issued_at}; check this station's clock")
