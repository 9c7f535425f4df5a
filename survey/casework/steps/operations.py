"""What a casemanager puts right: observations are corrected or removed; activities change, end, or never were."""

from __future__ import annotations

from uuid import UUID

from survey import activities, observations
from survey.activities import Facts
from survey.clock import now, today
from survey.code_names import is_running
from survey.database import db
from survey.models import Activity, Observation
from survey.observations import Seen, Taken
from survey.privacy import audit


def correct(observation: Observation, value: str, seen: Seen, staff_id: UUID) -> None:
    """It was otherwise; what stood there is kept in the audit trail."""
    others = [
        one for one in observations.on_day(observation.participant, seen.on) if one.id != observation.id
    ]
    for one in others:
        if one.what == observation.what:
            raise Taken(one)
    if (observation.value, observation.observed_on, observation.source) == (value, seen.on, seen.source):
        return
    observations.check(observation.what, value)
    _note("observation.corrected", observation)
    observation.value, observation.observed_on, observation.source = value, seen.on, seen.source
    observation.recorded_at, observation.recorded_by_id = now(), staff_id
    observation.version += 1
    db.session.flush()
    observations.keep_group(observation.participant)


def remove(observation: Observation) -> None:
    _note("observation.removed", observation)
    db.session.delete(observation)
    db.session.flush()
    observations.keep_group(observation.participant)


def _note(action: str, observation: Observation) -> None:
    """As it stood."""
    audit.record(
        action, observation.participant_id, what=observation.what, was=observation.value,
        was_on=observation.observed_on.isoformat(), was_from=observation.source,
    )  # fmt: skip


def change(activity: Activity, facts: Facts, staff_id: UUID) -> None:
    activities.fill(activity, facts)
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


def remove_activity(activity: Activity) -> None:
    """It never was; whatever led to it no longer does."""
    audit.record("activity.removed", activity.participant_id, activity=activity.id.hex)
    db.session.delete(activity)
    db.session.flush()
