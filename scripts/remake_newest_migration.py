"""For developers, while a version is being made: write its migration anew from the models.

`python scripts/remake_newest_migration.py 0002 newsroom` replaces revision 0002 by the difference
between what the revisions before it make and the models. A released revision is never remade: add the next.
New columns of tables that may hold rows need `server_default`, or be nullable.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy import create_engine

from broadcaster import schema

VERSIONS = Path(__file__).parent.parent / "broadcaster" / "migrations" / "versions"


def remake(number: str, name: str) -> Path:
    """Write the revision `number` and say where it lies."""
    for old in VERSIONS.glob(f"{number}_*.py"):
        old.unlink()
    before = set(VERSIONS.glob("*.py"))
    engine = create_engine("sqlite://")
    schema.upgrade(engine)
    schema.write_migration(engine, name.replace("_", " "))
    (written,) = set(VERSIONS.glob("*.py")) - before
    text = written.read_text()
    revision = text.split("revision = '")[1].split("'")[0]
    written.unlink()
    target = VERSIONS / f"{number}_{name}.py"
    # Written against SQLite, which has no booleans of its own; PostgreSQL takes no number for one.
    for digit, word in (("0", "false"), ("1", "true")):
        text = text.replace(
            f"sa.Boolean(), server_default=sa.text('{digit}')", f"sa.Boolean(), server_default=sa.{word}()"
        )
    lines = text.replace(revision, number).splitlines(keepends=True)
    target.write_text("".join(line for line in lines if "Alembic" not in line))
    return target


if __name__ == "__main__":
    print(f"wrote {remake(sys.argv[1], sys.argv[2])}")
