"""When an alert or a station's report is believed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from schedules.envelope import public_key, verified_payload
from schedules.errors import Expired, InvalidInput, Rollback, WrongStation
from schedules.trusted_keyring import MAX_AHEAD, TrustedKeyring
from schedules.wire.alert import Alert, AlertAct
from schedules.wire.keyring import PublicKey
from schedules.wire.report import StationReport


def trusted_alert(
    envelope_bytes: bytes,
    keyring: TrustedKeyring,
    station: str,
    now: datetime,
    known_serial: Mapping[str, int],
    *,
    clock_trusted: bool = True,
) -> Alert:
    """The alert, if the province signed it, it is for this station, not older than known, and in date.

    `known_serial` holds the highest serial taken per alert key. An equal serial is given back again: the
    same alert comes by several ways, and the caller knows it by its key and serial. A cancel is taken past
    its date too: it can only end something. Raises an `UntrustedDocument`.
    """
    alert = Alert.from_bytes(verified_payload(envelope_bytes, Alert, keyring.plan_keys))
    if station not in alert.stations:
        raise WrongStation(f"alert {alert.key} is not for {station}")
    known = known_serial.get(alert.key, 0)
    if alert.serial < known:
        raise Rollback(f"alert {alert.key} no. {alert.serial} is older than no. {known}, known already")
    if clock_trusted and alert.act is not AlertAct.CANCEL and now > alert.expires_at:
        raise Expired(f"alert {alert.key} expired at {alert.expires_at}")
    if clock_trusted and alert.issued_at > now + MAX_AHEAD:
        raise Expired(f"alert {alert.key} is not valid before {alert.issued_at}; check this station's clock")
    return alert


def trusted_report(envelope_bytes: bytes, station_public_key: PublicKey | str, station: str) -> StationReport:
    """The report, if this station's own key signed it and it is about this station.

    `station_public_key` may be the 64 hexadecimal digits kept at enrolment. A report's instants are the
    station's own and not judged: its clock may be wrong. Raises an `UntrustedDocument`.
    """
    payload = verified_payload(envelope_bytes, StationReport, (as_public_key(station_public_key),))
    report = StationReport.from_bytes(payload)
    if report.station != station:
        raise WrongStation(f"report {report.number} is of {report.station}, but {station} sent it")
    return report


def as_public_key(key: PublicKey | str) -> PublicKey:
    """A public key from 64 hexadecimal digits; a `PublicKey` as it is. `InvalidInput` for anything else."""
    if isinstance(key, PublicKey):
        return key
    try:
        return public_key(key)
    except ValueError as error:
        raise InvalidInput("a public key is written with 64 lower-case hexadecimal digits") from error
