"""The pages of somebody's plan. A view parses, calls, answers."""

from __future__ import annotations

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
from survey.casework.plan.forms import ACTOR_NAMES, LINK_NAMES, STATE_NAMES, GoalForm, LinkForm, SettleForm
from survey.editing import EditingForm
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
        "goal_states": STATE_NAMES, "step_actors": ACTOR_NAMES, "link_names": LINK_NAMES,
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
    if form.validate_on_submit():
        operations.add_goal(form.goal_id, enrolment, form.typed)
        return _back(enrolment, _("The goal is in the plan."))
    return _goal_page(form, enrolment, None)


@pages.route("/plan/goals/<uuid:goal_id>", methods=["GET", "POST"])
def goal(goal_id: UUID) -> Any:
    goal = queries.goal(goal_id, lock=request.method == "POST") or abort(404)
    as_it_is = document.of([goal], []).goals[0]
    form = GoalForm(_domains(), as_it_is, None, goal.version)
    if "remove" in request.form:
        return _remove(goal, form, _("The goal is no longer in the plan."))
    if form.is_submitted() and form.is_stale(goal):
        return _goal_page(form, goal.enrolment, goal, theirs=as_it_is)
    if form.validate_on_submit():
        operations.change_goal(goal, form.typed)
        return _back(goal.enrolment, _("Saved."))
    return _goal_page(form, goal.enrolment, goal)


def _goal_page(
    form: GoalForm, enrolment: Enrolment, goal: Goal | None, theirs: Any = None
) -> tuple[str, int]:
    audit.record("participant.seen", enrolment.participant_id)
    shown = render_template(
        "plan/goal.html", form=form, enrolment=enrolment, goal=goal, theirs=theirs, languages=LANGUAGES
    )
    return shown, _status(form, theirs)


@pages.route(
    "/enrolments/<uuid:enrolment_id>/plan/links/new/<any(obstacle, breakthrough):kind>",
    methods=["GET", "POST"],
)
def new_link(enrolment_id: UUID, kind: str) -> Any:
    enrolment = _enrolment(enrolment_id)
    form = LinkForm(_domains(), {"kind": kind})
    if form.validate_on_submit():
        operations.add_link(form.link_id, enrolment, form.values)
        return _back(enrolment, _("Saved."))
    return _link_page(form, enrolment, None)


@pages.route("/plan/links/<uuid:link_id>", methods=["GET", "POST"])
def link(link_id: UUID) -> Any:
    link = queries.link(link_id, lock=request.method == "POST") or abort(404)
    as_it_is = document.of([], [link]).links[0]
    form = LinkForm(_domains(), {**vars(as_it_is), "version": link.version})
    if "remove" in request.form:
        return _remove(link, form, _("It is no longer in the plan."))
    if form.is_submitted() and form.is_stale(link):
        return _link_page(form, link.enrolment, link, theirs=as_it_is)
    if form.validate_on_submit():
        operations.change_link(link, form.values)
        return _back(link.enrolment, _("Saved."))
    return _link_page(form, link.enrolment, link)


def _link_page(
    form: LinkForm, enrolment: Enrolment, link: DomainLink | None, theirs: Any = None
) -> tuple[str, int]:
    audit.record("participant.seen", enrolment.participant_id)
    shown = render_template("plan/link.html", form=form, enrolment=enrolment, link=link, theirs=theirs)
    return shown, _status(form, theirs)


def _remove(row: Goal | DomainLink, form: EditingForm, said: str) -> Response:
    if form.is_stale(row):
        flash(_("Somebody changed this meanwhile. Read it again before you remove it."), "warning")
        return redirect(request.path, 303)
    operations.remove(row)
    return _back(row.enrolment, said)


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


def _status(form: Any, theirs: Any) -> int:
    return 409 if theirs is not None else 422 if form.is_submitted() else 200


def _domains() -> dict[str, str]:
    return subjects.every(languages.current().code)


def _enrolment(enrolment_id: UUID) -> Enrolment:
    return participants.enrolment(enrolment_id) or abort(404)


def _version(version_id: UUID) -> PlanVersion:
    return queries.version(version_id) or abort(404)
