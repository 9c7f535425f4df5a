"""What a person asked for, how long things are kept, and what is about to be removed."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.codes import KEPT_KINDS
from survey.models.base import Identified, Model, one_of
from survey.models.organisation import Staff
from survey.models.participant import Enrolment, Participant
from survey.models.programme import Programme
from survey.tenancy import Owned


class ErasureRequest(Identified, Owned, Model):
    """A person wants to be erased: a casemanager wrote it down, an administrator carries it out."""

    __tablename__ = "erasure_request"

    participant_id: Mapped[UUID] = mapped_column(
        ForeignKey("participant.id", ondelete="CASCADE"), unique=True
    )
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    #: The person lets the answers count on, without anything that says whose they are.
    keep_answers: Mapped[bool] = mapped_column(default=False)

    participant: Mapped[Participant] = relationship()
    asked_by: Mapped[Staff | None] = relationship()


class RetentionRule(Identified, Owned, Model):
    """How long an organisation keeps a kind of data, where that is not the default."""

    __tablename__ = "retention_rule"
    __table_args__ = (
        UniqueConstraint("organisation_id", "kind"),
        CheckConstraint(one_of("kind", KEPT_KINDS), "kind"),
        CheckConstraint("months >= 0", "months"),
    )

    kind: Mapped[str] = mapped_column(String(20))
    months: Mapped[int]
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))


class RetentionMark(Identified, Owned, Model):
    """Something that has been kept long enough: removed on a day that may be put off, with a reason."""

    __tablename__ = "retention_mark"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "kind"),
        CheckConstraint(one_of("kind", KEPT_KINDS), "kind"),
    )

    kind: Mapped[str] = mapped_column(String(20))
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"), index=True)
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"))
    marked_on: Mapped[date]
    removed_on: Mapped[date]
    #: Why the day was put off; empty when it was not.
    reason: Mapped[str | None] = mapped_column(String(300))
    put_off_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))

    programme: Mapped[Programme] = relationship()
    enrolment: Mapped[Enrolment] = relationship()
