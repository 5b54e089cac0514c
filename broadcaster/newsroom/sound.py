"""What a recording and a jingle have in common: broadcast-ready audio, its way here, who answers for it."""

from __future__ import annotations

import math
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from broadcaster.accounts.models import Person
from broadcaster.database import UtcDateTime, stored_enum
from content_library import BroadcastAudio


class IngestState(StrEnum):
    """How far an upload is on its way to broadcast-ready audio."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


class SoundColumns:
    """Columns of everything that is uploaded, made broadcast-ready and approved.

    `sha256` and the figures beside it are None until the upload is `done`. `approved_sha256` is what was
    approved: only those bytes may air. `measured` are the figures of the file as it was brought,
    `source_sha256` its hash, `edit` what was trimmed and levelled since. `upload` names the
    file in the upload folder while it is worked on.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    original_name: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(20), default="draft", index=True)

    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    duration_ms: Mapped[int | None] = mapped_column()
    media_type: Mapped[str | None] = mapped_column(String(80))
    loudness_lufs: Mapped[float | None] = mapped_column()
    true_peak_dbtp: Mapped[float | None] = mapped_column()
    gain_db: Mapped[float | None] = mapped_column()
    verdict: Mapped[str | None] = mapped_column(String(40))
    verdict_figures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    peaks: Mapped[list[Any]] = mapped_column(JSON, default=list)

    measured: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    source_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    source_size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    edit: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    upload: Mapped[str | None] = mapped_column(String(80))
    ingest: Mapped[IngestState] = mapped_column(stored_enum(IngestState), default=IngestState.DONE)
    step: Mapped[str | None] = mapped_column(String(20))
    progress: Mapped[float] = mapped_column(default=0.0)
    error_code: Mapped[str | None] = mapped_column(String(40))
    error: Mapped[str | None] = mapped_column(Text)
    error_figures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    comment: Mapped[str | None] = mapped_column(Text)

    @declared_attr
    def created_by_id(cls) -> Mapped[int | None]:  # noqa: N805 - a mixin's column is declared on the class
        """Who brought it; None is the command line."""
        return mapped_column(ForeignKey(Person.id))

    @declared_attr
    def approved_by_id(cls) -> Mapped[int | None]:  # noqa: N805
        """Who approved it; None is the command line."""
        return mapped_column(ForeignKey(Person.id))

    @declared_attr
    def created_by(cls) -> Mapped[Person | None]:  # noqa: N805
        """The person of `created_by_id`."""
        return relationship(Person, foreign_keys=[cls.created_by_id])  # type: ignore[list-item]  # declared above

    @declared_attr
    def approved_by(cls) -> Mapped[Person | None]:  # noqa: N805
        """The person of `approved_by_id`."""
        return relationship(Person, foreign_keys=[cls.approved_by_id])  # type: ignore[list-item]  # declared above

    @property
    def is_on_air_ready(self) -> bool:
        """Approved, and still the very bytes that were approved."""
        return self.state == "approved" and self.sha256 is not None and self.sha256 == self.approved_sha256

    def take_audio(self, audio: BroadcastAudio) -> None:
        """Note what the content library made of the upload."""
        self.sha256 = audio.sha256
        self.size_bytes = audio.size_bytes
        self.duration_ms = audio.duration_ms
        self.media_type = audio.media_type
        self.loudness_lufs = audio.loudness_lufs
        self.true_peak_dbtp = audio.true_peak_dbtp
        self.gain_db = audio.gain_db
        self.verdict = audio.verdict.code.value
        self.verdict_figures = {
            "also": [code.value for code in audio.verdict.also],
            "added_db": audio.verdict.added_db,
            "silence_ms": audio.verdict.silence_ms,
            "missed_lu": audio.verdict.missed_lu,
            "broken_frames": audio.verdict.broken_frames,
            "above_noise_db": audio.verdict.above_noise_db,
            "bandwidth_hz": audio.verdict.bandwidth_hz,
        }
        self.measured = {
            name: value
            for name, value in asdict(audio.source).items()
            if not isinstance(value, float) or math.isfinite(value)
        }
        self.peaks = [list(pair) for pair in audio.peaks]
        self.ingest = IngestState.DONE
        self.progress = 1.0
        self.step = self.upload = self.error = self.error_code = None
        self.error_figures = {}
