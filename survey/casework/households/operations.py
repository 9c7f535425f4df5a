"""Who lives together is written down, and what a household has in common."""

from __future__ import annotations

from survey.casework.households import queries
from survey.database import db
from survey.models import Household, HouseholdMember, Participant
from survey.privacy import audit


def keep(person: Participant, size: int | None, children: int | None) -> None:
    household = _of(person)
    household.size, household.children = size, children
    household.version += 1
    _note(person)


def add(person: Participant, other: Participant, *, same_benefit: bool) -> None:
    """`other`, who has no household, lives with this person."""
    household = _of(person)
    units = {member.participant_id: member.benefit_unit for member in household.members}
    unit = units[person.id] if same_benefit else max(units.values()) + 1
    household.members.append(HouseholdMember(participant=other, benefit_unit=unit))
    household.version += 1
    _note(person)
    _note(other)


def take_out(member: HouseholdMember) -> bool:
    """This person lives elsewhere. Nobody is left: then nothing is kept either. Returns whether somebody is."""
    household, person = member.household, member.participant
    household.members.remove(member)
    household.version += 1
    db.session.delete(member)
    is_left = bool(household.members)
    if not is_left:
        db.session.delete(household)
    _note(person)
    return is_left


def _of(person: Participant) -> Household:
    household = queries.household(person.id)
    if household is None:
        household = Household(version=0, members=[HouseholdMember(participant=person, benefit_unit=1)])
        db.session.add(household)
        db.session.flush()
    return household


def _note(person: Participant) -> None:
    audit.record("participant.household_changed", person.id)
