"""Places. Spellings vary and villages merge and move, so everything keys on the code."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import JSON, Enum, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadcaster.database import Base


class PlaceKind(StrEnum):
    """The four levels, widest first."""

    PROVINCE = "province"
    DISTRICT = "district"
    KUMBAN = "kumban"
    VILLAGE = "village"


class Place(Base):
    """One place. `languages` are BCP 47 tags, the village's first language first; degrees are WGS 84.

    `illustrative` figures were made up for a demonstration, and every page that shows them says so.
    """

    __tablename__ = "place"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[PlaceKind] = mapped_column(
        Enum(
            PlaceKind,
            native_enum=False,
            length=10,
            values_callable=lambda kinds: [kind.value for kind in kinds],
        ),
        index=True,
    )
    name: Mapped[str] = mapped_column(String(120), index=True)
    name_lo: Mapped[str | None] = mapped_column(String(120))
    aliases: Mapped[list[str]] = mapped_column(JSON, default=list)
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("place.code"), index=True)
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    households: Mapped[int | None] = mapped_column()
    population: Mapped[int | None] = mapped_column()
    latitude: Mapped[float | None] = mapped_column()
    longitude: Mapped[float | None] = mapped_column()
    valid_from: Mapped[date | None] = mapped_column()
    valid_to: Mapped[date | None] = mapped_column()
    merged_into_code: Mapped[str | None] = mapped_column(ForeignKey("place.code"))
    illustrative: Mapped[bool] = mapped_column(default=False)

    parent: Mapped[Place | None] = relationship(remote_side=[code], foreign_keys=[parent_code])
    merged_into: Mapped[Place | None] = relationship(remote_side=[code], foreign_keys=[merged_into_code])

    def name_in(self, language: str) -> str:
        """The name as readers of that language write it."""
        return (self.name_lo or self.name) if language == "lo" else self.name
