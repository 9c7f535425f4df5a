"""Where staff land, and their own account."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask_babel import lazy_gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from survey import audience
from survey.audience import ADMINISTRATOR, CASEMANAGER, COORDINATOR, MANAGEMENT, STAFF
from survey.database import db
from survey.languages import STAFF_LANGUAGES
from survey.models import Organisation

pages = Blueprint("accounts", __name__, url_prefix="/staff", template_folder="templates")
AUDIENCE = {
    "accounts.home": STAFF,
    "accounts.account": STAFF,
    "accounts.speak": audience.EVERYONE,
    "security.login": audience.EVERYONE,
    "security.logout": audience.EVERYONE,
    "security.verify": STAFF,
    "security.change_password": STAFF,
    "security.two_factor_setup": STAFF,
    "security.two_factor_setup_validate": STAFF,
    "security.two_factor_token_validation": audience.EVERYONE,
    "security.two_factor_rescue": audience.EVERYONE,
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
    ("/manage/", MANAGEMENT, _("Programmes")),
    ("/manage/audit/", ADMINISTRATOR, _("Audit log")),
    ("/publish/", COORDINATOR, _("Publishing")),
    ("/dashboard/", STAFF, _("Results")),
)
#: Which start page a role lands on.
HOMES = {
    "casemanager": "/casework/",
    "coordinator": "/manage/",
    "administrator": "/manage/",
    "councillor": "/dashboard/",
}


@pages.get("/")
def home() -> Response:
    role = next(role for role in HOMES if role in g.roles)
    return redirect(HOMES[role], 303)


@pages.get("/account")
def account() -> str:
    return render_template("accounts/account.html", has_second_factor=bool(current_user.tf_primary_method))


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
    if not roles:
        return {"navigation": [], "organisation": None, "account": None}
    organisation = db.session.get(Organisation, db.session.organisation_id)
    return {
        "account": current_user,
        "organisation": organisation.name if organisation else None,
        "fictitious": bool(organisation and organisation.fictitious),
        "navigation": [
            (label, path, request.path.startswith(path))
            for path, audience_, label in NAVIGATION
            if roles & audience_
        ],
    }
