"""What somebody wants to see of the library, as a value and as an address: the address says all of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

from broadcaster.newsroom.models import AnnouncementKind
from broadcaster.newsroom.plain_text import one_line
from broadcaster.newsroom.search import LONGEST_QUESTION
from content_library import ApprovalState, VerdictCode
from schedules.languages import LANGUAGES

VALIDITIES = ("now", "soon", "expired", "open")
"""May be heard today; begins within a week; is over; has no end."""
SOUNDS = ("preparing", "failed", "twice", "none")
"""Being prepared; could not be used; the same audio is elsewhere too; no words of it are written down."""
LONGEST_S = 24 * 3600
_STATES = frozenset(state.value for state in ApprovalState)

RECORDING_SORTS = ("created", "title", "language", "state", "duration", "approved", "name", "kind")
ANNOUNCEMENT_SORTS = ("created", "title", "kind", "until")
NEWEST_FIRST = "-created"


@dataclass(frozen=True)
class Wanted:
    """What is asked of the library. Empty says nothing. `longest` and `shortest` are seconds.

    `sort` is a column's name, with a minus for downwards. `after` is the id of the last row seen.
    """

    search: str = ""
    kind: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    missing: str = ""
    tag: str = ""
    who: int | None = None
    since: date | None = None
    until: date | None = None
    validity: str = ""
    verdict: tuple[str, ...] = ()
    sound: str = ""
    shortest: int | None = None
    longest: int | None = None
    sort: str = NEWEST_FIRST
    after: int | None = None

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return replace(self, sort=NEWEST_FIRST, after=None) != Wanted()

    @property
    def only_searches(self) -> bool:
        """Whether nothing but the search leaves anything out."""
        return not replace(self, search="").narrows

    def to_args(self) -> dict[str, list[str]]:
        """As the values of an address; what is not asked for is not in it. `after` is never kept."""
        said = {
            field.name: _written(getattr(self, field.name)) for field in fields(self) if field.name != "after"
        }
        return {
            name: values
            for name, values in said.items()
            if values and (name, values) != ("sort", [NEWEST_FIRST])
        }


def wanted_from(args: Mapping[str, Sequence[str]], sorts: Collection[str]) -> Wanted:
    """What an address asks for. A value nobody knows is passed over: an old link still shows a list."""

    def one(name: str) -> str:
        return next(iter(args.get(name, ())), "")[:LONGEST_QUESTION]

    sort = one("sort")
    return Wanted(
        search=one_line(one("search")),
        kind=_known(args.get("kind", ()), frozenset(kind.value for kind in AnnouncementKind)),
        language=_known(args.get("language", ()), LANGUAGES),
        state=_known(args.get("state", ()), _STATES),
        missing=one("missing") if one("missing") in LANGUAGES else "",
        tag=one_line(one("tag")),
        who=_number(one("who"), 2**31 - 1),
        since=_day(one("since")),
        until=_day(one("until")),
        validity=one("validity") if one("validity") in VALIDITIES else "",
        verdict=_known(args.get("verdict", ()), frozenset(code.value for code in VerdictCode)),
        sound=one("sound") if one("sound") in SOUNDS else "",
        shortest=_number(one("shortest"), LONGEST_S),
        longest=_number(one("longest"), LONGEST_S),
        sort=sort if sort.removeprefix("-") in sorts else NEWEST_FIRST,
        after=_number(one("after"), 2**31 - 1),
    )


def _known(given: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in given if value in known))


def _number(written: str, most: int) -> int | None:
    return int(written) if written.isascii() and written.isdecimal() and int(written[:12]) <= most else None


def _day(written: str) -> date | None:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2199 else None


def _written(value: object) -> list[str]:
    if isinstance(value, tuple):
        return [str(one) for one in value]
    return [] if value is None or value == "" else [str(value)]
