"""A programme (a pilot or a standing service), its waves, and the languages it opened although unapproved."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Double, ForeignKey, String, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from instruments import asking
from survey.codes import USUAL_BREAKDOWNS
from survey.models.base import CompactJson, Identified, Model, compact_json, one_of
from survey.models.organisation import Organisation, Staff
from survey.models.wording import ProgrammeWording
from survey.tenancy import Owned

WAVE_STATES = ("planned", "open", "closed")


class Programme(Identified, Owned, Model):
    __tablename__ = "programme"

    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    #: Keys of the instruments asked in every wave, in order.
    instruments: Mapped[list[str]] = mapped_column(CompactJson)
    #: Whether people may answer without words, by pictures and sound; fixed once somebody has answered.
    word_free: Mapped[bool] = mapped_column(default=True, server_default=true())

    #: Whether later waves also ask how the start is seen now, and whether it is better or worse since.
    then_now: Mapped[bool] = mapped_column(default=False, server_default=false())
    anchor: Mapped[bool] = mapped_column(default=False, server_default=false())

    #: The domains, at most three, in which the programme said in advance that it wants to see change.
    primary_domains: Mapped[list[str]] = mapped_column(CompactJson, default=list, server_default="[]")
    #: Where people were chosen because of a low score: in which domain, the mean of all among whom they were chosen,
    #: and how strongly two measurements of that domain agree when nothing changes, if that is known.
    chosen_on: Mapped[str | None] = mapped_column(String(40))
    chosen_from_mean: Mapped[float | None] = mapped_column(Double)
    retest_r: Mapped[float | None] = mapped_column(Double)
    #: Codes of survey.codes.BREAKDOWNS: by what its releases compare groups of people. Fixed by the first release.
    breakdowns: Mapped[list[str]] = mapped_column(
        CompactJson, default=lambda: list(USUAL_BREAKDOWNS), server_default=compact_json(USUAL_BREAKDOWNS)
    )

    organisation: Mapped[Organisation] = relationship()
    waves: Mapped[list[Wave]] = relationship(back_populates="programme", order_by="Wave.weeks")
    language_overrides: Mapped[list[LanguageOverride]] = relationship()
    wordings: Mapped[list[ProgrammeWording]] = relationship()

    @property
    def looks_back_with(self) -> list[str]:
        """Keys of the instruments that later waves ask beside its own."""
        chosen = {"then-now": self.then_now, "anchor": self.anchor}
        return [key for key in asking.LOOKING_BACK if chosen[key]]

    @property
    def is_closed(self) -> bool:
        """Every wave of it is: nothing is asked in it any more. One without waves goes on."""
        return bool(self.waves) and all(wave.state == "closed" for wave in self.waves)

    def wave(self, key: str) -> Wave | None:
        return next((wave for wave in self.waves if wave.key == key), None)


class Wave(Identified, Owned, Model):
    __tablename__ = "wave"
    __table_args__ = (
        UniqueConstraint("programme_id", "key"),
        CheckConstraint(one_of("state", WAVE_STATES), "state"),
        CheckConstraint("(state = 'planned') = (opened_on IS NULL)", "open_has_date"),
        CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", "closed_has_date"),
        CheckConstraint("weeks >= 0 AND window_weeks > 0", "weeks"),
    )

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(40))
    #: Due this many weeks after a person's enrolment starts...
    weeks: Mapped[int]
    #: ...and open for that person this many weeks long.
    window_weeks: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="planned")
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    #: Instrument key -> version, fixed when the wave opens.
    versions: Mapped[dict[str, int]] = mapped_column(CompactJson, default=dict)

    programme: Mapped[Programme] = relationship(back_populates="waves")

    @property
    def is_later(self) -> bool:
        """Whether there is a wave before it, to look back at."""
        return any(wave.weeks < self.weeks for wave in self.programme.waves)

    @property
    def asked(self) -> asking.Versions:
        """The one place that says what is asked: as it was fixed, or as it would be if it opened now."""
        own = self.programme.instruments
        if self.state == "planned":
            return asking.newest([*own, *(self.programme.looks_back_with if self.is_later else ())])
        return asking.in_order(own, self.versions)


class LanguageOverride(Identified, Owned, Model):
    """A coordinator's decision to ask in a language whose texts nobody has approved yet: who, and when."""

    __tablename__ = "language_override"
    __table_args__ = (UniqueConstraint("programme_id", "language"),)

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"), index=True)
    language: Mapped[str] = mapped_column(String(10))
    #: Empty when the operator decided it on the command line.
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime]

    decided_by: Mapped[Staff | None] = relationship()
