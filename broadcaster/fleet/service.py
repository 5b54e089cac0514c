"""What other rooms may ask of this one."""

from __future__ import annotations

from broadcaster.fleet.bell import Bell
from broadcaster.fleet.enrolment import enrol, new_code
from broadcaster.fleet.health import Contact, Finding, contact, findings, relay_ok
from broadcaster.fleet.keys import keyring_envelope, province_keys
from broadcaster.fleet.models import PlannedItem, PublishedPlan, Station, StationState
from broadcaster.fleet.plan_memory import planned
from broadcaster.fleet.plans import (
    current_plan,
    current_serial,
    may_fetch,
    plan_of,
    published_plans,
    required_plan,
)
from broadcaster.fleet.publishing import publish_in_batches, publish_plans, publish_plans_job, ring
from broadcaster.fleet.station_door import stamp, station_of_request
from broadcaster.fleet.station_panels import add_panel
from broadcaster.fleet.stations import (
    DEFAULT_ZONES,
    change_station,
    create_station,
    owner_of_station,
    profile,
    retire_station,
    seen,
    station,
    stations,
)

__all__ = [
    "DEFAULT_ZONES",
    "Bell",
    "Contact",
    "Finding",
    "PlannedItem",
    "PublishedPlan",
    "Station",
    "StationState",
    "add_panel",
    "change_station",
    "contact",
    "create_station",
    "current_plan",
    "current_serial",
    "enrol",
    "findings",
    "keyring_envelope",
    "may_fetch",
    "new_code",
    "owner_of_station",
    "plan_of",
    "planned",
    "profile",
    "province_keys",
    "publish_in_batches",
    "publish_plans",
    "publish_plans_job",
    "published_plans",
    "relay_ok",
    "required_plan",
    "retire_station",
    "ring",
    "seen",
    "stamp",
    "station",
    "station_of_request",
    "stations",
]
