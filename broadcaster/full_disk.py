"""A full disk, by whoever notices it: the file system or the database."""

from __future__ import annotations

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError

from broadcaster.errors import NoSpace

_POSTGRESQL_DISK_FULL = "53100"
"""Its SQLSTATE (PostgreSQL, appendix A: error codes)."""


def no_space(error: OSError | DBAPIError) -> NoSpace | None:
    """What to tell when this error says that the disk is full; None when it says something else."""
    if isinstance(error, OSError):
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    else:
        sqlite = getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        full = sqlite or getattr(error.orig, "sqlstate", None) == _POSTGRESQL_DISK_FULL
    if not full:
        return None
    return NoSpace("the server's disk is full; nothing was saved, free some space", code="disk_full")
