"""The chore that ends approvals whose announcement's last day has passed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from broadcaster.newsroom import steps


def expire(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Job and chore `expire_recordings`."""
    steps.expire_recordings(session, now)
