"""What finds pieces of text quickly, beside `library_text`: an index of three letters each, by the database.

SQLite: an FTS5 table over the column, kept by triggers, and the list of its letters. PostgreSQL: a GIN index
over the letters of the column; no extension is needed. Neither is known to SQLAlchemy: like the guards of
append-only tables they come with `create_all` and with every `schema.upgrade`.
"""

from __future__ import annotations

from sqlalchemy import Connection, event, inspect, text

from broadcaster.newsroom.library_models import LibraryText

INDEX = "library_index"
LETTERS = "library_letters"
_GIN = "library_text_letters"


def make_search_tables(connection: Connection) -> None:
    """Make what is missing; fill an index that was made beside texts that are there."""
    if not inspect(connection).has_table(LibraryText.__tablename__):
        return
    if connection.dialect.name != "sqlite":
        for statement in _POSTGRESQL:
            connection.execute(text(statement))
        return
    is_new = not inspect(connection).has_table(INDEX)
    for statement in _SQLITE:
        connection.execute(text(statement))
    if is_new:
        fill_index(connection)


def fill_index(connection: Connection) -> None:
    """Make the index anew from the texts, whatever it held."""
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"INSERT INTO {INDEX}({INDEX}) VALUES ('rebuild')"))  # noqa: S608 - our own name
    else:
        connection.execute(text(f"REINDEX INDEX {_GIN}"))


def is_modelled(name: str | None, kind: str, _parents: object = None) -> bool:
    """For Alembic: whether a table or index of the database is one that the models speak of."""
    if kind == "table":
        return not (name or "").startswith((INDEX, LETTERS))
    return not (kind == "index" and name == _GIN)


event.listen(
    LibraryText.__table__, "after_create", lambda _table, connection, **_: make_search_tables(connection)
)

_ADD = f"INSERT INTO {INDEX}(rowid, plain) VALUES (new.id, new.plain);"  # noqa: S608 - our own names
_TAKE = f"INSERT INTO {INDEX}({INDEX}, rowid, plain) VALUES ('delete', old.id, old.plain);"  # noqa: S608
_SQLITE = (
    (
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {INDEX} USING fts5(plain, content='library_text', "
        "content_rowid='id', tokenize='trigram case_sensitive 1', detail=none)"
    ),
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {LETTERS} USING fts5vocab('{INDEX}', 'row')",
    f"CREATE TRIGGER IF NOT EXISTS library_text_added AFTER INSERT ON library_text BEGIN {_ADD} END",
    f"CREATE TRIGGER IF NOT EXISTS library_text_removed AFTER DELETE ON library_text BEGIN {_TAKE} END",
    (
        "CREATE TRIGGER IF NOT EXISTS library_text_changed AFTER UPDATE OF plain ON library_text "
        f"BEGIN {_TAKE} {_ADD} END"
    ),
)
# Its cost tells the planner never to work the letters out row by row where the index has them.
_POSTGRESQL = (
    (
        "CREATE OR REPLACE FUNCTION library_letters(words text) RETURNS tsvector "
        "LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100000 AS $$ "
        "SELECT array_to_tsvector(coalesce(array_agg(DISTINCT three), '{}')) FROM ("
        "SELECT sign || lead(sign) OVER w || lead(sign, 2) OVER w AS three "
        "FROM unnest(string_to_array(words, NULL)) WITH ORDINALITY AS signs(sign, place) "
        "WINDOW w AS (ORDER BY place)) AS letters WHERE three IS NOT NULL $$"
    ),
    (
        f"CREATE INDEX IF NOT EXISTS {_GIN} ON library_text USING gin (library_letters(plain)) "
        "WITH (fastupdate = off)"
    ),
)
