"""What a legal term depends on and others write down: hours by standard kind of activity, and the learning route."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from survey.clock import today
from survey.database import db
from survey.models import Activity, Observation, Participant


def hours(person: Participant) -> Mapping[str, float]:
    """Until today. What is written down a week counts for each week of the activity, also for a part of one."""
    found: dict[str, float] = {}
    of = select(Activity).where(Activity.participant_id == person.id, Activity.hours.is_not(None))
    for activity in db.session.scalars(of.options(joinedload(Activity.kind))):
        found[activity.counts_as] = found.get(activity.counts_as, 0) + _hours_of(activity)
    return found


def _hours_of(activity: Activity) -> float:
    last = min(activity.ended_on or today(), today())
    days = (last - activity.started_on).days + 1
    if days <= 0 or activity.hours is None:
        return 0
    return activity.hours * days / 7 if activity.hours_per == "week" else activity.hours


def route(person: Participant) -> str | None:
    """As it was observed last."""
    of = select(Observation.value).where(
        Observation.participant_id == person.id,
        Observation.what == "route",
        Observation.observed_on <= today(),
    )
    return db.session.scalar(of.order_by(Observation.observed_on.desc()).limit(1))
