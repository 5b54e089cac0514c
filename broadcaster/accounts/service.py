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
from broadcaster.accounts.freshness import fresh
from broadcaster.accounts.gate import belongs
from broadcaster.accounts.known_places import KnownPlace, known_places, tell_places
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
from broadcaster.accounts.reach import EVERYWHERE, Reach
from broadcaster.accounts.reaching import in_view, reach, refuse_beyond
from broadcaster.accounts.role_places import places_by_role, set_places, set_places_of_all
from broadcaster.accounts.roles import Role
from broadcaster.accounts.signing_in import wish_language
from broadcaster.accounts.trail_names import NamedSubject, by_table, names_subjects, numbers, words_values

__all__ = [
    "EVERYWHERE",
    "AuditEntry",
    "KnownPlace",
    "NamedSubject",
    "Person",
    "Reach",
    "Role",
    "add_person",
    "belongs",
    "by_table",
    "change_roles",
    "current_person",
    "fresh",
    "in_view",
    "is_station_door",
    "known_places",
    "make_roles",
    "names_subjects",
    "numbers",
    "open_to_all",
    "people",
    "person",
    "person_by_email",
    "places_by_role",
    "reach",
    "record",
    "refuse_beyond",
    "requires",
    "set_active",
    "set_password",
    "set_places",
    "set_places_of_all",
    "signed_in",
    "speaks_json",
    "station_door",
    "tell_places",
    "trail",
    "wish_language",
    "words_values",
]
