"""Programs read one spelling of instants at every door: the wire contract's, UTC to the millisecond."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from apiflask import APIFlask
from flask.testing import FlaskClient
from pydantic import BaseModel
from sqlalchemy.orm import Session

from broadcaster.newsroom import service
from schedules.wire.base import Instant, format_instant
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.audio import ready_audio
from tests.broadcaster.newsroom.conftest import make_places

SignIn = Callable[..., FlaskClient]
ON_THE_WIRE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
LIKE_AN_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:|, \d\d \w{3} \d{4} \d\d:")
"""ISO 8601 in any of its spellings, and HTTP's dates."""


def instants_of_other_spelling(schema: Any, where: str = "") -> Iterator[str]:
    """Where a pydantic core schema writes an instant in another way than the wire does."""
    if isinstance(schema, Mapping):
        if schema.get("serialization", {}).get("function") is format_instant:
            return
        if schema.get("type") == "datetime":
            yield where
        for key, inner in schema.items():
            yield from instants_of_other_spelling(inner, f"{where}.{key}")
    elif isinstance(schema, list | tuple):
        for inner in schema:
            yield from instants_of_other_spelling(inner, where)


def instants_in(answer: Any) -> Iterator[str]:
    """Every text of a JSON answer that reads like an instant."""
    if isinstance(answer, Mapping):
        answer = list(answer.values())
    if isinstance(answer, list):
        for one in answer:
            yield from instants_in(one)
    elif isinstance(answer, str) and LIKE_AN_INSTANT.search(answer):
        yield answer


def test_every_model_that_a_door_takes_or_answers_with_spells_instants_as_the_wire_does(
    app: APIFlask,
) -> None:
    """Bodies too: they are told back where somebody else was faster."""
    models: dict[str, type[BaseModel]] = {}
    for rule in app.url_map.iter_rules():
        described = getattr(app.view_functions[rule.endpoint], "_spec", {})
        shapes = [described.get("response", {}).get("schema"), described.get("body")]
        models |= {
            one.__name__: one for one in shapes if isinstance(one, type) and issubclass(one, BaseModel)
        }
    assert {"AnnouncementList", "AnnouncementChange", "BellAnswer", "Inbox", "SlotAnswer"} <= models.keys()
    wrong = {
        name: found
        for name, model in models.items()
        if (found := list(instants_of_other_spelling(model.__pydantic_core_schema__)))
    }
    assert wrong == {}


def test_an_instant_of_another_spelling_is_found_wherever_it_stands() -> None:
    """What the test above relies on."""

    class Inner(BaseModel):
        right: Instant
        wrong: datetime

    class Outer(BaseModel):
        several: list[Inner]
        perhaps: dict[str, datetime | None]
        right: list[Instant | None]

    found = list(instants_of_other_spelling(Outer.__pydantic_core_schema__))
    assert len(found) == 2
    assert {".wrong." in where or ".perhaps." in where for where in found} == {True}


def test_answers_with_instants_write_them_to_the_millisecond(
    signed_in: SignIn, session: Session, clock: FixedClock
) -> None:
    """Whole seconds and microseconds alike, in lists, in one thing, and on both sides of a conflict."""
    clock.now = clock.now.replace(microsecond=123456)
    make_places(session)
    about = service.create_announcement(session, "Land law", "law_orientation", None, clock.now)
    take = service.attach_recording(session, about, "tdf", ready_audio("a"), "a.wav", None, clock.now)
    service.submit_recording(session, take, None, clock.now)
    service.approve_recording(session, take, None, take.sha256 or "", clock.now)
    waits = service.attach_recording(session, about, "kuf", ready_audio("b"), "b.wav", None, clock.now)
    service.submit_recording(session, waits, None, clock.now)
    session.commit()
    editor, address = signed_in("editor"), f"/api/v1/announcements/{about.id}"
    changed = editor.patch(address, json={"edition": 1, "valid_from": "2026-03-01T07:00:00+07:00"})
    late = editor.patch(address, json={"edition": 1, "valid_from": "2026-03-02T00:00:00.5Z"})
    slot = editor.post("/api/v1/slots", json={"announcements": [1], "times": ["05:30"], "places": ["V2"]})
    assert (changed.status_code, late.status_code, slot.status_code) == (200, 409, 201)
    now, since = "2026-03-03T02:00:00.123Z", "2026-03-01T00:00:00.000Z"
    assert late.json["theirs"] == changed.json == editor.get(address).json
    assert [late.json["theirs"][name] for name in ("created_at", "valid_from")] == [now, since]
    assert late.json["yours"]["valid_from"] == "2026-03-02T00:00:00.500Z"
    assert slot.json["next"][0] == "2026-03-03T22:30:00.000Z"
    approver = signed_in("approver")
    for path in ("/api/v1/announcements", address, "/api/v1/recordings/1", "/api/v1/slots", "/api/v1/inbox"):
        told = list(instants_in(approver.get(path).json))
        assert [one for one in told if not ON_THE_WIRE.fullmatch(one)] == []
        assert told, path
