"""Who may reach which endpoint. Each journey declares its own; an endpoint nobody declared is refused.

The guard also enters the organisation: staff bring it by signing in, participants by their code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Flask, abort, current_app, flash, g, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import bindparam, select
from werkzeug.wrappers import Response

from survey import sent_again, shared_tablet
from survey.database import db
from survey.ids import id_of
from survey.models import Membership, Organisation, Staff

#: Anyone, signed in or not.
EVERYONE = frozenset({"everyone"})
#: Whoever came in with a code.
PARTICIPANT = frozenset({"participant"})
#: Who knows names does not see answers, and the other way round; someone may be given both roles.
CASEMANAGER = frozenset({"casemanager"})
COORDINATOR = frozenset({"coordinator"})
ADMINISTRATOR = frozenset({"administrator"})
MANAGEMENT = frozenset({"coordinator", "administrator"})
#: Who reads texts before participants do; sees nothing of anybody.
REVIEW = frozenset({"reviewer", "coordinator"})
#: Who may read what was published.
READERS = frozenset({"casemanager", "coordinator", "councillor", "administrator"})
STAFF = READERS | {"reviewer"}
#: Addresses that a library brings and nobody needs.
NOBODY: frozenset[str] = frozenset()
#: Roles in which one may see something of a person: they ask for a second factor.
PERSONAL = frozenset({"casemanager", "coordinator", "administrator"})
#: All that opens until the second factor is there.
SETTING_UP = frozenset({"security.two_factor_setup", "security.two_factor_setup_validate", "security.verify"})
#: Made once: it is asked at every request of staff.
WORK = (
    select(Membership.organisation_id, Membership.role, Membership.vouched_at)
    .where(Membership.staff_id == bindparam("person"))
    .order_by(Membership.organisation_id)
)


def init_app(app: Flask) -> None:
    app.extensions["telvertel_audience"] = {}
    declare(app, {"static": EVERYONE})
    app.before_request(_guard)


def declare(app: Flask, audiences: Mapping[str, frozenset[str]]) -> None:
    """Say for each endpoint who may reach it."""
    app.extensions["telvertel_audience"].update(audiences)


def declared() -> dict[str, frozenset[str]]:
    table: dict[str, frozenset[str]] = current_app.extensions["telvertel_audience"]
    return table


def _guard() -> Any:
    endpoint = request.endpoint
    if endpoint is None:
        return None  # no such address; Flask answers 404 or 405
    audience = declared().get(endpoint)
    if audience is None:
        abort(403)
    if audience is EVERYONE:
        return None
    return _admit_participant() if audience is PARTICIPANT else _admit_staff(audience)


def _admit_participant() -> Response | None:
    visit = session.get("visit")
    if visit is not None and shared_tablet.is_left(visit):
        session.clear()
        visit = None
    if visit is None:
        if request.method == "POST":  # the sitting was over, so this is not saved; said, not passed over
            return redirect(url_for("respond.goodbye", what="over"), 303)
        return redirect(url_for("respond.start"), 303)
    if "shared" in visit and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate":
        # What is fetched beside a page may come when the sitting is over: no cookie then.
        shared_tablet.note_here(visit)
    db.enter(id_of(visit["organisation"]))
    return None


def _admit_staff(audience: frozenset[str]) -> Any:
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    roles = enter_organisation()
    if current_user.needs_second_factor and not current_user.tf_primary_method:
        g.navigation_hidden = True
        if request.endpoint not in SETTING_UP:
            return (
                redirect(url_for("security.two_factor_setup"), 303) if request.method == "GET" else abort(403)
            )
    if not roles & audience:
        abort(403)
    return None


def _ask_to_sign_in() -> Any:
    """Afterwards one is back at the page one asked for; what was typed is kept on the page that says so."""
    is_over = g.get("staff_session_over", False)
    if request.method == "GET":
        if is_over:
            session.pop("_user_id", None)
            flash(_("You are signed out: by yourself, by an administrator, or after a while. Sign in again."))
        return redirect(url_for("security.login", next=request.full_path.rstrip("?")), 303)
    return sent_again.page(401) or abort(401)


def enter_organisation() -> frozenset[str]:
    """Enter the organisation the signed-in person works for, or chose among several; their roles there, none if
    they have no work. Looked up at every request: a role that was taken away is gone.
    """
    if "roles" not in g:
        work = roles_of(current_user)
        organisation = next(
            (own for own in work if str(own) == session.get("organisation")), next(iter(work), None)
        )
        g.roles = work[organisation] if organisation else frozenset()
        g.organisations = list(work)
        if not current_user.tf_primary_method or request.endpoint in SETTING_UP:
            current_user.needs_second_factor = _needs_second_factor(work)
        if organisation is not None:
            db.session.enter(organisation)
    roles: frozenset[str] = g.roles
    return roles


def roles_of(person: Staff) -> dict[UUID, frozenset[str]]:
    """By organisation, the roles of an account; without those that sleep until it is vouched for again."""
    with db.session.exempt("staff_email"):
        found = db.session.execute(WORK, {"person": person.id}).all()
    awake = [(own, role) for own, role, vouched_at in found if person.is_vouched_for(own, vouched_at)]
    return {own: frozenset(role for other, role in awake if other == own) for own, _role in awake}


def _needs_second_factor(work: Mapping[UUID, frozenset[str]]) -> bool:
    """Who can see anything personal needs one, unless all those people are invented."""
    if not any(roles & PERSONAL for roles in work.values()):
        return False
    return not all(fictitious for _name, fictitious in own_organisations(list(work)).values())


def own_organisations(ids: list[UUID]) -> dict[UUID, tuple[str, bool]]:
    """Name, and whether it is made up, of organisations that the signed-in person works for."""
    with db.session.exempt("staff_organisation"):
        found = db.session.execute(
            select(Organisation.id, Organisation.name, Organisation.fictitious)
            .where(Organisation.id.in_(ids))
            .order_by(Organisation.name)
        )
        return {own: (name, fictitious) for own, name, fictitious in found}
