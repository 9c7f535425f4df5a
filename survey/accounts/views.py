"""Where staff land, and their own account."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from survey import audience, staffing
from survey.accounts import events, sessions
from survey.audience import ADMINISTRATOR, CASEMANAGER, COORDINATOR, MANAGEMENT, READERS, REVIEW, STAFF
from survey.database import db
from survey.languages import STAFF_LANGUAGES
from survey.models import Organisation

pages = Blueprint("accounts", __name__, url_prefix="/staff", template_folder="templates")
AUDIENCE = {
    "accounts.home": STAFF,
    "accounts.account": STAFF,
    "accounts.speak": audience.EVERYONE,
    "accounts.work_for": STAFF,
    "accounts.end_session": STAFF,
    "accounts.end_sessions": STAFF,
    "accounts.second_factor_changed": STAFF,
    "security.login": audience.EVERYONE,
    "security.logout": audience.EVERYONE,
    "security.verify": STAFF,
    "security.change_password": STAFF,
    "security.two_factor_setup": STAFF,
    "security.two_factor_setup_validate": STAFF,
    "security.two_factor_token_validation": audience.EVERYONE,
    "security.two_factor_rescue": audience.NOBODY,  # asks for help by mail
    "security.tf_select": audience.EVERYONE,
    "security.mf_recovery": audience.EVERYONE,
    "security.mf_recovery_codes": STAFF,
    "security.static": audience.EVERYONE,
}
#: A path of ours. Browsers read a backslash as a slash and pass over spaces, so none may stand in it.
OWN_PATH = re.compile(r"/(?![/\\])[^\\\s\x00-\x20\x7f]*")
#: Start pages, in the order in which a role is asked for; who may see them, and their name.
NAVIGATION = (
    ("/casework/", CASEMANAGER, _("Caseload")),
    ("/casework/notes", CASEMANAGER, _("Notes")),
    ("/manage/", MANAGEMENT, _("Programmes")),
    ("/manage/staff/", ADMINISTRATOR, _("Staff")),
    ("/manage/audit/", ADMINISTRATOR, _("Audit log")),
    ("/reviewing/", REVIEW, _("Reviewing")),
    ("/publish/", COORDINATOR, _("Publishing")),
    ("/dashboard/", READERS, _("Results")),
)
#: Which start page a role lands on.
HOMES = {
    "casemanager": "/casework/",
    "coordinator": "/manage/",
    "administrator": "/manage/",
    "councillor": "/dashboard/",
    "reviewer": "/reviewing/",
}


@pages.get("/")
def home() -> Response:
    role = next(role for role in HOMES if role in g.roles)
    return redirect(HOMES[role], 303)


@pages.get("/account")
def account() -> str:
    return render_template(
        "accounts/account.html",
        has_second_factor=bool(current_user.tf_primary_method),
        sessions=sessions.of(current_user.id),
        this_session=g.staff_session.id,
    )


@pages.post("/organisation")
def work_for() -> Response:
    """Go and work for another of one's organisations."""
    chosen = request.form.get("organisation", "")
    if chosen not in {str(own) for own in g.organisations}:
        abort(404)
    session["organisation"] = chosen
    g.pop("roles")
    audience.enter_organisation()
    events.note_sign_in(current_user)
    return redirect(url_for("accounts.home"), 303)


@pages.post("/sessions/<uuid:session_id>/end")
def end_session(session_id: UUID) -> Response:
    """Sign out on one device: on this one too, if that is the one."""
    if not sessions.end(current_user.id, session_id):
        abort(404)
    flash(gettext("Signed out on that device."), "success")
    return redirect(url_for("accounts.account"), 303)


@pages.post("/sessions/end")
def end_sessions() -> Response:
    """Sign out on every device, this one included."""
    staffing.end_sessions(current_user.id)
    flash(gettext("Signed out on all devices."), "success")
    return redirect(url_for("security.login"), 303)


@pages.get("/second-factor/changed")
def second_factor_changed() -> Response:
    """Who has a second factor needs recovery codes as well; who has both is done."""
    wants_codes = current_user.tf_primary_method and not current_user.mf_recovery_codes
    return redirect(url_for("security.mf_recovery_codes" if wants_codes else "accounts.account"), 303)


@pages.post("/language")
def speak() -> Response:
    """Staff pages are in Dutch or English."""
    if request.form.get("language") in STAFF_LANGUAGES:
        session["language"] = request.form["language"]
    back = request.form.get("back", "")
    return redirect(back if OWN_PATH.fullmatch(back) else url_for("security.login"), 303)


def signed_in() -> dict[str, Any]:
    """For the frame of every staff page: who is signed in, where, and what they may open."""
    roles = g.get("roles") or frozenset()
    if not roles or g.get("navigation_hidden"):
        return {"navigation": [], "organisation": None, "account": None}
    organisation = db.session.get(Organisation, db.session.organisation_id)
    here = max((path for path, *_ in NAVIGATION if request.path.startswith(path)), key=len, default="")
    return {
        "account": current_user,
        "organisation": organisation.name if organisation else None,
        "fictitious": bool(organisation and organisation.fictitious),
        "other_organisations": _other_organisations(),
        "navigation": [
            (label, path, path == here) for path, audience_, label in NAVIGATION if roles & audience_
        ],
    }


def _other_organisations() -> dict[UUID, str]:
    """Names of the others that somebody works for; for most there are none, and nothing is asked."""
    others = [own for own in g.organisations if own != db.session.organisation_id]
    found = audience.own_organisations(others) if others else {}
    return {own: name for own, (name, _fictitious) in found.items()}
