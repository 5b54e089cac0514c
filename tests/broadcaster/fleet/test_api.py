"""The station API, with real tokens and envelopes."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from broadcaster.database import db
from broadcaster.fleet import service
from broadcaster.places.models import Place
from schedules.envelope import SigningKey
from schedules.trust import TrustedKeyring, TrustedPlan
from schedules.wire.station_access import BellAnswer, EnrolmentAnswer
from tests.broadcaster.village import VillagePC, announce, daily_slot, make_places, sound
from tests.end_to_end.waiting import PATIENCE_S

PLAN = "/api/v1/station/plan"


@pytest.fixture
def pc(app, settings, clock, tmp_path: Path) -> VillagePC:
    """An enrolled station with a plan; its languages are Lao and Upper Ta-oi."""
    with app.app_context():
        make_places(db.session)
        made = VillagePC.enrolled(db.session, clock.now)
        announcement = announce(db.session, "Vaccination day", ["lo", "tth"], clock.now, tmp_path)
        daily_slot(db.session, announcement, clock.now)
        service.publish_plans(db.session, settings, clock.now)
        db.session.commit()
    return made


def hashes(app, pc: VillagePC) -> list[str]:
    with app.app_context():
        return [one.sha256 for one in service.plan_of(service.required_plan(db.session, pc.id)).audio]


def test_a_code_is_exchanged_for_an_id_and_the_keyring(app, client, clock):
    """All a village PC needs to trust plans comes with its enrolment."""
    with app.app_context():
        make_places(db.session)
        _, code = service.create_station(
            db.session, db.session.get_one(Place, "1504001"), service.DEFAULT_ZONES, clock.now
        )
        db.session.commit()
    body = {"code": code, "public_key": SigningKey.generate().public.public, "software": "0.1"}
    answer = client.post("/api/v1/enrolments", json=body)
    assert answer.status_code == 200
    enrolled = EnrolmentAnswer.model_validate_json(answer.data)
    assert (enrolled.station, enrolled.village) == ("thateng-neua", "Thateng Neua")
    keyring = base64.b64decode(enrolled.keyring)
    assert TrustedKeyring.first(keyring, clock.now).keyring.version == 1
    assert client.get("/api/v1/keyring").data == keyring
    again = client.post("/api/v1/enrolments", json=body)
    assert again.status_code == 403
    assert set(again.json) == {"message"}
    assert "X-Server-Time" in again.headers


@pytest.mark.parametrize(
    "body", [{}, {"code": "x", "public_key": "y"}, {"code": "A" * 12, "public_key": "0" * 64, "more": 1}, []]
)
def test_an_enrolment_that_is_no_enrolment_is_refused(client, body):
    """Unknown fields are refused like wrong ones."""
    answer = client.post("/api/v1/enrolments", json=body)
    assert answer.status_code == 422
    assert "message" in answer.json


def test_an_oversize_enrolment_is_not_read(client):
    """A few hundred bytes are enough for a code and a key."""
    answer = client.post("/api/v1/enrolments", data=b"{" + b" " * 20_000, content_type="application/json")
    assert answer.status_code == 413
    assert "message" in answer.json


def test_the_plan_is_served_in_the_very_bytes_that_were_signed(app, client, pc, clock):
    """ETag is the serial; the bytes are trusted by the station."""
    answer = client.get(PLAN, headers=pc.headers(clock.now))
    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"1"'
    with app.app_context():
        assert answer.data == service.required_plan(db.session, pc.id).envelope
    keyring = TrustedKeyring.first(client.get("/api/v1/keyring").data, clock.now)
    assert TrustedPlan.start(keyring, pc.id).offer(answer.data, clock.now)


def test_nothing_new_costs_less_than_a_kilobyte(client, pc, clock):
    """The common answer is 304 without a body, and a head that is paid for by the byte."""
    answer = client.get(PLAN, headers=pc.headers(clock.now, If_None_Match='"1"'))
    assert answer.status_code == 304
    assert answer.data == b""
    whole = "HTTP/1.1 304 NOT MODIFIED\r\n" + "".join(f"{k}: {v}\r\n" for k, v in answer.headers) + "\r\n"
    assert len(whole) < 250
    assert "Set-Cookie" not in answer.headers


def test_a_station_without_a_plan_is_told_so(app, client, clock):
    """404 in JSON: come again."""
    with app.app_context():
        make_places(db.session)
        pc = VillagePC.enrolled(db.session, clock.now)
        db.session.commit()
    answer = client.get(PLAN, headers=pc.headers(clock.now))
    assert answer.status_code == 404
    assert "message" in answer.json


def test_strangers_and_forgers_get_the_same_answer(app, client, pc, clock):
    """Nobody learns from the answer which stations there are."""
    forged = VillagePC(pc.id)
    unknown = VillagePC("nowhere")
    answers = [
        client.get(PLAN, headers=forged.headers(clock.now)),
        client.get(PLAN, headers=unknown.headers(clock.now)),
        client.get(PLAN, headers={"Authorization": pc.token(clock.now, station="san-neua")}),
        client.get(PLAN, headers={"Authorization": "Station AAAA"}),
        client.get(PLAN, headers={"Authorization": pc.token(clock.now)[:-20]}),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.data for answer in answers}) == 1


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer x"}, {"Authorization": "Station"}])
def test_without_a_token_nobody_comes_in(client, pc, header):
    """Neither the plan, audio, reports nor the bell."""
    for method, path in (
        ("get", PLAN),
        ("get", "/api/v1/audio/" + "0" * 64),
        ("get", "/api/v1/station/bell"),
        ("post", "/api/v1/station/reports"),
    ):
        answer = getattr(client, method)(path, headers=header)
        assert answer.status_code == 401
        assert "message" in answer.json
        assert "X-Server-Time" in answer.headers


def test_an_old_token_learns_the_servers_time(client, pc, clock):
    """A station whose clock is wrong can find out by how much."""
    answer = client.get(PLAN, headers={"Authorization": pc.token(clock.now)})
    assert answer.status_code == 200
    token = pc.token(clock.now)
    clock.advance(minutes=11)
    answer = client.get(PLAN, headers={"Authorization": token})
    assert answer.status_code == 401
    assert "out of date" in answer.json["message"]
    assert answer.headers["X-Server-Time"] == "2026-03-03T02:11:00.000Z"


def test_a_retired_station_is_a_stranger(app, client, pc, clock):
    """Its key opens nothing any more."""
    with app.app_context():
        service.retire_station(db.session, service.station(db.session, pc.id), clock.now)
        db.session.commit()
    assert client.get(PLAN, headers=pc.headers(clock.now)).status_code == 401


def test_audio_of_the_plan_is_served_whole_and_in_parts(app, client, pc, clock):
    """A download that broke off goes on where it ended."""
    sha256 = hashes(app, pc)[0]
    data = sound("Vaccination day lo")
    path = f"/api/v1/audio/{sha256}"
    whole = client.get(path, headers=pc.headers(clock.now))
    assert (whole.status_code, whole.data, whole.headers["ETag"]) == (200, data, f'"{sha256}"')
    part = client.get(path, headers=pc.headers(clock.now, Range="bytes=1000-", If_Range=f'"{sha256}"'))
    assert (part.status_code, part.data) == (206, data[1000:])
    assert part.headers["Content-Range"] == f"bytes 1000-{len(data) - 1}/{len(data)}"
    assert part.headers["Content-Length"] == str(len(data) - 1000)
    middle = client.get(path, headers=pc.headers(clock.now, Range="bytes=10-19"))
    assert middle.data == data[10:20]
    tail = client.get(path, headers=pc.headers(clock.now, Range="bytes=-5"))
    assert tail.data == data[-5:]


def test_a_range_that_cannot_be_is_answered_as_the_protocol_says(app, client, pc, clock):
    """416 beyond the end; the whole where the copy is another one, or several ranges are asked."""
    sha256 = hashes(app, pc)[0]
    path, size = f"/api/v1/audio/{sha256}", 5000
    beyond = client.get(path, headers=pc.headers(clock.now, Range=f"bytes={size}-"))
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{size}")
    other = client.get(path, headers=pc.headers(clock.now, Range="bytes=10-", If_Range='"other"'))
    assert (other.status_code, len(other.data)) == (200, size)
    several = client.get(path, headers=pc.headers(clock.now, Range="bytes=0-1,5-6"))
    assert (several.status_code, len(several.data)) == (200, size)
    nonsense = client.get(path, headers=pc.headers(clock.now, Range="apples=1-2"))
    assert (nonsense.status_code, len(nonsense.data)) == (200, size)


def test_audio_that_only_another_stations_plan_lists_is_refused(app, client, pc, settings, clock, tmp_path):
    """A station fetches what it airs, and nothing else."""
    with app.app_context():
        announcement = announce(db.session, "For Dakcheung", ["tdf"], clock.now, tmp_path)
        daily_slot(db.session, announcement, clock.now, places=("1503001",))
        other = VillagePC.enrolled(db.session, clock.now, "1503001")
        service.publish_plans(db.session, settings, clock.now)
        db.session.commit()
        sha256 = announcement.recordings[0].sha256
    path = f"/api/v1/audio/{sha256}"
    assert client.get(path, headers=other.headers(clock.now)).status_code == 200
    refused = client.get(path, headers=pc.headers(clock.now))
    assert refused.status_code == 404
    assert client.get("/api/v1/audio/" + "0" * 64, headers=pc.headers(clock.now)).data == refused.data


def test_the_bell_answers_at_once_when_there_is_something_new(client, pc, clock):
    """And carries the newest serial."""
    answer = client.get("/api/v1/station/bell?after=0", headers=pc.headers(clock.now))
    assert BellAnswer.model_validate_json(answer.data).plan_serial == 1
    assert client.get("/api/v1/station/bell?after=-1", headers=pc.headers(clock.now)).status_code == 422


def test_the_bell_rings_when_a_plan_is_published(app, client: FlaskClient, pc, clock, monkeypatch):
    """A station that waits hears of a new plan at once: by the ring, for nobody looks a second time."""
    monkeypatch.setattr("broadcaster.fleet.bell.LOOK_EVERY_S", 10 * PATIENCE_S)
    monkeypatch.setattr(app.extensions["bell"], "_longest_wait_s", 10 * PATIENCE_S)
    looked, wait_at_the_bell = threading.Event(), app.extensions["bell"].wait
    heard: list[int] = []

    def noted_wait(newest: Callable[[], int], after: int) -> int:
        def look() -> int:
            found = newest()
            looked.set()
            return found

        return wait_at_the_bell(look, after)

    monkeypatch.setattr(app.extensions["bell"], "wait", noted_wait)

    def wait() -> None:
        answer = app.test_client().get("/api/v1/station/bell?after=1", headers=pc.headers(clock.now))
        heard.append(BellAnswer.model_validate_json(answer.data).plan_serial)

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    assert looked.wait(PATIENCE_S)
    assert heard == []
    with app.app_context():
        daily_slot(db.session, announce(db.session, "News", ["lo"], clock.now), clock.now)
        service.publish_plans_job(db.session, {}, clock.now)
    waiting.join(PATIENCE_S)
    assert heard == [2]


def test_the_doors_stand_in_the_api_description(signed_in):
    """Programs find the contract where they look for it."""
    paths = signed_in("administrator").get("/api/openapi.json").json["paths"]
    assert {
        "/api/v1/enrolments",
        "/api/v1/keyring",
        "/api/v1/station/plan",
        "/api/v1/audio/{sha256}",
        "/api/v1/station/reports",
        "/api/v1/station/bell",
    } <= set(paths)


def test_guessing_codes_is_slowed_down(strict_app):
    """After some tries from one address the door stays shut for a while."""
    browser = strict_app.test_client()
    body = {"code": "0000-0000-0000", "public_key": "0" * 64}
    statuses = [browser.post("/api/v1/enrolments", json=body).status_code for _ in range(21)]
    assert set(statuses[:20]) == {403}
    assert statuses[20] == 429


def test_audio_the_store_has_lost_is_told_apart(app, client, pc, clock):
    """The station is in the right; the province must look into its store."""
    sha256 = hashes(app, pc)[0]
    app.extensions["audio_store"].delete(sha256)
    answer = client.get(f"/api/v1/audio/{sha256}", headers=pc.headers(clock.now))
    assert answer.status_code == 404
    assert "restored from the backup" in answer.json["message"]
