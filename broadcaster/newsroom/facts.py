"""A recording, a jingle and an announcement as plain values: what commands and the API answer with."""

from __future__ import annotations

from typing import Any

from broadcaster.newsroom.attachments import in_use
from broadcaster.newsroom.models import Announcement, Attachment, Jingle, Recording
from broadcaster.newsroom.texts import RecordingTexts


def recording_facts(recording: Recording) -> dict[str, Any]:
    """One recording for programs; instants are aware, loudness in LUFS, peak in dBTP."""
    return {
        "recording": recording.id,
        "announcement": recording.announcement_id,
        "title": recording.announcement.title,
        "language": recording.language,
        "version": recording.version,
        "edition": recording.edition,
        "speakers": list(recording.speakers or []),
        **_sound_facts(recording),
    }


def jingle_facts(jingle: Jingle) -> dict[str, Any]:
    """One jingle for programs."""
    return {"jingle": jingle.id, "title": jingle.title, **_sound_facts(jingle)}


def announcement_facts(announcement: Announcement) -> dict[str, Any]:
    """One announcement with its recordings."""
    return {
        "announcement": announcement.id,
        "title": announcement.title,
        "kind": announcement.kind.value,
        "place": announcement.place_code,
        "valid_from": announcement.valid_from,
        "valid_until": announcement.valid_until,
        "details": announcement.detail_values,
        "tags": announcement.tags,
        "edition": announcement.edition,
        "attachments": [attachment_facts(one) for one in in_use(announcement)],
        "created_at": announcement.created_at,
        "recordings": [recording_facts(one) for one in announcement.recordings],
    }


def attachment_facts(attachment: Attachment) -> dict[str, Any]:
    """One paper or picture beside an announcement."""
    return {
        "attachment": attachment.id,
        "name": attachment.name,
        "media_type": attachment.media_type,
        "size_bytes": attachment.size_bytes,
        "sha256": attachment.sha256,
        "created_at": attachment.created_at,
    }


def texts_facts(recording: Recording) -> dict[str, Any]:
    """What is said in one recording."""
    return {
        "recording": recording.id,
        "language": recording.language,
        "edition": recording.edition,
        **RecordingTexts.of(recording).as_fields(),
    }


def _sound_facts(sound: Recording | Jingle) -> dict[str, Any]:
    return {
        "sha256": sound.sha256,
        "size_bytes": sound.size_bytes,
        "duration_ms": sound.duration_ms,
        "media_type": sound.media_type,
        "loudness_lufs": sound.loudness_lufs,
        "true_peak_dbtp": sound.true_peak_dbtp,
        "verdict": sound.verdict,
        "state": sound.state,
        "ingest": sound.ingest.value,
        "error": sound.error,
        "original_name": sound.original_name,
        "approved_at": sound.approved_at,
    }
