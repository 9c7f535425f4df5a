"""The words participants read: what reviewers of an organisation decided on each, and which words were asked in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from survey.models.base import CompactJson, Identified, Model, one_of
from survey.tenancy import Owned

VERDICTS = ("approved", "changed", "refused")


class LanguageReview(Identified, Owned, Model):
    """Where the review of a language stands: the edition is another one after every change to its strings."""

    __tablename__ = "language_review"
    __table_args__ = (UniqueConstraint("organisation_id", "language"),)

    language: Mapped[str] = mapped_column(String(10))
    #: Random, so that what somebody kept under an edition that was rolled back is never taken for another.
    edition: Mapped[str] = mapped_column(String(20))


class StringReview(Identified, Owned, Model):
    """What was decided on one string in one language, and what a translator from outside proposes for it.

    Texts are lists: one text, or one for each plural form. The decision is about `source` and `shipped`; where the
    program ships another source or translation by now, it is stale and counts no more.
    """

    __tablename__ = "string_review"
    __table_args__ = (
        UniqueConstraint("organisation_id", "language", "key"),
        CheckConstraint(f"verdict IS NULL OR {one_of('verdict', VERDICTS)}", "verdict"),
        CheckConstraint("(verdict IS NULL) = (decided_at IS NULL)", "decided_has_moment"),
        CheckConstraint("(proposed IS NULL) = (proposed_at IS NULL)", "proposed_has_moment"),
    )

    language: Mapped[str] = mapped_column(String(10))
    #: survey.wording.texts.Text.key: a hash of catalog, context and source.
    key: Mapped[str] = mapped_column(String(20))
    catalog: Mapped[str] = mapped_column(String(20))
    context: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[list[str]] = mapped_column(CompactJson)
    #: The translation of the program, as it was when this was decided.
    shipped: Mapped[list[str]] = mapped_column(CompactJson, default=list)

    #: Empty while there is only a proposal.
    verdict: Mapped[str | None] = mapped_column(String(10))
    #: As approved, as changed, or as refused.
    texts: Mapped[list[str] | None] = mapped_column(CompactJson)
    back_translation: Mapped[str] = mapped_column(Text, default="")
    remark: Mapped[str] = mapped_column(Text, default="")
    #: The hash of source and texts: which words were decided on.
    wording: Mapped[str] = mapped_column(String(20), default="")
    reviewer_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    #: As the reviewer was called then.
    reviewer: Mapped[str] = mapped_column(String(255), default="")
    decided_at: Mapped[datetime | None]

    proposed: Mapped[list[str] | None] = mapped_column(CompactJson)
    proposed_back: Mapped[str] = mapped_column(Text, default="")
    proposed_remark: Mapped[str] = mapped_column(Text, default="")
    proposed_at: Mapped[datetime | None]


class Wording(Identified, Owned, Model):
    """Texts by key, in one language, under their own hash. Never changed, so that what was asked can be read again."""

    __tablename__ = "kept_wording"  # not `wording`, for columns are called that
    __table_args__ = (UniqueConstraint("organisation_id", "hash"),)

    hash: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(10))
    texts: Mapped[dict[str, list[str]]] = mapped_column(CompactJson)
    kept_at: Mapped[datetime]


class ProgrammeWording(Identified, Owned, Model):
    """In which words a programme asks its questions in a language: from its first sitting until they are moved on."""

    __tablename__ = "programme_wording"
    __table_args__ = (UniqueConstraint("programme_id", "language"),)

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"), index=True)
    language: Mapped[str] = mapped_column(String(10))
    wording: Mapped[str] = mapped_column(String(20))
    #: Whether every text in it was approved when it was fixed.
    approved: Mapped[bool] = mapped_column(default=False, server_default=false())
    fixed_at: Mapped[datetime]
