"""What went wrong in the newsroom, by error code, with named placeholders for the error's figures."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext

_MACHINE = lazy_gettext(
    "This server could not work on it now. Try again; if it stays, tell your administrator."
)
_DISK = lazy_gettext("There is no space left for audio on the server. Tell your administrator.")

MISHAPS: dict[str, LazyString] = {
    # The file
    "file_missing": lazy_gettext("The uploaded file is no longer there. Upload it again."),
    "source_missing": lazy_gettext("The uploaded file is no longer there. Upload it again."),
    "is_a_folder": lazy_gettext("This is a folder. Choose a sound file."),
    "empty_file": lazy_gettext("The file is empty. Copy it again, or choose another one."),
    "not_audio": lazy_gettext("This is not a sound file. Choose a recording, or a video with sound."),
    "channels_unknown": lazy_gettext(
        "It has %(channels)s channels, and does not say where they belong. "
        "Export it with one or two channels."
    ),
    "truncated": lazy_gettext("The file breaks off. Copy or record it again, then upload it once more."),
    "silent": lazy_gettext("There is nothing to hear in it. Check the microphone and record it again."),
    "too_long": lazy_gettext("It is too long; three hours are possible. Cut it into parts."),
    "too_large": lazy_gettext("The file is too large. Save it as MP3, or cut it into parts."),
    "broken_samples": lazy_gettext("Its samples are no sound. Export it again as a 16-bit WAV file."),
    "bad_edit": lazy_gettext("These times or gains cannot be used. Look at the beginning and the end."),
    "nothing_left": lazy_gettext("The cut leaves nothing of the recording. Move its beginning or its end."),
    "not_levelled": lazy_gettext("Its level could not be set. Remove clicks and knocks, then try again."),
    "identical_audio": lazy_gettext("This very audio is there already: %(name)s. Nothing was added."),
    "given_up": lazy_gettext(
        "Preparing this file failed again and again, so it was set aside. Export it again as WAV."
    ),
    # The machine
    "step_timed_out": _MACHINE,
    "tool_missing": _MACHINE,
    "tool_failed": _MACHINE,
    "machine": _MACHINE,
    "store": _MACHINE,
    "store_unreachable": _MACHINE,
    "store_damaged": _MACHINE,
    "not_in_store": lazy_gettext("The audio is missing from the store. Tell your administrator."),
    "store_full": _DISK,
    # The form
    "title_missing": lazy_gettext("Say in a few words what it is about."),
    "title_too_long": lazy_gettext("The title is too long; %(longest)s characters are possible."),
    "unknown_kind": lazy_gettext("Choose one of the kinds."),
    "unknown_language": lazy_gettext("Choose one of the languages."),
    "ends_before_it_begins": lazy_gettext("The last day must come after the first day."),
    "year_far_off": lazy_gettext("Choose a year from %(first)s to %(last)s."),
    "reason_missing": lazy_gettext("Say in a few words why."),
    "reason_too_long": lazy_gettext("That is too long; say it in fewer words."),
    # Trim and level
    "nothing_edited": lazy_gettext("Nothing was changed, so there is no new version."),
    "bad_sound_time": lazy_gettext("This is not a time. Write minutes and seconds, as in 1:23.5."),
    "bad_gain": lazy_gettext("This is not a number of decibels. Write for example +6 or -3."),
    "edit_beyond_end": lazy_gettext("The beginning lies after the end of the recording. Move it."),
    "edit_end_ms": lazy_gettext("It must end after it begins. Move one of them."),
    "edit_start_ms": lazy_gettext("This time does not lie within the recording."),
    "edit_fade_in_ms": lazy_gettext("This time does not lie within the recording."),
    "edit_fade_out_ms": lazy_gettext("This time does not lie within the recording."),
    "edit_gain_db": lazy_gettext("From -24 to +24 dB are possible."),
    "edit_sections": lazy_gettext("Parts must not overlap. Change where one of them begins or ends."),
    # What is written
    "form_damaged": lazy_gettext("The form did not arrive whole. Load the page again."),
    "edited_meanwhile": lazy_gettext(
        "Somebody else changed it meanwhile. Load the page again, compare both, then save."
    ),
    "edition_missing": lazy_gettext("Say which edition was read, with If-Match or `edition`."),
    "unknown_detail": lazy_gettext("This kind of announcement does not have that field."),
    "detail_number": lazy_gettext("Write a number from %(least)s to %(most)s."),
    "detail_day": lazy_gettext("Choose a day."),
    "detail_too_long": lazy_gettext("That is too long; %(longest)s characters are possible."),
    "tag_too_long": lazy_gettext("A tag is too long; %(longest)s characters are possible."),
    "too_many_tags": lazy_gettext("There are too many tags; %(most)s are possible."),
    "transcript_too_long": lazy_gettext("The text is too long; %(longest)s characters are possible."),
    "too_many_speakers": lazy_gettext("At most %(most)s names of usual length are possible, one a line."),
    "widening_needs_approver": lazy_gettext("It was approved for fewer days. Ask an approver to add days."),
    # Attachments and twins
    "attachment_type": lazy_gettext("This is no PDF, picture, text or DOCX. Save it as one of these."),
    "attachment_too_large": lazy_gettext("The file is too large; %(most)s MB are possible."),
    "too_many_attachments": lazy_gettext("There are %(most)s attachments already. Take one off first."),
    "attachment_gone": lazy_gettext("This file is no longer here. Attach it again."),
    "no_twins": lazy_gettext("They do not have the same audio any more. Load the page again."),
    "twin_submitted": lazy_gettext("It was submitted already. Return or withdraw it instead."),
    "twin_edited": lazy_gettext("A newer version was made from it. Keep it here too."),
    # Corrections
    "approved_once": lazy_gettext(
        "A recording of it was approved under this title. Make a new announcement instead."
    ),
    "has_recordings": lazy_gettext("It has a recording. Only an announcement without any can be removed."),
    "announcement_in_use": lazy_gettext("A programme or a campaign holds it. Take it out there first."),
    # What is asked for by its number
    "announcement_not_there": lazy_gettext(
        "There is no announcement %(announcement)s. Look it up in the list of announcements."
    ),
    "recording_not_there": lazy_gettext(
        "There is no recording %(recording)s. Look it up in the list of recordings."
    ),
    "jingle_not_there": lazy_gettext("There is no jingle %(jingle)s. Look it up in the list of jingles."),
    "attachment_not_there": lazy_gettext("This announcement has no attachment %(attachment)s."),
    "view_not_there": lazy_gettext("This view is not there. Look it up among your views."),
    # The steps of approval
    "audio_not_ready": lazy_gettext("The audio is not ready yet. Wait until it is, or bring another file."),
    "audio_changed": lazy_gettext(
        "The audio changed since it was shown. Listen to it again, then approve it."
    ),
    "author_is_approver": lazy_gettext("Nobody approves their own recording. Ask another approver."),
    "step_not_possible": lazy_gettext("That step is not possible any more. Look at where it stands now."),
    "not_removable": lazy_gettext(
        "Only a draft can be removed. Take it back first; what was approved is withdrawn instead."
    ),
    "original_gone": lazy_gettext("The file as it was brought is not kept here any more."),
    "removal_over": lazy_gettext("It cannot be brought back any more. Bring the file once more."),
    "has_newer_version": lazy_gettext("A newer version was made from it. Remove that one first."),
}
