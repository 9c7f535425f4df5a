"""Tablets, out and back. A view parses, calls, answers."""

from __future__ import annotations

import base64
from uuid import UUID

from flask import Blueprint, abort, flash, jsonify, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_security import logout_user
from werkzeug.wrappers import Response

from survey import audience
from survey.casework import courses, participants
from survey.casework.invitation import language_of
from survey.privacy import audit
from survey.privacy.fields import key_ring
from survey.respond import permits
from survey.respond.envelopes import LARGEST
from survey.tablets import operations, stranded

pages = Blueprint("tablets", __name__, url_prefix="/casework")
AUDIENCE = {
    "tablets.hand_over": audience.CASEMANAGER,
    "tablets.waiting": audience.CASEMANAGER,
    "tablets.let_in": audience.CASEMANAGER,
}


@pages.post("/enrolments/<uuid:enrolment_id>/tablet")
def hand_over(enrolment_id: UUID) -> Response:
    """Who works here is signed out on this device, and it is this person's until they are done."""
    enrolment = participants.enrolment(enrolment_id) or abort(404)
    course = next(one for one in courses.courses(enrolment.participant) if one.enrolment is enrolment)
    if not course.can_sit_down:
        flash(_("This person has nothing to answer now."), "warning")
        return redirect(url_for("casework.participant", participant_id=enrolment.participant_id), 303)
    visit = operations.hand_over(enrolment)
    language = language_of(enrolment).code
    logout_user()
    session.clear()
    session.update(visit=visit, language=language)
    return redirect(url_for("respond.language"), 303)


@pages.post("/tablet/waiting")
def waiting() -> Response:
    """Whose envelope this is that a device could not get rid of, and why: for a script, which has it."""
    found = stranded.look_into(_envelope())
    if found.person is not None:
        audit.record("participant.seen", found.person.id)
    address = found.person and url_for("casework.participant", participant_id=found.person.id)
    return jsonify(told=stranded.words(found), address=address, may_let_in=found.may_let_in)


@pages.post("/tablet/let-in")
def let_in() -> Response:
    """What its person answered in time is taken in after all. The same device then sends it, sealed as it is."""
    found = stranded.look_into(_envelope())
    if found.person is None or found.ticket is None or not found.may_let_in:
        return jsonify(told=stranded.words(found))
    audit.record("participant.answers_let_in", found.person.id)
    return jsonify(permit=permits.write(key_ring(), found.ticket))


def _envelope() -> bytes:
    """What was sent, or nothing if it cannot be one."""
    sent = request.form.get("envelope", "")
    try:
        return base64.b64decode(sent, validate=True) if len(sent) <= 2 * LARGEST else b""
    except ValueError:
        return b""
