"""Pages of legal terms. A view parses, calls, answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from survey import audience, terms
from survey.casework import known
from survey.casework.deadlines import operations, queries
from survey.casework.deadlines.forms import ClockForm, ExtensionForm
from survey.casework.deadlines.queries import Clock
from survey.models import Participant
from survey.privacy import audit

pages = Blueprint("deadlines", __name__, url_prefix="/casework", template_folder="templates")
AUDIENCE = {
    "deadlines.clock": audience.CASEMANAGER,
    "deadlines.extend": audience.CASEMANAGER,
    "deadlines.take_back": audience.CASEMANAGER,
}


@pages.route("/participants/<uuid:participant_id>/deadlines/<rule>", methods=["GET", "POST"])
def clock(participant_id: UUID, rule: str) -> Any:
    """From which day a term counts, and on which day it was done."""
    person, found = _clock(participant_id, rule)
    form = ClockForm(_rules(person, rule), found.deadline)
    is_stale = form.is_submitted() and form.is_stale(found.deadline)
    if form.validate_on_submit() and not is_stale:
        operations.keep(person, found, operations.Days(form.started_on.data, form.met_on.data))
        flash(_("Saved."), "success")
        return _back(person)
    extension = ExtensionForm(found.deadline, formdata=None) if found.deadline else None
    page = _page(person, found, form, extension, is_stale=is_stale)
    return page, (409 if is_stale else 422 if form.errors else 200)


@pages.post("/participants/<uuid:participant_id>/deadlines/<rule>/extensions")
def extend(participant_id: UUID, rule: str) -> Any:
    person, found = _clock(participant_id, rule)
    deadline = found.deadline or abort(404)
    form = ExtensionForm(deadline)
    if not form.validate_on_submit():
        shown = ClockForm(_rules(person, rule), deadline, formdata=None)
        return _page(person, found, shown, form, is_stale=False), 422
    days = (form.until.data, form.reason.data, form.decided_on.data)
    operations.extend(deadline, *days, current_user.id)
    flash(_("Saved."), "success")
    return _back(person)


@pages.post("/deadlines/extensions/<uuid:extension_id>/taken-back")
def take_back(extension_id: UUID) -> Response:
    extension = queries.extension(extension_id) or abort(404)
    person = extension.deadline.participant
    found = queries.clock(person, extension.deadline.rule) or abort(404)
    operations.take_back(extension, found.rule.ends(extension.deadline.started_on))
    flash(_("Saved."), "success")
    return _back(person)


def _clock(participant_id: UUID, rule: str) -> tuple[Participant, Clock]:
    """404 for a term that does not apply to this person."""
    person = queries.participant(participant_id) or abort(404)
    return person, queries.clock(person, rule) or abort(404)


def _rules(person: Participant, rule: str) -> list[terms.Rule]:
    return terms.of_group(person.group, known.route(person))[rule]


def _page(
    person: Participant, found: Clock, form: ClockForm, extension: ExtensionForm | None, *, is_stale: bool
) -> str:
    audit.record("participant.seen", person.id)
    return render_template(
        "deadlines/clock.html", person=person, clock=found, form=form, extension=extension,
        alike=[
            other.name
            for other in queries.clocks(person)
            if other.rule.starts == found.rule.starts and other.deadline is None and other.code != found.code
        ],
        is_stale=is_stale and found.deadline is not None,
        reason_names=terms.EXTENSION_REASON_NAMES,
    )  # fmt: skip


def _back(person: Participant) -> Response:
    return redirect(url_for("casework.participant", participant_id=person.id, _anchor="deadlines"), 303)
