"""The first page: what is on the air, who is needed, what was heard. Nothing is claimed without a report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from broadcaster.airings.models import AiringEntry
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.fleet.models import PlannedItem, PublishedPlan, Station, StationState
from broadcaster.fleet.service import DEFAULT_ZONES, create_station, publish_plans
from broadcaster.newsroom.models import Recording
from broadcaster.newsroom.service import create_announcement
from broadcaster.places.models import Place, PlaceKind
from broadcaster.places.service import make_districts
from broadcaster.programming.service import SlotWish, WishedAnnouncement, create_slot
from broadcaster.today.heard import Heard, heard_lately
from broadcaster.today.lines import district_rows
from broadcaster.today.needs import needs
from broadcaster.today.on_air import next_up, on_air_now
from schedules.airing_origin import Origin, unplanned_key
from schedules.recurrence import Frequency, Recurrence
from tests.broadcaster.village import announce


def village(session: Session, code: str, name: str, district: str = "LA1503") -> Place:
    make_districts(session)
    place = Place(
        code=code,
        kind=PlaceKind.VILLAGE,
        name=name,
        parent_code=district,
        languages=["tdf", "lo"],
        population=500,
        latitude=15.48,
        longitude=107.26,
    )
    session.add(place)
    session.flush()
    return place


def enrolled(session: Session, code: str, name: str, now: datetime, district: str = "LA1503") -> Station:
    station, _code = create_station(session, village(session, code, name, district), DEFAULT_ZONES, now)
    station.state = StationState.ACTIVE
    station.last_seen_at = now
    session.flush()
    return station


def planned_item(station: Station, start: datetime, **values: object) -> PlannedItem:
    broadcast = f"s1-{start:%Y%m%dT%H%M%SZ}"
    defaults = {
        "station_id": station.id,
        "item": f"{broadcast}/1",
        "broadcast": broadcast,
        "broadcast_start": start,
        "plan_serial": 1,
        "kind": "announcement",
        "message_class": "ordinary",
        "title": "Land law",
        "language": "tdf",
        "sha256": "a" * 64,
        "planned_start": start,
        "planned_ms": 60_000,
    }
    return PlannedItem(**{**defaults, **values})


def told(item: PlannedItem, number: int, outcome: str) -> AiringEntry:
    heard = outcome in ("aired", "late")
    return AiringEntry(
        station_id=item.station_id,
        journal=0,
        number=number,
        zones=["loudspeaker"],
        relay=[],
        received_at=item.planned_start + timedelta(minutes=5),
        broadcast=item.broadcast,
        item=item.item,
        kind=item.kind,
        title=item.title,
        language=item.language,
        sha256=item.sha256,
        message_class=item.message_class,
        plan_serial=1,
        planned_start=item.planned_start,
        planned_ms=item.planned_ms,
        started_at=item.planned_start if heard else None,
        ended_at=item.planned_start + timedelta(minutes=1) if heard else None,
        aired_ms=item.planned_ms if heard else 0,
        outcome=outcome,
        reason=None if heard else "power_lost",
        evidence="relay_confirmed" if heard else "delivered",
    )


def test_what_is_planned_for_this_minute_is_on_the_air(session: Session, clock) -> None:
    """Joined by title over stations; what ended or lies ahead is not."""
    first, second = enrolled(session, "V1", "Dakdom", clock.now), enrolled(session, "V2", "Dakman", clock.now)
    begun = clock.now - timedelta(seconds=30)
    session.add_all(
        [
            planned_item(first, begun),
            planned_item(second, begun),
            planned_item(first, clock.now - timedelta(minutes=5), title="Over"),
            planned_item(first, clock.now + timedelta(minutes=5), title="Ahead"),
            planned_item(second, begun, item="x/2", kind="jingle", title="Chime"),
        ]
    )
    session.flush()
    (line,) = on_air_now(session, clock.now)
    assert (line.title, line.stations) == ("Land law", 2)
    assert line.ends_at == begun + timedelta(minutes=1)
    coming = next_up(session, clock.now)
    assert coming is not None
    assert coming.title == "Ahead"


def test_an_item_is_off_the_air_at_its_end(session: Session, clock) -> None:
    """Half-open: its last instant belongs to what follows."""
    session.add(planned_item(enrolled(session, "V1", "Dakdom", clock.now), clock.now))
    session.flush()
    assert len(on_air_now(session, clock.now)) == 1
    assert on_air_now(session, clock.now + timedelta(minutes=1)) == ()


def test_what_was_heard_is_counted_from_reports(session: Session, clock) -> None:
    """A plan alone counts as not reported yet; a repeated report counts once; jingles don't count, and
    neither does a test of an alert that has an announcement's audio."""
    station = enrolled(session, "V1", "Dakdom", clock.now)
    items = [planned_item(station, clock.now - timedelta(hours=hours)) for hours in (1, 2, 3, 4, 5)]
    session.add_all([*items, planned_item(station, clock.now - timedelta(days=8))])
    for number, (item, outcome) in enumerate(
        zip(items, ["aired", "late", "cut", "missed"], strict=False), start=1
    ):
        session.add(told(item, number, outcome))
    session.flush()
    session.add(told(items[0], 9, "missed"))
    tested = told(items[0], 10, "aired")
    tested.broadcast = unplanned_key(Origin.TEST, "flood/1", items[0].planned_start)
    tested.item = f"{tested.broadcast}/1"
    session.add(tested)
    session.flush()
    heard = heard_lately(session, clock.now)
    assert heard == Heard(in_full=2, in_part=1, not_heard=1, unreported=1)
    assert heard.percent(heard.in_full) == 40.0


