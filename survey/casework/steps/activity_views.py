"""What somebody does: added in two touches, stopped in one, and changed where there is more to say."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from survey import activities, audience, code_names
from survey.casework.steps import operations, queries
from survey.casework.steps.activity_forms import ActivityForm
from survey.clock import today
from survey.models import Activity, Participant
from survey.privacy import audit

pages = Blueprint("activities", __name__, url_prefix="/casework", template_folder="templates")
AUDIENCE = {
    "activities.start": audience.CASEMANAGER,
    "activities.add": audience.CASEMANAGER,
    "activities.change": audience.CASEMANAGER,
    "activities.stop": audience.CASEMANAGER,
}


@pages.context_processor
def words() -> dict[str, Any]:
    return {"names": code_names}


@pages.post("/participants/<uuid:participant_id>/activities/start")
def start(participant_id: UUID) -> Response:
    """From today, with nothing else filled in."""
    person = queries.person(participant_id, to_change=True) or abort(404)
    kinds = dict(queries.offered_kinds())
    kind = request.form.get("kind", "")
    if kind not in kinds:
        flash(_("Choose what it is."), "error")
        return _to(person)
    activity = activities.add(person, activities.Facts(kind, None, today()), current_user.id)
    if activity.ended_on is None:
        flash(_("Added, from today: %(kind)s.", kind=kinds[kind]), "success")
    else:
        flash(_("It is there already, and has an end: %(kind)s.", kind=kinds[kind]), "warning")
    return _to(person)


@pages.route("/participants/<uuid:participant_id>/activities/new", methods=["GET", "POST"])
def add(participant_id: UUID) -> Any:
    person = queries.person(participant_id, to_change=request.method == "POST") or abort(404)
    form = _form(person, None)
    if form.validate_on_submit():
        if there := activities.same(person, form.facts):
            return _is_there(person, there)
        activities.add(person, form.facts, current_user.id)
        flash(_("Saved."), "success")
        return _to(person)
    return _page(person, None, form)


@pages.route("/activities/<uuid:activity_id>", methods=["GET", "POST"])
def change(activity_id: UUID) -> Any:
    activity = queries.activity(activity_id, to_change=request.method == "POST") or abort(404)
    form = _form(activity.participant, activity)
    if form.removes(activity):
        return _remove(activity)
    if form.saves(activity):
        operations.change(activity, form.facts, current_user.id)
        flash(_("Saved."), "success")
        return _to(activity.participant)
    return _page(activity.participant, activity, form)


@pages.post("/activities/<uuid:activity_id>/stop")
def stop(activity_id: UUID) -> Response:
    activity = queries.activity(activity_id, to_change=True) or abort(404)
    if operations.stop(activity, current_user.id):
        flash(_("Stopped today: %(kind)s.", kind=code_names.kind_name(activity)), "success")
    else:
        flash(_("This activity does not run now. Nothing was changed."), "warning")
    return _to(activity.participant)


def _is_there(person: Participant, activity: Activity) -> Any:
    """It was to be new: what else was typed of it than stands there is laid beside that, on its own page."""
    form = _form(person, activity)
    if not form.repeats():
        if not form.saves(activity):
            return _page(person, activity, form)
        operations.change(activity, form.facts, current_user.id)
    flash(_("Saved."), "success")
    return _to(person)


def _page(person: Participant, activity: Activity | None, form: ActivityForm) -> tuple[str, int]:
    audit.record("participant.seen", person.id)
    shown = render_template("steps/activity.html", person=person, activity=activity, form=form)
    return shown, form.status


def _remove(activity: Activity) -> Response:
    person = activity.participant
    operations.remove_activity(activity)
    flash(_("Removed."), "success")
    return _to(person)


def _form(person: Participant, activity: Activity | None, **keywords: Any) -> ActivityForm:
    return ActivityForm(
        person, queries.offered_kinds(activity), queries.offered_providers(activity), queries.activities(person),
        activity, **keywords,
    )  # fmt: skip


def _to(person: Participant) -> Response:
    return redirect(url_for("casework.participant", participant_id=person.id, _anchor="activities"), 303)
