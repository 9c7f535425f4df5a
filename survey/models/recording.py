"""Texts spoken by a person, for participants who listen. What is spoken is a text, not a place on a page: wherever the
same words stand, the same recording sounds, and when the words change it is not played any more.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.models.base import Identified, Model, one_of
from survey.models.organisation import Staff
from survey.tenancy import Owned

MEDIA_TYPES = ("audio/ogg", "audio/mpeg", "audio/mp4", "audio/wav")


class Recording(Identified, Owned, Model):
    __tablename__ = "recording"
    __table_args__ = (
        UniqueConstraint("organisation_id", "language", "text_hash"),
        CheckConstraint(one_of("media_type", MEDIA_TYPES), "media_type"),
    )

    language: Mapped[str] = mapped_column(String(10))
    #: What is spoken, and its hash: by that it is found again.
    text: Mapped[str] = mapped_column(Text)
    text_hash: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(20))
    #: The file as it came, and its hash: its address, so that a browser may keep it for good.
    sound: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sound_hash: Mapped[str] = mapped_column(String(64), index=True)
    seconds: Mapped[int]
    #: Who speaks, so that they can take it back. Participants do not see this.
    speaker: Mapped[str] = mapped_column(String(100))
    recorded_on: Mapped[date]
    added_at: Mapped[datetime]
    added_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))

    added_by: Mapped[Staff | None] = relationship()
