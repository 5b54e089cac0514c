"""The province over HTTP: one method a question, every wait and every size bounded, nothing trusted.

Every answer carries `X-Server-Time`; the difference to this machine's clock is kept in `offset`. Tokens are
made by the province's time where it is known, so that a station whose clock is wrong can still ask. Redirects
are not followed: another host was not enrolled with.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import httpx2
from pydantic import TypeAdapter, ValidationError

from hardware.ports import Clock
from schedules.station_token import issue_token
from schedules.wire.base import Instant, WireValue
from schedules.wire.keyring import Keyring
from schedules.wire.plan import Plan
from schedules.wire.station_access import BellAnswer, EnrolmentAnswer, EnrolmentRequest, ReportReceipt
from station_agent.errors import LinkError, Refused, TooLarge, Unreachable
from station_agent.identity import Identity

TIMEOUT = httpx2.Timeout(connect=10, read=20, write=20, pool=10)
BELL_WAIT_S = 50
BELL_TIMEOUT = httpx2.Timeout(connect=10, read=70, write=20, pool=10)
SMALL_BYTES = 256 * 1024
INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The plan known already is the newest."""


@dataclass(frozen=True, slots=True)
class NoPlanYet:
    """The province has no plan for this station so far."""


@dataclass(frozen=True, slots=True)
class PlanArrived:
    """A plan's envelope, not judged yet."""

    envelope: bytes


