"""People who live together, as far as they take part here: no address, no surname."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.models.base import Identified, Model
from survey.models.participant import Participant
from survey.tenancy import Owned


class Household(Identified, Owned, Model):
    __tablename__ = "home"  # "household" is a column of participant: statements are read by names
    __table_args__ = (CheckConstraint("size >= 1 AND children >= 0", "numbers"),)

    #: How many people live there, also those who do not take part; and how many of them are children.
    size: Mapped[int | None]
    children: Mapped[int | None]
    #: Raised whenever it is changed, so that nobody overwrites what they did not see.
    version: Mapped[int] = mapped_column(default=1)

    members: Mapped[list[HouseholdMember]] = relationship(back_populates="household")


class HouseholdMember(Identified, Owned, Model):
    __tablename__ = "home_member"

    household_id: Mapped[UUID] = mapped_column(ForeignKey("home.id", ondelete="CASCADE"), index=True)
    participant_id: Mapped[UUID] = mapped_column(
        ForeignKey("participant.id", ondelete="CASCADE"), unique=True
    )
    #: Who shares one benefit within the household has the same number.
    benefit_unit: Mapped[int] = mapped_column(default=1)

    household: Mapped[Household] = relationship(back_populates="members")
    participant: Mapped[Participant] = relationship()
