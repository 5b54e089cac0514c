"""A recording, a jingle and an announcement as plain values: what commands and the API answer with."""

from __future__ import annotations

from typing import Any

from broadcaster.newsroom.models import Announcement, Jingle, Recording


def recording_facts(recording: Recording) -> dict[str, Any]:
    """One recording for programs; instants are aware, loudness in LUFS, peak in dBTP."""
    return {
        "recording": recording.id,
        "announcement": recording.announcement_id,
        "title": recording.announcement.title,
        "language": recording.language,
        "version": recording.version,
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
        "created_at": announcement.created_at,
        "recordings": [recording_facts(one) for one in announcement.recordings],
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
