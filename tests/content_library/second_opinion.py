"""Loudness and true peak once more, straight from ITU-R BS.1770-4, by other means than the code under test.

Filters and resampling work on the spectrum of the whole sound: that is exact and needs nothing but numpy.
"""

import numpy as np

from tests.content_library.sounds import Samples

RATE_HZ = 48_000
# Tables 1 and 2 of BS.1770-4: coefficients at 48 kHz of the shelf and of the high-pass.
_SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))


def _k_weighted(sound: Samples) -> Samples:
    length = 1 << (len(sound) + RATE_HZ).bit_length()
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(length))
    response = np.ones_like(z)
    for numerator, denominator in (_SHELF, _HIGH_PASS):
        response *= np.polyval(numerator[::-1], z) / np.polyval(denominator[::-1], z)
    weighted: Samples = np.fft.irfft(np.fft.rfft(sound, length) * response, length)[: len(sound)]
    return weighted


def integrated_lufs(sound: Samples) -> float:
    """Gated loudness of a mono sound: blocks of 400 ms every 100 ms, gates at −70 LUFS and mean − 10 LU."""
    squares = _k_weighted(sound) ** 2
    block, step = int(0.4 * RATE_HZ), int(0.1 * RATE_HZ)
    power = np.array([squares[at : at + block].mean() for at in range(0, len(sound) - block + 1, step)])
    power = power[power > 10 ** ((-70 + 0.691) / 10)]
    power = power[power > power.mean() / 10]
    return float(-0.691 + 10 * np.log10(power.mean()))


def true_peak_dbtp(sound: Samples) -> float:
    """Highest point of the sound between its samples, from eight times as many of them."""
    highest = 0.0
    part, overlap = 10 * RATE_HZ, 4800
    for at in range(0, len(sound), part):
        piece = sound[max(0, at - overlap) : at + part + overlap]
        padded = np.pad(
            piece, (overlap, (1 << (len(piece) + 2 * overlap).bit_length()) - len(piece) - overlap)
        )
        fine = np.fft.irfft(np.fft.rfft(padded), 8 * len(padded)) * 8
        highest = max(highest, float(np.abs(fine).max()))
    return float(20 * np.log10(highest))
