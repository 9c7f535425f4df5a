"""Pages of legal terms. A view parses, calls, answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

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
}


@pages.route("/participants/<uuid:participant_id>/deadlines/<rule>", methods=["GET", "POST"])
def clock(participant_id: UUID, rule: str) -> Any:
    """From which day a term counts, on which day it was done, and until when it was extended: all in one form."""
    person, found = _clock(participant_id, rule)
    form = ClockForm(_rules(person, rule), found.deadline)
    longer = ExtensionForm(found.deadline) if found.deadline else None
    form.asks_always = longer is not None and not longer.is_blank
    is_stale = form.is_submitted() and form.is_stale(found.deadline)
    if (
        not is_stale
        and form.validate_on_submit()
        and (longer is None or longer.is_blank or longer.validate())
    ):
        _save(person, found, form, longer)
        flash(_("Saved."), "success")
        return redirect(url_for("casework.participant", participant_id=person.id, _anchor="deadlines"), 303)
    page = _page(person, found, form, longer, is_stale=is_stale)
    wrong = form.errors or (longer and longer.errors)
    return page, (409 if is_stale else 422 if wrong else 200)


def _save(person: Participant, found: Clock, form: ClockForm, longer: ExtensionForm | None) -> None:
    """All that was typed, also where an extension is taken back."""
    undone = (
        queries.extension(request.form["take_back"]) or abort(404) if "take_back" in request.form else None
    )
    days = operations.Days(form.started_on.data, form.met_on.data)
    if found.deadline is None or days != operations.Days(found.deadline.started_on, found.deadline.met_on):
        operations.keep(person, found, days)
    deadline = found.deadline
    if undone is not None and deadline is not None and undone.deadline is deadline:
        rule = terms.holding(_rules(person, found.code), deadline.started_on) or found.rule
        operations.take_back(undone, rule.ends(deadline.started_on))
    if deadline is not None and longer is not None and not longer.is_blank:
        operations.extend(
            deadline, longer.until.data, longer.reason.data, longer.decided_on.data, current_user.id
        )


def _clock(participant_id: UUID, rule: str) -> tuple[Participant, Clock]:
    """404 for a term that does not apply to this person."""
    person = queries.participant(participant_id) or abort(404)
    return person, queries.clock(person, rule) or abort(404)


def _rules(person: Participant, rule: str) -> list[terms.Rule]:
    return terms.of_group(person.group, known.route(person))[rule]


def _page(
    person: Participant, found: Clock, form: ClockForm, longer: ExtensionForm | None, *, is_stale: bool
) -> str:
    audit.record("participant.seen", person.id)
    return render_template(
        "deadlines/clock.html", person=person, clock=found, form=form, longer=longer,
        alike=[
            other.name
            for other in queries.clocks(person)
            if other.rule.starts == found.rule.starts and other.deadline is None and other.code != found.code
        ],
        is_stale=is_stale and found.deadline is not None,
        reason_names=terms.EXTENSION_REASON_NAMES,
    )  # fmt: skip
