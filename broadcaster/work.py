"""Which room does which background job, and the one thread of `serve` that does them."""

from __future__ import annotations

from broadcaster.jobs import Handler

HANDLERS: dict[str, Handler] = {}
