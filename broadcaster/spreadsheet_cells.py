"""Cells of a CSV file that no spreadsheet takes for a formula to execute."""

from __future__ import annotations

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(value: object) -> str:
    """The value as text; what a spreadsheet would execute begins with an apostrophe. Numbers stay numbers."""
    if isinstance(value, int | float):
        return str(value)
    written = "" if value is None else str(value)
    return f"'{written}" if written.startswith(_FORMULA) else written
