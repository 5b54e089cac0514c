"""Which room does which background job, and the one thread of `serve` that does them."""

from __future__ import annotations

from broadcaster.fleet.service import publish_plans_job
from broadcaster.jobs import Handler
from broadcaster.newsroom import ingest_job

HANDLERS: dict[str, Handler] = {
    "publish_plans": publish_plans_job,
    "ingest_recording": ingest_job.ingest_recording,
    "ingest_jingle": ingest_job.ingest_jingle,
}
