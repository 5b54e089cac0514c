"""What the command line asks through the operator's door, and how it prints the answer."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

import typer
from pydantic import ValidationError

from hardware.system_clock import SystemClock
from schedules.envelope import unverified_payload
from schedules.errors import UntrustedDocument
from schedules.languages import LANGUAGES, known_languages, tag_meant
from schedules.setting_mistakes import mistake_words
from schedules.trusted_documents import trusted_alert
from schedules.wire.alert import Alert
from station_agent.alert_book import ENDING, INBOX, read_envelope
from station_agent.cli_table import print_table
from station_agent.durable_file import write_durably
from station_agent.errors import AgentNotRunning, StationError
from station_agent.identity import load_identity, load_keyring, need_enrolled
from station_agent.operator_door import ask
from station_agent.operator_words import REQUEST, AlertRequest, Answer, Playable, RecordingsRequest, Request


def do(data: Path, plain: Mapping[str, object], *, as_json: bool) -> None:
    """Ask for an act, and print what came of it. Raises `StationError`; `typer.BadParameter` for nonsense."""
    _print(_ask(data, _request(plain)), as_json=as_json)


def list_recordings(data: Path, *, as_json: bool) -> None:
    """Print what may be played now, and how `play` names it."""
    answer = _ask(data, RecordingsRequest(act="recordings"))
    if as_json or not answer.ok:
        _print(answer, as_json=as_json)
        return
    if answer.recordings:
        columns = ("title", "language", "minutes", "here", "station-agent operator play …")
        print_table(columns, map(_row, answer.recordings))
    typer.echo(answer.message)


def hand_over(data: Path, file: Path, *, as_json: bool) -> None:
    """A signed alert to the running agent, or into the folder where one finds it at its start.

    Raises `StationError` where the file is no alert, or no station lives in `data`; then nothing is made.
    """
    try:
        envelope = read_envelope(file)
    except OSError as error:
        raise StationError(f"{file} cannot be read as an alert ({error.strerror}); give the file") from None
    if len(envelope) > AlertRequest.LARGEST_BYTES:
        raise StationError(f"{file} has more bytes than an alert can have; give the signed file itself")
    try:
        unverified_payload(envelope, Alert)
        answer = _handed(data, file, envelope)
    except UntrustedDocument as error:
        advice = "give the signed file itself, unaltered, or ask whoever signed it"
        answer = Answer(ok=False, message=f"{file} is not taken: {error}; {advice}")
    _print(answer, as_json=as_json)


def _handed(data: Path, file: Path, envelope: bytes) -> Answer:
    """Raises an `UntrustedDocument` where no agent runs and none would believe it."""
    try:
        answer = _ask(data, AlertRequest.of(envelope))
    except AgentNotRunning:
        return Answer(ok=True, message=_kept(data, file, envelope))
    if answer.ok:
        return answer
    return Answer(ok=False, message=f"{file} is not taken: {answer.message}")


def _kept(data: Path, file: Path, envelope: bytes) -> str:
    """Judged but for its dates, since this clock may be wrong: the agent judges those at its start."""
    keyring, station = load_keyring(data), load_identity(data).station
    alert = trusted_alert(envelope, keyring, station, SystemClock().now(), {}, clock_trusted=False)
    inbox = data / "alerts" / INBOX
    inbox.mkdir(parents=True, exist_ok=True)
    write_durably(inbox / f"{file.stem}{ENDING}", envelope)
    return (
        f"no agent runs on {data}: alert {alert.key} no. {alert.serial} is kept, and judged when one starts"
    )


def _ask(data: Path, request: Request) -> Answer:
    """Raises `NotEnrolled` where nobody answers because no station lives there."""
    try:
        return ask(data, request)
    except AgentNotRunning:
        need_enrolled(data)
        raise


def _row(one: Playable) -> tuple[str, ...]:
    return (
        one.title,
        LANGUAGES[one.language].name if one.language in LANGUAGES else one.language or "",
        "" if one.duration_ms is None else _minutes(one.duration_ms),
        "yes" if one.here else "not yet",
        f"--recording {one.name}" if one.sha256 else shlex.quote(one.name),
    )


def _minutes(duration_ms: int) -> str:
    minutes, seconds = divmod(round(duration_ms / 1000), 60)
    return f"{minutes}:{seconds:02}"


def language_tag(words: str | None) -> str | None:
    """The tag of a language as somebody typed it: tag or name. What is not known here the agent may know."""
    return words if words is None else tag_meant(words) or words


def _request(plain: Mapping[str, object]) -> Request:
    try:
        return REQUEST.validate_python(plain)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = first["loc"][1:]  # the first part is the act
        words = _wanted(field) if first["type"] == "string_pattern_mismatch" else mistake_words(first)
        raise typer.BadParameter(f"{field[0]}: {words}" if field else words) from None


def _wanted(field: tuple[int | str, ...]) -> str:
    """What a name must be that the door takes; but for languages, they are all keys."""
    if field == ("language",):
        return f"must be a language's tag or name; known are {known_languages()}"
    return "must have only Latin letters, digits and any of . _ : / + -"


def _print(answer: Answer, *, as_json: bool) -> None:
    if not answer.ok and not as_json:
        raise StationError(answer.message)
    typer.echo(answer.model_dump_json() if as_json else answer.message)
    if not answer.ok:
        raise typer.Exit(1)
