"""The questionnaire, page by page. A view parses, calls, answers."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from survey import aloud, audience, languages, recordings, shared_tablet, watch
from survey.clock import today
from survey.ids import id_of
from survey.models import Enrolment, Visit
from survey.recordings import State
from survey.respond import latest, operations, queries, stamping
from survey.respond import pages as prepared
from survey.respond.forms import ConsentForm, LanguageForm, OpenAnswerForm, OtherQuestion, read_page
from survey.respond.spoken import may_speak, spoken
from survey.wording import operations as wording
from survey.wording.kept import interface_in, interface_of
from survey.wording.rule import organisation_words

pages = Blueprint("respond", __name__, template_folder="templates")
AUDIENCE = {
    "respond.start": audience.EVERYONE,
    "respond.enter": audience.EVERYONE,
    "respond.link": audience.EVERYONE,
    "respond.goodbye": audience.EVERYONE,
    "respond.deliver": audience.EVERYONE,
    "respond.leave_later": audience.EVERYONE,
    "respond.here": audience.EVERYONE,
    "respond.service_worker": audience.EVERYONE,
    "respond.ahead": audience.PARTICIPANT,
    "respond.language": audience.PARTICIPANT,
    "respond.about": audience.PARTICIPANT,
    "respond.page": audience.PARTICIPANT,
    "respond.answer": audience.PARTICIPANT,
    "respond.last": audience.PARTICIPANT,
    "respond.end": audience.PARTICIPANT,
    "respond.stop": audience.PARTICIPANT,
    "respond.sound": audience.PARTICIPANT,
    "respond.own_data": audience.PARTICIPANT,
    "respond.own_document": audience.PARTICIPANT,
    "respond.own_file": audience.PARTICIPANT,
    "respond.take_back_quotes": audience.PARTICIPANT,
    "respond.take_back_showing": audience.PARTICIPANT,
    "respond.show_answers": audience.PARTICIPANT,
    "respond.take_back_answers": audience.PARTICIPANT,
    "respond.done": audience.PARTICIPANT,
    "respond.close": audience.PARTICIPANT,
    "respond.answers": audience.PARTICIPANT,
    "respond.wish": audience.PARTICIPANT,
    "respond.choose_pictures": audience.PARTICIPANT,
    "respond.chosen_pictures": audience.PARTICIPANT,
    "respond.open_answers": audience.PARTICIPANT,
}

#: Where the buttons beside the questions lead; what is on the page is saved first.
ASIDE = {"language": "respond.language", "data": "respond.own_data"}


@pages.before_request
def speak_own_words() -> None:
    """Once a language was chosen, pages speak in the words of the organisation."""
    chosen = session.get("visit", {}).get("spoken")
    if chosen:
        languages.speak_with(lambda: interface_in(*chosen) if languages.current().code == chosen[0] else None)


class VisitOver(Exception):
    """The sitting cannot go on: code revoked, or wave closed."""


class VisitFinished(Exception):
    """There is nothing to answer any more: finished, here or in another tab."""


def visit_over(problem: VisitOver) -> Response:
    return leave("over")


def visit_finished(problem: VisitFinished) -> Response:
    return redirect(url_for("respond.done"), 303)


def entered() -> Enrolment:
    enrolment = queries.enrolment_of(UUID(session["visit"]["code"]))
    if enrolment is None:
        raise VisitOver
    return enrolment


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


def current_sitting(*page: str) -> queries.Sitting:
    """The sitting; with what is saved of a page if its instrument and domain are named."""
    visit = session["visit"]
    if "id" not in visit or "spoken" not in visit:
        raise VisitOver
    ids = id_of(visit["id"]), id_of(visit["code"])
    found = queries.page_sitting(*ids, *page) if page else queries.sitting(*ids)
    if found is not None and found.state == "finished":
        raise VisitFinished
    if found is None or found.state != "agreed":
        raise VisitOver
    return found


@pages.get("/survey/<instrument>/<domain>")
def page(instrument: str, domain: str) -> str | bytes:
    """One domain: its questions. Answers are shown again only within the sitting that gave them."""
    sitting = current_sitting(instrument, domain)
    step = _step(sitting, instrument, domain)
    frame = _frame(sitting, step)
    if sitting.page_answers and sitting.page_sitting == session["visit"]["token"]:
        return prepared.filled(frame, sitting.page_answers, {})
    return prepared.fresh(frame)


@pages.post("/survey/<instrument>/<domain>")
def answer(instrument: str, domain: str) -> Any:
    """One domain: its answers."""
    sitting = current_sitting(instrument, domain)
    step = _step(sitting, instrument, domain)
    form = request.form
    try:
        sent = read_page(step.instrument, step.domain, form)
    except OtherQuestion:
        abort(400)
    if sent.errors:
        return prepared.filled(_frame(sitting, step), sent.answers, sent.errors), 422
    then = form.get("then")
    passed = then not in ("back", "stop", "stay", *ASIDE)
    if sent.answers or passed:
        stamp = stamping.stamp(sitting.page.given.values() if sitting.page else ())
        given = latest.first(sent.answers, stamp, stamping.shown())
        operations.save_page(sitting, step, given, passed)
        request.environ[watch.SAVES_PAGE] = True
    if then == "stop":
        return leave("stopped")
    if then in ASIDE:
        return redirect(url_for(ASIDE[then]), 303)
    return redirect(_before(sitting, step) if then == "back" else _after(sitting, step), 303)


def _step(sitting: queries.Sitting, instrument: str, domain: str) -> queries.Step:
    step = sitting.step(instrument, domain)
    if step is None:
        abort(404)
    return step


def _frame(sitting: queries.Sitting, step: queries.Step) -> prepared.Frame:
    said = request.args
    start = "last" if said.get("start") == "last" else "first"
    return prepared.frame(sitting, step, manner(), "saved" in said, start, "again" in said)


def manner() -> prepared.Manner:
    visit = session["visit"]
    return prepared.Manner(spoken(), visit.get("aloud", False), bool(shared_tablet.name(visit)))


def _before(sitting: queries.Sitting, step: queries.Step) -> str:
    return queries.address(sitting.steps[max(step.position - 2, 0)], start="last", saved=1)


def _after(sitting: queries.Sitting, step: queries.Step) -> str:
    if step.position == len(sitting.steps):
        return url_for("respond.last", saved=1)
    return queries.address(sitting.steps[step.position], saved=1)


@pages.get("/survey/last")
def last() -> bytes:
    """The open question, and the end."""
    return prepared.fresh(_last_frame(current_sitting()))


@pages.post("/survey/last")
def end() -> Any:
    """What was written there, if anything; then the sitting is over."""
    sitting = current_sitting()
    form = OpenAnswerForm()
    text, may_quote = form.text.data or "", form.may_quote.data
    if not form.validate():
        error = str(next(iter(form.text.errors), "")) or None
        return prepared.last_filled(_last_frame(sitting), text, may_quote, error), 422
    visit = queries.visit_of(UUID(session["visit"]["id"]))
    stamp = stamping.stamp(operations.given_in(visit).values())
    operations.save_open_answer(visit, text, may_quote, spoken().language, stamp)
    if form.then.data == "stop":
        return leave("stopped")
    if form.then.data in ASIDE:
        return redirect(url_for(ASIDE[form.then.data]), 303)
    operations.finish(visit)
    return redirect(url_for("respond.done"), 303)


def _last_frame(sitting: queries.Sitting) -> prepared.LastFrame:
    return prepared.last_frame(sitting, manner(), "saved" in request.args)


@pages.post("/survey/stop")
def stop() -> Response:
    return leave("stopped")


def leave(what: str) -> Response:
    """End the sitting on this device: nothing of this person stays in the browser."""
    language = session.get("visit", {}).get("spoken", [languages.current().code])[0]
    session.clear()
    return redirect(url_for("respond.goodbye", what=what, language=language), 303)


def asker(enrolment: Enrolment) -> dict[str, Any]:
    """What every page says about who asks."""
    organisation = enrolment.programme.organisation
    return {
        "organisation": organisation.name,
        "help_contact": organisation.help_contact,
        "fictitious": organisation.fictitious,
        "programme": enrolment.programme.name,
        "basis": organisation.taking_part_basis,
        "aloud": session["visit"].get("aloud", False),
        "shared": shared_tablet.name(session["visit"]),
    }


def recorded(enrolment: Enrolment) -> State | None:
    """The recordings of who asks."""
    return recordings.state(enrolment.programme.organisation.sounds)
