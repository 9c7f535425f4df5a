"""One person as who works with them knows them: who they are, and how each wave of their programmes stands.

*Handled* is one word for everyone who is done with a wave. Whether that was by answering or by refusing is
nowhere in what these queries give back, so no page can tell it by accident.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from survey.casework import filters
from survey.casework.filters import HANDLED
from survey.clock import today
from survey.database import db
from survey.fieldwork import window
from survey.models import (
    AccessCode,
    Enrolment,
    ErasureRequest,
    Participant,
    Programme,
    TalkWish,
    Visit,
    Wave,
)


@dataclass(frozen=True)
class Standing:
    """How one wave stands for one person."""

    wave: Wave
    #: handled, due, waiting (due but not opened), later, passed, or stopped: it would have come after that.
    state: str
    first: date
    last: date


def handled_waves(enrolments: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """The waves each of these enrolments is done with."""
    statement = select(Visit.enrolment_id, Visit.wave_id).where(
        Visit.enrolment_id.in_(list(enrolments)), Visit.state.in_(HANDLED)
    )
    waves: dict[UUID, set[UUID]] = {}
    for enrolment_id, wave_id in db.session.execute(statement):
        waves.setdefault(enrolment_id, set()).add(wave_id)
    return waves


def open_wishes(enrolments: Iterable[UUID]) -> dict[UUID, list[TalkWish]]:
    """What each of these enrolments wants to talk about and did not yet, in the order in which it was asked."""
    statement = (
        select(TalkWish)
        .where(TalkWish.enrolment_id.in_(list(enrolments)), TalkWish.talked_on.is_(None))
        .order_by(TalkWish.asked_on, TalkWish.domain)
    )
    wishes: dict[UUID, list[TalkWish]] = {}
    for wish in db.session.scalars(statement):
        wishes.setdefault(wish.enrolment_id, []).append(wish)
    return wishes


def working_codes(enrolments: list[UUID]) -> dict[UUID, AccessCode]:
    statement = select(AccessCode).where(AccessCode.enrolment_id.in_(enrolments), *filters.works_today())
    return {code.enrolment_id: code for code in db.session.scalars(statement)}


def talk_wish(wish_id: UUID) -> TalkWish | None:
    return db.session.scalar(
        select(TalkWish)
        .join(TalkWish.enrolment)
        .join(Enrolment.participant)
        .where(TalkWish.id == wish_id, Participant.erased_on.is_(None))
        .options(contains_eager(TalkWish.enrolment))
    )


def standings(enrolment: Enrolment, handled: set[UUID]) -> list[Standing]:
    """Every wave of this person's programme, in order."""
    return [_standing(enrolment, wave, wave.id in handled) for wave in enrolment.programme.waves]


def _standing(enrolment: Enrolment, wave: Wave, handled: bool) -> Standing:
    first, last = window(wave, enrolment.started_on)
    day = today()
    if handled:
        state = "handled"
    elif wave.state == "closed" or day > last:
        state = "passed"
    elif enrolment.ended_on is not None and enrolment.ended_on < max(day, first):
        state = "stopped"
    elif day < first:
        state = "later"
    else:
        state = "due" if wave.state == "open" else "waiting"
    return Standing(wave, state, first, last)


def current(waves: list[Standing]) -> Standing | None:
    """The wave that matters today: one that is due, else the latest that began, else the first to come."""
    due = [standing for standing in waves if standing.state == "due"]
    begun = [standing for standing in waves if standing.state != "later"]
    return next(iter(due or begun[-1:] or waves), None)


def participant(participant_id: UUID) -> Participant | None:
    """A person with everything their page shows."""
    return db.session.scalar(
        select(Participant)
        .where(Participant.id == participant_id, Participant.erased_on.is_(None))
        .options(
            joinedload(Participant.key),
            joinedload(Participant.identity),
            selectinload(Participant.enrolments).options(
                joinedload(Enrolment.casemanager),
                joinedload(Enrolment.programme).selectinload(Programme.waves),
                selectinload(Enrolment.codes),
            ),
        )
    )


def enrolment(enrolment_id: UUID, lock: bool = False) -> Enrolment | None:
    """`lock`: nobody else changes it meanwhile, nor anything that asks for it in the same way."""
    if lock:
        db.session.execute(select(Enrolment.id).where(Enrolment.id == enrolment_id).with_for_update())
    return db.session.scalar(
        select(Enrolment)
        .join(Enrolment.participant)
        .where(Enrolment.id == enrolment_id, Participant.erased_on.is_(None))
        .options(
            contains_eager(Enrolment.participant),
            joinedload(Enrolment.programme).selectinload(Programme.waves),
            selectinload(Enrolment.codes),
        )
    )


def erasure_request(participant_id: UUID) -> ErasureRequest | None:
    statement = select(ErasureRequest).where(ErasureRequest.participant_id == participant_id)
    return db.session.scalar(statement.options(joinedload(ErasureRequest.asked_by)))


def name_of(person: Participant) -> str | None:
    """Opened from its seal; None when no name was given, or when it was erased."""
    if person.identity is None or person.key is None:
        return None
    return person.identity.name


def contact_of(person: Participant) -> str | None:
    if person.identity is None or person.key is None:
        return None
    return person.identity.contact
