"""The pages of somebody's plan. A view parses, calls, answers."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from survey import audience, languages, subjects
from survey.casework import participants
from survey.casework.plan import document, operations, printing, queries
from survey.casework.plan.document import PlanDocument
from survey.casework.plan.forms import STATE_NAMES, GoalForm, LinkForm, SettleForm
from survey.casework.plan.step_forms import ACTOR_NAMES
from survey.fieldwork import Refused
from survey.languages import LANGUAGES
from survey.models import DomainLink, Enrolment, Goal, PlanVersion
from survey.privacy import audit

pages = Blueprint("plan", __name__, url_prefix="/casework", template_folder="templates")
AUDIENCE = {
    "plan.plan": audience.CASEMANAGER,
    "plan.paper": audience.CASEMANAGER,
    "plan.new_goal": audience.CASEMANAGER,
    "plan.goal": audience.CASEMANAGER,
    "plan.new_link": audience.CASEMANAGER,
    "plan.link": audience.CASEMANAGER,
    "plan.settle": audience.CASEMANAGER,
    "plan.version": audience.CASEMANAGER,
    "plan.version_paper": audience.CASEMANAGER,
}


@pages.app_context_processor
def words() -> dict[str, Any]:
    """Also for the section on the person's page."""
    return {
        "goal_states": STATE_NAMES, "step_actors": ACTOR_NAMES,
        "domain_names": lambda: subjects.every(languages.current().code),
    }  # fmt: skip


@pages.get("/enrolments/<uuid:enrolment_id>/plan")
def plan(enrolment_id: UUID) -> str:
    enrolment = _enrolment(enrolment_id)
    found = queries.plan(enrolment)
    form = SettleForm(data={"seen": found.fingerprint})
    return _page(enrolment, found, form)


def _page(enrolment: Enrolment, found: PlanDocument, form: SettleForm, changed: bool = False) -> str:
    audit.record("participant.seen", enrolment.participant_id)
    return render_template(
        "plan/plan.html", enrolment=enrolment, goals=queries.goals(enrolment), links=queries.links(enrolment),
        versions=queries.versions(enrolment), plan=found, form=form, languages=LANGUAGES, changed=changed,
    )  # fmt: skip


@pages.get("/enrolments/<uuid:enrolment_id>/plan/paper.pdf")
def paper(enrolment_id: UUID) -> Response:
    enrolment = _enrolment(enrolment_id)
    return _paper(enrolment, queries.plan(enrolment), None)


@pages.route("/enrolments/<uuid:enrolment_id>/plan/goals/new", methods=["GET", "POST"])
def new_goal(enrolment_id: UUID) -> Any:
    enrolment = _enrolment(enrolment_id)
    form = GoalForm(_domains(), None, enrolment.participant.language, 0)
    said = _("The goal is in the plan.")
    if sent_before := form.kept_before(queries.goal, enrolment):
        return _once_more(sent_before, _goal_form(sent_before), operations.change_goal, said)
    return _add(form, enrolment, operations.add_goal, said)


@pages.route("/plan/goals/<uuid:goal_id>", methods=["GET", "POST"])
def goal(goal_id: UUID) -> Any:
    found = queries.goal(goal_id, lock=request.method == "POST") or abort(404)
    return _change(found, _goal_form(found), operations.change_goal, _("The goal is no longer in the plan."))


def _goal_form(goal: Goal) -> GoalForm:
    """Filled from it."""
    as_it_is = document.of([goal], []).goals[0]
    return GoalForm(_domains(), as_it_is, None, goal.version, [step.id for step in goal.steps])


@pages.route(
    "/enrolments/<uuid:enrolment_id>/plan/links/new/<any(obstacle, breakthrough):kind>",
    methods=["GET", "POST"],
)
def new_link(enrolment_id: UUID, kind: str) -> Any:
    enrolment = _enrolment(enrolment_id)
    form = LinkForm(_domains(), {"kind": kind})
    if sent_before := form.kept_before(queries.link, enrolment):
        return _once_more(sent_before, _link_form(sent_before), operations.change_link, _("Saved."))
    return _add(form, enrolment, operations.add_link, _("Saved."))


@pages.route("/plan/links/<uuid:link_id>", methods=["GET", "POST"])
def link(link_id: UUID) -> Any:
    found = queries.link(link_id, lock=request.method == "POST") or abort(404)
    return _change(found, _link_form(found), operations.change_link, _("It is no longer in the plan."))


