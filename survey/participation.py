"""Someone joins a programme, and comes in: shared by the journeys, import and the demonstration."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from survey.clock import now
from survey.database import db
from survey.models import AccessCode, Enrolment, Identity, Participant, PersonKey, Programme
from survey.privacy import audit, codes
from survey.privacy.fields import make_person_key

#: No letters that read alike, none that spell words.
PSEUDONYM_LETTERS = "23456789BCDFGHJKMNPQRSTVWXZ"


def new_participant(pseudonym: str | None = None, **facts: Any) -> Participant:
    """A participant with a key of their own. Facts: language, group, gender, birth_year, arrival_year, household."""
    participant = Participant(
        organisation_id=db.session.organisation_id, pseudonym=pseudonym or new_pseudonym(), **facts
    )
    db.session.add(participant)
    db.session.flush()
    key = PersonKey(organisation_id=participant.organisation_id, participant_id=participant.id)
    make_person_key(participant, key)
    participant.key = key
    audit.record("participant.added", participant.id)
    return participant


def new_pseudonym() -> str:
    while True:
        letters = "".join(secrets.choice(PSEUDONYM_LETTERS) for _ in range(6))
        if db.session.scalar(select(Participant.id).where(Participant.pseudonym == letters)) is None:
            return letters


def set_identity(participant: Participant, name: str, contact: str) -> None:
    """Seal who this is; empty texts are not kept."""
    identity = participant.identity
    if identity is None:
        identity = Identity(organisation_id=participant.organisation_id, participant=participant)
        db.session.add(identity)
    identity.name = name or None
    identity.contact = contact or None


def enrol(
    participant: Participant, programme: Programme, started_on: date, casemanager_id: UUID | None = None
) -> Enrolment:
    enrolment = Enrolment(
        organisation_id=programme.organisation_id, programme=programme, participant=participant,
        started_on=started_on, casemanager_id=casemanager_id,
    )  # fmt: skip
    db.session.add(enrolment)
    db.session.flush()
    return enrolment


def new_access_code(enrolment: Enrolment) -> codes.Code:
    """A fresh code, shown once; the letters before stop working. It lives until the last wave's window has passed."""
    for old in enrolment.codes:
        if old.revoked_at is None and not old.handed_over:
            old.revoked_at = now()
    code = _unused_code()
    _keep_code(enrolment, code, handed_over=False)
    audit.record("code.made", enrolment.participant_id)
    return code


def code_of_sitting(enrolment: Enrolment) -> AccessCode:
    """A code for a sitting on a tablet that staff hand over; nobody ever sees it, and letters go on working."""
    return _keep_code(enrolment, _unused_code(), handed_over=True)


def _keep_code(enrolment: Enrolment, code: codes.Code, handed_over: bool) -> AccessCode:
    kept = AccessCode(
        organisation_id=enrolment.organisation_id, enrolment=enrolment, selector=code.selector,
        secret_hash=codes.hash_secret(code), made_at=now(), expires_on=last_day(enrolment),
        handed_over=handed_over,
    )  # fmt: skip
    db.session.add(kept)
    db.session.flush()
    return kept


def sit_down(enrolment_id: UUID) -> int:
    """Count that someone came in; how often they have by now."""
    of = select(Enrolment).where(Enrolment.id == enrolment_id)
    enrolment = db.session.scalars(of.with_for_update().execution_options(populate_existing=True)).one()
    enrolment.sittings += 1
    return enrolment.sittings


def last_day(enrolment: Enrolment) -> date:
    """The last day on which this person can answer anything."""
    weeks = max((wave.weeks + wave.window_weeks for wave in enrolment.programme.waves), default=0)
    return enrolment.started_on + timedelta(weeks=weeks)


def _unused_code() -> codes.Code:
    while True:
        code = codes.new_code()
        with db.session.exempt("code_selector"):
            taken = db.session.scalar(select(AccessCode.id).where(AccessCode.selector == code.selector))
        if taken is None:
            return code
