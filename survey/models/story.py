"""Stories: what a person said, rewritten without identity by a coordinator, and approved or not."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.models.base import Identified, Model, one_of
from survey.models.organisation import Staff
from survey.models.programme import Programme, Wave
from survey.models.response import OpenAnswer
from survey.tenancy import Owned

STORY_STATES = ("draft", "approved", "refused")
STANCES = ("typical", "contrary")


class Story(Identified, Owned, Model):
    __tablename__ = "story"
    __table_args__ = (
        CheckConstraint(one_of("state", STORY_STATES), "state"),
        CheckConstraint(one_of("stance", STANCES), "stance"),
    )

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"), index=True)
    wave_id: Mapped[UUID] = mapped_column(ForeignKey("wave.id", ondelete="CASCADE"))
    #: At most one story per open answer; the link goes when the answer is erased.
    open_answer_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("open_answer.id", ondelete="SET NULL"), unique=True
    )
    #: Or a story of a casemanager's note, which no coordinator sees.
    note_id: Mapped[UUID | None] = mapped_column(ForeignKey("note.id", ondelete="CASCADE"), unique=True)
    domain: Mapped[str] = mapped_column(String(40))
    #: Rewritten: no name, place, employer, rare job, family detail, nationality or date.
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(10))
    #: Whether it fits the number beside which it stands, or is another voice.
    stance: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="draft")
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None]

    programme: Mapped[Programme] = relationship()
    wave: Mapped[Wave] = relationship()
    open_answer: Mapped[OpenAnswer | None] = relationship()
    decided_by: Mapped[Staff | None] = relationship()
