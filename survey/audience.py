"""Who may reach which endpoint. Each journey declares its own; an endpoint nobody declared is refused.

The guard also enters the organisation: staff bring it by signing in, participants by their code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask_security import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from survey.database import db
from survey.models import Membership

#: Anyone, signed in or not.
EVERYONE = frozenset({"everyone"})
#: Whoever came in with a code.
PARTICIPANT = frozenset({"participant"})
#: Who knows names does not see answers, and the other way round; someone may be given both roles.
CASEMANAGER = frozenset({"casemanager"})
COORDINATOR = frozenset({"coordinator"})
ADMINISTRATOR = frozenset({"administrator"})
MANAGEMENT = frozenset({"coordinator", "administrator"})
STAFF = frozenset({"casemanager", "coordinator", "councillor", "administrator"})
ADMINISTRATOR = frozenset({"administrator"})


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
    if visit is None:
        if request.method == "POST":  # the sitting was over, so this is not saved; said, not passed over
            return redirect(url_for("respond.goodbye", what="over"), 303)
        return redirect(url_for("respond.start"), 303)
    db.enter(UUID(visit["organisation"]))
    return None


def _admit_staff(audience: frozenset[str]) -> Response | None:
    if not current_user.is_authenticated:
        if request.method == "GET":
            return redirect(url_for("security.login", next=request.full_path.rstrip("?")), 303)
        abort(401)
    if not enter_organisation() & audience:
        abort(403)
    return None


def enter_organisation() -> frozenset[str]:
    """Enter the organisation the signed-in person works for; their roles there, none if they have no work."""
    if "roles" not in g:
        with db.session.exempt("staff_email"):
            found = db.session.execute(
                select(Membership.organisation_id, Membership.role)
                .where(Membership.staff_id == current_user.id)
                .order_by(Membership.organisation_id)
            ).all()
        organisation = found[0].organisation_id if found else None
        g.roles = frozenset(role for owner, role in found if owner == organisation)
        if organisation is not None:
            db.session.enter(organisation)
    roles: frozenset[str] = g.roles
    return roles
