"""Who looked at and changed what, in a chain that only grows. No answers, no names and no codes stand in it.

Nothing else points here and this points at no one by a foreign key: what was done must stay readable when the
colleague has left and the person is erased. See survey.privacy.audit and survey.privacy.chain.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from survey.models.base import CompactJson, Model, one_of
from survey.tenancy import Owned

#: Someone signed in, someone who came with a code, a command of the operator, and whoever did not sign in.
ACTORS = ("staff", "participant", "operator", "nobody")


class AuditEvent(Owned, Model):
    __tablename__ = "audit_event"
    __table_args__ = (
        CheckConstraint(one_of("actor", ACTORS), "actor"),
        CheckConstraint("(actor = 'staff') = (staff_id IS NOT NULL)", "staff_has_id"),
        Index(None, "organisation_id", "participant_id", "number"),
        Index(None, "organisation_id", "staff_id", "number"),
        Index(None, "organisation_id", "action", "number"),
        Index(None, "organisation_id", "happened_at"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    #: 1, 2, 3... within the organisation.
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    happened_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(12))
    #: Who did it, if someone signed in.
    staff_id: Mapped[UUID | None]
    #: Whom it was about, if it was one person.
    participant_id: Mapped[UUID | None]
    action: Mapped[str] = mapped_column(String(40))
    #: Codes and numbers only, by name.
    details: Mapped[dict[str, int | str]] = mapped_column(CompactJson)
    #: Which master key made the hash.
    key_id: Mapped[str] = mapped_column(String(8))
    #: Over all of the above and the hash before, as hexadecimal text.
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(Owned, Model):
    """Where an organisation's chain ends, sealed: without it, nobody would miss the last events."""

    __tablename__ = "audit_head"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    key_id: Mapped[str] = mapped_column(String(8))
    seal: Mapped[str] = mapped_column(String(64))
