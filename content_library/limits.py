"""How much one ingest may take."""

from dataclasses import dataclass


@dataclass(frozen=True)
class IngestLimits:
    """Bounds of one ingest: bytes of the source, its duration, and seconds for each single step."""

    max_size_bytes: int = 2 * 1024**3
    max_duration_ms: int = 3 * 60 * 60 * 1000
    step_timeout_s: float = 1800.0
