"""What other rooms may ask of this one."""

from __future__ import annotations

from broadcaster.newsroom.announcement_panels import AnnouncementPanel
from broadcaster.newsroom.announcement_panels import add_panel as add_announcement_panel
from broadcaster.newsroom.announcements import (
    LanguageNeed,
    announcement,
    announcements,
    clean_title,
    create_announcement,
    known_kind,
    known_language,
    language_needs,
)
from broadcaster.newsroom.audio_in import limits_of, make_broadcast_ready
from broadcaster.newsroom.belonging import (
    give_to,
    may_touch,
    refuse_foreign,
    refuse_unseen,
    visible,
)
from broadcaster.newsroom.corrections import (
    may_be_removed,
    may_be_renamed,
    remove_announcement,
    rename_announcement,
)
from broadcaster.newsroom.everywhere import Hit, Hits, Seeker, add_search
from broadcaster.newsroom.found_words import marked
from broadcaster.newsroom.jingles import (
    add_chime,
    add_jingle,
    attach_jingle,
    jingle,
    jingles,
    receive_jingle,
)
from broadcaster.newsroom.matrix import Matrix, matrix
from broadcaster.newsroom.models import Announcement, AnnouncementKind, Jingle, Recording
from broadcaster.newsroom.on_air import approved_recordings, audio_ref, withdrawn_hashes
from broadcaster.newsroom.recordings import (
    add_recording,
    attach_recording,
    receive_recording,
    recording,
    recordings,
)
from broadcaster.newsroom.sound import IngestState
from broadcaster.newsroom.steps import (
    LanguageCheck,
    approve_recording,
    confirm_language,
    expire_recordings,
    may,
    return_recording,
    submit_recording,
    take_back,
    understands,
    withdraw_recording,
)
from broadcaster.newsroom.targets import add_targets, target_villages
from broadcaster.newsroom.withdrawal import Obstacle, StationWithdrawal, tell_withdrawals

__all__ = [
    "Announcement",
    "AnnouncementKind",
    "AnnouncementPanel",
    "Hit",
    "Hits",
    "IngestState",
    "Jingle",
    "LanguageCheck",
    "LanguageNeed",
    "Matrix",
    "Obstacle",
    "Recording",
    "Seeker",
    "StationWithdrawal",
    "add_announcement_panel",
    "add_chime",
    "add_jingle",
    "add_recording",
    "add_search",
    "add_targets",
    "announcement",
    "announcements",
    "approve_recording",
    "approved_recordings",
    "attach_jingle",
    "attach_recording",
    "audio_ref",
    "clean_title",
    "confirm_language",
    "create_announcement",
    "expire_recordings",
    "give_to",
    "jingle",
    "jingles",
    "known_kind",
    "known_language",
    "language_needs",
    "limits_of",
    "make_broadcast_ready",
    "marked",
    "matrix",
    "may",
    "may_be_removed",
    "may_be_renamed",
    "may_touch",
    "receive_jingle",
    "receive_recording",
    "recording",
    "recordings",
    "refuse_foreign",
    "refuse_unseen",
    "remove_announcement",
    "rename_announcement",
    "return_recording",
    "submit_recording",
    "take_back",
    "target_villages",
    "tell_withdrawals",
    "understands",
    "visible",
    "withdraw_recording",
    "withdrawn_hashes",
]
