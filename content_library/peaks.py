"""The waveform of a recording as few numbers, for a page to draw."""

import audioop

Peaks = tuple[tuple[int, int], ...]

COLUMNS = 600
_BYTES_PER_SAMPLE = 2


class PeakCollector:
    """Feed it signed 16-bit mono samples in chunks of any size; ask for the peaks at the end.

    Each column holds the lowest and the highest sample of its part of the recording, −127…127.
    Memory stays at one chunk and the columns.
    """

    def __init__(self, expected_samples: int, columns: int = COLUMNS) -> None:
        self._expected = max(1, expected_samples)
        self._columns = min(columns, self._expected)
        self._pairs: list[tuple[int, int]] = []
        self._column: tuple[int, int] | None = None
        self._half_sample = b""
        self.samples = 0

    def feed(self, chunk: bytes) -> None:
        chunk = self._half_sample + chunk
        whole = len(chunk) - len(chunk) % _BYTES_PER_SAMPLE
        self._half_sample = chunk[whole:]
        view = memoryview(chunk)[:whole]
        while view:
            length = min(len(view), (self._end_of_column() - self.samples) * _BYTES_PER_SAMPLE)
            self._take(view[:length])
            view = view[length:]

    def _end_of_column(self) -> int:
        """The sample where the current column ends; the last column takes what comes beyond."""
        column = len(self._pairs)
        if column >= self._columns - 1:
            return self.samples + (1 << 40)
        return (column + 1) * self._expected // self._columns

    def _take(self, part: memoryview) -> None:
        low, high = audioop.minmax(part, _BYTES_PER_SAMPLE)
        if self._column is not None:
            low, high = min(low, self._column[0]), max(high, self._column[1])
        self._column = (low, high)
        self.samples += len(part) // _BYTES_PER_SAMPLE
        if self.samples == self._end_of_column():
            self._pairs.append(self._column)
            self._column = None

    def peaks(self) -> Peaks:
        pairs = [*self._pairs, self._column] if self._column is not None else self._pairs
        return tuple((_scaled(low), _scaled(high)) for low, high in pairs)


def _scaled(sample: int) -> int:
    return round(max(-32767, sample) * 127 / 32767)
