"""Which legal terms someone has, and how they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from survey import terms
from survey.casework import known
from survey.casework.sections import NextStep
from survey.clock import today
from survey.database import db
from survey.models import Deadline, DeadlineExtension, Participant
from survey.terms import Rule

#: So long before its last day a term is marked.
SOON = timedelta(weeks=8)


@dataclass(frozen=True)
class Clock:
    """One legal term of one person."""

    code: str
    #: The rule that holds for the starting day; the newest where that is not known.
    rule: Rule
    deadline: Deadline | None
    #: Hours of activities that count; None where hours do not matter, or are not told by activities.
    hours: float | None

    @property
    def name(self) -> Any:
        return terms.NAMES[self.code]

    @property
    def starts(self) -> Any:
        return terms.STARTS[self.rule.starts]

    @property
    def state(self) -> str:
        """waiting (for its starting day), met, overdue, soon or running."""
        if self.deadline is None:
            return "waiting"
        if self.deadline.met_on is not None:
            return "met"
        left = self.deadline.due_on - today()
        if left < timedelta(0):
            return "overdue"
        return "soon" if left <= SOON else "running"


def section(person: Participant) -> Mapping[str, Any]:
    return {
        "clocks": clocks(person),
        "lacks_group": person.group is None,
        "lacks_route": terms.needs_route(person.group) and known.route(person) is None,
    }


def to_do(section: Mapping[str, Any]) -> list[NextStep]:
    """Terms that are due soon, or should have been met."""
    return [
        NextStep(
            str(clock.name),
            url_for("deadlines.clock", participant_id=clock.deadline.participant_id, rule=clock.code),
            clock.deadline.due_on,
        )
        for clock in section["clocks"]
        if clock.deadline is not None and clock.state in ("overdue", "soon")
    ]


def clocks(person: Participant) -> list[Clock]:
    """Only terms that apply to this person; none where it is not known which."""
    kept = {one.rule: one for one in _deadlines(person.id)}
    hours = known.hours(person)
    found = []
    for code, rules in terms.of_group(person.group, known.route(person)).items():
        deadline = kept.get(code)
        rule = terms.holding(rules, deadline.started_on) if deadline else None
        rule = rule or rules[0]
        counted = round(sum(hours.get(kind, 0) for kind in rule.counts), 1) if rule.counts else None
        found.append(Clock(code, rule, deadline, counted))
    return found


def clock(person: Participant, code: str) -> Clock | None:
    return next((one for one in clocks(person) if one.code == code), None)


def _deadlines(participant_id: UUID) -> list[Deadline]:
    statement = select(Deadline).where(Deadline.participant_id == participant_id)
    return list(db.session.scalars(statement.options(selectinload(Deadline.extensions))))


def participant(participant_id: UUID) -> Participant | None:
    statement = select(Participant).where(Participant.id == participant_id, Participant.erased_on.is_(None))
    return db.session.scalar(statement.options(joinedload(Participant.key), joinedload(Participant.identity)))


def extension(typed: str) -> DeadlineExtension | None:
    """By its id, as it was sent."""
    try:
        extension_id = UUID(typed)
    except ValueError:
        return None
    return db.session.scalar(
        select(DeadlineExtension)
        .join(DeadlineExtension.deadline)
        .join(Deadline.participant)
        .where(DeadlineExtension.id == extension_id, Participant.erased_on.is_(None))
        .options(contains_eager(DeadlineExtension.deadline).selectinload(Deadline.extensions))
    )
