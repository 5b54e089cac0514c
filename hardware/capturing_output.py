"""A loudspeaker line without a loudspeaker: VLC decodes in real time; what would have been heard is kept.

A capture is one WAV file, 48 kHz mono 16 bit. Its sample 0 is a known instant; every decoded sample lies
where it would have been heard; silence fills the rest. It is written as time passes, so a killed process
leaves all but the last half second.
"""

from hardware.ports import Clock, OnLine, OnOutputEvent, OnTrouble
from hardware.vlc_output import VlcOutput


class CapturingOutput(VlcOutput):
    """A `VlcOutput` whose line leads nowhere: time is the machine's own, to the sample."""

    def __init__(
        self,
        on_event: OnOutputEvent,
        clock: Clock | None = None,
        *,
        on_trouble: OnTrouble = lambda _: None,
        on_line: OnLine = lambda _: None,
    ) -> None:
        super().__init__(on_event, clock, way="none", on_trouble=on_trouble, on_line=on_line)
