"""What changes in a plan. Words are sealed; the audit trail says that something was changed, never what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from survey.casework.plan import queries
from survey.casework.plan.document import PlanDocument, Step
from survey.clock import now, today
from survey.database import db
from survey.models import DomainLink, Enrolment, Goal, GoalStep, PlanVersion
from survey.privacy import audit


@dataclass(frozen=True)
class GoalAsTyped:
    domain: str
    language: str
    words: str
    dutch: str
    state: str
    #: Each with which of the goal's steps it is; nothing, or something unknown, for a new one.
    steps: Sequence[tuple[str, Step]]


def add_goal(goal_id: UUID, enrolment: Enrolment, typed: GoalAsTyped) -> None:
    goal = Goal(
        id=goal_id, organisation_id=enrolment.organisation_id, enrolment=enrolment, made_at=now(), state=typed.state,
        state_on=today(), version=0,
    )  # fmt: skip
    _write(goal, typed)
    db.session.flush()
    audit.record("plan.changed", enrolment.participant_id, what="goal", decision="added")


def change_goal(goal: Goal, typed: GoalAsTyped) -> None:
    if goal.state != typed.state:
        goal.state, goal.state_on = typed.state, today()
    _write(goal, typed)
    audit.record(
        "plan.changed", goal.enrolment.participant_id, what="goal", decision="changed", state=typed.state
    )


def _write(goal: Goal, typed: GoalAsTyped) -> None:
    goal.domain, goal.language = typed.domain, typed.language
    goal.words, goal.dutch = typed.words or None, typed.dutch or None
    goal.changed_at, goal.version = now(), goal.version + 1
    with db.session.no_autoflush:  # sealing asks whose it is, when not all of it is there yet
        db.session.add(goal)
        known = {str(step.id): step for step in goal.steps}
        goal.steps = [
            _step(known.pop(key) if key in known else _new_step(goal), place, step)
            for place, (key, step) in enumerate(typed.steps)
        ]


def _new_step(goal: Goal) -> GoalStep:
    return GoalStep(organisation_id=goal.organisation_id, goal=goal)


def _step(kept: GoalStep, place: int, step: Step) -> GoalStep:
    kept.place, kept.actor, kept.due_on, kept.done_on = place, step.actor, step.due_on, step.done_on
    kept.words, kept.dutch, kept.other = step.words or None, step.dutch or None, step.other or None
    return kept


def add_link(link_id: UUID, enrolment: Enrolment, values: dict[str, Any]) -> None:
    link = DomainLink(id=link_id, organisation_id=enrolment.organisation_id, enrolment=enrolment, version=0)
    _write_link(link, values)
    db.session.add(link)
    db.session.flush()
    audit.record("plan.changed", enrolment.participant_id, what=link.kind, decision="added")


def change_link(link: DomainLink, values: dict[str, Any]) -> None:
    _write_link(link, values)
    audit.record("plan.changed", link.enrolment.participant_id, what=link.kind, decision="changed")


def _write_link(link: DomainLink, values: dict[str, Any]) -> None:
    for name in ("kind", "from_domain", "to_domain", "since", "until"):
        setattr(link, name, values[name])
    link.words = values["words"] or None
    link.changed_at, link.version = now(), link.version + 1


def remove(row: Goal | DomainLink) -> None:
    """Written by mistake. What was settled with it in it stays as it was signed."""
    what = row.kind if isinstance(row, DomainLink) else "goal"
    audit.record("plan.changed", row.enrolment.participant_id, what=what, decision="removed")
    db.session.delete(row)
    db.session.flush()


def settle(enrolment: Enrolment, plan: PlanDocument, signed_on: date, staff_id: UUID) -> PlanVersion:
    """Keep the plan as it stands, for good. Whoever settles at the same moment waits, and makes the next."""
    db.session.scalars(select(Enrolment).where(Enrolment.id == enrolment.id).with_for_update()).one()
    version = PlanVersion(
        organisation_id=enrolment.organisation_id, enrolment=enrolment, number=queries.next_number(enrolment),
        signed_on=signed_on, settled_at=now(), settled_by_id=staff_id,
    )  # fmt: skip
    version.document = plan.as_text()
    db.session.add(version)
    db.session.flush()
    audit.record(
        "plan.settled", enrolment.participant_id, number=version.number, signed=signed_on.isoformat()
    )
    return version
