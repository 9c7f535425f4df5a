"""How somebody stands: one short form for what changed, the history of it, and putting one observation right."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from survey import audience, code_names, observations
from survey.casework.steps import operations, queries
from survey.casework.steps.forms import PARTS, ObservationForm, correction
from survey.fieldwork import wave_name
from survey.models import Observation, Participant
from survey.observations import WINDOW_WEEKS
from survey.privacy import audit

pages = Blueprint("steps", __name__, url_prefix="/casework", template_folder="templates")
AUDIENCE = {
    "steps.observe": audience.CASEMANAGER,
    "steps.history": audience.CASEMANAGER,
    "steps.correct": audience.CASEMANAGER,
}


@pages.context_processor
def words() -> dict[str, Any]:
    return {"names": code_names, "window_weeks": WINDOW_WEEKS}


@pages.route("/participants/<uuid:participant_id>/observations", methods=["GET", "POST"])
def observe(participant_id: UUID) -> Any:
    """What changed, with the present value beside each field."""
    person = queries.person(participant_id, to_change=request.method == "POST") or abort(404)
    form = ObservationForm(person)
    if form.validate_on_submit():
        try:
            observations.observe(person, form.values, form.seen, current_user.id)
        except observations.Taken as taken:
            form.refuse(form[taken.there.what], taken.there)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("casework.participant", participant_id=person.id), 303)
    audit.record("participant.seen", person.id)
    newest = {what: each[0] for what, each in queries.history(person).items()}
    shown = render_template("steps/observe.html", person=person, form=form, newest=newest, parts=PARTS)
    return shown, (422 if form.is_submitted() else 200)


@pages.get("/participants/<uuid:participant_id>/observations/history")
def history(participant_id: UUID) -> str:
    person = queries.person(participant_id) or abort(404)
    audit.record("participant.seen", person.id)
    known = queries.history(person)
    return render_template(
        "steps/history.html", person=person, history=known, counted=queries.counted(person, known),
        wave_name=wave_name,
    )  # fmt: skip


@pages.route("/observations/<uuid:observation_id>", methods=["GET", "POST"])
def correct(observation_id: UUID) -> Any:
    observation = queries.observation(observation_id, to_change=request.method == "POST") or abort(404)
    form = correction(observation)
    if form.removes(observation):
        return _remove(observation)
    if form.saves(observation):
        try:
            operations.correct(observation, form.written_value, form.seen, current_user.id)
        except observations.Taken as taken:
            form.refuse(form.observed_on, taken.there)
        else:
            flash(_("Saved."), "success")
            return _to_history(observation.participant)
    audit.record("participant.seen", observation.participant_id)
    shown = render_template(
        "steps/correct.html", observation=observation, person=observation.participant, form=form
    )
    return shown, form.status


def _remove(observation: Observation) -> Response:
    person = observation.participant
    operations.remove(observation)
    flash(_("Removed. The audit log keeps what stood there."), "success")
    return _to_history(person)


def _to_history(person: Participant) -> Response:
    return redirect(url_for("steps.history", participant_id=person.id), 303)
