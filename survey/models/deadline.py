"""Legal terms of one person: from which day they count, until which day, and whether they were met."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.codes import EXTENSION_REASONS
from survey.models.base import Identified, Model, one_of
from survey.models.organisation import Staff
from survey.models.participant import Participant
from survey.tenancy import Owned


class Deadline(Identified, Owned, Model):
    __tablename__ = "deadline"
    __table_args__ = (UniqueConstraint("participant_id", "rule"),)

    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"))
    #: A code of survey/terms.toml; which of its rules, the starting day tells.
    rule: Mapped[str] = mapped_column(String(40))
    started_on: Mapped[date]
    #: The last day, with what it was extended by: kept, so that the database can look for it.
    due_on: Mapped[date]
    met_on: Mapped[date | None]
    #: Raised whenever it is changed, so that nobody overwrites what they did not see.
    version: Mapped[int] = mapped_column(default=1)

    participant: Mapped[Participant] = relationship()
    extensions: Mapped[list[DeadlineExtension]] = relationship(
        back_populates="deadline", order_by="DeadlineExtension.until"
    )


class DeadlineExtension(Identified, Owned, Model):
    """A later last day, by a decision."""

    __tablename__ = "deadline_extension"
    __table_args__ = (CheckConstraint(one_of("reason", EXTENSION_REASONS), "reason"),)

    deadline_id: Mapped[UUID] = mapped_column(ForeignKey("deadline.id", ondelete="CASCADE"), index=True)
    until: Mapped[date]
    reason: Mapped[str] = mapped_column(String(20))
    decided_on: Mapped[date]
    recorded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))

    deadline: Mapped[Deadline] = relationship(back_populates="extensions")
    recorded_by: Mapped[Staff | None] = relationship()
