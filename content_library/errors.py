"""What can go wrong on the way from an upload to the store, by whose fault it is.

Every error carries a `code` that pages translate by, `figures` for the translated sentence's blanks, and one
English sentence that says what is wrong and what to do.
"""

from typing import ClassVar


class ContentLibraryError(Exception):
    """Anything this package refuses or cannot do."""

    code: ClassVar[str] = "content_library"

    def __init__(self, message: str, **figures: float | str) -> None:
        super().__init__(message)
        self.message = message
        self.figures = figures


class CallerError(ContentLibraryError):
    """The calling code asked for something that makes no sense; nothing was done."""

    code = "caller"


class BadHash(CallerError):
    """Not a SHA-256 in 64 lower-case hexadecimal digits."""

    code = "bad_hash"


class OutOfRange(CallerError):
    """A byte range outside the stored audio."""

    code = "out_of_range"


class SourceMissing(CallerError):
    """There is no such file to ingest."""

    code = "source_missing"


class NotAllowed(CallerError):
    """An approval step that the state table does not have, or not for this role."""

    code = "not_allowed"


class BadEdit(CallerError):
    """An edit whose times or gains make no sense. Figure `field` names the value."""

    code = "bad_edit"


class SourceError(ContentLibraryError):
    """The uploaded file cannot be broadcast; the person who brought it can do something about it."""

    code = "source"


class EmptyFile(SourceError):
    """No bytes, or no sound worth the name in them."""

    code = "empty_file"


class NothingLeft(EmptyFile):
    """An edit cuts the whole recording away."""

    code = "nothing_left"


class NotAudio(SourceError):
    """The content, whatever the name says, is not a sound file this library accepts."""

    code = "not_audio"


class ChannelsUnknown(NotAudio):
    """More channels than the header gives places in a room, so that nobody can say how to mix them."""

    code = "channels_unknown"


class Truncated(SourceError):
    """The file breaks off: an upload, a copy or a recording did not finish."""

    code = "truncated"


class BrokenSamples(SourceError):
    """Samples that are no numbers, or numbers that no recording has."""

    code = "broken_samples"


class Silent(SourceError):
    """There is nothing to hear."""

    code = "silent"


class TooLong(SourceError):
    """Longer than the limit."""

    code = "too_long"


class TooLarge(SourceError):
    """More bytes than the limit."""

    code = "too_large"


class NotLevelled(SourceError):
    """Gain and limiter could not bring the true peak under its ceiling."""

    code = "not_levelled"


class MachineError(ContentLibraryError):
    """This machine cannot do it now; whoever runs it must act."""

    code = "machine"


class StepTimedOut(MachineError):
    """A step took longer than its time limit and was stopped."""

    code = "step_timed_out"


class ToolMissing(MachineError):
    """ffmpeg or ffprobe is not installed."""

    code = "tool_missing"


class ToolFailed(MachineError):
    """ffmpeg ended with an error that is not the source's fault."""

    code = "tool_failed"


class StoreError(MachineError):
    """The store cannot serve or take audio."""

    code = "store"


class NotInStore(StoreError):
    """No audio under this hash."""

    code = "not_in_store"


class StoreDamaged(StoreError):
    """Stored bytes no longer have the hash they are stored under."""

    code = "store_damaged"


class StoreFull(StoreError):
    """No space left where the audio or the work files go."""

    code = "store_full"


class StoreUnreachable(StoreError):
    """The place that holds the audio does not answer, or refuses us."""

    code = "store_unreachable"
