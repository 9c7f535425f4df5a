"""The pages of labels. A view parses, calls, answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from survey import audience
from survey import labels as names
from survey.fieldwork import Refused
from survey.manage.labels import operations, queries
from survey.manage.labels.forms import LabelForm

pages = Blueprint("labels", __name__, url_prefix="/manage/labels", template_folder="../templates")
AUDIENCE = {
    "labels.labels": audience.COORDINATOR,
    "labels.label": audience.COORDINATOR,
    "labels.retire": audience.COORDINATOR,
}


@pages.context_processor
def words() -> dict[str, Any]:
    return {"label_name": names.name}


@pages.route("/", methods=["GET", "POST"])
def labels() -> Any:
    """All labels, and a new one."""
    form = LabelForm()
    if form.validate_on_submit():
        try:
            operations.add(form.name.data)
        except Refused as refused:
            form.name.errors = [str(refused)]
        else:
            flash(_("The label is added."), "success")
            return redirect(url_for("labels.labels"), 303)
    return _page(form), (422 if form.is_submitted() else 200)


def _page(form: LabelForm) -> str:
    return render_template("manage/labels.html", form=form, labels=queries.labels())


@pages.route("/<uuid:label_id>", methods=["GET", "POST"])
def label(label_id: UUID) -> Any:
    """Another name for a label."""
    label = queries.label(label_id, lock=request.method == "POST") or abort(404)
    form = LabelForm(name=str(names.name(label)), version=label.version)
    if form.saves(label):
        try:
            operations.rename(label, form.name.data)
        except Refused as refused:
            form.name.errors = [str(refused)]
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("labels.labels"), 303)
    return render_template("manage/label.html", form=form, label=label), form.status


@pages.post("/<uuid:label_id>/retired")
def retire(label_id: UUID) -> Any:
    """A name that was typed meanwhile for a new label is still there: the page is the answer then."""
    label = queries.label(label_id, lock=True) or abort(404)
    operations.retire(label, request.form.get("retired") == "yes")
    flash(_("Saved."), "success")
    form = LabelForm()
    return _page(form) if form.name.data else redirect(url_for("labels.labels"), 303)
