"""A mistake in a configuration file in plain words: what it must be. Province and station tell it alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MUST_BE = {
    "bool": "must be true or false, without quotation marks",
    "int": "must be a whole number, without quotation marks",
    "float": "must be a number, without quotation marks",
    "string": "must be text in quotation marks",
    "path": "must be a folder in quotation marks",
    "dict": "must be a table of its own, its name in square brackets on a line",
    "model": "must be a table of its own, its name in square brackets on a line",
    "mapping": "must be a table of its own, its name in square brackets on a line",
}


def mistake_words(mistake: Mapping[str, Any], wanted: str | None = None) -> str:
    """What is wrong with a setting, from one of pydantic's `ValidationError.errors()`.

    `wanted` says what the setting must be where the kind of mistake alone cannot tell, such as a pattern's.
    """
    kind, limits = str(mistake["type"]), mistake.get("ctx", {})
    if kind == "missing":
        return "is missing; add it"
    if kind == "value_error":
        return str(mistake["msg"]).removeprefix("Value error, ")
    if kind == "greater_than_equal":
        return f"must be at least {limits['ge']}"
    if kind == "less_than_equal":
        return f"must be at most {limits['le']}"
    if kind == "literal_error":
        return f"must be one of {limits['expected']}"
    if kind == "string_too_short":
        return wanted or "must not be empty"
    if kind == "string_too_long":
        return f"must be no longer than {limits['max_length']} characters"
    return wanted or _MUST_BE.get(kind.partition("_")[0], "is not what belongs here")
