"""What was answered: a visit per wave, a response per instrument, and a page of answers per domain."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.codes import BASES, MODES, PURPOSES, RESPONDENTS
from survey.models.base import CompactJson, Identified, Model, one_of
from survey.models.participant import Enrolment, Participant
from survey.models.programme import Wave
from survey.privacy.fields import SealedText
from survey.tenancy import Owned

VISIT_STATES = ("agreed", "refused", "finished")
QUOTE_STATES = ("new", "handled")


class Visit(Identified, Owned, Model):
    """A participant's own going through one wave. Refused and finished are both *handled* to a casemanager."""

    __tablename__ = "visit"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "wave_id"),
        CheckConstraint(one_of("state", VISIT_STATES), "state"),
        CheckConstraint("(state = 'finished') = (finished_on IS NOT NULL)", "finished_has_date"),
    )

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"))
    wave_id: Mapped[UUID] = mapped_column(ForeignKey("wave.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(10))
    finished_on: Mapped[date | None]
    #: The latest words and the latest choice about quoting, as `Page.given` has it for answers; and that choice.
    given: Mapped[dict[str, Any] | None] = mapped_column(CompactJson)

    enrolment: Mapped[Enrolment] = relationship()
    wave: Mapped[Wave] = relationship()
    open_answer: Mapped[OpenAnswer | None] = relationship(back_populates="visit", uselist=False)


class Response(Identified, Owned, Model):
    """One per enrolment, wave, instrument and respondent; remembers what was shown."""

    __tablename__ = "response"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "wave_id", "instrument", "respondent"),
        CheckConstraint(one_of("respondent", RESPONDENTS), "respondent"),
        CheckConstraint(one_of("mode", MODES), "mode"),
    )

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"))
    wave_id: Mapped[UUID] = mapped_column(ForeignKey("wave.id", ondelete="CASCADE"), index=True)
    instrument: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    respondent: Mapped[str] = mapped_column(String(12), default="self")
    mode: Mapped[str] = mapped_column(String(12), default="self")
    language: Mapped[str] = mapped_column(String(10))
    answered_on: Mapped[date]

    enrolment: Mapped[Enrolment] = relationship()
    wave: Mapped[Wave] = relationship()
    pages: Mapped[list[Page]] = relationship(back_populates="response")


class Page(Owned, Model):
    """The answers to one domain, saved as one row, and their score: what "saved" means.

    A row exists once the page was posted, answered or not. Answers are codes by item id; `na`, `dk` and `pna`
    are three kinds of non-answer; an item that is not there was not seen or was passed over.
    """

    __tablename__ = "page"

    #: Not indexed, unlike elsewhere: a planner without statistics would take that index and read all pages.
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    response_id: Mapped[UUID] = mapped_column(ForeignKey("response.id", ondelete="CASCADE"), primary_key=True)
    domain: Mapped[str] = mapped_column(String(40), primary_key=True)
    answers: Mapped[dict[str, int | str]] = mapped_column(CompactJson)
    #: The domain's score, or None where too little was answered; see instruments.scoring.
    score: Mapped[float | None]
    language: Mapped[str] = mapped_column(String(10))
    #: The hash of the words it was asked in (survey.models.Wording); empty for what was asked elsewhere and imported.
    wording: Mapped[str | None] = mapped_column(String(20))
    #: Which sitting saved it: answers are shown again only within the same sitting.
    sitting: Mapped[str | None] = mapped_column(String(32))
    #: How each answer compares with others of the same person: see survey.respond.latest. Holds no time.
    given: Mapped[dict[str, list[int | str]] | None] = mapped_column(CompactJson)
    #: Whether the person went on from it. Who stopped halfway begins with this page next time.
    passed: Mapped[bool] = mapped_column(default=True, server_default=true())

    response: Mapped[Response] = relationship(back_populates="pages")


class OpenAnswer(Identified, Owned, Model):
    """The last question, in the person's own words, sealed."""

    __tablename__ = "open_answer"
    __table_args__ = (CheckConstraint(one_of("state", QUOTE_STATES), "state"),)

    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), unique=True)
    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"), index=True)
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(String(10))
    #: Whether it may be quoted without a name; asked apart.
    may_quote: Mapped[bool] = mapped_column(default=False)
    #: Whether a coordinator has dealt with it as a quote.
    state: Mapped[str] = mapped_column(String(10), default="new")

    visit: Mapped[Visit] = relationship(back_populates="open_answer")
    participant: Mapped[Participant] = relationship()
    text = SealedText()


class Consent(Identified, Owned, Model):
    """What a person agreed to: purpose, the version and language of the text they read, given and withdrawn."""

    __tablename__ = "consent"
    __table_args__ = (
        CheckConstraint(one_of("purpose", PURPOSES), "purpose"),
        CheckConstraint(one_of("basis", BASES), "basis"),
    )

    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"), index=True)
    wave_id: Mapped[UUID] = mapped_column(ForeignKey("wave.id", ondelete="CASCADE"))
    #: A yes to quoting one note, given to a casemanager: it holds for nothing else.
    note_id: Mapped[UUID | None] = mapped_column(ForeignKey("note.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    #: On what ground, as it was when the person chose.
    basis: Mapped[str] = mapped_column(String(20), default="consent", server_default="consent")
    text_version: Mapped[int]
    language: Mapped[str] = mapped_column(String(10))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
