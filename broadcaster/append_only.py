"""Tables that only grow: the database itself refuses to change or remove a row.

Triggers come with `create_all` and, since migrations build their own table objects, once more with every
`schema.upgrade`; making them is harmless when they exist.
"""

from __future__ import annotations

from sqlalchemy import Connection, FromClause, Table, event, inspect, text

_tables: list[Table] = []


def append_only(table: FromClause) -> None:
    """Refuse UPDATE and DELETE on this table, on SQLite and PostgreSQL, whoever asks."""
    assert isinstance(table, Table)  # noqa: S101 - a mapped class's table; mypy cannot know
    _tables.append(table)
    event.listen(table, "after_create", lambda _table, connection, **_: _protect(connection, table.name))


def protect_tables(connection: Connection) -> None:
    """Make the triggers of every append-only table that exists."""
    existing = set(inspect(connection).get_table_names())
    for table in _tables:
        if table.name in existing:
            _protect(connection, table.name)


def _protect(connection: Connection, table: str) -> None:
    statements = _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL
    for statement in statements:
        connection.execute(text(statement.format(table=table)))


_SQLITE = tuple(
    f"CREATE TRIGGER IF NOT EXISTS {{table}}_no_{name} BEFORE {act} "
    "BEGIN SELECT RAISE(ABORT, '{table} only grows: its rows are not changed or removed'); END"
    for name, act in (
        ("update", "UPDATE ON {table}"),
        ("delete", "DELETE ON {table}"),
        # REPLACE removes the row that is in its way without asking the trigger of DELETE.
        ("replace", "INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE rowid = NEW.rowid)"),
    )
)
_POSTGRESQL = (
    (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% only grows: its rows are not changed or removed', TG_TABLE_NAME; END $$"
    ),
    (
        "CREATE OR REPLACE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    ),
    (
        "CREATE OR REPLACE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    ),
)
