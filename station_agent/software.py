"""Which program this is, and which version of it."""

from __future__ import annotations

import functools
from importlib.metadata import PackageNotFoundError, version


@functools.cache
def software() -> str:
    """Name and version: what `--version` prints and reports carry, at most 40 characters."""
    try:
        return f"sekong-broadcaster {version('sekong-broadcaster')}"[:40]
    except PackageNotFoundError:  # out of a checkout that was not installed
        return "sekong-broadcaster"
