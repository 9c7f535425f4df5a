"""What a person does: work, a course, a language buddy. Activities may overlap. And the organisation's own lists."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Double, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.codes import END_REASONS, HOURS_PER, OUTCOMES, STANDARD_KINDS
from survey.models.base import Identified, Model, one_of
from survey.models.organisation import Staff
from survey.models.participant import Participant
from survey.tenancy import Owned


class ActivityKind(Identified, Owned, Model):
    """What an organisation calls a kind of activity, and which standard kind it counts as."""

    __tablename__ = "activity_kind"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name"),
        CheckConstraint(one_of("standard", STANDARD_KINDS), "standard"),
    )

    name: Mapped[str] = mapped_column(String(100))
    standard: Mapped[str] = mapped_column(String(30))
    #: Offered for new activities; those there are keep it.
    in_use: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)


class Provider(Identified, Owned, Model):
    """Who offers activities: a school, an employer, a club. Of organisations, never of one person."""

    __tablename__ = "provider"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    name: Mapped[str] = mapped_column(String(100))
    in_use: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)


class Activity(Identified, Owned, Model):
    __tablename__ = "activity"
    __table_args__ = (
        CheckConstraint("(kind_id IS NULL) <> (standard IS NULL)", "kind"),
        CheckConstraint(f"standard IS NULL OR {one_of('standard', STANDARD_KINDS)}", "standard"),
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", "ends_after_start"),
        CheckConstraint(one_of("hours_per", HOURS_PER), "hours_per"),
        CheckConstraint(f"outcome IS NULL OR {one_of('outcome', OUTCOMES)}", "outcome"),
        CheckConstraint(f"end_reason IS NULL OR {one_of('end_reason', END_REASONS)}", "end_reason"),
    )

    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"), index=True)
    #: The organisation's own kind, or else a standard one.
    kind_id: Mapped[UUID | None] = mapped_column(ForeignKey("activity_kind.id"), index=True)
    standard: Mapped[str | None] = mapped_column(String(30))
    provider_id: Mapped[UUID | None] = mapped_column(ForeignKey("provider.id"), index=True)
    started_on: Mapped[date]
    #: The last day, which may be planned.
    ended_on: Mapped[date | None]
    hours: Mapped[float | None] = mapped_column(Double)
    #: Whether those are hours a week or all together.
    hours_per: Mapped[str] = mapped_column(String(10), default="week")
    outcome: Mapped[str | None] = mapped_column(String(20))
    end_reason: Mapped[str | None] = mapped_column(String(20))
    #: What came of it: a one-off job that later became lasting.
    became_id: Mapped[UUID | None] = mapped_column(
        # Looked at on commit, so that a backup can be put back in any order.
        ForeignKey("activity.id", ondelete="SET NULL", deferrable=True, initially="DEFERRED"), index=True
    )  # fmt: skip
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    #: Raised whenever it is changed, so that nobody overwrites what they did not see.
    version: Mapped[int] = mapped_column(default=1)

    participant: Mapped[Participant] = relationship()
    kind: Mapped[ActivityKind | None] = relationship()
    provider: Mapped[Provider | None] = relationship()
    became: Mapped[Activity | None] = relationship(remote_side="Activity.id")
    recorded_by: Mapped[Staff | None] = relationship()

    @property
    def counts_as(self) -> str:
        """The standard kind, whatever the organisation calls it."""
        return self.kind.standard if self.kind else str(self.standard)
