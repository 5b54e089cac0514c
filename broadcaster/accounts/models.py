"""People, their roles, and the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import current_app
from sqlalchemy import JSON, Column, ForeignKey, Index, String, Table, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadcaster.accounts.roles import Role
from broadcaster.append_only import append_only
from broadcaster.database import Base, UtcDateTime

if TYPE_CHECKING:

    class RoleMixin:
        """Flask-Security's own declares plain attributes that Mapped ones cannot override."""

    class UserMixin:
        """As above; what is used of it is declared here."""

        is_authenticated: bool

        def get_id(self) -> str:
            """What a session remembers of a person."""

        def get_auth_token(self) -> str:
            """A token for programs that act for this person."""

        def verify_and_update_password(self, password: str) -> bool:
            """Whether it is theirs; hashed anew where the way of hashing changed."""
else:
    from flask_security import RoleMixin, UserMixin

person_role = Table(
    "person_role",
    Base.metadata,
    Column("person_id", ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id"), primary_key=True),
)


class RoleRow(Base, RoleMixin):
    """A role as a row, so that people can have it."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20), unique=True)


class Person(Base, UserMixin):
    """Somebody who can sign in. `language` is the one the pages speak to them, `languages_known` are those
    they understand well enough to check a recording. `mail_wish`: "at_once", "daily" or "never"; `digest_at`
    is when the last daily letter went. `list_wishes` is how they want lists shown, by the list's name.

    `invited` until they opened their link and chose a password. The `tf_` columns are Flask-Security's: the
    secret of the authenticator app is encrypted with a key of the data folder; `totp_counter` is the step of
    the last code that was used, so that none is good twice.
    """

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(String(12), default="en")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    languages_known: Mapped[list[str]] = mapped_column(JSON, default=list, server_default=text("'[]'"))
    mail_wish: Mapped[str] = mapped_column(String(10), default="at_once", server_default="at_once")
    digest_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    list_wishes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default=text("'{}'"))
    invited: Mapped[bool] = mapped_column(default=False, server_default=false())
    tf_primary_method: Mapped[str | None] = mapped_column(String(20))
    tf_totp_secret: Mapped[str | None] = mapped_column(Text)
    second_factor_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    totp_counter: Mapped[int | None] = mapped_column()

    roles: Mapped[list[RoleRow]] = relationship(secondary=person_role, lazy="selectin")

    @property
    def role_set(self) -> frozenset[Role]:
        """What this person may do."""
        return frozenset(Role(row.name) for row in self.roles)

    def may(self, *roles: Role) -> bool:
        """Whether one of the roles, or the administrator's, is theirs."""
        return bool(self.role_set & {Role.ADMINISTRATOR, *roles})

    @property
    def has_second_factor(self) -> bool:
        """Whether an authenticator app is set up."""
        return bool(self.tf_totp_secret and self.tf_primary_method)

    def check_tf_required(
        self, tf_setup_methods: list[tuple[str, str]], tf_fresh: bool
    ) -> tuple[bool, list[tuple[str, str]]]:
        """Flask-Security asks whether a code is needed after the password: from those who set one up.

        Those who must set one up are led there once they are in (`second_factor`).
        """
        _ = tf_fresh
        switched_off = current_app.config["SETTINGS"].accounts.second_factor == "off"
        return bool(tf_setup_methods) and not switched_off, tf_setup_methods


class AuditEntry(Base):
    """Who did what to which thing, when, from where; `actor` keeps the name of that day. Rows never change.

    `words` is what is searched, folded. It is None, like `via`, in rows from before there was such a column.
    Every index ends as the list is ordered, so that a page of it is read without sorting.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_at_id", "at", "id"),
        Index("ix_audit_entry_actor_id_at_id", "actor_id", "at", "id"),
        Index("ix_audit_entry_action_at_id", "action", "at", "id"),
        Index("ix_audit_entry_subject_at_id", "subject", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    actor: Mapped[str] = mapped_column(String(120))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120))
    via: Mapped[str | None] = mapped_column(String(20))
    from_address: Mapped[str | None] = mapped_column(String(100))
    words: Mapped[str | None] = mapped_column(Text, deferred=True)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)


append_only(AuditEntry.__table__)
