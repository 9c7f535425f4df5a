"""What a casemanager changes: someone joins, facts are put right, a code is given or taken away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from survey.clock import now
from survey.database import db
from survey.models import Enrolment, ErasureRequest, Participant, Programme, Staff
from survey.participation import enrol, new_access_code, new_participant, set_identity
from survey.privacy import audit, erasure
from survey.privacy.codes import Code


@dataclass(frozen=True)
class NameAndContact:
    """Who someone is, as typed; empty where nothing was."""

    name: str
    contact: str


def add_participant(
    participant_id: UUID, facts: dict[str, Any], identity: NameAndContact,
    programme: Programme, started_on: date, casemanager_id: UUID,
) -> tuple[Enrolment, Code]:  # fmt: skip
    """A new person in a programme, with the code of their invitation: the only time it is known."""
    person = new_participant(id=participant_id, **facts)
    change_identity(person, identity)
    enrolment = enrol(person, programme, started_on, casemanager_id)
    return enrolment, new_access_code(enrolment)


def change_facts(person: Participant, facts: dict[str, Any], identity: NameAndContact) -> None:
    for fact, value in facts.items():
        setattr(person, fact, value)
    change_identity(person, identity)
    audit.record("participant.changed", person.id)


def change_identity(person: Participant, identity: NameAndContact) -> None:
    """Seal it; when nothing of it is left, the row that links a person to their answers goes too."""
    if identity.name or identity.contact:
        set_identity(person, identity.name, identity.contact)
    elif person.identity is not None:
        db.session.delete(person.identity)
        person.identity = None


def revoke_code(enrolment: Enrolment) -> None:
    """From now on no code of this person works, until there is a new invitation."""
    for code in enrolment.codes:
        if code.revoked_at is None:
            code.revoked_at = now()
    audit.record("code.revoked", enrolment.participant_id)


def stop(enrolment: Enrolment, reason: str, last_day: date) -> None:
    """`last_day`: the last one on which this person takes part. What was kept before stands in the audit trail."""
    was = (
        {"before": f"{enrolment.ended_on}.{enrolment.end_reason or 'unknown'}"} if enrolment.ended_on else {}
    )
    enrolment.end_reason, enrolment.ended_on = reason, last_day
    audit.record(
        "participant.stopped", enrolment.participant_id, programme=enrolment.programme.code, reason=reason,
        last_day=last_day.isoformat(), **was,
    )  # fmt: skip


def reopen(enrolment: Enrolment) -> None:
    if enrolment.ended_on is None:
        return
    was = f"{enrolment.ended_on}.{enrolment.end_reason or 'unknown'}"
    enrolment.end_reason = enrolment.ended_on = None
    audit.record(
        "participant.reopened", enrolment.participant_id, programme=enrolment.programme.code, before=was
    )


def hand_over(enrolments: list[Enrolment], colleague: Staff) -> None:
    """Who let their casemanager see their answers said yes to that one: the colleague has to be let in anew."""
    for enrolment in enrolments:
        was = {"before": enrolment.casemanager_id.hex} if enrolment.casemanager_id else {}
        if enrolment.casemanager_id != colleague.id and erasure.shows_answers(enrolment):
            erasure.take_back_showing(enrolment)
        enrolment.casemanager = colleague
        audit.record("participant.handed_over", enrolment.participant_id, staff=colleague.id.hex, **was)


def ask_erasure(person: Participant, keep_answers: bool, staff_id: UUID) -> None:
    """Write down that someone wants to be erased; asked again, it is what was said last."""
    take_back_erasure(person)
    db.session.add(
        ErasureRequest(
            participant_id=person.id, asked_at=now(), asked_by_id=staff_id, keep_answers=keep_answers
        )
    )
    db.session.flush()
    audit.record("erasure.asked", person.id)


def take_back_erasure(person: Participant) -> None:
    found = db.session.scalar(select(ErasureRequest).where(ErasureRequest.participant_id == person.id))
    if found is not None:
        db.session.delete(found)
        db.session.flush()
        audit.record("erasure.taken_back", person.id)