def test_a_week_without_plans_has_no_share(session: Session, clock) -> None:
    """No division by nothing."""
    assert heard_lately(session, clock.now).percent(0) == 0.0


def test_nobody_is_needed_when_all_is_well(session: Session, clock) -> None:
    """An online station without faults makes no line."""
    enrolled(session, "V1", "Dakdom", clock.now)
    assert needs(session, clock.now) == ()


def test_silent_stations_and_missing_languages_ask_for_somebody(session: Session, clock) -> None:
    """With how many, and how many people do not hear it; the most urgent first."""
    station = enrolled(session, "V1", "Dakdom", clock.now - timedelta(days=2))
    create_station(session, village(session, "V2", "Dakman"), DEFAULT_ZONES, clock.now)
    params = {"title": "Evening news", "language": "tdf", "subject": "Land law"}
    gap = {"code": "missing_language", "slot": "s1", "at": None, "params": params, "sentence": ""}
    station.published_serial = 3
    session.add(
        PublishedPlan(
            station_id=station.id,
            serial=3,
            issued_at=clock.now,
            fresh_until=clock.now,
            broadcasts=1,
            gaps=[gap, gap],
            envelope=b"{}",
        )
    )
    session.flush()
    found = {need.code: need for need in needs(session, clock.now)}
    assert list(found) == ["silent", "missing_language", "not_enrolled"]
    missing = found["missing_language"]
    assert (missing.count, missing.figures["people"], missing.figures["language"]) == (1, 500, "tdf")


def test_a_missing_first_language_is_seen_before_it_airs(session: Session, clock, settings: Settings) -> None:
    """By the published plans: the announcement, the language, how many villages and people; nothing else."""
    for code, name in (("V1", "Dakdom"), ("V2", "Dakman")):
        enrolled(session, code, name, clock.now)
    announcement = announce(session, "Land law", ["lo"], clock.now)
    wish = SlotWish(
        items=(WishedAnnouncement(announcement.id),),
        recurrence=Recurrence(Frequency.DAILY, (time(17, 0),), start=clock.now.date()),
        places=("LA1503",),
        title="Evening news",
    )
    create_slot(session, wish, None, clock.now)
    publish_plans(session, settings, clock.now)
    (need,) = needs(session, clock.now)
    assert (need.code, need.count) == ("missing_language", 2)
    assert need.figures == {"title": "Land law", "language": "tdf", "people": 1000}


def test_only_approvers_are_told_what_awaits_approval(
    signed_in: Callable[..., FlaskClient], app: APIFlask, clock
) -> None:
    """Nobody is sent to a page on which they can do nothing."""
    with app.app_context():
        announcement = create_announcement(db.session, "Land law", "law_orientation", None, clock.now)
        waiting = Recording(
            announcement=announcement, language="lo", original_name="x.wav", created_at=clock.now
        )
        waiting.state = "submitted"
        db.session.add(waiting)
        db.session.commit()
    assert "1 recording awaits approval" in signed_in("approver").get("/").text
    officer = signed_in("officer").get("/").text
    assert "awaits approval" not in officer
    assert "/announcements/new" not in officer
    assert "/stations/new" not in officer


def test_recordings_that_wait_for_an_approver_are_counted(session: Session, clock) -> None:
    """Submitted ones, not drafts."""
    announcement = create_announcement(session, "Land law", "law_orientation", None, clock.now)
    for number, state in enumerate(("submitted", "submitted", "draft")):
        session.add(
            Recording(
                announcement=announcement,
                language="lo",
                state=state,
                version=number,
                original_name="x.wav",
                created_at=clock.now,
            )
        )
    session.flush()
    (need,) = needs(session, clock.now)
    assert (need.code, need.count) == ("approve", 2)


@pytest.fixture
def a_day(app: APIFlask, clock) -> None:
    """Two districts, one broadcast heard here and missed there, another ahead."""
    with app.app_context():
        session = db.session
        here = enrolled(session, "V1", "Dakdom", clock.now)
        there = enrolled(session, "V2", "Chalam", clock.now, district="LA1504")
        past, ahead = clock.now - timedelta(hours=2), clock.now + timedelta(hours=2)
        items = [planned_item(station, at) for at in (past, ahead) for station in (here, there)]
        session.add_all(items)
        session.flush()
        session.add_all([told(items[0], 1, "aired"), told(items[1], 1, "missed")])
        session.commit()


@pytest.mark.usefixtures("a_day")
def test_the_page_shows_a_row_for_each_district_and_what_became_of_it(
    signed_in: Callable[..., FlaskClient],
) -> None:
    """Done where it was heard, a fault where it was missed, no tone for what lies ahead."""
    page = signed_in().get("/").get_data(as_text=True)
    assert page.count('class="strip"') == 2
    assert page.count('class="outcome done"') == 1
    assert page.count('class="outcome fail"') == 1
    assert page.count('class="bar ordinary"') == 4
    assert "2 of 2 online" in page
    assert ">50 % " in page


@pytest.mark.usefixtures("a_day")
def test_the_page_speaks_lao(signed_in: Callable[..., FlaskClient]) -> None:
    """The districts too."""
    page = signed_in(language="lo").get("/").get_data(as_text=True)
    assert "<h1>ມື້ນີ້</h1>" in page
    assert "ດາກຈຶງ" in page


def test_an_empty_province_is_shown_the_first_steps(signed_in: Callable[..., FlaskClient]) -> None:
    """Nothing is there, and the page says how to begin."""
    page = signed_in().get("/").get_data(as_text=True)
    assert "First steps" in page
    assert "Nothing is on the air." in page


def test_broadcasts_of_a_district_are_joined_over_its_stations() -> None:
    """No stations, no rows."""
    assert district_rows([], {}, ["Dakcheung"]) == ()
