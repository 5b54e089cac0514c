"""Where a person's roles hold, and which place their pages are narrowed to."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from broadcaster.accounts.roles import Role
from broadcaster.database import Base, stored_enum


class RolePlace(Base):
    """A place where a role of a person holds. A role without any row holds for the whole province."""

    __tablename__ = "role_place"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[Role] = mapped_column(stored_enum(Role), primary_key=True)
    place_code: Mapped[str] = mapped_column(String(40), ForeignKey("place.code"), primary_key=True)


class PlaceInView(Base):
    """The place somebody's lists are narrowed to; without a row they show all there is for them."""

    __tablename__ = "place_in_view"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    place_code: Mapped[str] = mapped_column(String(40), ForeignKey("place.code"))
