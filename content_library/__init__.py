"""Sound in, approved broadcast-ready audio out."""

from content_library.approval import Approval, ApprovalAction, ApprovalState, Role
from content_library.broadcast_audio import BroadcastAudio, SourceMeasurement
from content_library.edit import Edit, SectionGain
from content_library.errors import ContentLibraryError, MachineError, SourceError, StoreError
from content_library.horn import HORN_BAND_HZ
from content_library.ingest import IngestStep, ingest
from content_library.limits import IngestLimits
from content_library.naming import display_name
from content_library.store import AudioStore
from content_library.verdict import Verdict, VerdictCode
from content_library.waveform import waveform

__all__ = [
    "HORN_BAND_HZ",
    "Approval",
    "ApprovalAction",
    "ApprovalState",
    "AudioStore",
    "BroadcastAudio",
    "ContentLibraryError",
    "Edit",
    "IngestLimits",
    "IngestStep",
    "MachineError",
    "Role",
    "SectionGain",
    "SourceError",
    "SourceMeasurement",
    "StoreError",
    "Verdict",
    "VerdictCode",
    "display_name",
    "ingest",
    "waveform",
]
