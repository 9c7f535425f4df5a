"""Accounts of staff: made, given a role, given a second factor."""

from __future__ import annotations

import secrets
from uuid import UUID, uuid4

from flask_babel import gettext as _
from flask_security import hash_password
from sqlalchemy import select

from survey import staffing
from survey.clock import now
from survey.database import db
from survey.fieldwork import Refused
from survey.models import Staff, StaffInvitation
from survey.privacy import audit

#: Without those that read alike.
PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789x"


class ClaimedElsewhere(Exception):
    """The account was made with a link of another organisation: nobody here knows that the address is its owner's."""


def add_staff(email: str, role: str, name: str = "", language: str = "nl") -> str | None:
    """Give someone a role in the organisation that was entered; the first password of a new account, else None.

    ClaimedElsewhere for an account that only a link of this organisation may bring in.
    """
    address = staffing.address_of(email)
    person = _account(address)
    password = None
    if person is None:
        password = _first_password()
        person = _new_account(address, name, password, language)
    elif not staffing.works_here(person.id) and _is_claimed(address):
        raise ClaimedElsewhere
    staffing.give_role(person, role)
    return password


def _is_claimed(address: str) -> bool:
    """Whether somebody came by this address by a link, which shows who gave the link and not whose address it is."""
    found = select(StaffInvitation.id).where(
        StaffInvitation.email == address, StaffInvitation.used_at.is_not(None)
    )
    with db.session.exempt("operator"):
        return db.session.scalar(found.limit(1)) is not None


def _account(address: str) -> Staff | None:
    return db.session.scalar(select(Staff).where(Staff.email == address))


def _new_account(address: str, name: str, password: str, language: str) -> Staff:
    person = Staff(email=address, name=name, language=language, password=hash_password(password))
    db.session.add(person)
    db.session.flush()
    audit.record("staff.added", staff=person.id.hex)
    return person


def name_of(staff_id: UUID) -> str:
    return db.session.get_one(Staff, staff_id).name


def join(invitation: StaffInvitation, name: str, password: str, language: str) -> Staff:
    """A new account for who was invited, with the role; or new ways in for who lost theirs."""
    if invitation.staff_id is not None:
        return _renew(invitation, name, password)
    if _account(invitation.email) is not None:
        raise Refused(
            _(
                "There is an account with this e-mail address already. Sign in with it, below. Is it not yours? Tell"
                " the person who gave you this link."
            )
        )
    staffing.use(invitation)
    person = _new_account(invitation.email, name, password, language)
    staffing.give_role(person, invitation.role or "")
    return person


def _renew(invitation: StaffInvitation, name: str, password: str) -> Staff:
    """A new password and no second factor, so that the person sets up another. Roles in other organisations
    sleep from now on: those did not see who used the link.
    """
    staffing.use(invitation)
    person = db.session.get_one(Staff, invitation.staff_id, with_for_update=True, populate_existing=True)
    if not staffing.works_here(person.id):
        raise Refused(_("This link was used before, or it is too old. Ask for a new one."))
    person.name, person.password = name, hash_password(password)
    person.fs_uniquifier = uuid4().hex
    person.tf_primary_method = person.tf_totp_secret = person.mf_recovery_codes = None
    person.renewed_at, person.renewed_by_id = now(), invitation.organisation_id
    audit.record_account("staff.password_changed", person.id)
    audit.record_account("staff.second_factor_removed", person.id)
    staffing.vouch(person.id)
    staffing.end_sessions(person.id)
    db.session.flush()
    return person


def accept(invitation: StaffInvitation, person: Staff) -> None:
    """Someone who has an account already and signed in with it gets the role."""
    if invitation.staff_id is not None or invitation.email != person.email:
        raise Refused(_("This link is for someone else."))
    staffing.use(invitation)
    staffing.give_role(person, invitation.role or "")


def _first_password() -> str:
    """Sixteen letters and digits in groups, easy to read out: 80 bits."""
    letters = "".join(secrets.choice(PASSWORD_LETTERS) for position in range(16))
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))
