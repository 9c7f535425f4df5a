"""Accounts of staff: made, given a role, given a second factor."""

from __future__ import annotations

import secrets

from email_validator import EmailNotValidError, validate_email
from flask import current_app
from flask_babel import gettext as _
from flask_security import hash_password
from sqlalchemy import select

from survey.database import db
from survey.fieldwork import Refused
from survey.models import Membership, Staff

#: Without those that read alike.
PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789x"


def add_staff(email: str, role: str, name: str = "", language: str = "nl") -> str | None:
    """Give someone a role in the organisation that was entered; the first password of a new account, else None."""
    try:
        address = validate_email(email, check_deliverability=False).normalized.lower()
    except EmailNotValidError as problem:
        raise Refused(str(problem)) from None
    person = db.session.scalar(select(Staff).where(Staff.email == address))
    password = None
    if person is None:
        password = _first_password()
        person = Staff(email=address, name=name, language=language, password=hash_password(password))
        db.session.add(person)
        db.session.flush()
    known = db.session.scalar(
        select(Membership).where(Membership.staff_id == person.id, Membership.role == role)
    )
    if known is not None:
        raise Refused(_("%(email)s already has this role.", email=address))
    db.session.add(Membership(staff=person, role=role))
    db.session.flush()
    return password


def _first_password() -> str:
    """Sixteen letters and digits in groups, easy to read out: 80 bits."""
    letters = "".join(secrets.choice(PASSWORD_LETTERS) for position in range(16))
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def set_up_second_factor(person: Staff) -> str:
    """Give an account an authenticator secret; returns it in base32, for the person's app."""
    totp = current_app.extensions["security"].totp_factory
    person.tf_primary_method = "authenticator"
    person.tf_totp_secret = totp.generate_totp_secret()
    return str(totp.get_totp_b32_key(person.tf_totp_secret))
