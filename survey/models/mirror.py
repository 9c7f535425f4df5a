"""What a person does with their own answers: lock them with pictures, and ask to talk about a subject."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.models.base import Identified, Model
from survey.models.participant import Enrolment, Participant
from survey.privacy.fields import SealedText
from survey.tenancy import Owned


class PictureLock(Identified, Owned, Model):
    """Four pictures in an order that only this person knows: more than the code, which staff have made.

    Wrong ones are counted here, as wrong codes are in `CodeAttempts`; see survey.respond.pictures.
    """

    __tablename__ = "picture_lock"

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), unique=True)
    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"), index=True)
    pictures_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: It opens what was answered in the sitting in which it was chosen, by that sitting's own name, and in those that
    #: began after it, by number. Of a sitting that began before and went on meanwhile nobody knows whose it is.
    sitting: Mapped[str] = mapped_column(String(32))
    opens_from: Mapped[int]
    failures: Mapped[int] = mapped_column(default=0)
    #: Seconds since 1970, in UTC; until then any pictures are refused.
    blocked_until: Mapped[float] = mapped_column(default=0.0)

    enrolment: Mapped[Enrolment] = relationship()
    participant: Mapped[Participant] = relationship()
    pictures = SealedText()


class TalkWish(Identified, Owned, Model):
    """A subject somebody wants to talk about: what a casemanager sees of a visit, because the person ticked it."""

    __tablename__ = "talk_wish"
    __table_args__ = (UniqueConstraint("enrolment_id", "domain"),)

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"))
    domain: Mapped[str] = mapped_column(String(40))
    asked_on: Mapped[date]
    #: When the casemanager said that they talked about it.
    talked_on: Mapped[date | None]

    enrolment: Mapped[Enrolment] = relationship()
