"""How staff come in: invitations, sessions, and what is counted against guessing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.codes import ROLES
from survey.models.base import Identified, Model, one_of
from survey.models.organisation import Staff
from survey.tenancy import Owned


class StaffInvitation(Identified, Owned, Model):
    """A link that works once: to come and work here in a role, or, without a role, to get in again."""

    __tablename__ = "staff_invitation"
    __table_args__ = (CheckConstraint(f"role IS NULL OR {one_of('role', ROLES)}", "role"),)

    email: Mapped[str] = mapped_column(String(255))
    role: Mapped[str | None] = mapped_column(String(20))
    #: Who lost password or second factor; nobody for a new role.
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    #: SHA-256 of what stands in the link: 256 random bits, which cannot be guessed from it.
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    made_by: Mapped[Staff | None] = relationship(foreign_keys=made_by_id)


class StaffSession(Identified, Model):
    """Someone is signed in on a device, until the row is gone or its time is up. Belongs to the account alone."""

    __tablename__ = "staff_session"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    #: SHA-256 of what the cookie holds, so that a copy of the database opens no session.
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    #: The kind of browser and system ("Firefox Windows"): enough to know one's own, no more.
    device: Mapped[str] = mapped_column(String(40))


class SignInAttempts(Model):
    """Tries at one door: an account as seen from strange devices, or from one known device.

    The door is a keyed hash, so the table names nobody, also not who has no account.
    """

    __tablename__ = "sign_in_attempts"

    door: Mapped[str] = mapped_column(Text, primary_key=True)
    tries: Mapped[int]
    #: Seconds since 1970, in UTC; until then the door stays shut.
    shut_until: Mapped[float]
    last_try: Mapped[float]
