"""Which of the demonstration's villages take part: as different in language as the number allows."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "data" / "demo-villages.csv"


@dataclass(frozen=True)
class DemoVillage:
    """A row of the table: code, name, district and the languages in the village's order."""

    code: str
    name: str
    district: str
    languages: tuple[str, ...]


def all_villages() -> tuple[DemoVillage, ...]:
    """Every village of the table."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            DemoVillage(row["code"], row["name"], row["district_code"], tuple(row["languages"].split(";")))
            for row in csv.DictReader(file)
        )


def choose_villages(count: int, available: frozenset[str]) -> tuple[DemoVillage, ...]:
    """`count` villages; first those that understand one of the `available` languages, each time the village
    whose own first language, and then whose district, has been taken least often so far: three villages hear
    three languages, in more than one district.
    """
    waiting = list(all_villages())
    chosen: list[DemoVillage] = []
    while waiting and len(chosen) < count:
        spoken = [village.languages[0] for village in chosen]
        districts = [village.district for village in chosen]
        best = min(
            waiting,
            key=lambda village: (
                not available.intersection(village.languages),
                spoken.count(village.languages[0]),
                districts.count(village.district),
                -len(available.intersection(village.languages)),
            ),
        )
        waiting.remove(best)
        chosen.append(best)
    return tuple(chosen)
