"""Invitations for many people at once: first what it does is shown, then the sheets are made."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Flask, render_template, request, send_file
from flask_babel import lazy_gettext as _
from flask_security import current_user
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice
from wtforms.validators import InputRequired

from survey import audience
from survey.casework import invitation, queries, search
from survey.casework.course import chosen_ids
from survey.casework.forms import CaseloadForm
from survey.casework.invitation import MOST
from survey.casework.views import pages
from survey.models import Enrolment
from survey.privacy import audit

AUDIENCE = {"casework.invitations": audience.CASEMANAGER, "casework.sheets": audience.CASEMANAGER}


class SheetsForm(FlaskForm):
    layout = RadioField(
        _("On paper"),
        choices=[
            SelectChoice("several", _("Three on a page, with lines to cut along")),
            SelectChoice("one", _("One on a page, with large letters")),
        ],
        default="several",
        validators=[InputRequired(_("Choose how they are printed."))],
    )


def init_app(app: Flask) -> None:
    # Making them takes seconds. It reads, and writes in a short transaction of its own at the end.
    app.extensions["telvertel_reading"].add("casework.sheets")
    audience.declare(app, AUDIENCE)


@pages.get("/invitations")
def invitations() -> Any:
    """Who was ticked, or whoever fits the filter of the caseload: how many, and how many older codes will stop."""
    people = (
        queries.with_codes(chosen_ids()[:MOST]) if {"ticked", "chosen"} & request.args.keys() else _fitting()
    )
    audit.record("caseload.seen")
    return _preview(people, SheetsForm())


def _fitting() -> list[Enrolment]:
    every = queries.programmes()
    form = CaseloadForm(request.args, [])
    form.search.data = search.from_address(form.search.data or "") or ""
    return queries.with_codes(queries.fitting(every, current_user.id, form.wanted, MOST))


def _preview(people: list[Enrolment], form: SheetsForm) -> Any:
    stopping = sum(queries.has_working_code(enrolment) for enrolment in people)
    page = render_template(
        "casework/invitations.html", form=form, people=people, stopping=stopping, most=MOST,
        language_of=invitation.language_of,
    )  # fmt: skip
    return page, (422 if form.errors else 200)


@pages.post("/invitations")
def sheets() -> Any:
    """The PDF. Its codes work once it is whole; if it cannot be made, the older ones go on working."""
    people = queries.with_codes(chosen_ids()[:MOST])
    form = SheetsForm()
    if not people or not form.validate_on_submit():
        return _preview(people, form)
    made, codes = invitation.sheets(people, form.layout.data)
    invitation.give_codes({enrolment.id: code for enrolment, code in zip(people, codes, strict=True)})
    return send_file(BytesIO(made), "application/pdf", download_name="telvertel.pdf")
