"""Somebody's plan in one programme: goals in their own words with who does what by when, what stands in the way and
what opened up, and each version as it was signed.

All words are sealed with the person's key. What is settled never changes any more; see `PlanVersion`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.codes import GOAL_STATES, LINK_KINDS, STEP_ACTORS
from survey.models.base import Identified, Model, one_of
from survey.models.organisation import Staff
from survey.models.participant import Enrolment, Participant
from survey.privacy.fields import SealedText
from survey.tenancy import Owned


class OfEnrolment:
    """Mixin: sealed with the key of who is enrolled."""

    enrolment: Mapped[Enrolment]

    @property
    def participant(self) -> Participant:
        return self.enrolment.participant


class Goal(OfEnrolment, Identified, Owned, Model):
    __tablename__ = "goal"
    __table_args__ = (CheckConstraint(one_of("state", GOAL_STATES), "state"),)

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), index=True)
    domain: Mapped[str] = mapped_column(String(40))
    #: As the person says it, in the language they say it in; and in Dutch.
    language: Mapped[str] = mapped_column(String(10))
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    dutch_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(10), default="open")
    #: When it came to stand as it does now.
    state_on: Mapped[date]
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    #: Raised at each change: whoever saves an older one is told first what changed.
    version: Mapped[int] = mapped_column(default=1)

    enrolment: Mapped[Enrolment] = relationship()
    steps: Mapped[list[GoalStep]] = relationship(
        back_populates="goal", order_by="GoalStep.place", cascade="all, delete-orphan"
    )
    words = SealedText()
    dutch = SealedText()


class GoalStep(Identified, Owned, Model):
    """Who does what by when."""

    __tablename__ = "goal_step"
    __table_args__ = (CheckConstraint(one_of("actor", STEP_ACTORS), "actor"),)

    goal_id: Mapped[UUID] = mapped_column(ForeignKey("goal.id", ondelete="CASCADE"), index=True)
    place: Mapped[int]
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    dutch_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    actor: Mapped[str] = mapped_column(String(20))
    #: Who it is, where it is somebody else.
    other_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]

    goal: Mapped[Goal] = relationship(back_populates="steps")
    words = SealedText()
    dutch = SealedText()
    other = SealedText()

    @property
    def participant(self) -> Participant:
        return self.goal.participant


class DomainLink(OfEnrolment, Identified, Owned, Model):
    """One domain that stands in the way of another, or opened it: housing blocks work, childcare opens language."""

    __tablename__ = "domain_link"
    __table_args__ = (
        CheckConstraint(one_of("kind", LINK_KINDS), "kind"),
        CheckConstraint("from_domain <> to_domain", "two_domains"),
        CheckConstraint("until IS NULL OR until >= since", "since_until"),
    )

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    from_domain: Mapped[str] = mapped_column(String(40))
    to_domain: Mapped[str] = mapped_column(String(40))
    since: Mapped[date]
    #: When an obstacle was solved, or a breakthrough no longer held.
    until: Mapped[date | None]
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    enrolment: Mapped[Enrolment] = relationship()
    words = SealedText()


class PlanVersion(OfEnrolment, Identified, Owned, Model):
    """The plan as both signed it: one sealed document that nobody can change."""

    __tablename__ = "plan_version"
    __table_args__ = (UniqueConstraint("enrolment_id", "number"),)

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"))
    number: Mapped[int]
    signed_on: Mapped[date]
    settled_at: Mapped[datetime]
    settled_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    #: JSON of survey.casework.plan.document.
    document_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    enrolment: Mapped[Enrolment] = relationship()
    settled_by: Mapped[Staff | None] = relationship()
    document = SealedText()


@event.listens_for(PlanVersion, "before_update")
def _refuse(mapper: Any, connection: Any, version: PlanVersion) -> None:
    raise TypeError("A version of a plan that was settled never changes; settle another.")
