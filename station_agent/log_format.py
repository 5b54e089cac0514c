"""How a line of the agent's log looks: key=value, or one JSON object. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

_TURNING = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
"""What turns the writing round, one character or all that follow."""
_UNSEEN = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))} | {
    code: f"\\u{code:04x}" for code in (0x2028, 0x2029, *_TURNING, 0xFEFF)
}
"""Not U+200B to U+200D: Lao has no spaces between words, and its texts say by them where a line may break."""
_NEEDS_QUOTES = frozenset(' ="')


def in_plain_sight(text: str) -> str:
    """The text on one line, with what moves the cursor, changes colours or turns the writing round spelt out:
    names come from sticks and people, and none may look like a line of the log."""
    return text.translate(_UNSEEN)


def line_of(at: datetime, level: str, event: str, fields: Mapping[str, object], *, as_json: bool) -> str:
    """One line without its end: when (UTC), how grave, what, then the fields in their order."""
    instant = at.isoformat().replace("+00:00", "Z")
    said = {"at": instant, "level": level, "event": event, **fields}
    shown = {name: _shown(value) for name, value in said.items()}
    if as_json:
        return json.dumps(shown, default=str)
    return " ".join(f"{name}={_value(value)}" for name, value in shown.items())


def _shown(value: object) -> object:
    if isinstance(value, str):
        return in_plain_sight(value)
    return value.isoformat(timespec="milliseconds") if isinstance(value, datetime) else value


def _value(value: object) -> str:
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else in_plain_sight(str(value))
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"' if _NEEDS_QUOTES & set(text) else text
