"""A recording in blocks of 50 ms: how loud each is, which tells pauses from speech and where peaks are."""

import audioop
import math
from array import array
from collections.abc import Iterator

BLOCK_MS = 50
_BYTES_PER_SAMPLE = 2
_FULL_SCALE = 32_768
# Figures need an end: what is quieter than the last bit of 16 is silence.
LOWEST_DBFS = -96.0


class BlockMeter:
    """Feed it signed 16-bit mono samples in chunks of any size. Memory: four bytes for each block."""

    def __init__(self, samples_per_ms: int) -> None:
        self.block_samples = BLOCK_MS * samples_per_ms
        self.peaks = array("H")
        self.levels = array("H")
        self.samples = 0
        self._rest = b""

    def feed(self, chunk: bytes) -> None:
        chunk = self._rest + chunk
        size = self.block_samples * _BYTES_PER_SAMPLE
        whole = len(chunk) - len(chunk) % size
        view = memoryview(chunk)
        for at in range(0, whole, size):
            self._take(view[at : at + size])
        self._rest = chunk[whole:]

    def _take(self, block: memoryview) -> None:
        self.peaks.append(audioop.max(block, _BYTES_PER_SAMPLE))
        self.levels.append(audioop.rms(block, _BYTES_PER_SAMPLE))
        self.samples += len(block) // _BYTES_PER_SAMPLE

    def finish(self) -> None:
        """Take what is left as a last, shorter block."""
        rest = self._rest[: len(self._rest) - len(self._rest) % _BYTES_PER_SAMPLE]
        self._rest = b""
        if rest:
            self._take(memoryview(rest))

    def noise_floor_dbfs(self) -> float:
        """Mean power of the quietest tenth of the blocks that are not digital silence.

        Pauses that a program has cut to zero say nothing about the room; where all is zero so is the floor.
        """
        heard = sorted(level for level in self.levels if level > 0)
        quietest = heard[: max(1, len(heard) // 10)]
        if not quietest:
            return LOWEST_DBFS
        power = sum(level * level for level in quietest) / len(quietest)
        return max(LOWEST_DBFS, 10 * math.log10(power / _FULL_SCALE**2))

    def quietest(self, count: int) -> list[int]:
        """Numbers of the quietest whole blocks that are not digital silence, in order of time."""
        return self._chosen(count, loudest=False)

    def loudest(self, count: int) -> list[int]:
        """Numbers of whole blocks spread over the louder half of the recording, in order of time."""
        return self._chosen(count, loudest=True)

    def _chosen(self, count: int, *, loudest: bool) -> list[int]:
        whole = range(self.samples // self.block_samples)
        heard = sorted((number for number in whole if self.levels[number] > 0), key=self.levels.__getitem__)
        if not loudest:
            return sorted(heard[:count])
        louder = sorted(heard[len(heard) // 2 :])
        return louder[:: max(1, len(louder) // count)][:count]

    def peaky_spans(self, within_db: float) -> Iterator[tuple[int, int]]:
        """Sample ranges around all blocks whose peak comes near the highest, with a block either side."""
        least = max(self.peaks, default=0) * 10 ** (-within_db / 20)
        start = end = -2
        for number, peak in enumerate(self.peaks):
            if peak < least:
                continue
            if end >= number - 1:
                end = number + 2
                continue
            if end > 0:
                yield self._span(start, end)
            start, end = max(0, number - 1), number + 2
        if end > 0:
            yield self._span(start, end)

    def _span(self, start: int, end: int) -> tuple[int, int]:
        return start * self.block_samples, min(self.samples, end * self.block_samples)
