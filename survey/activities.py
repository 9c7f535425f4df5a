"""What people do: writing it down, and in bulk for the analysis of a programme. Activities overlap: whoever does two
counts twice. Shared by journeys, files that are loaded and the demonstration.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import String, func, or_, select, type_coerce

from survey.clock import now, today
from survey.codes import STANDARD_KINDS
from survey.database import db
from survey.models import Activity, ActivityKind, Enrolment, Participant, Programme
from survey.privacy import audit

#: Rows held at a time while streaming.
CHUNK = 20_000


@dataclass(frozen=True)
class Facts:
    """All of an activity that people fill in."""

    #: A standard kind, or the id of one of the organisation's own.
    kind: str
    provider_id: UUID | None
    started_on: date
    ended_on: date | None = None
    hours: float | None = None
    hours_per: str = "week"
    outcome: str | None = None
    end_reason: str | None = None
    became_id: UUID | None = None


def add(person: Participant, facts: Facts, staff_id: UUID | None) -> Activity:
    """Something begins, unless it is there already."""
    if there := same(person, facts):
        return there
    begun = Activity(participant_id=person.id, recorded_at=now(), recorded_by_id=staff_id)
    fill(begun, facts)
    db.session.add(begun)
    db.session.flush()
    audit.record("activity.added", person.id, activity=begun.id.hex)
    return begun


def same(person: Participant, facts: Facts) -> Activity | None:
    """The same kind by the same provider from the same day is the same activity."""
    is_standard = facts.kind in STANDARD_KINDS
    statement = select(Activity).where(
        Activity.participant_id == person.id, Activity.started_on == facts.started_on,
        Activity.standard == facts.kind if is_standard else Activity.kind_id == UUID(facts.kind),
        Activity.provider_id.is_(None) if facts.provider_id is None else Activity.provider_id == facts.provider_id,
    )  # fmt: skip
    return db.session.scalars(statement).first()


def fill(activity: Activity, facts: Facts) -> None:
    is_standard = facts.kind in STANDARD_KINDS
    activity.standard = facts.kind if is_standard else None
    activity.kind_id = None if is_standard else UUID(facts.kind)
    activity.provider_id = facts.provider_id
    activity.started_on, activity.ended_on = facts.started_on, facts.ended_on
    activity.hours, activity.hours_per = facts.hours, facts.hours_per
    activity.outcome, activity.end_reason = facts.outcome, facts.end_reason
    activity.became_id = facts.became_id


def done_in(programme: Programme) -> Iterator[tuple[Any, str, str | None, bool]]:
    """Activities of the people of a programme: the enrolment, as the database gives its id; the standard kind; what
    the organisation calls it, if it does; and whether it became another one, such as lasting work.

    Those that have begun, and ran at some time while the person took part.
    """
    statement = (
        select(
            type_coerce(Enrolment.id, String),
            func.coalesce(ActivityKind.standard, Activity.standard),
            ActivityKind.name,
            Activity.became_id.is_not(None),
        )
        .select_from(Enrolment)
        .join(Activity, Activity.participant_id == Enrolment.participant_id)
        .outerjoin(ActivityKind, ActivityKind.id == Activity.kind_id)
        .where(Enrolment.programme_id == programme.id, Activity.started_on <= today())
        .where(or_(Activity.ended_on.is_(None), Activity.ended_on >= Enrolment.started_on))
        .where(or_(Enrolment.ended_on.is_(None), Activity.started_on <= Enrolment.ended_on))
    )
    for row in db.session.execute(statement, execution_options={"yield_per": CHUNK}):
        yield row[0], row[1], row[2], bool(row[3])
