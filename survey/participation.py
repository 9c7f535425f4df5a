"""Someone joins a programme, and comes in: shared by the journeys, import and the demonstration."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from survey.clock import now, today
from survey.database import db
from survey.models import AccessCode, Enrolment, Identity, Participant, PersonKey, Programme
from survey.privacy import audit, codes
from survey.privacy.fields import make_person_key

#: What people call a code of survey.codes.STOP_REASONS.
STOP_REASON_NAMES = {
    "completed": _("The programme is completed"),
    "not_needed": _("The programme is no longer needed"),
    "helped_elsewhere": _("Gets help elsewhere"),
    "moved": _("Moved away"),
    "own_wish": _("Own wish"),
    "no_contact": _("No contact any more"),
    "other": _("Other"),
}
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


def seen(whom: Enrolment | Participant, on: date) -> None:
    """Somebody had contact with this person on this day: the later of it and what was known before is kept.

    Whatever tells of contact calls it, on a page and from a file alike, also with a day that lies back: the button
    “Seen today”, a note of a talk with this person, an observation from a talk (`is_contact`), an intake that was
    taken over, a subject that was talked about. What was only written down is no contact. A day to come is a plan.
    """
    if on > today():
        return
    of = whom.participant_id if isinstance(whom, Enrolment) else whom.id
    for enrolment in db.session.scalars(select(Enrolment).where(Enrolment.participant_id == of)):
        enrolment.last_seen_on = max(on, enrolment.last_seen_on or on)


def is_contact(source: str) -> bool:
    """Whether an observation from there was made in a talk with the person."""
    return source == "conversation"


@dataclass(frozen=True)
class PreparedCode:
    """A code that is nobody's yet, hashed: that is slow on purpose, so many are hashed before anything is locked."""

    code: codes.Code
    secret_hash: str


def prepare_codes(number: int) -> list[PreparedCode]:
    made: dict[str, codes.Code] = {}
    while len(made) < number:
        code = _unused_code()
        made[code.selector] = code
    return [PreparedCode(code, codes.hash_secret(code)) for code in made.values()]


def new_access_code(enrolment: Enrolment) -> codes.Code:
    """A fresh code, shown once; the letters before stop working. It lives until the last wave's window has passed."""
    (prepared,) = prepare_codes(1)
    give_code(enrolment, prepared)
    return prepared.code


def letters_made(enrolment: Enrolment) -> int:
    """How many codes were made to be handed out on paper, whether they work or not: each but the last is replaced."""
    return sum(not code.handed_over for code in enrolment.codes)


def give_code(enrolment: Enrolment, prepared: PreparedCode) -> None:
    for old in enrolment.codes:
        if old.revoked_at is None and not old.handed_over:
            old.revoked_at = now()
    _keep_code(enrolment, prepared, handed_over=False)
    audit.record("code.made", enrolment.participant_id)


def code_of_sitting(enrolment: Enrolment) -> AccessCode:
    """A code for a sitting on a tablet that staff hand over; nobody ever sees it, and letters go on working."""
    (prepared,) = prepare_codes(1)
    return _keep_code(enrolment, prepared, handed_over=True)


def _keep_code(enrolment: Enrolment, prepared: PreparedCode, handed_over: bool) -> AccessCode:
    kept = AccessCode(
        organisation_id=enrolment.organisation_id, enrolment=enrolment,
        selector=prepared.code.selector, secret_hash=prepared.secret_hash, made_at=now(),
        expires_on=last_day(enrolment), handed_over=handed_over,
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
