"""Cohorts: the sets of people on which releases rest, and what was kept of each when it was frozen."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.models.base import CompactJson, Identified, Model, one_of
from survey.models.participant import Enrolment
from survey.models.release import Release
from survey.tenancy import Owned

#: `change`: who answered before and after; `follow_up`: who answered before and the later wave.
COHORT_KINDS = ("change", "follow_up")


class Cohort(Identified, Owned, Model):
    __tablename__ = "cohort"
    __table_args__ = (CheckConstraint(one_of("kind", COHORT_KINDS), "kind"),)

    #: For which it was frozen; later releases rest on it too.
    release_id: Mapped[UUID] = mapped_column(ForeignKey("release.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    #: Sums and counts of enough people each, as `dashboard.outcomes.release` froze them; of nobody alone. They stay
    #: when people go.
    statistics: Mapped[dict[str, Any]] = mapped_column(CompactJson)

    release: Mapped[Release] = relationship()
    members: Mapped[list[CohortMember]] = relationship(back_populates="cohort", cascade="all, delete-orphan")


class CohortMember(Owned, Model):
    """That somebody was in a cohort, so that they are in no other. Gone when they are forgotten or withdraw."""

    __tablename__ = "cohort_member"

    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), primary_key=True)
    enrolment_id: Mapped[UUID] = mapped_column(
        ForeignKey("enrolment.id", ondelete="CASCADE"), primary_key=True, index=True
    )

    cohort: Mapped[Cohort] = relationship(back_populates="members")
    enrolment: Mapped[Enrolment] = relationship()
