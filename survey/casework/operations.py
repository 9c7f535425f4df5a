"""What a casemanager changes: someone joins, facts are put right, a code is given or taken away."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from survey.clock import now
from survey.database import db
from survey.models import Enrolment, Participant, Programme
from survey.participation import enrol, new_access_code, new_participant, set_identity
from survey.privacy.codes import Code


def add_participant(
    participant_id: UUID,
    programme: Programme,
    started_on: date,
    casemanager_id: UUID,
    facts: dict[str, Any],
    name: str,
    contact: str,
) -> tuple[Enrolment, Code]:
    """A new person in a programme, with the code of their invitation: the only time it is known."""
    person = new_participant(id=participant_id, **facts)
    if name or contact:
        set_identity(person, name, contact)
    enrolment = enrol(person, programme, started_on, casemanager_id)
    return enrolment, new_access_code(enrolment)


def change_facts(person: Participant, facts: dict[str, Any], name: str, contact: str) -> None:
    for fact, value in facts.items():
        setattr(person, fact, value)
    if name or contact:
        set_identity(person, name, contact)
    elif person.identity is not None:
        db.session.delete(person.identity)
        person.identity = None


def revoke_code(enrolment: Enrolment) -> None:
    """From now on no code of this person works, until there is a new invitation."""
    for code in enrolment.codes:
        if code.revoked_at is None:
            code.revoked_at = now()
