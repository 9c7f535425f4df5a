"""Pages of a household. A view parses, calls, answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey import audience
from survey.casework.households import operations, queries
from survey.casework.households.forms import AddForm, LookForm, NumbersForm
from survey.models import Household, Participant
from survey.privacy import audit

pages = Blueprint("households", __name__, url_prefix="/casework", template_folder="templates")
AUDIENCE = {
    "households.household": audience.CASEMANAGER,
    "households.look": audience.CASEMANAGER,
    "households.add": audience.CASEMANAGER,
    "households.take_out": audience.CASEMANAGER,
}


@pages.route("/participants/<uuid:participant_id>/household", methods=["GET", "POST"])
def household(participant_id: UUID) -> Any:
    person = _participant(participant_id)
    found = queries.household(person.id)
    form = NumbersForm(found)
    is_stale = form.is_submitted() and form.is_stale(found)
    if form.validate_on_submit() and not is_stale:
        operations.keep(person, form.size.data, form.children.data)
        flash(_("Saved."), "success")
        return _back(person)
    return _page(person, found, form, is_stale=is_stale), (409 if is_stale else 422 if form.errors else 200)


@pages.post("/participants/<uuid:participant_id>/household/look")
def look(participant_id: UUID) -> Any:
    """Who could be meant; the page says so, and changes nothing."""
    person = _participant(participant_id)
    look = LookForm()
    people = queries.others(person, look.search.data or "") if look.validate_on_submit() else None
    return _page(person, queries.household(person.id), None, look=look, people=people), (
        422 if look.errors else 200
    )


@pages.post("/participants/<uuid:participant_id>/household/members/<uuid:other_id>")
def add(participant_id: UUID, other_id: UUID) -> Response:
    person, other = _participant(participant_id), _participant(other_id)
    if person.id == other.id or queries.household(other.id) is not None:
        flash(_("This person belongs to a household already. Take them out of that first."), "warning")
    else:
        operations.add(person, other, same_benefit=AddForm().same_benefit.data)
        flash(_("Saved."), "success")
    return redirect(url_for("households.household", participant_id=person.id), 303)


@pages.post("/household-members/<uuid:member_id>/out")
def take_out(member_id: UUID) -> Response:
    member = queries.member(member_id) or abort(404)
    person = member.participant
    operations.take_out(member)
    flash(_("Saved."), "success")
    return _back(person)


def _page(
    person: Participant, found: Household | None, form: NumbersForm | None, *, is_stale: bool = False,
    look: LookForm | None = None, people: list[Participant] | None = None,
) -> str:  # fmt: skip
    """`people`: who was found, or None where nobody was looked for."""
    audit.record("participant.seen", person.id)
    return render_template(
        "households/household.html", person=person, household=found, form=form or NumbersForm(found, formdata=None),
        look=look or LookForm(formdata=None), people=people, add=AddForm(formdata=None), is_stale=is_stale,
    )  # fmt: skip


def _participant(participant_id: UUID) -> Participant:
    return queries.participant(participant_id) or abort(404)


def _back(person: Participant) -> Response:
    return redirect(url_for("casework.participant", participant_id=person.id, _anchor="household"), 303)
