"""Keys of items that only ever grow, by one at a time: cheap to add to, never changed in place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

RECENT_AT_MOST = 64


class ItemSet:
    """A set that is never changed; `with_` gives a new one that shares all but the latest keys with it.

    A frozen set would copy the keys of half a year at each item.
    """

    __slots__ = ("_old", "_recent")

    def __init__(self, keys: Iterable[str] = (), recent: frozenset[str] = frozenset()) -> None:
        self._old = frozenset(keys)
        self._recent = recent

    def with_(self, key: str) -> ItemSet:
        """These keys and one more."""
        if key in self:
            return self
        if len(self._recent) < RECENT_AT_MOST:
            return ItemSet(self._old, self._recent | {key})  # a frozen set is taken as it is
        return ItemSet(self._old | self._recent | {key})

    def __contains__(self, key: object) -> bool:
        return key in self._recent or key in self._old

    def __iter__(self) -> Iterator[str]:
        yield from self._old
        yield from self._recent

    def __len__(self) -> int:
        return len(self._old) + len(self._recent)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ItemSet) and set(self) == set(other)

    def __hash__(self) -> int:
        return hash(frozenset(self))

    def __repr__(self) -> str:
        return f"ItemSet({sorted(self)!r})"
