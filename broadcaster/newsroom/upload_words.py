"""Words of uploads: what went wrong, by error code, and what the uploader says while it works."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _

_AGAIN = lazy_gettext("The upload was misunderstood. Load the page anew and choose the file again.")

MISHAPS: dict[str, LazyString] = {
    "no_space": lazy_gettext(
        "There is no space left on the server for this file. Nothing of it was kept. Tell your administrator."
    ),
    "over_quota": lazy_gettext(
        "The space for recordings is used up: %(left_mb)s of %(quota_mb)s MB are free. Nothing was kept."
    ),
    "too_many_uploads": lazy_gettext(
        "%(most)s of your uploads are unfinished. Finish or cancel some of them first."
    ),
    "upload_not_there": lazy_gettext("This upload is not there. Choose the file again."),
    "upload_gone": lazy_gettext("This upload was cancelled or has expired. Choose the file again."),
    "upload_not_asking": lazy_gettext("This was answered already. Load the page anew."),
    "same_file_here": lazy_gettext(
        "This very file is already this announcement's recording in this language. Use that one."
    ),
    "tus_version": _AGAIN,
    "tus_header": _AGAIN,
    "tus_content_type": _AGAIN,
    "tus_method": _AGAIN,
    "tus_offset": _AGAIN,
    "tus_too_much": lazy_gettext("The file changed while it was sent. Choose it again."),
    "tus_checksum": lazy_gettext("Some bytes were damaged on their way. They are sent again."),
    "tus_locked": lazy_gettext("This upload is being sent from another window. Close that one first."),
    "tus_other_site": lazy_gettext("Uploads are taken from this server's own pages only."),
}


def page_words() -> dict[str, str]:
    """What the uploader and the recorder say, with {blanks} for their figures."""
    return {
        "ready": _("Ready to be sent."),
        "choose_language": _("Choose its language; then it can be sent."),
        "waiting": _("Waits for its turn."),
        "sending": _("%(sent)s of %(whole)s sent", sent="{sent}", whole="{whole}"),
        "paused": _("Paused at %(share)s %%.", share="{share}"),
        "offline": _("No connection. It goes on by itself at %(share)s %%.", share="{share}"),
        "checking": _("Everything is sent. One moment …"),
        "failed": _("It could not be sent: %(reason)s", reason="{reason}"),
        "refused": _("the server refused it"),
        "too_large": _("The file is too large; %(most)s are possible.", most="{most}"),
        "empty": _("The file is empty. Copy it again, or choose another one."),
        "other_file": _("This is another file than the one that was begun. Choose the same one."),
        "cancel_sure": _("Cancel this upload? What was sent is thrown away."),
        "totals": _(
            "%(done)s of %(all)s files sent, %(share)s %%", done="{done}", all="{all}", share="{share}"
        ),
        "take_name": _("Recording of %(when)s", when="{when}"),
        "no_microphone": _("No microphone can be used. Allow it in the browser, or plug one in."),
        "microphone": _("Microphone %(number)s", number="{number}"),
        "recording": _("Recording: %(time)s, %(size)s", time="{time}", size="{size}"),
        "recording_paused": _("Paused at %(time)s, %(size)s", time="{time}", size="{size}"),
        "recorded": _("Recorded: %(time)s, %(size)s. Listen to it.", time="{time}", size="{size}"),
        "clipping": _("Too loud: it sounds harsh. Move away from the microphone or turn it down."),
        "silence": _("Nothing is heard. Is this the right microphone, and is it switched on?"),
        "too_quiet": _("Very quiet. Move closer to the microphone or turn it up."),
        "good_level": _("The level is good."),
        "was_clipping": _("It was too loud in %(count)s places. Better record it again.", count="{count}"),
        "was_silent": _("There is nothing to hear in it. Record it again."),
        "was_quiet": _("It is very quiet. Better record it again, closer to the microphone."),
        "kept_take": _("A recording of %(time)s from %(when)s was not sent.", time="{time}", when="{when}"),
        "discard_sure": _("Discard this recording? It cannot be brought back."),
        "not_kept": _("This browser does not keep recordings: do not close the page before it is sent."),
    }
