"""What happens to somebody's way through a programme: seen today, stopped, taken up again, handed over."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_security import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectField, ValidationError
from wtforms.validators import InputRequired

from survey import audience, opened
from survey.casework import operations, participants, queries, touches
from survey.casework.forms import FURTHEST_START, offer
from survey.casework.views import caseload_address, pages
from survey.clock import today
from survey.codes import STOP_REASONS
from survey.editing import EditingForm
from survey.forgery import mark
from survey.models import Enrolment, Staff
from survey.participation import STOP_REASON_NAMES
from survey.privacy import audit
from survey.typed import A_DATE, DayField

AUDIENCE = {
    "casework.met": audience.CASEMANAGER,
    "casework.take_back_touch": audience.CASEMANAGER,
    "casework.stop": audience.CASEMANAGER,
    "casework.reopen": audience.CASEMANAGER,
    "casework.hand_over": audience.CASEMANAGER,
}


class StopForm(EditingForm):
    reason = SelectField(lazy_gettext("Why"), validators=[InputRequired(lazy_gettext("Choose a reason."))])
    ended_on = DayField(
        lazy_gettext("Last day"),
        description=lazy_gettext("The last day on which this person takes part."),
        validators=[InputRequired(A_DATE)],
    )

    def __init__(self, enrolment: Enrolment) -> None:
        super().__init__(
            data={
                "reason": enrolment.end_reason,
                "ended_on": enrolment.ended_on,
                "version": _stands(enrolment),
            }
        )
        self.enrolment = enrolment
        if not self.is_submitted():
            self.ended_on.data = enrolment.ended_on or today()
        reasons = [(code, STOP_REASON_NAMES[code]) for code in STOP_REASONS]
        self.reason.choices = offer([("", lazy_gettext("Choose a reason")), *reasons])

    @cached_property
    def was_changed(self) -> bool:
        """By a colleague, since the page was shown."""
        return self.is_submitted() and self.differs_from(_stands(self.enrolment))

    def validate_ended_on(self, field: DayField) -> None:
        if field.data is None:
            return
        if field.data < self.enrolment.started_on:
            raise ValidationError(_("This is before the first day in the programme."))
        if field.data - today() > timedelta(days=FURTHEST_START):
            raise ValidationError(
                _("Check the year: this day is more than five years before or after today.")
            )


def _stands(enrolment: Enrolment) -> str:
    return f"{enrolment.ended_on or ''} {enrolment.end_reason or ''}".strip()


class HandOverForm(FlaskForm):
    colleague = SelectField(
        lazy_gettext("To whom"), validators=[InputRequired(lazy_gettext("Choose a colleague."))]
    )
    #: A mark for each of them, and of whose they were.
    people = HiddenField()

    def __init__(self, colleagues: list[Staff]) -> None:
        super().__init__()
        named = [(str(one.id), one.name or one.email) for one in colleagues]
        self.colleague.choices = offer([("", lazy_gettext("Choose a colleague")), *named])


@pages.post("/participants/<uuid:participant_id>/met")
def met(participant_id: UUID) -> Response:
    """One touch: seen today."""
    person = participants.participant(participant_id) or abort(404)
    touches.meet(person)
    return redirect(url_for("casework.participant", participant_id=person.id), 303)


@pages.post("/participants/<uuid:participant_id>/touch/taken-back")
def take_back_touch(participant_id: UUID) -> Response:
    """Pressed by mistake: it is as it was before."""
    person = participants.participant(participant_id) or abort(404)
    touch = touches.last(person)
    if touch is None:
        flash(_("This cannot be taken back any more. Nothing was changed."), "warning")
    else:
        touches.take_back(person, touch)
        flash(_("Taken back. It is as it was before."), "success")
    return redirect(url_for("casework.participant", participant_id=person.id), 303)


@pages.route("/enrolments/<uuid:enrolment_id>/stop", methods=["GET", "POST"])
def stop(enrolment_id: UUID) -> Any:
    """Someone stops in a programme, or why and when they stopped is put right."""
    enrolment = participants.enrolment(enrolment_id) or abort(404)
    form = StopForm(enrolment)
    if not form.was_changed and form.validate_on_submit():
        operations.stop(enrolment, form.reason.data, form.ended_on.data)
        flash(_("Saved."), "success")
        return redirect(url_for("casework.participant", participant_id=enrolment.participant_id), 303)
    audit.record("participant.seen", enrolment.participant_id)
    page = render_template("casework/stop.html", form=form, enrolment=enrolment)
    return page, (409 if form.was_changed else 422 if form.errors else 200)


@pages.post("/enrolments/<uuid:enrolment_id>/reopening")
def reopen(enrolment_id: UUID) -> Response:
    enrolment = participants.enrolment(enrolment_id) or abort(404)
    operations.reopen(enrolment)
    flash(_("This person takes part again."), "success")
    return redirect(url_for("casework.participant", participant_id=enrolment.participant_id), 303)


@pages.route("/hand-over", methods=["GET", "POST"])
def hand_over() -> Any:
    """Whoever was chosen, or all of one's own people, go to a colleague who does not have all of them already.

    The page says who they are and whose; where that changed meanwhile nobody is handed over.
    """
    everyone = "everyone" in _given()
    people = queries.running_of(current_user.id) if everyone else queries.chosen(chosen_ids())
    whose = {one.casemanager_id for one in people}
    everybody = queries.casemanagers()
    colleagues = {str(one.id): one for one in everybody if whose != {one.id}}
    form = HandOverForm(list(colleagues.values()))
    marks = {one.id: mark(one.id, one.casemanager_id)[: opened.MARK] for one in people}
    seen = set((form.people.data or "").split())
    others = form.is_submitted() and seen != set(marks.values())
    if people and not others and form.validate_on_submit():
        return _handed_over(people, colleagues[form.colleague.data])
    form.people.data = " ".join(marks.values())
    audit.record("caseload.seen")
    page = render_template(
        "casework/hand_over.html", form=form, people=people, everyone=everyone, others=others,
        changed=[of for of, its in marks.items() if others and its not in seen],
        is_alone=all(one.id == current_user.id for one in everybody),
    )  # fmt: skip
    return page, (409 if others else 422 if form.errors else 200)


def _handed_over(people: list[Enrolment], colleague: Staff) -> Response:
    operations.hand_over(people, colleague)
    told = ngettext(
        "%(num)s person was handed over to %(name)s.",
        "%(num)s people were handed over to %(name)s.",
        len(people),
        name=colleague.name or colleague.email,
    )
    flash(told, "success")
    return redirect(caseload_address(), 303)


def chosen_ids() -> list[UUID]:
    """Ids of enrolments that were ticked; what is none is left out."""
    found = []
    for text in _given().getlist("chosen"):
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _given() -> Any:
    return request.form if request.method == "POST" else request.args
