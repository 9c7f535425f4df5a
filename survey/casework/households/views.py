"""Pages of a household. A view parses, calls, answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from survey import audience
from survey.casework.households import operations, queries
from survey.casework.households.forms import HouseholdForm
from survey.models import Participant
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
    """One form: what was typed in it is kept, or on the page again, whichever button was pressed."""
    person = _participant(participant_id)
    form = HouseholdForm(queries.household(person.id))
    if form.is_submitted() and form.has_new_search:
        return _looked(person, form)
    return _done(person, form) if _keep(person, form) else _page(person, form)


@pages.post("/participants/<uuid:participant_id>/household/look")
def look(participant_id: UUID) -> Any:
    """Who could be meant; the page says so, and changes nothing."""
    person = _participant(participant_id)
    return _looked(person, HouseholdForm(queries.household(person.id)))


@pages.post("/participants/<uuid:participant_id>/household/members/<uuid:other_id>")
def add(participant_id: UUID, other_id: UUID) -> Any:
    person, other = _participant(participant_id), _participant(other_id)
    if person.id == other.id or queries.household(other.id) is not None:
        flash(_("This person belongs to a household already. Take them out of that first."), "warning")
        return _page(person, HouseholdForm(queries.household(person.id)))
    form = HouseholdForm(queries.household(person.id), more=1)
    if not _keep(person, form):
        return _page(person, form, to_add=other)
    operations.add(person, other, same_benefit=str(other.id) in request.form.getlist("same_benefit"))
    return _done(person, form, url_for("households.household", participant_id=person.id))


@pages.post("/participants/<uuid:participant_id>/household/members/<uuid:member_id>/out")
def take_out(participant_id: UUID, member_id: UUID) -> Any:
    person, member = _participant(participant_id), queries.member(member_id) or abort(404)
    form = HouseholdForm(queries.household(person.id), more=-1)
    if form.household is None or member not in form.household.members:
        abort(404)
    if not _keep(person, form):
        return _page(person, form, to_take_out=member.participant)
    if operations.take_out(member):
        return _done(person, form)
    return _done(person, form, said=_("Nobody is left in this household, so its numbers are gone too."))


def _keep(person: Participant, form: HouseholdForm) -> bool:
    """The numbers, if all that was typed is right and nobody else changed the household meanwhile."""
    if not form.validate_on_submit() or form.was_changed:
        return False
    if form.has_new_numbers:
        operations.keep(person, form.size.data, form.children.data)
    return True


def _done(person: Participant, form: HouseholdForm, to: str | None = None, *, said: str = "") -> Any:
    flash(said or _("Saved."), "success")
    if form.has_new_search:
        form.household = queries.household(person.id)
        form.version.data = str(form.household.version if form.household else 0)
        return _looked(person, form)
    back = url_for("casework.participant", participant_id=person.id, _anchor="household")
    return redirect(to or back, 303)


def _looked(person: Participant, form: HouseholdForm) -> Any:
    form.searched.data = form.search.data
    if not form.search.data:
        form.search.errors = [_("Type a part of the name first.")]
    return _page(person, form, has_looked=True)


def _page(
    person: Participant, form: HouseholdForm, *, has_looked: bool = False,
    to_add: Participant | None = None, to_take_out: Participant | None = None,
) -> Any:  # fmt: skip
    """Whoever was found stays on it. `has_looked`: nothing was saved, and nothing was to be."""
    audit.record("participant.seen", person.id)
    typed = form.searched.data or ""
    is_stale = not has_looked and form.was_changed
    page = render_template(
        "households/household.html", person=person, household=form.household, form=form, is_stale=is_stale,
        people=queries.others(person, typed) if typed else None, is_unsaved=form.has_new_numbers,
        to_add=to_add, to_take_out=to_take_out, action=request.path if to_add or to_take_out else None,
    )  # fmt: skip
    return page, 409 if is_stale else 422 if form.errors else 200


def _participant(participant_id: UUID) -> Participant:
    return queries.participant(participant_id) or abort(404)
