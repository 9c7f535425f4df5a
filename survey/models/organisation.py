"""A municipality, its staff, and who may do what in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask_security import UserMixin
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.codes import BASES, ROLES
from survey.models.base import CompactJson, Identified, Model, one_of
from survey.tenancy import Owned, Owner


class Organisation(Identified, Owner, Model):
    __tablename__ = "organisation"
    __table_args__ = (CheckConstraint(one_of("taking_part_basis", BASES), "taking_part_basis"),)

    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    #: Where a participant finds help: shown on every page of the questionnaire.
    help_contact: Mapped[str] = mapped_column(String(300), default="")
    #: Everything in it is made up; said on every page.
    fictitious: Mapped[bool] = mapped_column(default=False)
    #: The organisation's key, sealed with a master key.
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    #: On what ground it asks people to take part; its privacy officer decides. Quoting always takes consent.
    taking_part_basis: Mapped[str] = mapped_column(String(20), default="consent", server_default="consent")
    #: Raised whenever a recording comes or goes: what pages with recordings on them are kept under.
    sounds: Mapped[int] = mapped_column(default=0, server_default="0")


class Staff(Identified, UserMixin, Model):  # type: ignore[misc]  # the mixin only promises an integer id
    """A person who signs in. Belongs to no organisation; memberships say where they work and as what."""

    __tablename__ = "staff"

    email: Mapped[str] = mapped_column(String(255), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(10), default="nl")
    password: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    #: Changed to end all sessions of this person.
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(CompactJson()))
    #: The time step of the last authenticator code that was used: it and older ones are refused.
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    #: When an organisation's link gave this account a new password, and which organisation that was. Other
    #: organisations did not see who used it, so roles there sleep until they were vouched for since.
    renewed_at: Mapped[datetime | None]
    renewed_by_id: Mapped[UUID | None]

    #: Not stored: whether the work this person does asks for a second factor. The guard of each request sets it.
    needs_second_factor = False

    def __init__(self, **columns: Any) -> None:
        columns.setdefault("fs_uniquifier", uuid4().hex)
        super().__init__(**columns)

    @property
    def roles(self) -> list[str]:  # type: ignore[override]  # the mixin stores what we do not
        """Flask-Security asks; our roles are per organisation and live in Membership."""
        return []

    def check_tf_required_setup(self) -> bool:
        """Flask-Security asks whether the second factor may be turned off."""
        return self.needs_second_factor

    def is_vouched_for(self, organisation_id: UUID, vouched_at: datetime | None) -> bool:
        """Whether a role counts: nobody else renewed the account since this organisation last knew who it was."""
        if self.renewed_at is None or organisation_id == self.renewed_by_id:
            return True
        return vouched_at is not None and vouched_at >= self.renewed_at


class Membership(Identified, Owned, Model):
    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("organisation_id", "staff_id", "role"),
        CheckConstraint(one_of("role", ROLES), "role"),
    )

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    #: When the organisation last said that this account is the person it knows.
    vouched_at: Mapped[datetime | None]
    #: When the person last signed in to work here.
    signed_in_at: Mapped[datetime | None]

    staff: Mapped[Staff] = relationship()
    organisation: Mapped[Organisation] = relationship()


class CodeAttempts(Model):
    """Wrong codes typed for one selector, known or not: what the throttle goes by. Holds no code and no address."""

    __tablename__ = "code_attempts"

    selector: Mapped[str] = mapped_column(Text, primary_key=True)
    failures: Mapped[int]
    #: Seconds since 1970, in UTC; until then every code with this selector is refused.
    blocked_until: Mapped[float]
    last_failure: Mapped[float]
