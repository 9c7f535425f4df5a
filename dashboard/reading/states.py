"""Whether something that casemanagers wrote down holds of people, before and now, for targets.

Each function gives two tables by enrolment (its id as the database gives it): of before, None where there is none, and
of now. Whoever is not in a table is not known.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import String, func, select, type_coerce

from dashboard.outcomes.work import full_months
from dashboard.reading.source import Comparison
from survey import observations
from survey.clock import today
from survey.codes import CEFR
from survey.database import db
from survey.models import (
    Activity,
    ActivityKind,
    Deadline,
    Enrolment,
    Goal,
    Observation,
    PlanVersion,
    Programme,
)

Known = dict[Any, bool]
States = tuple[Known | None, Known]
State = Callable[[Programme, Comparison, str | None], States]
IN_WORK = ("paid_work", "self_employed")
WORK = ("paid_work", "part_time_work")
ENROLMENT = type_coerce(Enrolment.id, String)


def _at_waves(
    programme: Programme, comparison: Comparison, what: str, holds: Callable[[str], bool]
) -> tuple[Known, Known]:
    before, now = {}, {}
    waves = (comparison.before, comparison.after)
    for enrolment, (one, other) in observations.observed_at(programme, what, waves):
        if one is not None:
            before[enrolment] = holds(one)
        if other is not None:
            now[enrolment] = holds(other)
    return before, now


def _ladder_at_least(programme: Programme, comparison: Comparison, about: str | None) -> States:
    return _at_waves(programme, comparison, "ladder", lambda step: step >= (about or ""))


def _ladder_up(programme: Programme, comparison: Comparison, about: str | None) -> States:
    steps = observations.ladder_at(programme, (comparison.before, comparison.after))
    return None, {enrolment: other > one for enrolment, (one, other) in steps if one and other}


def _paid_work(programme: Programme, comparison: Comparison, about: str | None) -> States:
    return _at_waves(programme, comparison, "work_status", lambda status: status in IN_WORK)


def _cefr(programme: Programme, comparison: Comparison, about: str | None) -> States:
    skill, _, level = (about or "").partition(".")
    return _at_waves(programme, comparison, skill, lambda there: CEFR.index(there) >= CEFR.index(level))


def _sustained_work(programme: Programme, comparison: Comparison, about: str | None) -> States:
    """Work that runs on the first day, and today, and began so many months before. It is known of everybody."""
    months, people = int(about or 0), _everyone(programme)
    before, now = dict.fromkeys(people, False), dict.fromkeys(people, False)
    statement = (
        select(ENROLMENT, Enrolment.started_on, Activity.started_on, Activity.ended_on)
        .join(Activity, Activity.participant_id == Enrolment.participant_id)
        .outerjoin(ActivityKind, ActivityKind.id == Activity.kind_id)
        .where(Enrolment.programme_id == programme.id)
        .where(func.coalesce(ActivityKind.standard, Activity.standard).in_(WORK))
    )
    for enrolment, first_day, begun_on, ended_on in db.session.execute(statement):
        for known, day in ((before, first_day), (now, today())):
            runs = ended_on is None or ended_on >= day
            known[enrolment] |= runs and full_months(begun_on, day) >= months
    return before, now


def _activity(programme: Programme, comparison: Comparison, about: str | None) -> States:
    people = _everyone(programme)
    doing = {one.person for one in comparison.done if one.kind == about}
    return None, {enrolment: place in doing for place, enrolment in enumerate(people)}


def _exam_passed(programme: Programme, comparison: Comparison, about: str | None) -> States:
    """How it stood when it was last observed."""
    statement = (
        select(ENROLMENT, Observation.value)
        .join(Observation, Observation.participant_id == Enrolment.participant_id)
        .where(Enrolment.programme_id == programme.id, Observation.what == "exam")
        .where(Observation.observed_on <= today())
    )
    in_time = statement.order_by(Observation.observed_on)
    return None, {enrolment: value == "passed" for enrolment, value in db.session.execute(in_time)}


def _plan_made(programme: Programme, comparison: Comparison, about: str | None) -> States:
    statement = select(type_coerce(PlanVersion.enrolment_id, String)).join(PlanVersion.enrolment)
    made = set(db.session.scalars(statement.where(Enrolment.programme_id == programme.id)))
    return None, {enrolment: enrolment in made for enrolment in _everyone(programme)}


def _plan_in_time(programme: Programme, comparison: Comparison, about: str | None) -> States:
    """Of those whose term for a plan was met, or ended without."""
    statement = (
        select(ENROLMENT, Deadline.met_on, Deadline.due_on)
        .join(Deadline, Deadline.participant_id == Enrolment.participant_id)
        .where(Enrolment.programme_id == programme.id, Deadline.rule == "plan")
    )
    return None, {
        enrolment: met_on is not None and met_on <= due_on
        for enrolment, met_on, due_on in db.session.execute(statement)
        if met_on is not None or due_on < today()
    }


def _own_goals(programme: Programme, comparison: Comparison, about: str | None) -> States:
    """Of those who have goals: whether one was reached, and none is left but what was stopped."""
    statement = select(type_coerce(Goal.enrolment_id, String), Goal.state).join(Goal.enrolment)
    statement = statement.where(Enrolment.programme_id == programme.id)
    if about:
        statement = statement.where(Goal.domain == about)
    goals: dict[Any, list[str]] = {}
    for enrolment, state in db.session.execute(statement):
        goals.setdefault(enrolment, []).append(state)
    return None, {
        enrolment: "reached" in states and not {"open", "busy"} & set(states)
        for enrolment, states in goals.items()
    }


def _everyone(programme: Programme) -> list[Any]:
    """In the order of dashboard.reading.source."""
    statement = select(ENROLMENT).where(Enrolment.programme_id == programme.id)
    return list(db.session.scalars(statement.order_by(Enrolment.id)))


STATES: dict[str, State] = {
    "ladder_at_least": _ladder_at_least, "ladder_up": _ladder_up, "paid_work": _paid_work, "cefr": _cefr,
    "sustained_work": _sustained_work, "activity": _activity, "exam_passed": _exam_passed,
    "plan_made": _plan_made, "plan_in_time": _plan_in_time, "own_goals": _own_goals,
}  # fmt: skip
