"""A closed table of the settings file."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator


class Section(BaseModel):
    """Frozen; an unknown key is a mistake, and so is text with control characters: no port, device or name
    has any, and no process could be started with a zero byte in one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _is_plain(cls, value: Any) -> Any:
        if isinstance(value, str) and not value.isprintable():
            raise ValueError("must not hold control characters")
        return value
