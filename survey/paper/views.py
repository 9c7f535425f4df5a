"""Paper, out and in. A view parses, calls, answers."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from instruments.translation import words
from survey import audience, languages
from survey.database import db
from survey.fieldwork import wave_name
from survey.models import Enrolment
from survey.paper import operations, queries
from survey.paper.form import NON_ANSWER_KEYS, paper_form
from survey.paper.forms import EnvelopeForm, FormForm, SheetForm, Typed
from survey.participation import new_access_code
from survey.respond.operations import CodeRefused, TooManyTries
from survey.respond.queries import Due, due_now, enrolment_of
from survey.wording import operations as wording

pages = Blueprint("paper", __name__, template_folder="templates")
AUDIENCE = {
    "paper.form": audience.CASEMANAGER,
    "paper.envelope": audience.COORDINATOR,
    "paper.sheet": audience.COORDINATOR,
}


@pages.route("/casework/enrolments/<uuid:enrolment_id>/paper", methods=["GET", "POST"])
def form(enrolment_id: UUID) -> Any:
    """The questionnaire to print. It has a new code on it; the ones before stop working."""
    enrolment = db.session.get(Enrolment, enrolment_id) or abort(404)
    wave = queries.printable_wave(enrolment)
    offered = languages.open_languages(enrolment.programme)
    form = FormForm(offered, language=enrolment.participant.language)
    if wave is None or not form.validate_on_submit():
        shown = render_template(
            "paper/form.html", form=form, enrolment=enrolment, wave=wave, wave_name=wave_name
        )
        return shown, (422 if form.is_submitted() else 200)
    spoken = wording.begin(enrolment.programme, form.language.data)
    code = new_access_code(enrolment)  # made after the words were fixed: that is how a paper tells its words
    made = paper_form(enrolment, wave, code, spoken, form.size.data)
    name = f"{enrolment.participant.pseudonym}.pdf"
    return send_file(BytesIO(made), "application/pdf", download_name=name)


@pages.route("/manage/paper", methods=["GET", "POST"])
def envelope() -> Any:
    """Whose paper it is, by the code on it."""
    form = EnvelopeForm()
    if not form.validate_on_submit():
        return _ask_for_code(form)
    try:
        code = operations.open_code(form.code.data)
    except TooManyTries as problem:
        minutes = max(1, round(problem.seconds / 60))
        form.code.errors = [_("Too many wrong codes. Minutes to wait: %(minutes)s.", minutes=minutes)]
        return _ask_for_code(form)
    except CodeRefused:
        form.code.errors = [_("This code does not work here. Check it, letter by letter.")]
        return _ask_for_code(form)
    if due_now(code.enrolment, form.answered_on.data) is None:
        form.answered_on.errors = [_("On this day there was nothing to answer with this code.")]
        return _ask_for_code(form)
    session["paper"] = {"code": str(code.id), "answered_on": form.answered_on.data.isoformat()}
    return redirect(url_for("paper.sheet"), 303)


def _ask_for_code(form: EnvelopeForm) -> tuple[str, int]:
    return render_template("paper/envelope.html", form=form), (422 if form.is_submitted() else 200)


@pages.route("/manage/paper/answers", methods=["GET", "POST"])
def sheet() -> Any:
    """What stands on the paper, question by question."""
    opened = _opened()
    if opened is None:
        return _lay_aside()
    enrolment, due, answered_on = opened
    form = SheetForm(languages.open_languages(enrolment.programme), language=enrolment.participant.language)
    steps = queries.steps(due.wave)
    typed = Typed(steps, request.form)
    if not form.validate_on_submit() or (typed.wrong and form.take_part.data == "yes"):
        return _ask_for_answers(form, typed, enrolment, due, steps)
    code_id = UUID(session.pop("paper")["code"])
    if form.take_part.data == "no":
        operations.refuse(enrolment, due.wave, form.language.data)
        flash(_("Kept: this person does not take part."), "success")
    else:
        kept = operations.Sheet(
            answered_on, form.language.data, typed.answers, form.text.data or "", form.may_quote.data
        )
        operations.keep(enrolment, due.wave, kept, code_id)
        flash(
            _("Kept. Questions answered: %(count)s of %(of)s.", count=typed.count, of=len(typed.texts)),
            "success",
        )
    return redirect(url_for("paper.envelope"), 303)


def _opened() -> tuple[Enrolment, Due, date] | None:
    """The paper that lies on the desk; None when its code or its wave ended meanwhile."""
    paper = session.get("paper")
    enrolment = enrolment_of(UUID(paper["code"])) if paper else None
    if paper is None or enrolment is None:
        return None
    answered_on = date.fromisoformat(paper["answered_on"])
    due = due_now(enrolment, answered_on)
    return (enrolment, due, answered_on) if due else None


def _lay_aside() -> Response:
    session.pop("paper", None)
    flash(_("Type the code on the paper first."), "warning")
    return redirect(url_for("paper.envelope"), 303)


def _ask_for_answers(
    form: SheetForm, typed: Typed, enrolment: Enrolment, due: Due, steps: tuple[Any, ...]
) -> tuple[str, int]:
    spoken = languages.current().code
    shown = render_template(
        "paper/sheet.html", form=form, typed=typed, steps=steps, wave=due.wave, wave_name=wave_name,
        programme=enrolment.programme, begun=due.visit is not None and due.visit.state == "agreed",
        said={key: words(step.instrument, spoken) for step in steps for key in [step.instrument.key]},
        non_answer_keys=NON_ANSWER_KEYS,
    )  # fmt: skip
    return shown, (422 if form.is_submitted() else 200)
