"""What was observed of a person on a day: a step on the ladder, a level of language, hours of work. Codes, no words."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.codes import OBSERVED, SOURCES
from survey.models.base import Identified, Model, one_of
from survey.models.organisation import Staff
from survey.models.participant import Participant
from survey.tenancy import Owned


class Observation(Identified, Owned, Model):
    """One thing of one person on one day: on another day it may be otherwise, so nothing is overwritten."""

    __tablename__ = "observation"
    __table_args__ = (
        UniqueConstraint("participant_id", "what", "observed_on"),
        CheckConstraint(one_of("what", tuple(OBSERVED)), "what"),
        CheckConstraint(one_of("source", SOURCES), "source"),
    )

    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"))
    what: Mapped[str] = mapped_column(String(20))
    #: One of the codes in OBSERVED, or a number such as 12.5.
    value: Mapped[str] = mapped_column(String(20))
    observed_on: Mapped[date]
    source: Mapped[str] = mapped_column(String(20))
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    #: Raised whenever it is corrected, so that nobody overwrites what they did not see.
    version: Mapped[int] = mapped_column(default=1)

    participant: Mapped[Participant] = relationship()
    recorded_by: Mapped[Staff | None] = relationship()
