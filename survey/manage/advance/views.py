"""The page on which a coordinator names in advance what the programme is about. A view parses, calls, answers."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from survey import audience, languages
from survey.editing import hold
from survey.fieldwork import Refused
from survey.manage import queries
from survey.manage.advance import operations
from survey.manage.advance.forms import InAdvanceForm
from survey.models import Programme

pages = Blueprint("advance", __name__, url_prefix="/manage", template_folder="../templates")
AUDIENCE = {"advance.in_advance": audience.COORDINATOR}


@pages.route("/programmes/<code>/in-advance", methods=["GET", "POST"])
def in_advance(code: str) -> Any:
    if request.method == "POST":
        hold(Programme, Programme.code == code)
    programme = queries.programme(code) or abort(404)
    names = queries.domain_names(programme, languages.current().code)
    form = InAdvanceForm(programme, names)
    is_open = operations.is_open(programme)
    is_stale = is_open and form.was_changed
    if is_open and not is_stale and form.validate_on_submit():
        try:
            operations.name_in_advance(programme, form.named)
        except Refused:
            is_open = False
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("advance.in_advance", code=code), 303)
    shown = render_template(
        "manage/in_advance.html",
        form=form,
        programme=programme,
        names=names,
        named=[names.get(code, code) for code in programme.primary_domains],
        is_open=is_open,
    )
    return shown, 409 if is_stale or (
        form.is_submitted() and not is_open
    ) else 422 if form.is_submitted() else 200
