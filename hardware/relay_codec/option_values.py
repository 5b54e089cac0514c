"""Reading a board's options as people write them, in TOML or on the command line.

Each reader takes text or a whole number and raises `ValueError` with what is wanted.
"""

from collections.abc import Callable

OptionValue = str | int
ReadOption = Callable[[OptionValue], object]


def whole(least: int, most: int) -> ReadOption:
    """A whole number in decimal."""

    def read(value: OptionValue) -> int:
        wanted = f"a whole number from {least} to {most}"
        try:
            number = int(value)
        except ValueError:
            raise ValueError(wanted) from None
        if isinstance(value, bool) or not least <= number <= most:
            raise ValueError(wanted)
        return number

    return read


def word(value: OptionValue) -> int:
    """Two bytes: `"FF00"` in hexadecimal digits, or a whole number."""
    wanted = 'two bytes in hexadecimal, as in "FF00"'
    try:
        number = int(value, 16) if isinstance(value, str) else int(value)
    except ValueError:
        raise ValueError(wanted) from None
    if isinstance(value, bool) or not 0 <= number <= 0xFFFF:
        raise ValueError(wanted)
    return number


def one_of(*words: str) -> ReadOption:
    """One of these words, in small or large letters."""

    def read(value: OptionValue) -> str:
        text = str(value).lower()
        if text not in words:
            raise ValueError(f"one of {', '.join(words)}")
        return text

    return read


def function_code(value: OptionValue) -> int:
    """A Modbus function that writes: `"05"`, `"06"` or `"0F"` (also 5, 6, 15)."""
    text = f"{value:02x}" if isinstance(value, int) else value.lower().removeprefix("0x").zfill(2)
    codes = {"05": 5, "06": 6, "0f": 15, "15": 15}
    if text not in codes:
        raise ValueError('"05", "06" or "0F"')
    return codes[text]
