"""For developers, before the first release only: write migration 0001 anew from the models."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine

from broadcaster import schema

VERSIONS = Path(__file__).parent.parent / "broadcaster" / "migrations" / "versions"

if __name__ == "__main__":
    for old in VERSIONS.glob("*.py"):
        old.unlink()
    schema.write_migration(create_engine("sqlite://"), "first schema")
    written = next(VERSIONS.glob("*.py"))
    target = VERSIONS / "0001_first_schema.py"
    text = written.read_text()
    revision = text.split("revision = '")[1].split("'")[0]
    lines = text.replace(revision, "0001").splitlines(keepends=True)
    target.write_text("".join(line for line in lines if "Alembic" not in line))
    written.unlink()
    print(f"wrote {target}")
