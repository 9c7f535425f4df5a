"""Where the link of an invitation leads: a new account, a role for an account there is, or new ways in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_security import current_user, login_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from survey import audience, languages, staffing
from survey.accounts import operations, passwords
from survey.accounts.forms import JoiningForm, LinkForm
from survey.clock import now
from survey.database import db
from survey.fieldwork import Refused
from survey.models import Organisation, StaffInvitation

pages = Blueprint("joining", __name__, url_prefix="/staff/invitation", template_folder="templates")
AUDIENCE = {
    "joining.link": audience.EVERYONE,
    "joining.enter": audience.EVERYONE,
    "joining.invitation": audience.EVERYONE,
    "joining.join": audience.EVERYONE,
    "joining.accept": audience.EVERYONE,
}
COOKIE_KEY = "invitation"


@pages.context_processor
def words() -> dict[str, Any]:
    return {"role_name": staffing.role_name}


@pages.get("/")
def link() -> str:
    """A script moves what stands after # into the form and sends it: no log and no Referer gets to see it."""
    return render_template("accounts/link.html", form=LinkForm())


@pages.post("/")
def enter() -> Any:
    form = LinkForm()
    if form.validate_on_submit():
        token = form.token.data.strip().rpartition("#")[2]
        if _find(staffing.digest(token), token[:32]) is not None:
            session[COOKIE_KEY] = [staffing.digest(token), token[:32]]
            return redirect(url_for("joining.invitation"), 303)
        form.token.errors = [_unusable()]
    form.token.data = ""  # what opens an account is not shown on a screen
    return render_template("accounts/link.html", form=form), 422


@pages.get("/accept")
def invitation() -> Any:
    found = _invitation()
    return _show(found, JoiningForm()) if found else _start_again()


@pages.post("/accept")
def join() -> Any:
    """Whoever has no account yet, or lost the ways into it, chooses a password and is signed in."""
    found, form = _invitation(), JoiningForm()
    if found is None:
        return _start_again()
    form.email = found.email
    if current_user.is_authenticated:
        return redirect(url_for("joining.invitation"), 303)
    if not form.validate_on_submit():
        return _show(found, form), 422
    try:
        person = operations.join(found, form.name.data, form.password.data, languages.current().code)
    except Refused as refused:
        form.form_errors = [str(refused)]
        return _show(found, form), 422
    session.pop(COOKIE_KEY)
    login_user(person, authn_via=["password"])
    return redirect(url_for("accounts.home"), 303)


@pages.post("/accept/here")
def accept() -> Any:
    """Whoever is signed in gets the role, and goes to work there."""
    found = _invitation()
    if found is None or not current_user.is_authenticated:
        return _start_again()
    try:
        operations.accept(found, current_user)
    except Refused as refused:
        flash(str(refused), "error")
        return redirect(url_for("joining.invitation"), 303)
    session.pop(COOKIE_KEY)
    session["organisation"] = str(found.organisation_id)
    return redirect(url_for("accounts.home"), 303)


def _show(found: StaffInvitation, form: JoiningForm) -> str:
    place = db.session.get_one(Organisation, found.organisation_id)
    person = current_user if current_user.is_authenticated else None
    if person is None and found.staff_id is not None and request.method == "GET":
        form.name.data = operations.name_of(found.staff_id)
    return render_template(
        "accounts/invitation.html", invitation=found, place=place, form=form, person=person,
        shortest=passwords.SHORTEST,
    )  # fmt: skip


def _invitation() -> StaffInvitation | None:
    """The one this browser came in with, if it can still be used; from here on inside its organisation."""
    kept = session.get(COOKIE_KEY)
    return _find(*kept) if kept else None


def _find(token_hash: str, organisation: str) -> StaffInvitation | None:
    try:
        owner = UUID(organisation)
    except ValueError:
        return None
    db.session.enter(owner)
    return db.session.scalar(
        select(StaffInvitation).where(
            StaffInvitation.token_hash == token_hash,
            StaffInvitation.used_at.is_(None),
            StaffInvitation.expires_at > now(),
        )
    )


def _start_again() -> Response:
    session.pop(COOKIE_KEY, None)
    flash(_unusable(), "error")
    return redirect(url_for("joining.link"), 303)


def _unusable() -> str:
    return _("This link does not work: it was used, it is older than a week, or a newer one was made.")
