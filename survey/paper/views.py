"""Paper, out and in. A view parses, calls, answers."""

from __future__ import annotations

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
from survey.models import Enrolment, Wave
from survey.paper import opened, operations, queries
from survey.paper.form import NON_ANSWER_KEYS, paper_form
from survey.paper.forms import EnvelopeForm, FormForm, SheetForm, Typed
from survey.paper.opened import Paper
from survey.participation import new_access_code
from survey.respond.operations import CodeRefused, TooManyTries
from survey.respond.queries import due_now, enrolment_of
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
    due = due_now(code.enrolment, form.answered_on.data)
    if due is None:
        form.answered_on.errors = [_("On this day there was nothing to answer with this code.")]
        return _ask_for_code(form)
    session["opened_paper"] = opened.write(Paper(code.id, due.wave.id, form.answered_on.data))
    return redirect(url_for("paper.sheet"), 303)


def _ask_for_code(form: EnvelopeForm) -> tuple[str, int]:
    return render_template("paper/envelope.html", form=form), (422 if form.is_submitted() else 200)


@pages.route("/manage/paper/answers", methods=["GET", "POST"])
def sheet() -> Any:
    """What stands on the paper, question by question."""
    told = request.form.get("paper", session.get("opened_paper", ""))
    paper = opened.read(told)
    if paper is None:
        return _lay_aside()
    enrolment = enrolment_of(paper.code_id)
    if enrolment is None:  # its code was ended; what was typed is given back on the page that says so
        return _lay_aside() if request.method == "GET" else abort(404)
    wave = next((wave for wave in enrolment.programme.waves if wave.id == paper.wave_id), None) or abort(404)
    due = due_now(enrolment, paper.answered_on)
    form = SheetForm(languages.open_languages(enrolment.programme), language=enrolment.participant.language)
    form.paper.data = told
    steps = queries.steps(wave)
    typed = Typed(steps, request.form)
    if due is None or due.wave.id != wave.id:
        return _too_late(form, typed, enrolment, wave, steps)
    if not form.validate_on_submit() or (typed.wrong and form.take_part.data == "yes"):
        begun = due.visit is not None and due.visit.state == "agreed"
        return _sheet(form, typed, enrolment, wave, steps, begun=begun), (422 if form.is_submitted() else 200)
    if session.get("opened_paper") == told:
        session.pop("opened_paper")
    _keep(paper, enrolment, due.wave, form, typed)
    return redirect(url_for("paper.envelope"), 303)


def _keep(paper: Paper, enrolment: Enrolment, wave: Wave, form: SheetForm, typed: Typed) -> None:
    if form.take_part.data == "no":
        operations.refuse(enrolment, wave, form.language.data)
        flash(_("Kept: this person does not take part."), "success")
        return
    kept = operations.Sheet(
        paper.answered_on, form.language.data, typed.answers, form.text.data or "", form.may_quote.data
    )
    operations.keep(enrolment, wave, kept, paper.code_id)
    answered = _("Kept. Questions answered: %(count)s of %(of)s.", count=typed.count, of=len(typed.texts))
    flash(answered, "success")


def _lay_aside() -> Response:
    session.pop("opened_paper", None)
    flash(_("Type the code on the paper first."), "warning")
    return redirect(url_for("paper.envelope"), 303)


def _too_late(form: SheetForm, typed: Typed, enrolment: Enrolment, wave: Wave, steps: tuple[Any, ...]) -> Any:
    """Kept by somebody else meanwhile, or on a screen, or the wave closed. What was typed stays, to compare."""
    if not form.is_submitted():
        return _lay_aside()
    return _sheet(form, typed, enrolment, wave, steps, is_too_late=True), 409


def _sheet(
    form: SheetForm, typed: Typed, enrolment: Enrolment, wave: Wave, steps: tuple[Any, ...], **told: bool
) -> str:
    spoken = languages.current().code
    return render_template(
        "paper/sheet.html", form=form, typed=typed, steps=steps, wave=wave, wave_name=wave_name,
        programme=enrolment.programme, non_answer_keys=NON_ANSWER_KEYS,
        said={key: words(step.instrument, spoken) for step in steps for key in [step.instrument.key]},
        **told,
    )  # fmt: skip
