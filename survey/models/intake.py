"""The intake: what a casemanager and a person wrote down together, once per programme, a section at a time.

These are facts that staff recorded, not answers of a wave: nothing that counts people reads them.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.codes import INTERPRETERS, MODES
from survey.models.base import CompactJson, Identified, Model, one_of
from survey.models.participant import Enrolment, Participant
from survey.privacy.fields import SealedText
from survey.tenancy import Owned

INTAKE_STATES = ("begun", "finished")


class Intake(Identified, Owned, Model):
    """How it was done, and how far it is."""

    __tablename__ = "intake"
    __table_args__ = (
        CheckConstraint(one_of("mode", MODES), "mode"),
        CheckConstraint(one_of("interpreter", INTERPRETERS), "interpreter"),
        CheckConstraint(one_of("state", INTAKE_STATES), "state"),
        CheckConstraint("(state = 'finished') = (finished_on IS NOT NULL)", "finished_has_date"),
    )

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), unique=True)
    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"), index=True)
    #: Of the instrument: what was asked.
    instrument_version: Mapped[int]
    #: Shown beside that of the staff.
    language: Mapped[str] = mapped_column(String(10))
    mode: Mapped[str] = mapped_column(String(12))
    interpreter: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(10), default="begun")
    begun_on: Mapped[date]
    finished_on: Mapped[date | None]
    #: Raised at each change, so that nobody overwrites unseen.
    version: Mapped[int] = mapped_column(default=1)

    enrolment: Mapped[Enrolment] = relationship()
    participant: Mapped[Participant] = relationship()
    sections: Mapped[list[IntakeSection]] = relationship(back_populates="intake")


class IntakeSection(Identified, Owned, Model):
    """One domain of it: codes, numbers and days by item id; whatever is in words is sealed."""

    __tablename__ = "intake_section"
    __table_args__ = (UniqueConstraint("intake_id", "domain"),)

    intake_id: Mapped[UUID] = mapped_column(ForeignKey("intake.id", ondelete="CASCADE"))
    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"), index=True)
    domain: Mapped[str] = mapped_column(String(40))
    answers: Mapped[dict[str, int | list[int] | str]] = mapped_column(CompactJson)
    #: JSON by item id.
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(default=0)

    intake: Mapped[Intake] = relationship(back_populates="sections")
    participant: Mapped[Participant] = relationship()
    words = SealedText()
