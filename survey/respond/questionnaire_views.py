"""The questions, page by page, and the end. A view parses, calls, answers."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from flask import abort, redirect, request, session, url_for
from werkzeug.wrappers import Response

from survey import watch
from survey.respond import latest, operations, queries, stamping
from survey.respond import pages as prepared
from survey.respond.forms import OpenAnswerForm, OtherQuestion, read_page
from survey.respond.spoken import spoken
from survey.respond.views import current_sitting, leave, manner, pages

#: Where the buttons beside the questions lead; what is on the page is saved first.
ASIDE = {"language": "respond.language", "data": "respond.own_data"}


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
    return prepared.frame(sitting, step, manner(), *_said(request.query_string))


@lru_cache(maxsize=100)
def _said(query: bytes) -> tuple[bool, str, bool]:
    """What an address of ours says: that something was saved, where to begin, and that one goes on."""
    said = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True))
    return "saved" in said, "last" if said.get("start") == "last" else "first", "again" in said


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
