"""The people a programme is for: a pseudonym with coarse facts; who they are stands apart, sealed."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.codes import BIRTH_YEAR_BAND, GENDERS, GROUPS
from survey.models.base import Identified, Model, one_of
from survey.models.organisation import Organisation, Staff
from survey.models.programme import Programme
from survey.privacy.fields import SealedText
from survey.tenancy import Owned


class Participant(Identified, Owned, Model):
    __tablename__ = "participant"
    __table_args__ = (
        UniqueConstraint("organisation_id", "pseudonym"),
        CheckConstraint(f'"group" IS NULL OR {one_of(chr(34) + "group" + chr(34), GROUPS)}', "group"),
        CheckConstraint(f"gender IS NULL OR {one_of('gender', GENDERS)}", "gender"),
        CheckConstraint(f"birth_year IS NULL OR birth_year % {BIRTH_YEAR_BAND} = 0", "birth_year_band"),
    )

    pseudonym: Mapped[str] = mapped_column(String(60))
    #: Preferred language, asked, never inferred from nationality.
    language: Mapped[str | None] = mapped_column(String(10))
    group: Mapped[str | None] = mapped_column(String(20))
    gender: Mapped[str | None] = mapped_column(String(10))
    #: First year of a five-year band.
    birth_year: Mapped[int | None]
    arrival_year: Mapped[int | None]
    household: Mapped[str | None] = mapped_column(String(60))
    #: Nothing above says anything about a person any more; the row is kept for the count.
    erased_on: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship()
    #: Set to None (and deleted) for good when the person is erased.
    key: Mapped[PersonKey | None] = relationship(back_populates="participant", uselist=False)
    identity: Mapped[Identity | None] = relationship(back_populates="participant", uselist=False)
    enrolments: Mapped[list[Enrolment]] = relationship(back_populates="participant")


class PersonKey(Identified, Owned, Model):
    """The key that seals one person's words, itself sealed with the organisation's key."""

    __tablename__ = "person_key"

    participant_id: Mapped[UUID] = mapped_column(
        ForeignKey("participant.id", ondelete="CASCADE"), unique=True
    )
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)

    participant: Mapped[Participant] = relationship(back_populates="key")


class Identity(Identified, Owned, Model):
    """Name and contact, sealed. Destroying this row cuts the link between a person and their answers."""

    __tablename__ = "identity"

    participant_id: Mapped[UUID] = mapped_column(
        ForeignKey("participant.id", ondelete="CASCADE"), unique=True
    )
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    contact_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    participant: Mapped[Participant] = relationship(back_populates="identity")
    name = SealedText()
    contact = SealedText()


class Enrolment(Identified, Owned, Model):
    """A participant in a programme."""

    __tablename__ = "enrolment"
    __table_args__ = (UniqueConstraint("programme_id", "participant_id"),)

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"))
    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"), index=True)
    casemanager_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("staff.id", ondelete="SET NULL"), index=True
    )
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    #: A code of survey.codes.STOP_REASONS.
    end_reason: Mapped[str | None] = mapped_column(String(200))
    #: The latest day of contact of which somebody noted something: see survey.participation.seen.
    last_seen_on: Mapped[date | None]
    #: How many times the person came in with a code: answers that arrive late are put in order by it.
    sittings: Mapped[int] = mapped_column(default=0, server_default="0")

    programme: Mapped[Programme] = relationship()
    participant: Mapped[Participant] = relationship(back_populates="enrolments")
    casemanager: Mapped[Staff | None] = relationship()
    codes: Mapped[list[AccessCode]] = relationship(back_populates="enrolment")


class AccessCode(Identified, Owned, Model):
    """What a participant types or scans: a selector in the open and a hash of the rest."""

    __tablename__ = "access_code"

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), index=True)
    selector: Mapped[str] = mapped_column(String(4), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    #: Revoked or expired, never "used up": a code starts and resumes.
    expires_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None]
    #: Ended by the person, who no longer takes part. Pages of staff do not tell: to them it is a code like any other.
    ended_at: Mapped[datetime | None]
    #: Of one sitting on a tablet that staff handed over: in no letter, and nobody has its letters.
    handed_over: Mapped[bool] = mapped_column(default=False, server_default=false())

    enrolment: Mapped[Enrolment] = relationship(back_populates="codes")
