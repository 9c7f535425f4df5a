"""A person's household, and who could belong to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from survey.casework import search
from survey.database import db
from survey.models import Enrolment, Household, HouseholdMember, Participant

#: More than this nobody chooses from: a longer piece of the name does.
FOUND = 20


def section(person: Participant) -> Mapping[str, Any]:
    return {"household": household(person.id)}


def household(participant_id: UUID) -> Household | None:
    """With its members and their names, by pseudonym."""
    person = joinedload(HouseholdMember.participant)
    statement = (
        select(Household)
        .where(
            Household.id.in_(
                select(HouseholdMember.household_id).where(HouseholdMember.participant_id == participant_id)
            )
        )
        .options(
            selectinload(Household.members).options(
                person.joinedload(Participant.key), person.joinedload(Participant.identity)
            )
        )
    )
    return db.session.scalar(statement)


def participant(participant_id: UUID) -> Participant | None:
    statement = select(Participant).where(Participant.id == participant_id, Participant.erased_on.is_(None))
    return db.session.scalar(statement.options(joinedload(Participant.key), joinedload(Participant.identity)))


def member(member_id: UUID) -> HouseholdMember | None:
    return db.session.scalar(
        select(HouseholdMember)
        .join(HouseholdMember.participant)
        .where(HouseholdMember.id == member_id, Participant.erased_on.is_(None))
        .options(
            contains_eager(HouseholdMember.participant),
            joinedload(HouseholdMember.household).selectinload(Household.members),
        )
    )


@dataclass(frozen=True)
class Found:
    person: Participant
    #: The one this person belongs to already.
    household_id: UUID | None


def others(person: Participant, typed: str) -> list[Found]:
    """Everybody else whose name or pseudonym holds what was typed: who has no household first."""
    if not typed:
        return []
    others = [Participant.erased_on.is_(None), Participant.id != person.id]
    found = select(Enrolment.participant_id).join(Enrolment.participant)
    people = found.where(*others, search.fits(typed, others))
    statement = (
        select(Participant, HouseholdMember.household_id)
        .outerjoin(HouseholdMember, HouseholdMember.participant_id == Participant.id)
        .where(Participant.id.in_(people))
        .options(joinedload(Participant.key), joinedload(Participant.identity))
        .order_by(HouseholdMember.household_id.is_not(None), Participant.pseudonym)
    )
    return [Found(*row) for row in db.session.execute(statement.limit(FOUND))]
