"""How somebody wants the library's lists shown: rows on a page, and which columns. Kept with the person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from broadcaster.accounts.models import Person
from broadcaster.errors import BadInput
from broadcaster.newsroom.library import PART
from broadcaster.newsroom.library_words import COLUMNS

ROWS = (25, 50, 100, 200)


@dataclass(frozen=True)
class ListWish:
    """Rows on a page, and the columns beside the title, in the list's order."""

    rows: int
    columns: tuple[str, ...]

    def shows(self, column: str) -> bool:
        """Whether this column is wanted."""
        return column in self.columns


def wish_of(person: Person, page: str) -> ListWish:
    """What the person wants of the list "announcements" or "recordings"; without a wish 50 rows and all.

    What is left out is kept, not what is shown: a column that comes with a later version is seen by all.
    """
    kept = (person.list_wishes or {}).get(page, {})
    rows, left_out = kept.get("rows"), kept.get("without", ())
    return ListWish(
        rows if rows in ROWS else PART, tuple(name for name in COLUMNS[page] if name not in left_out)
    )


def keep_wish(person: Person, page: str, rows: int, columns: Iterable[str]) -> None:
    """Show the list so from now on; the caller commits. `BadInput` for a list or a count nobody knows."""
    if page not in COLUMNS or rows not in ROWS:
        raise BadInput(
            f"{rows} rows of {page!r} cannot be shown; choose {', '.join(map(str, ROWS))} rows "
            f"of {' or '.join(COLUMNS)}",
            field="rows",
        )
    shown = set(columns)
    wish = {"rows": rows, "without": [name for name in COLUMNS[page] if name not in shown]}
    person.list_wishes = {**(person.list_wishes or {}), page: wish}
