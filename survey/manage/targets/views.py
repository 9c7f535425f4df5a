"""The pages of intended results and targets. A view parses, calls, answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey import audience, languages, measures, targets
from survey.code_names import GROUP_NAMES
from survey.database import db
from survey.editing import EditingForm
from survey.fieldwork import Refused
from survey.manage.targets import forms, operations, queries
from survey.manage.targets.forms import FigureForm, ResultForm, TargetForm
from survey.measures import MEASURES
from survey.models import IntendedResult, Programme, Target

pages = Blueprint("targets", __name__, url_prefix="/manage", template_folder="../templates")
AUDIENCE = {
    "targets.targets": audience.COORDINATOR,
    "targets.use": audience.COORDINATOR,
    "targets.new_result": audience.COORDINATOR,
    "targets.result": audience.COORDINATOR,
    "targets.choose": audience.COORDINATOR,
    "targets.new_target": audience.COORDINATOR,
    "targets.target": audience.COORDINATOR,
    "targets.figures": audience.COORDINATOR,
    "targets.remove_figure": audience.COORDINATOR,
}


@pages.context_processor
def words() -> dict[str, Any]:
    return {
        "measures": MEASURES, "comparator_names": measures.COMPARATOR_NAMES, "unit_names": measures.UNIT_NAMES,
        "group_names": GROUP_NAMES, "figure_kind_names": measures.FIGURE_KIND_NAMES, "in_words": forms.in_words,
        "measured": lambda of, programme: measures.in_words(of.measure, of.about, programme, _spoken()),
        "newest": forms.newest,
    }  # fmt: skip


@pages.get("/programmes/<code>/targets", endpoint="targets")
def targets_page(code: str) -> str:
    programme = _programme(code)
    return render_template(
        "manage/targets.html", programme=programme, results=queries.results(programme),
        templates=queries.offered(programme),
    )  # fmt: skip


@pages.post("/programmes/<code>/targets/templates/<key>")
def use(code: str, key: str) -> Response:
    programme, template = _programme(code), targets.template(key) or abort(404)
    try:
        operations.use(template, programme)
    except Refused as refused:
        flash(str(refused), "error")
    else:
        flash(_("The results are in the programme. Change what is different here."), "success")
    return _back(programme)


@pages.route("/programmes/<code>/targets/new", methods=["GET", "POST"])
def new_result(code: str) -> Any:
    programme = _programme(code)
    form = ResultForm(data={"version": 0})
    if form.validate_on_submit():
        try:
            made = operations.add_result(programme, form.title.data, form.explanation.data)
        except Refused as refused:
            form.title.errors = [str(refused)]
        else:
            flash(_("Saved. Now choose how you want to see whether it is reached."), "success")
            return redirect(url_for("targets.choose", result_id=made.id), 303)
    return _shown("manage/intended_result.html", form, programme=programme, result=None)


@pages.route("/targets/results/<uuid:result_id>", methods=["GET", "POST"])
def result(result_id: UUID) -> Any:
    found = _result(result_id)
    form = ResultForm(obj=found)
    form.beneath = [(one.id, one.version, *_figure_ids(one)) for one in found.targets]
    if form.removes(found):
        return _remove(found, _("The result is removed."))
    if form.saves(found):
        try:
            operations.change_result(found, form.title.data, form.explanation.data)
        except Refused as refused:
            form.title.errors = [str(refused)]
        else:
            flash(_("Saved."), "success")
            return _back(found.programme)
    return _shown("manage/intended_result.html", form, programme=found.programme, result=found)


@pages.get("/targets/results/<uuid:result_id>/measures")
def choose(result_id: UUID) -> str:
    """By which measure: what else is filled in depends on it."""
    return render_template("manage/measures.html", result=_result(result_id))


@pages.route("/targets/results/<uuid:result_id>/measures/<measure>", methods=["GET", "POST"])
def new_target(result_id: UUID, measure: str) -> Any:
    found, chosen = _result(result_id), MEASURES.get(measure) or abort(404)
    form = TargetForm(chosen, found.programme, _spoken(), None)
    if form.validate_on_submit():
        operations.add_target(found, measure, form.values)
        flash(_("Saved."), "success")
        return _back(found.programme)
    return _shown("manage/target.html", form, result=found, measure=chosen, target=None)


@pages.route("/targets/<uuid:target_id>", methods=["GET", "POST"])
def target(target_id: UUID) -> Any:
    found = _target(target_id)
    form = TargetForm(MEASURES[found.measure], found.result.programme, _spoken(), found)
    form.beneath = _figure_ids(found)
    if form.removes(found):
        return _remove(found, _("The target is removed."))
    if form.saves(found):
        operations.change_target(found, form.values)
        flash(_("Saved."), "success")
        return _back(found.result.programme)
    measure = MEASURES[found.measure]
    return _shown("manage/target.html", form, result=found.result, measure=measure, target=found)


@pages.route("/targets/<uuid:target_id>/figures", methods=["GET", "POST"])
def figures(target_id: UUID) -> Any:
    """Figures that the program cannot work out."""
    found = _told(target_id)
    form = FigureForm(MEASURES[found.measure])
    if form.validate_on_submit():
        try:
            operations.report(found, form.as_of.data, form.values)
        except Refused as refused:
            form.as_of.errors = [str(refused)]
        else:
            flash(_("Saved."), "success")
            return _to_figures(found)
    return _figures(form, found), 422 if form.is_submitted() else 200


@pages.post("/targets/figures/<uuid:figure_id>/removed")
def remove_figure(figure_id: UUID) -> Any:
    """The button stands in the form for the next figure: what was typed there is on the page again."""
    figure = queries.figure(figure_id) or abort(404)
    found = _told(figure.target_id)
    form = FigureForm(MEASURES[found.measure])
    operations.remove(figure)
    flash(_("The figure is removed."), "success")
    if form.is_blank:
        return _to_figures(found)
    db.session.refresh(found)
    return _figures(form, found)


def _figures(form: FigureForm, found: Target) -> str:
    return render_template("manage/figures.html", form=form, target=found, measure=MEASURES[found.measure])


def _to_figures(found: Target) -> Response:
    return redirect(url_for("targets.figures", target_id=found.id), 303)


def _told(target_id: UUID) -> Target:
    found = _target(target_id)
    return found if MEASURES[found.measure].is_told else abort(404)


def _shown(template: str, form: EditingForm, **values: Any) -> Any:
    return render_template(template, form=form, **values), form.status


def _figure_ids(target: Target) -> list[UUID]:
    return sorted(one.id for one in target.figures)


def _remove(row: IntendedResult | Target, told: str) -> Any:
    programme = row.programme if isinstance(row, IntendedResult) else row.result.programme
    operations.remove(row)
    flash(told, "success")
    return _back(programme)


def _back(programme: Programme) -> Response:
    return redirect(url_for("targets.targets", code=programme.code), 303)


def _programme(code: str) -> Programme:
    return queries.programme(code) or abort(404)


def _result(result_id: UUID) -> IntendedResult:
    return queries.result(result_id, lock=request.method == "POST") or abort(404)


def _target(target_id: UUID) -> Target:
    return queries.target(target_id, lock=request.method == "POST") or abort(404)


def _spoken() -> str:
    return languages.current().code
