"""Envelopes that a device could not deliver: whose they are and what stands in the way. Never what is in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from survey.casework import participants
from survey.database import db
from survey.models import Participant
from survey.respond import delivery, envelopes
from survey.respond.tickets import Ticket

#: By what stands in the way, what who works with this person reads.
OBSTACLES: dict[str, Any] = {
    "code": lazy_gettext(
        "%(name)s: the code is replaced, revoked or expired. The answers were given before."
    ),
    "wave": lazy_gettext("%(name)s: the wave is closed. Nothing can be added to it."),
    "visit": lazy_gettext("%(name)s: this is sent as soon as this person comes in once more."),
}


@dataclass(frozen=True)
class Stranded:
    """An envelope, as far as a casemanager may know."""

    #: One of OBSTACLES; or elsewhere: of another organisation, unknown: of nobody we know; none: it can be sent.
    obstacle: str
    person: Participant | None = None
    ticket: Ticket | None = None

    @property
    def may_let_in(self) -> bool:
        return self.obstacle == "code"


def look_into(envelope: bytes) -> Stranded:
    try:
        letter, _opened = envelopes.read(envelope)
    except envelopes.Unreadable:
        return Stranded("unknown")
    ticket = letter.ticket
    if ticket.organisation != db.session.organisation_id:
        return Stranded("elsewhere")
    found = delivery.find(ticket)
    if found is not None and found.is_unwanted:
        return Stranded("none")  # the device throws it away as soon as it asks
    enrolment = participants.enrolment(ticket.enrolment)
    if found is None or enrolment is None:
        return Stranded("unknown")
    return Stranded(_obstacle(found), enrolment.participant, ticket)


def _obstacle(found: delivery.Delivery) -> str:
    """A code that ended matters only if nothing else is in the way."""
    return found.obstacle(without_code=True) or found.obstacle() or "none"


def words(found: Stranded) -> str:
    """What is wrong, for who reads it; empty if nothing is."""
    if found.person is not None and found.obstacle in OBSTACLES:
        name = participants.name_of(found.person) or found.person.pseudonym
        return str(OBSTACLES[found.obstacle]) % {
            "name": f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}"
        }
    if found.obstacle == "elsewhere":
        return _("Of somebody at another organisation.")
    return _("Nobody can tell whose this is. Ask who runs Telvertel.") if found.obstacle == "unknown" else ""
