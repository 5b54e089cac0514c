"""What was measured on the file that was brought, as names and figures in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _

from broadcaster.newsroom.sound import SoundColumns
from broadcaster.web.wording import decimal

Figure = Callable[[Any], str]


def _silence(value_ms: Any) -> str:
    return str(_("%(seconds)s s", seconds=decimal(value_ms / 1000)))


_LINES: tuple[tuple[str, LazyString, Figure], ...] = (
    ("integrated_lufs", lazy_gettext("Loudness"), lambda v: f"{decimal(v)} LUFS"),
    ("true_peak_dbtp", lazy_gettext("True peak"), lambda v: f"{decimal(v)} dBTP"),
    ("loudness_range_lu", lazy_gettext("Loudness range"), lambda v: f"{decimal(v)} LU"),
    ("leading_silence_ms", lazy_gettext("Silence at the beginning"), _silence),
    ("trailing_silence_ms", lazy_gettext("Silence at the end"), _silence),
    (
        "clipped_share",
        lazy_gettext("Clipped"),
        lambda v: _("%(share)s %% of the samples", share=decimal(v * 100, 2)),
    ),
    ("noise_floor_dbfs", lazy_gettext("Noise floor"), lambda v: f"{decimal(v)} dBFS"),
    (
        "bandwidth_hz",
        lazy_gettext("Speech is heard up to"),
        lambda v: _("%(khz)s kHz", khz=decimal(v / 1000)),
    ),
    ("sample_rate_hz", lazy_gettext("Sample rate"), lambda v: _("%(khz)s kHz", khz=decimal(v / 1000))),
    ("channels", lazy_gettext("Channels"), str),
    ("codec", lazy_gettext("Format"), str),
)


def measured_figures(sound: SoundColumns) -> list[tuple[str, str]]:
    """Name and figure of everything that is known about the source; nothing for audio from before."""
    known = sound.measured or {}
    return [(str(name), shown(known[key])) for key, name, shown in _LINES if known.get(key) is not None]
