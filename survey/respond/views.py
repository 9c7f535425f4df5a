"""What the pages of a participant share: who came in, to which sitting, how it is spoken, and the way out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, session, url_for
from werkzeug.wrappers import Response

from survey import audience, languages, recordings, shared_tablet
from survey.ids import id_of
from survey.models import Enrolment
from survey.recordings import State
from survey.respond import pages as prepared
from survey.respond import queries
from survey.respond.spoken import spoken
from survey.wording.kept import interface_in

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


def manner() -> prepared.Manner:
    visit = session["visit"]
    return prepared.Manner(spoken(), visit.get("aloud", False), bool(shared_tablet.name(visit)))


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
