"""The pages on which an administrator says who works here, and as what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from survey import audience, staffing
from survey.audience import ADMINISTRATOR
from survey.codes import ROLES
from survey.fieldwork import Refused
from survey.manage import queries
from survey.manage.forms import InvitationForm
from survey.manage.queries import Colleague
from survey.privacy import audit

pages = Blueprint("colleagues", __name__, url_prefix="/manage/staff", template_folder="templates")
AUDIENCE = {
    "colleagues.staff": ADMINISTRATOR,
    "colleagues.invite": ADMINISTRATOR,
    "colleagues.withdraw": ADMINISTRATOR,
    "colleagues.colleague": ADMINISTRATOR,
    "colleagues.give_role": ADMINISTRATOR,
    "colleagues.take_role": ADMINISTRATOR,
    "colleagues.renew": ADMINISTRATOR,
    "colleagues.end_sessions": ADMINISTRATOR,
    "colleagues.vouch": ADMINISTRATOR,
}


@pages.context_processor
def words() -> dict[str, Any]:
    return {"role_name": staffing.role_name, "needs_second_factor": audience.PERSONAL}


@pages.get("/")
def staff() -> str:
    audit.record("staff.listed")
    return render_template(
        "manage/staff.html", colleagues=queries.colleagues(), invitations=queries.open_invitations()
    )


@pages.route("/invite", methods=["GET", "POST"])
def invite() -> Any:
    form = InvitationForm()
    if form.validate_on_submit():
        try:
            token = staffing.invite(form.email.data, form.role.data, current_user)
        except Refused as refused:
            form.email.errors = [str(refused)]
        else:
            return _link(token, form.email.data)
    return render_template("manage/invite.html", form=form), 422 if form.is_submitted() else 200


@pages.post("/invitations/<uuid:invitation_id>/withdraw")
def withdraw(invitation_id: UUID) -> Response:
    staffing.withdraw(queries.invitation(invitation_id) or abort(404))
    flash(_("That link does not work any more."), "success")
    return redirect(url_for("colleagues.staff"), 303)


@pages.get("/<uuid:staff_id>")
def colleague(staff_id: UUID) -> str:
    found = _colleague(staff_id)
    audit.record("staff.listed", staff=staff_id.hex)
    return render_template("manage/colleague.html", colleague=found, all_roles=ROLES)


@pages.post("/<uuid:staff_id>/roles")
def give_role(staff_id: UUID) -> Response:
    person, role = _colleague(staff_id).person, request.form.get("role", "")
    if role not in ROLES:
        abort(400)
    try:
        staffing.give_role(person, role)
    except Refused as refused:
        flash(str(refused), "error")
    return redirect(url_for("colleagues.colleague", staff_id=staff_id), 303)


@pages.post("/<uuid:staff_id>/roles/<role>/take")
def take_role(staff_id: UUID, role: str) -> Response:
    membership = queries.membership(staff_id, role) or abort(404)
    try:
        staffing.take_role(membership)
    except Refused as refused:
        flash(str(refused), "error")
    else:
        flash(_("The role is taken away. It works at once."), "success")
    remains = queries.colleague(staff_id) is not None
    address = url_for("colleagues.colleague", staff_id=staff_id) if remains else url_for("colleagues.staff")
    return redirect(address, 303)


@pages.post("/<uuid:staff_id>/link")
def renew(staff_id: UUID) -> str:
    """For a colleague who lost password or telephone; nothing changes until the link is used."""
    person = _colleague(staff_id).person
    return _link(staffing.renew(person, current_user), person.email)


@pages.post("/<uuid:staff_id>/sessions/end")
def end_sessions(staff_id: UUID) -> Response:
    staffing.sign_out(_colleague(staff_id).person)
    flash(_("Signed out on all devices."), "success")
    return redirect(url_for("colleagues.colleague", staff_id=staff_id), 303)


@pages.post("/<uuid:staff_id>/vouch")
def vouch(staff_id: UUID) -> Response:
    staffing.vouch(_colleague(staff_id).person.id)
    flash(_("The roles work again."), "success")
    return redirect(url_for("colleagues.colleague", staff_id=staff_id), 303)


def _colleague(staff_id: UUID) -> Colleague:
    return queries.colleague(staff_id) or abort(404)


def _link(token: str, email: str) -> str:
    """Shown once, to be handed over by the administrator. The host is one of those that the operator named:
    another is refused before any page is made.
    """
    scheme = "https" if current_app.config["SESSION_COOKIE_SECURE"] else "http"
    address = url_for("joining.link", _external=True, _scheme=scheme, _anchor=token)
    return render_template("manage/link.html", address=address, email=email, days=staffing.LINK_DAYS)
