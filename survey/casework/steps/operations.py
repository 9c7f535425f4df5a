"""What a casemanager writes down of a person: observations, and activities that begin, change and end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from survey.clock import now, today
from survey.code_names import is_running
from survey.codes import OBSERVED, STANDARD_KINDS
from survey.database import db
from survey.models import Activity, Observation, Participant
from survey.privacy import audit


class Stale(Exception):
    """Somebody else changed it after this form was shown."""


class Taken(Exception):
    """Another value was observed on that day; which one stands there."""

    def __init__(self, there: Observation) -> None:
        super().__init__(there.what)
        self.there = there


@dataclass(frozen=True)
class Seen:
    """When and how something was observed."""

    on: date
    source: str


@dataclass(frozen=True)
class Facts:
    """All of an activity that a form holds."""

    kind: str
    provider_id: UUID | None
    started_on: date
    ended_on: date | None = None
    hours: float | None = None
    hours_per: str = "week"
    outcome: str | None = None
    end_reason: str | None = None
    became_id: UUID | None = None


def observe(person: Participant, values: Mapping[str, str], seen: Seen, staff_id: UUID | None) -> None:
    """Write down what was observed on one day. What stands there already is not written twice; Taken where another
    value stands there, and then nothing is written."""
    there = {one.what: one for one in _on_day(person, seen.on)}
    for what, value in values.items():
        if what in there and there[what].value != value:
            raise Taken(there[what])
    for what, value in values.items():
        if what not in there:
            _add(person, what, value, seen, staff_id)
    db.session.flush()
    _keep_group(person)


def _add(person: Participant, what: str, value: str, seen: Seen, staff_id: UUID | None) -> None:
    codes = OBSERVED[what]
    if codes is not None and value not in codes:
        raise ValueError(f"{value} is no code of {what}.")
    db.session.add(
        Observation(
            participant_id=person.id, what=what, value=value, observed_on=seen.on, source=seen.source,
            recorded_at=now(), recorded_by_id=staff_id,
        )
    )  # fmt: skip
    audit.record("observation.added", person.id, what=what)


def correct(observation: Observation, version: int, value: str, seen: Seen, staff_id: UUID) -> None:
    """It was otherwise; what stood there is kept in the audit trail."""
    if observation.version != version:
        raise Stale
    others = [one for one in _on_day(observation.participant, seen.on) if one.id != observation.id]
    for one in others:
        if one.what == observation.what:
            raise Taken(one)
    if (observation.value, observation.observed_on, observation.source) == (value, seen.on, seen.source):
        return
    _note("observation.corrected", observation)
    observation.value, observation.observed_on, observation.source = value, seen.on, seen.source
    observation.recorded_at, observation.recorded_by_id = now(), staff_id
    observation.version += 1
    db.session.flush()
    _keep_group(observation.participant)


def remove(observation: Observation, version: int) -> None:
    if observation.version != version:
        raise Stale
    _note("observation.removed", observation)
    db.session.delete(observation)
    db.session.flush()
    _keep_group(observation.participant)


def _on_day(person: Participant, day: date) -> list[Observation]:
    statement = select(Observation).where(
        Observation.participant_id == person.id, Observation.observed_on == day
    )
    return list(db.session.scalars(statement))


def _note(action: str, observation: Observation) -> None:
    """As it stood."""
    audit.record(
        action, observation.participant_id, what=observation.what, was=observation.value,
        was_on=observation.observed_on.isoformat(), was_from=observation.source,
    )  # fmt: skip


def _keep_group(person: Participant) -> None:
    """Results are grouped by a fact of the person: it follows the newest observation, if there is one."""
    statement = select(Observation.value).where(
        Observation.participant_id == person.id, Observation.what == "target_group"
    )
    newest = db.session.scalars(statement.order_by(Observation.observed_on.desc()).limit(1)).first()
    if newest is not None and newest != person.group:
        person.group = newest
        audit.record("participant.changed", person.id)


def add(person: Participant, facts: Facts, staff_id: UUID | None) -> Activity:
    """Something begins. The same kind by the same provider from the same day is the same activity."""
    found = Activity(participant_id=person.id, recorded_at=now(), recorded_by_id=staff_id)
    _set(found, facts)
    statement = select(Activity).where(
        Activity.participant_id == person.id, Activity.started_on == facts.started_on,
        Activity.kind_id == found.kind_id if found.kind_id else Activity.standard == found.standard,
    )  # fmt: skip
    for one in db.session.scalars(statement):
        if one.provider_id == found.provider_id:
            return one
    db.session.add(found)
    db.session.flush()
    audit.record("activity.added", person.id, activity=found.id.hex)
    return found


def change(activity: Activity, version: int, facts: Facts, staff_id: UUID) -> None:
    if activity.version != version:
        raise Stale
    _set(activity, facts)
    activity.recorded_at, activity.recorded_by_id = now(), staff_id
    activity.version += 1
    audit.record("activity.changed", activity.participant_id, activity=activity.id.hex)


def stop(activity: Activity, staff_id: UUID) -> bool:
    """Today was its last day. Whether there was anything to stop."""
    if not is_running(activity, today()) or activity.started_on > today() or activity.ended_on == today():
        return False
    activity.ended_on = today()
    activity.recorded_at, activity.recorded_by_id = now(), staff_id
    activity.version += 1
    audit.record("activity.changed", activity.participant_id, activity=activity.id.hex)
    return True


def remove_activity(activity: Activity, version: int) -> None:
    """It never was; whatever led to it no longer does."""
    if activity.version != version:
        raise Stale
    audit.record("activity.removed", activity.participant_id, activity=activity.id.hex)
    db.session.delete(activity)
    db.session.flush()


def _set(activity: Activity, facts: Facts) -> None:
    is_standard = facts.kind in STANDARD_KINDS
    activity.standard = facts.kind if is_standard else None
    activity.kind_id = None if is_standard else UUID(facts.kind)
    activity.provider_id = facts.provider_id
    activity.started_on, activity.ended_on = facts.started_on, facts.ended_on
    activity.hours, activity.hours_per = facts.hours, facts.hours_per
    activity.outcome, activity.end_reason = facts.outcome, facts.end_reason
    activity.became_id = facts.became_id
