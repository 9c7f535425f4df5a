"""What happens when somebody signs in or out, or changes how they sign in."""

from __future__ import annotations

from typing import Any

from flask import Flask, after_this_request, g, session
from flask_login import user_logged_out
from flask_security import password_changed, tf_disabled, tf_profile_changed, user_authenticated
from sqlalchemy import update

from survey import staffing
from survey.accounts import devices, forms, lockout, sessions
from survey.audience import enter_organisation
from survey.clock import now
from survey.database import db, is_reading
from survey.models import Membership, Staff
from survey.privacy import audit

#: What a browser may hold from before: of a participant, of another colleague, of half a sign-in.
OF_BEFORE = ("visit", "organisation", "fs_gexp")


def init_app(app: Flask) -> None:
    user_authenticated.connect(_came_in, app)
    user_logged_out.connect(_left, app)
    password_changed.connect(_changed_password, app)
    tf_profile_changed.connect(_set_second_factor, app)
    tf_disabled.connect(_removed_second_factor, app)


def _came_in(app: Flask, user: Staff, authn_via: list[str] | None = None, **details: Any) -> None:
    """Signed in on this device, with all that is asked for; or staying signed in with a new password."""
    is_new = authn_via != ["change"]
    if is_new:
        for key in OF_BEFORE:
            session.pop(key, None)
        g.pop("roles", None)
    sessions.start(user)
    lockout.forget(forms.second_door(user))
    if enter_organisation() and is_new:
        note_sign_in(user)
    after_this_request(lambda response: devices.remember(user, response))


def note_sign_in(person: Staff) -> None:
    """Where somebody came to work; the other organisations of the same person do not learn of it."""
    db.session.execute(update(Membership).where(Membership.staff_id == person.id).values(signed_in_at=now()))
    audit.record("staff.signed_in")


def _left(app: Flask, user: Staff, **details: Any) -> None:
    if (
        is_reading()
    ):  # Flask-Security signs out who asks for a page of half a sign-in; a GET keeps to the cookie
        session.pop(sessions.COOKIE_KEY, None)
        return
    if enter_organisation():
        audit.record("staff.signed_out")
    sessions.end_this()


def _changed_password(app: Flask, user: Staff, **details: Any) -> None:
    _changed("staff.password_changed", user)


def _set_second_factor(app: Flask, user: Staff, **details: Any) -> None:
    _changed("staff.second_factor_set", user)


def _removed_second_factor(app: Flask, user: Staff, **details: Any) -> None:
    _changed("staff.second_factor_removed", user)


def _changed(what: str, person: Staff) -> None:
    """Who changes how they sign in is signed out everywhere else."""
    audit.record_account(what, person.id)
    staffing.end_sessions(person.id, but=g.staff_session.id if "staff_session" in g else None)
