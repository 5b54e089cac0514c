"""What one loudspeaker line carries, sample by sample: silence, and sounds placed where they are heard.

Positions are samples of 48 kHz on the clock of the time stamps. Sound is placed ahead of its time; what has
not been heard yet can still be cut. Nothing here waits or reads a clock.
"""

import warnings

with warnings.catch_warnings():  # deprecated in 3.11 and 3.12; from 3.13 on audioop-lts provides it
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop

RATE_HZ = 48_000
WIDTH_BYTES = 2
FADE_STEP = RATE_HZ // 1000


def position_at(time_us: int) -> int:
    """The sample heard at a time of the time stamps' clock."""
    return round(time_us * RATE_HZ / 1_000_000)


def time_us_at(position: int) -> int:
    """When a sample is heard."""
    return round(position * 1_000_000 / RATE_HZ)


class Timeline:
    """Sound still ahead, and the position up to which all has been heard."""

    def __init__(self, heard_to: int) -> None:
        self._heard_to = heard_to
        self._ahead = bytearray()  # from `_heard_to` on

    @property
    def heard_to(self) -> int:
        """The first position not yet heard."""
        return self._heard_to

    def place(self, position: int, samples: bytes) -> None:
        """Put sound where it will be heard, mixed with what was there. What lies in the past is lost."""
        late = self._heard_to - position
        if late > 0:
            samples, position = samples[late * WIDTH_BYTES :], self._heard_to
        if not samples:
            return
        at = (position - self._heard_to) * WIDTH_BYTES
        if len(self._ahead) < at:
            self._ahead += bytes(at - len(self._ahead))
        before = bytes(self._ahead[at : at + len(samples)])
        mixed = audioop.add(before, samples[: len(before)], WIDTH_BYTES) if before else b""
        self._ahead[at : at + len(samples)] = mixed + samples[len(before) :]

    def cut(self, position: int, fade_samples: int = 0) -> None:
        """Fade out from `position` for `fade_samples`, then drop everything after."""
        start = max(0, position - self._heard_to)
        end = start + fade_samples
        del self._ahead[end * WIDTH_BYTES :]
        for step in range(start, end, FADE_STEP):
            piece = slice(step * WIDTH_BYTES, min(step + FADE_STEP, end) * WIDTH_BYTES)
            gain = 1 - (step - start + FADE_STEP / 2) / fade_samples
            self._ahead[piece] = audioop.mul(bytes(self._ahead[piece]), WIDTH_BYTES, max(0.0, gain))

    def hear(self, to: int) -> bytes:
        """What was heard from `heard_to` up to `to`, silence where nothing was placed."""
        samples = max(0, to - self._heard_to)
        heard = bytes(self._ahead[: samples * WIDTH_BYTES])
        del self._ahead[: samples * WIDTH_BYTES]
        self._heard_to += samples
        return heard + bytes(samples * WIDTH_BYTES - len(heard))


def at_volume(samples: bytes, percent: int) -> bytes:
    """Samples as loud as VLC's volume setting makes them: the cube of the setting (VLC 3, `volume.h`)."""
    return samples if percent == 100 else audioop.mul(samples, WIDTH_BYTES, (percent / 100) ** 3)
