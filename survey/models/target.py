"""What a programme is meant to achieve: intended results in the municipality's own words, the targets by which one can
tell whether they are reached, and figures that somebody reports by hand.

All of it is about a programme and nobody in it: nothing here is sealed.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Double, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.codes import COMPARATORS, FIGURE_KINDS, GROUPS, MEASURES, UNITS
from survey.models.base import Identified, Model, one_of
from survey.models.programme import Programme
from survey.tenancy import Owned

GROUP = '"group"'


class IntendedResult(Identified, Owned, Model):
    __tablename__ = "intended_result"

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"), index=True)
    #: In which order they are read.
    place: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    explanation: Mapped[str] = mapped_column(String(1000), default="")
    #: The key of what it was taken over from (survey/targets.toml): that is not offered twice.
    template: Mapped[str | None] = mapped_column(String(40))
    #: Raised at each change, so that nobody overwrites what they did not see.
    version: Mapped[int] = mapped_column(default=1)

    programme: Mapped[Programme] = relationship()
    targets: Mapped[list[Target]] = relationship(
        back_populates="result", order_by="Target.place", cascade="all, delete-orphan"
    )


class Target(Identified, Owned, Model):
    """A figure to reach: which one, of whom, how much, by when, and who says so."""

    __tablename__ = "target"
    __table_args__ = (
        CheckConstraint(one_of("measure", MEASURES), "measure"),
        CheckConstraint(one_of("comparator", COMPARATORS), "comparator"),
        CheckConstraint(one_of("unit", UNITS), "unit"),
        CheckConstraint(f"{GROUP} IS NULL OR {one_of(GROUP, GROUPS)}", "group"),
        CheckConstraint("comparator IN ('at_least', 'at_most') OR value IS NULL", "than_before"),
    )

    result_id: Mapped[UUID] = mapped_column(ForeignKey("intended_result.id", ondelete="CASCADE"), index=True)
    place: Mapped[int]
    measure: Mapped[str] = mapped_column(String(20))
    #: Which step, level, domain, question, kind of activity or number of months; see survey.measures. Of a figure that
    #: is reported: what it is called.
    about: Mapped[str | None] = mapped_column(String(60))
    unit: Mapped[str] = mapped_column(String(20), default="person")
    #: None: everybody.
    group: Mapped[str | None] = mapped_column(String(20))
    comparator: Mapped[str] = mapped_column(String(10))
    #: A share from 0 to 1, points of a scale or a number; None where no number was agreed.
    value: Mapped[float | None] = mapped_column(Double)
    by_date: Mapped[date | None]
    owner: Mapped[str] = mapped_column(String(100), default="")
    #: Where it stands, and what does not fit about it.
    source: Mapped[str] = mapped_column(String(500), default="")
    caveat: Mapped[str] = mapped_column(String(500), default="")
    version: Mapped[int] = mapped_column(default=1)

    result: Mapped[IntendedResult] = relationship(back_populates="targets")
    figures: Mapped[list[Figure]] = relationship(
        back_populates="target", order_by="(Figure.as_of, Figure.id)", cascade="all, delete-orphan"
    )


class Figure(Identified, Owned, Model):
    """What the program cannot work out, as somebody reported it. Unit, group and owner are those of its target."""

    __tablename__ = "figure"
    __table_args__ = (
        CheckConstraint(one_of("kind", FIGURE_KINDS), "kind"),
        CheckConstraint("base IS NULL OR base > 0", "base"),
    )

    target_id: Mapped[UUID] = mapped_column(ForeignKey("target.id", ondelete="CASCADE"), index=True)
    value: Mapped[float] = mapped_column(Double)
    as_of: Mapped[date]
    #: Of how many; None where nobody knows.
    base: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(500))
    caveat: Mapped[str] = mapped_column(String(500), default="")

    target: Mapped[Target] = relationship(back_populates="figures")