class ServerLink:
    """One province. `identity` is None only while enrolling. Safe to use from several threads.

    `requests` and `received_bytes` count what was asked and how long the answers' bodies were.
    """

    def __init__(self, url: str, clock: Clock, identity: Identity | None = None) -> None:
        self.url = url
        self._clock = clock
        self._identity = identity
        self._client = httpx2.Client(base_url=url, timeout=TIMEOUT, follow_redirects=False)
        self._client.headers.clear()  # every byte is paid for: what the protocol does not need is not sent
        self.offset: timedelta | None = None
        self.requests = 0
        self.received_bytes = 0

    def clock_stepped(self, by: timedelta) -> None:
        """This machine's clock jumped by so much: the difference to the province's did so, the other way."""
        if self.offset is not None:
            self.offset -= by

    def enrol(self, request: EnrolmentRequest) -> EnrolmentAnswer:
        """Come in with a one-time code. Raises `Refused` for a wrong code, `LinkError` otherwise."""
        body = self._small("POST", "/api/v1/enrolments", content=request.model_dump_json().encode())
        return _parsed(EnrolmentAnswer, body)

    def keyring(self) -> bytes:
        """The newest keyring's envelope."""
        with self._answer("GET", "/api/v1/keyring") as response:
            return self._read(response, Keyring.MAX_SIZE_BYTES)

    def plan(self, known_serial: int) -> PlanArrived | Unchanged | NoPlanYet:
        """The newest plan, unless it is the known one (`known_serial` 0: none is known)."""
        headers = {"If-None-Match": f'"{known_serial}"'} if known_serial else {}
        with self._answer("GET", "/api/v1/station/plan", headers=headers, fine=(200, 304, 404)) as response:
            if response.status_code == 304:
                return Unchanged()
            if response.status_code == 404:
                return NoPlanYet()
            return PlanArrived(self._read(response, Plan.MAX_SIZE_BYTES))

    @contextmanager
    def audio(
        self, sha256: str, size_bytes: int, arrived_bytes: int
    ) -> Iterator[tuple[bool, Iterator[bytes]]]:
        """Open a download: whether it goes on where it stopped, and the bytes as they come.

        Raises `TooLarge` while streaming more than is left of `size_bytes`.
        """
        headers = {"Accept-Encoding": "identity"}
        if arrived_bytes:
            headers |= {"Range": f"bytes={arrived_bytes}-", "If-Range": f'"{sha256}"'}
        with self._answer("GET", f"/api/v1/audio/{sha256}", headers=headers, fine=(200, 206)) as response:
            resumed = response.status_code == 206
            left = size_bytes - (arrived_bytes if resumed else 0)
            yield resumed, self._stream(response, left)

    def report(self, envelope: bytes) -> ReportReceipt:
        """Hand in a signed report."""
        return _parsed(ReportReceipt, self._small("POST", "/api/v1/station/reports", content=envelope))

    def bell(self, after: int) -> BellAnswer:
        """Wait, up to 55 s, until there is a plan above `after`; answers the newest serial."""
        with self._answer("GET", f"/api/v1/station/bell?after={after}", timeout=BELL_TIMEOUT) as response:
            return _parsed(BellAnswer, self._read(response, SMALL_BYTES))

    def close(self) -> None:
        """Drop the connections; what waits on them fails."""
        self._client.close()

    # -- inside ------------------------------------------------------------------------------------------

    def _small(self, method: str, path: str, content: bytes) -> bytes:
        headers = {"Content-Type": "application/json"}
        with self._answer(method, path, headers=headers, content=content, fine=(200, 201)) as response:
            return self._read(response, SMALL_BYTES)

    @contextmanager
    def _answer(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
        fine: tuple[int, ...] = (200,),
        timeout: httpx2.Timeout = TIMEOUT,
    ) -> Iterator[httpx2.Response]:
        try:
            for attempt in (1, 2):
                sent = {**(headers or {}), **self._authorization()}
                self.requests += 1
                with self._client.stream(
                    method, path, headers=sent, content=content, timeout=timeout
                ) as response:
                    clock_learnt = self._learn_time(response)
                    if response.status_code == 401 and attempt == 1 and clock_learnt:
                        continue  # our clock was off; now we know by how much
                    if response.status_code not in fine:
                        raise Refused(response.status_code, self._why(response, path))
                    yield response
                    return
        except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, OSError) as error:
            raise Unreachable(f"{self.url} cannot be reached ({_in_short(error)})") from error

    def _authorization(self) -> dict[str, str]:
        if self._identity is None:
            return {}
        now = self._clock.now() + (self.offset or timedelta(0))
        token = issue_token(self._identity.station, self._identity.key, now, secrets.token_hex(16))
        return {"Authorization": f"Station {token}"}

    def _learn_time(self, response: httpx2.Response) -> bool:
        """Keep the province's time; True if it changed what tokens are made with."""
        try:
            told = INSTANT.validate_python(response.headers.get("X-Server-Time", ""))
        except ValidationError:
            return False
        before = self.offset or timedelta(0)
        self.offset = told - self._clock.now()
        return abs(self.offset - before) > timedelta(minutes=1)

    def _read(self, response: httpx2.Response, at_most: int) -> bytes:
        return b"".join(self._stream(response, at_most))

    def _stream(self, response: httpx2.Response, at_most: int) -> Iterator[bytes]:
        left = at_most
        for chunk in response.iter_bytes():
            self.received_bytes += len(chunk)
            left -= len(chunk)
            if left < 0:
                raise TooLarge(f"{response.request.url.path}: more than {at_most} bytes came; dropped")
            yield chunk

    def _why(self, response: httpx2.Response, path: str) -> str:
        if response.is_redirect:
            return f"{self.url}{path} points elsewhere; set the address of the province itself"
        said = ""
        if "json" in response.headers.get("Content-Type", ""):
            said = _message(self._read(response, SMALL_BYTES))
        return f"{self.url}{path.partition('?')[0]} answered {response.status_code}" + (
            f": {said}" if said else ""
        )


class _Message(WireValue):
    message: str


def _message(body: bytes) -> str:
    try:
        return _Message.model_validate_json(body).message[:300].replace("\n", " ")
    except ValidationError:
        return ""


T = TypeVar("T", EnrolmentAnswer, ReportReceipt, BellAnswer)


def _parsed(kind: type[T], body: bytes) -> T:
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        raise LinkError(f"the province's {kind.__name__} is not understood; is this its address?") from error


def _in_short(error: Exception) -> str:
    text = str(error).splitlines()[0] if str(error) else ""
    return text[:200] or type(error).__name__
