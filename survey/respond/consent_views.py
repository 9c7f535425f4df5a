"""Before the questions: in which language, and whether one takes part. A view parses, calls, answers."""

from __future__ import annotations

import secrets
from typing import Any

from flask import redirect, render_template, request, session, url_for

from survey import aloud, languages
from survey.clock import today
from survey.models import Enrolment, Visit
from survey.respond import operations, queries, stamping
from survey.respond import pages as prepared
from survey.respond.forms import ConsentForm, LanguageForm
from survey.respond.spoken import may_speak, spoken
from survey.respond.views import asker, entered, leave, pages, recorded
from survey.wording import operations as wording
from survey.wording.kept import interface_of
from survey.wording.rule import organisation_words


@pages.route("/survey/language", methods=["GET", "POST"])
def language() -> Any:
    enrolment = entered()
    programme = enrolment.programme
    choices = languages.open_languages(programme)
    form = LanguageForm()
    form.offer([choice.code for choice in choices], programme.word_free)
    if form.validate_on_submit():
        _choose(enrolment, *form.chosen)
        return redirect(url_for("respond.about"), 303)
    preferred, current = enrolment.participant.language, languages.current().code
    choices.sort(key=lambda choice: (choice.code != preferred, choice.code != current))
    complete = [c.code for c in choices if programme.word_free and aloud.is_recorded(programme, c.code)]
    # Whoever has a letter may read no word of the browser's language.
    first = choices[0].code
    own = interface_of(first, organisation_words(first))
    with languages.speaking(first, own), aloud.sounding(first, recorded(enrolment)):
        shown = render_template(
            "respond/language.html", form=form, choices=choices, word_free=programme.word_free,
            recorded=complete, **asker(enrolment),
        )  # fmt: skip
    return shown, (422 if form.errors else 200)


def _choose(enrolment: Enrolment, code: str, without_words: bool) -> None:
    session["language"] = code
    chosen = wording.begin(enrolment.programme, code)
    session["visit"] = {**session["visit"], "spoken": list(chosen), "aloud": without_words}
    due = queries.due_now(enrolment, today())
    if due is not None and due.visit is not None and due.visit.state == "agreed":
        operations.go_on_in_mode(due.visit, _mode())


def _mode() -> str:
    return "audio" if session["visit"].get("aloud") else "self"


@pages.route("/survey/about", methods=["GET", "POST"])
def about() -> Any:
    enrolment = entered()
    if not may_speak(enrolment):
        return redirect(url_for("respond.language"), 303)
    language = spoken().language
    due = queries.due_now(enrolment, today())
    if due is None:
        return redirect(url_for("respond.own_data"), 303)
    if due.visit is not None and due.visit.state == "agreed" and request.method == "GET":
        return redirect(_go_on(due.visit), 303)
    form = ConsentForm()
    if form.validate_on_submit():
        if form.take_part.data == "no":
            operations.refuse(enrolment, due.wave, language)
            return leave("refused")
        return redirect(_go_on(operations.agree(enrolment, due.wave, language, _mode())), 303)
    with prepared.speaking_in(spoken(), recorded(enrolment)):
        shown = render_template("respond/about.html", form=form, **asker(enrolment))
    return shown, (422 if form.errors else 200)


def _go_on(visit: Visit) -> str:
    """Sit down to this visit, and find the first page that was not saved."""
    again = "token" not in session["visit"]
    sitting = {
        **session["visit"],
        "id": str(visit.id),
        "token": session["visit"].get("token") or secrets.token_hex(8),
    }
    session["visit"] = {**sitting, "ticket": stamping.ticket(visit, sitting)}
    saved = queries.saved_pages(visit.id)
    for step in queries.steps_of(visit.wave.asked):
        if not saved.get(step.place):
            return queries.address(step, again=1) if again and saved else queries.address(step)
    return url_for("respond.last")
