"""What other rooms may ask of this one."""

from __future__ import annotations

from broadcaster.accounts.access import (
    current_person,
    is_station_door,
    open_to_all,
    requires,
    signed_in,
    speaks_json,
    station_door,
)
from broadcaster.accounts.audit import record, trail
from broadcaster.accounts.models import AuditEntry, Person
from broadcaster.accounts.people import (
    add_person,
    change_roles,
    make_roles,
    people,
    person,
    person_by_email,
    set_active,
    set_password,
)
from broadcaster.accounts.roles import Role

__all__ = [
    "AuditEntry",
    "Person",
    "Role",
    "add_person",
    "change_roles",
    "current_person",
    "is_station_door",
    "make_roles",
    "open_to_all",
    "people",
    "person",
    "person_by_email",
    "record",
    "requires",
    "set_active",
    "set_password",
    "signed_in",
    "speaks_json",
    "station_door",
    "trail",
]
