"""What casemanagers write down (*vertellen*), and the labels by which an organisation finds and counts it.

A note of a talk with one person is theirs: sealed with their key, and gone with it. One of a group talk, a partner or
the advisory council belongs to a programme and is sealed with the organisation's key; so does a question to the help
desk, which has labels and a channel, and words only if somebody wrote them.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.codes import CHANNELS, NOTE_KINDS
from survey.models.base import CompactJson, Identified, Model, one_of
from survey.models.organisation import Organisation, Staff
from survey.models.participant import Enrolment, Participant
from survey.models.programme import Programme
from survey.privacy.fields import SealedText
from survey.tenancy import Owned


class Label(Identified, Owned, Model):
    """One of the organisation's own list."""

    __tablename__ = "label"
    __table_args__ = (
        UniqueConstraint("organisation_id", "standard"),
        UniqueConstraint("organisation_id", "name"),
        CheckConstraint("standard IS NOT NULL OR name IS NOT NULL", "named"),
    )

    #: Of the list every organisation begins with (survey.codes.LABELS). Its name is in survey.labels until it gets one.
    standard: Mapped[str | None] = mapped_column(String(40))
    name: Mapped[str | None] = mapped_column(String(60))
    #: No longer offered; what was labelled with it stays so.
    retired_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class Note(Identified, Owned, Model):
    __tablename__ = "note"
    __table_args__ = (
        CheckConstraint(one_of("kind", NOTE_KINDS), "kind"),
        CheckConstraint("(kind = 'person') = (enrolment_id IS NOT NULL)", "of_person"),
        CheckConstraint("(kind = 'question') = (channel IS NOT NULL)", "of_question"),
        CheckConstraint(f"channel IS NULL OR {one_of('channel', CHANNELS)}", "channel"),
    )

    kind: Mapped[str] = mapped_column(String(20))
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"), index=True)
    #: Whose note it is, in this programme.
    enrolment_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("enrolment.id", ondelete="CASCADE"), index=True
    )
    happened_on: Mapped[date]
    channel: Mapped[str | None] = mapped_column(String(20))
    minutes: Mapped[int | None]
    domains: Mapped[list[str]] = mapped_column(CompactJson)
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    written_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    changed_at: Mapped[datetime]
    #: When a story was made of it. What became of that is not for who wrote the note to see.
    proposed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship()
    programme: Mapped[Programme] = relationship()
    enrolment: Mapped[Enrolment | None] = relationship()
    written_by: Mapped[Staff | None] = relationship()
    tags: Mapped[list[NoteLabel]] = relationship(viewonly=True)
    text = SealedText()

    @property
    def labels(self) -> list[Label]:
        return [tag.label for tag in self.tags]

    @property
    def participant(self) -> Participant | None:
        """Whose key seals it; the organisation's does where it is nobody's."""
        if self.kind != "person":
            return None
        if self.enrolment is None:
            raise ValueError("A note of a person must know whose it is before anything is sealed in it.")
        return self.enrolment.participant


class NoteLabel(Owned, Model):
    __tablename__ = "note_label"

    note_id: Mapped[UUID] = mapped_column(ForeignKey("note.id", ondelete="CASCADE"), primary_key=True)
    label_id: Mapped[UUID] = mapped_column(
        ForeignKey("label.id", ondelete="CASCADE"), primary_key=True, index=True
    )

    label: Mapped[Label] = relationship(viewonly=True)
