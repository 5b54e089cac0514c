"""Ways a file goes wrong: bits flip, ends are lost, pieces are swapped or doubled, lengths lie."""

import random
from collections.abc import Callable

Mutation = Callable[[bytearray, random.Random], None]

# What a length field may claim: nothing, everything, the sign, and numbers that overflow when multiplied.
_LENGTHS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
# Headers are where a few bits decide most.
_HEADER_BYTES = 400


def _place(content: bytearray, dice: random.Random) -> int:
    end = min(len(content), _HEADER_BYTES) if dice.random() < 0.5 else len(content)
    return dice.randrange(end)


def _flip_bits(content: bytearray, dice: random.Random) -> None:
    for _ in range(dice.choice((1, 3, 30, 300))):
        content[_place(content, dice)] ^= 1 << dice.randrange(8)


def _cut_end(content: bytearray, dice: random.Random) -> None:
    del content[_place(content, dice) + 1 :]


def _cut_middle(content: bytearray, dice: random.Random) -> None:
    at = _place(content, dice)
    del content[at : at + dice.choice((1, 100, 5000))]


def _double(content: bytearray, dice: random.Random) -> None:
    at, to = _place(content, dice), _place(content, dice)
    content[to:to] = content[at : at + dice.choice((1, 100, 5000))]


def _overwrite(content: bytearray, dice: random.Random) -> None:
    at, size = _place(content, dice), dice.choice((1, 16, 1000))
    content[at : at + size] = dice.choice((bytes(size), b"\xff" * size, dice.randbytes(size)))


def _lie_about_length(content: bytearray, dice: random.Random) -> None:
    size, order = dice.choice((1, 2, 4, 8)), dice.choice(("little", "big"))
    at = _place(content, dice)
    length = dice.choice(_LENGTHS) & (256**size - 1)
    content[at : at + size] = length.to_bytes(size, "little" if order == "little" else "big")


MUTATIONS: tuple[Mutation, ...] = (
    _flip_bits,
    _cut_end,
    _cut_middle,
    _double,
    _overwrite,
    _lie_about_length,
)


def mutated(content: bytes, other: bytes, dice: random.Random) -> bytes:
    """`content` after one to three mishaps, now and then with the end of another file behind its head."""
    result = bytearray(content)
    if dice.random() < 0.1:
        at = dice.randrange(len(result))
        result[at:] = other[dice.randrange(len(other)) :]
    for _ in range(dice.choice((1, 1, 2, 3))):
        if result:
            dice.choice(MUTATIONS)(result, dice)
    return bytes(result)
