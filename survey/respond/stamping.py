"""What goes with an answer of this session: when it was given, in which words, and the ticket for sending it later."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import request, session

from survey.models import Visit
from survey.privacy.fields import key_ring
from survey.respond import latest, tickets
from survey.respond.latest import Shown, Stamp
from survey.respond.spoken import spoken


def stamp(given: Iterable[Stamp]) -> Stamp:
    """Of what is sent now. A script says in which order it was given."""
    visit = session["visit"]
    return latest.stamp(visit.get("number", 0), visit["token"], request.form.get("order", ""), given)


def shown() -> Shown:
    return Shown(*spoken()[:2])


def ticket(visit: Visit, sitting: dict[str, Any]) -> str:
    named = tickets.Ticket(
        visit.organisation_id, UUID(sitting["code"]), visit.enrolment_id, visit.wave_id,
        sitting.get("number", 0), sitting["token"], shown(),
    )  # fmt: skip
    return tickets.write(key_ring(), named)
