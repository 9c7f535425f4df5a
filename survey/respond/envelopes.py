"""Envelopes that come in: what a browser sealed and kept until now. A view parses, calls, answers.

No session, no cookie and no token against forgery go with an envelope: whoever sends it acts for nobody. What it may
do stands in the ticket inside, which only a page of ours can have put there, so no other site has anything to gain by
sending one; and it may come a week after the session was over.

The answer is a receipt only who sealed the envelope can check. One that is kept and one that nobody wants any more
(the person took everything back) get the same answer but for that receipt, so whoever looks over a shoulder or at the
network learns nothing. Everything that cannot be opened, read or believed gets one and the same refusal.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from flask import abort, jsonify, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from survey import watch
from survey.database import db
from survey.privacy.envelopes import Forged, Opened, open_envelope
from survey.privacy.fields import key_ring
from survey.respond import delivery, latest, operations, permits, queries, tickets
from survey.respond.forms import OpenAnswerForm, OtherQuestion, read_page
from survey.respond.latest import Stamp
from survey.respond.tickets import NoTicket, Ticket
from survey.respond.views import pages

#: An open answer of 4000 letters of any script takes half of it.
LARGEST = 32 * 1024
HIGHEST_ORDER = 10**9
MOST_FIELDS = 100
LAST = ["last"]


class Unreadable(Exception):
    """It does not open, or what is in it makes no sense."""


@dataclass(frozen=True)
class Letter:
    """What is in an envelope: a ticket, which page it is, what was filled in, and how it goes on from there."""

    ticket: Ticket
    order: int
    page: list[str]
    fields: MultiDict[str, str]
    then: str

    @property
    def stamp(self) -> Stamp:
        return Stamp(self.ticket.number, self.order, self.ticket.token)


@pages.post("/survey/envelopes")
def deliver() -> Response:
    if (request.content_length or 0) > LARGEST:
        abort(413)
    try:
        letter, opened = read(request.get_data())
    except Unreadable:
        return _refused("unknown", 422)
    db.enter(letter.ticket.organisation)
    if letter.page == LAST:
        return _take_last(letter, opened)
    return _take_page(letter, opened)


def read(envelope: bytes) -> tuple[Letter, Opened]:
    """Raise Unreadable for anything but a letter of a page of ours."""
    try:
        opened = open_envelope(key_ring(), envelope)
        return _read(opened.content), opened
    except (Forged, NoTicket):
        raise Unreadable from None


def _read(content: bytes) -> Letter:
    """Raise Unreadable or NoTicket."""
    try:
        told = json.loads(content)
        pairs = [(_text(name), _text(value)) for name, value in told["fields"]]
        page = [_text(part) for part in told["page"]]
        ticket, order, then = told["ticket"], told["order"], _text(told["then"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Unreadable from None
    if type(order) is not int or not 0 < order < HIGHEST_ORDER or len(pairs) > MOST_FIELDS:
        raise Unreadable
    if page != LAST and len(page) != 2:
        raise Unreadable
    return Letter(tickets.read(key_ring(), ticket), order, page, MultiDict(pairs), then)


def _text(value: Any) -> str:
    """Halves of characters, which JSON can carry and no column can hold, become question marks, as in a form."""
    if not isinstance(value, str):
        raise Unreadable
    return value.encode("utf-8", "replace").decode()


def _take_page(letter: Letter, opened: Opened) -> Response:
    instrument, domain = letter.page
    found = delivery.find(letter.ticket, instrument, domain)
    standing = _standing(letter, found, opened)
    if found is None or standing is not None:
        return standing or _refused("visit", 409)
    step = found.sitting.step(instrument, domain)
    if step is None:
        return _refused("unknown", 422)
    try:
        sent = read_page(step.instrument, step.domain, letter.fields)
    except OtherQuestion:
        return _refused("unknown", 422)
    if sent.errors:
        return _refused("unknown", 422)
    passed = letter.then == "next"
    if sent.answers or passed:
        given = latest.first(sent.answers, letter.stamp, letter.ticket.shown)
        operations.save_page(found.sitting, step, given, passed)
        request.environ[watch.SAVES_PAGE] = True
    return _receipt(opened.kept)


def _take_last(letter: Letter, opened: Opened) -> Response:
    found = delivery.find(letter.ticket)
    standing = _standing(letter, found, opened)
    if found is None or found.visit_id is None or standing is not None:
        return standing or _refused("visit", 409)
    form = OpenAnswerForm(letter.fields, meta={"csrf": False})
    if not form.validate():
        return _refused("unknown", 422)
    visit = queries.visit_of(found.visit_id)
    text, language = form.text.data or "", letter.ticket.shown.language
    operations.save_open_answer(visit, text, form.may_quote.data, language, letter.stamp)
    if letter.then == "next":
        operations.finish(visit)
    return _receipt(opened.kept)


def _standing(letter: Letter, found: delivery.Delivery | None, opened: Opened) -> Response | None:
    """What is answered where nothing is taken in; None if it is."""
    if found is None:
        return None
    if found.is_unwanted:
        return _receipt(opened.gone)
    is_let_in = permits.holds(key_ring(), request.headers.get(permits.HEADER, ""), letter.ticket)
    obstacle = found.obstacle(without_code=is_let_in)
    return _refused(obstacle, 409) if obstacle else None


def _receipt(word: str) -> Response:
    return jsonify(receipt=word)


def _refused(why: str, status: int) -> Response:
    """The browser keeps it, and says so; `why` is for whoever looks after the tablet."""
    response: Response = jsonify(refused=why)
    response.status_code = status
    return response
