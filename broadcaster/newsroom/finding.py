"""Which announcements or recordings a question finds, with the help of the index of letters.

The index names those that hold the letters of every term; the texts say whether they stand together. Few are
listed by their ids. Where there are many, the list is walked in its order instead and each row is asked: with
so many that fit, a page is full soon. So a page takes about as long for a rare word as for a common one.
"""

from __future__ import annotations

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Select,
    String,
    cast,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import InstrumentedAttribute, Session

from broadcaster.newsroom.library_models import LibraryText
from broadcaster.newsroom.search import Question, Term
from broadcaster.newsroom.search_tables import INDEX, LETTERS

FEW = 1000

Ids = InstrumentedAttribute[int] | InstrumentedAttribute[int | None]


def few(session: Session, question: Question, of: Ids, most: int = FEW) -> list[int] | None:
    """The ids in column `of` of the texts that fit, or None when there are more than `most`."""
    if not question.terms:
        return []
    wanted = _held(session, question, select(of).where(of.is_not(None), *fits(session, question)))
    if wanted is None:
        return []
    found = session.scalars(wanted.distinct().limit(most + 1)).all()
    return None if len(found) > most else [number for number in found if number is not None]


def fits(session: Session, question: Question) -> list[ColumnElement[bool]]:
    """Conditions on a `LibraryText`: it holds every term."""
    place = func.instr if session.get_bind().dialect.name == "sqlite" else func.strpos
    return [
        place(LibraryText.toned, term.toned) > 0 if term.toned else place(LibraryText.plain, term.plain) > 0
        for term in question.terms
    ]


def _held(session: Session, question: Question, wanted: Select[int | None]) -> Select[int | None] | None:
    """Narrowed by the index; None where it knows that nothing fits. One letter alone narrows nothing."""
    terms = [term for term in question.terms if len(term.plain) > 1]
    if not terms:
        return wanted
    if session.get_bind().dialect.name != "sqlite":
        asked = cast(literal(" & ".join(_tsquery(term) for term in terms)), TSQUERY)
        return wanted.where(func.library_letters(LibraryText.plain).bool_op("@@")(asked))
    groups = [_match(session, term) for term in terms]
    if not all(groups):
        return None
    index = table(INDEX, column("rowid"))
    return wanted.join(index, index.c.rowid == LibraryText.id).where(
        literal_column(INDEX).bool_op("MATCH")(" AND ".join(groups))
    )


def _threes(term: Term) -> list[str]:
    return sorted({term.plain[at : at + 3] for at in range(len(term.plain) - 2)})


def _match(session: Session, term: Term) -> str:
    """In FTS5's words. Two letters are the threes that begin with them; where there are none it is empty."""
    if len(term.plain) > 2:
        return " AND ".join(f'"{three}"' for three in _threes(term))
    three: ColumnClause[str] = column("term", String)
    after = term.plain[0] + chr(ord(term.plain[1]) + 1)
    known = session.scalars(
        select(three).select_from(table(LETTERS, three)).where(three >= term.plain, three < after)
    )
    found = " OR ".join(f'"{one}"' for one in known)
    return f"({found})" if found else ""


def _tsquery(term: Term) -> str:
    if len(term.plain) > 2:
        return " & ".join(f"'{three}'" for three in _threes(term))
    return f"'{term.plain}':*"
