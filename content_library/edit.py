"""What an editor wants changed about a recording: pure values, kept beside the source and never in it.

The source stays as it was uploaded. The same source with the same edit gives the same broadcast audio.
"""

import itertools
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from content_library.errors import BadEdit

MOST_GAIN_DB = 24.0
MOST_SECTIONS = 200
# How long a section's gain takes to set in: short enough not to be heard as a fade, long enough not to click.
RAMP_MS = 10
# Milliseconds of this many days are surely a mistake, and stay small enough for any arithmetic.
_LATEST_MS = 24 * 60 * 60 * 1000


@dataclass(frozen=True)
class SectionGain:
    """From `start_ms` up to `end_ms` of the source everything is `gain_db` louder, −24…+24 dB.

    Levelling follows, so this sets a part against the rest: one gain over a whole recording changes nothing.
    The gain sets in and ends over 10 ms around each border. Raises BadEdit.
    """

    start_ms: int
    end_ms: int
    gain_db: float

    def __post_init__(self) -> None:
        _check_time("start_ms", self.start_ms)
        _check_time("end_ms", self.end_ms)
        gain_db: object = self.gain_db
        if isinstance(gain_db, bool) or not isinstance(gain_db, int | float):
            raise BadEdit("a section's gain must be a number of decibels", field="gain_db")
        # Written so that NaN, which compares false with everything, is refused as well.
        if not -MOST_GAIN_DB <= gain_db <= MOST_GAIN_DB:
            raise BadEdit(
                f"a section's gain must lie between −{MOST_GAIN_DB:.0f} and +{MOST_GAIN_DB:.0f} dB",
                field="gain_db",
                most_db=MOST_GAIN_DB,
            )
        if self.start_ms >= self.end_ms:
            raise BadEdit(
                "a section must end after it starts",
                field="end_ms",
                start_ms=self.start_ms,
                end_ms=self.end_ms,
            )


@dataclass(frozen=True)
class Edit:
    """Trim, fades and section gains of one recording; all times are milliseconds of the source.

    What lies before `start_ms` and from `end_ms` on (None: the end of the source) is left out. What remains
    fades in over its first `fade_in_ms` and out over its last `fade_out_ms`. `sections` stand in order and do
    not overlap; parts of them that are trimmed away do nothing. Raises BadEdit, a CallerError with figures.
    """

    start_ms: int = 0
    end_ms: int | None = None
    fade_in_ms: int = 0
    fade_out_ms: int = 0
    sections: tuple[SectionGain, ...] = ()

    def __post_init__(self) -> None:
        for name in ("start_ms", "fade_in_ms", "fade_out_ms"):
            _check_time(name, getattr(self, name))
        if self.end_ms is not None:
            _check_time("end_ms", self.end_ms)
            if self.end_ms <= self.start_ms:
                raise BadEdit(
                    "nothing is left between the beginning and the end of the cut; move one of them",
                    field="end_ms",
                    start_ms=self.start_ms,
                    end_ms=self.end_ms,
                )
        if len(self.sections) > MOST_SECTIONS:
            raise BadEdit(
                f"at most {MOST_SECTIONS} sections can have a gain of their own",
                field="sections",
                most=MOST_SECTIONS,
            )
        for before, after in itertools.pairwise(self.sections):
            if after.start_ms < before.end_ms:
                raise BadEdit(
                    "sections must stand in order and must not overlap",
                    field="sections",
                    start_ms=after.start_ms,
                    end_ms=before.end_ms,
                )

    @property
    def is_nothing(self) -> bool:
        """Whether the recording stays as it is."""
        return (
            self.start_ms == self.fade_in_ms == self.fade_out_ms == 0
            and self.end_ms is None
            and all(section.gain_db == 0 for section in self.sections)
        )

    def to_dict(self) -> dict[str, Any]:
        """As plain values for JSON; `from_dict` gives an equal edit back."""
        return {**asdict(self), "sections": [asdict(section) for section in self.sections]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any] | None) -> Self:
        """From plain values as `to_dict` gives them; what is not named is as it was. Raises BadEdit."""
        given = _known(cls, values if values is not None else {})
        sections = given.pop("sections", ())
        if not isinstance(sections, list | tuple):
            raise BadEdit("sections must be a list", field="sections")
        return cls(**given, sections=tuple(_section(section) for section in sections))


def _section(values: object) -> SectionGain:
    given = _known(SectionGain, values)
    for field in fields(SectionGain):
        if field.name not in given:
            raise BadEdit(f"a section needs its {field.name}", field=field.name)
    return SectionGain(**given)


def _known(kind: type[Edit] | type[SectionGain], values: object) -> dict[str, Any]:
    if not isinstance(values, Mapping):
        raise BadEdit("an edit is an object with named values", field="edit")
    names = {field.name for field in fields(kind)}
    for name in values:
        if name not in names:
            raise BadEdit(
                "an edit has no value of this name; look at its documentation", field=str(name)[:40]
            )
    return dict(values)


def _check_time(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadEdit("times are whole milliseconds", field=name)
    if not 0 <= value <= _LATEST_MS:
        raise BadEdit("times must lie within the recording", field=name, most_ms=_LATEST_MS)