def _link_form(link: DomainLink) -> LinkForm:
    """Filled from it."""
    as_it_is = document.of([], [link]).links[0]
    return LinkForm(_domains(), {**vars(as_it_is), "version": link.version})


def _add(form: Any, enrolment: Enrolment, add: Callable[[UUID, Enrolment, Any], None], said: str) -> Any:
    """A new goal or link."""
    if form.validate_on_submit():
        add(form.new_id(enrolment), enrolment, form.typed)
        return _back(enrolment, said)
    return _form_page(form, enrolment, None)


def _once_more(row: Any, form: Any, change: Callable[[Any, Any], None], said: str) -> Any:
    """A new goal or link that was sent before, and kept: in the same words it is one, others are laid beside those."""
    if form.repeats():
        return _back(row.enrolment, said)
    if form.saves(row):
        change(row, form.typed)
        return _back(row.enrolment, said)
    return _form_page(form, row.enrolment, None)


def _change(row: Any, form: Any, change: Callable[[Any, Any], None], removed: str) -> Any:
    """A goal or link is changed, or taken out; nobody does either to what they did not see."""
    if form.removes(row):
        operations.remove(row)
        return _back(row.enrolment, removed)
    if form.saves(row):
        change(row, form.typed)
        return _back(row.enrolment, _("Saved."))
    return _form_page(form, row.enrolment, row)


def _form_page(form: Any, enrolment: Enrolment, row: Any) -> tuple[str, int]:
    audit.record("participant.seen", enrolment.participant_id)
    template = "plan/goal.html" if isinstance(form, GoalForm) else "plan/link.html"
    shown = render_template(template, form=form, enrolment=enrolment, row=row)
    return shown, form.status


@pages.post("/enrolments/<uuid:enrolment_id>/plan/versions")
def settle(enrolment_id: UUID) -> Any:
    """Keep the plan as both signed it: only if it is still the one that was on the page."""
    enrolment = _enrolment(enrolment_id)
    found = queries.plan(enrolment)
    form = SettleForm()
    is_other = form.seen.data != found.fingerprint
    form.seen.data = found.fingerprint
    if is_other:
        return _page(enrolment, found, form, changed=True), 409
    if not form.validate_on_submit():
        return _page(enrolment, found, form), 422
    if not found.goals:
        form.form_errors.append(_("There is no goal in this plan yet."))
        return _page(enrolment, found, form), 422
    made = operations.settle(enrolment, found, form.signed_on.data, current_user.id)
    return _back(enrolment, _("Version %(number)s is kept. It does not change any more.", number=made.number))


@pages.get("/plan/versions/<uuid:version_id>")
def version(version_id: UUID) -> str:
    """The plan as it was signed."""
    version = _version(version_id)
    audit.record("participant.seen", version.enrolment.participant_id)
    return render_template(
        "plan/version.html",
        version=version,
        enrolment=version.enrolment,
        plan=_settled(version),
        languages=LANGUAGES,
    )


@pages.get("/plan/versions/<uuid:version_id>/paper.pdf")
def version_paper(version_id: UUID) -> Response:
    version = _version(version_id)
    return _paper(version.enrolment, _settled(version), version)


def _paper(enrolment: Enrolment, plan: PlanDocument, version: PlanVersion | None) -> Response:
    audit.record("participant.seen", enrolment.participant_id)
    try:
        made = printing.paper(enrolment, plan, version)
    except Refused as refused:
        flash(str(refused), "error")
        return redirect(url_for("plan.plan", enrolment_id=enrolment.id), 303)
    number = f"-{version.number}" if version else ""
    name = f"{enrolment.participant.pseudonym}{number}.pdf"
    return send_file(BytesIO(made), "application/pdf", download_name=name)


def _settled(version: PlanVersion) -> PlanDocument:
    return document.from_text(version.document or "")


def _back(enrolment: Enrolment, said: str) -> Response:
    flash(said, "success")
    return redirect(url_for("plan.plan", enrolment_id=enrolment.id), 303)


def _domains() -> dict[str, str]:
    return subjects.every(languages.current().code)


def _enrolment(enrolment_id: UUID) -> Enrolment:
    return participants.enrolment(enrolment_id) or abort(404)


def _version(version_id: UUID) -> PlanVersion:
    return queries.version(version_id) or abort(404)
