"""A person's plan: its goals and links, and the versions that were settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from survey.casework.plan import document
from survey.casework.plan.document import PlanDocument
from survey.casework.sections import NextStep
from survey.database import db
from survey.models import DomainLink, Enrolment, Goal, Participant, PlanVersion, Programme


@dataclass(frozen=True)
class PlanLine:
    """A plan in short, for the person's page."""

    enrolment: Enrolment
    goals: Sequence[Goal]
    #: Goals that are open or busy, and obstacles that are not solved.
    running: list[Goal]
    obstacles: list[DomainLink]
    last: PlanVersion | None


def section(person: Participant) -> Mapping[str, Any]:
    return {"plans": [plan_line(one) for one in sorted(person.enrolments, key=lambda one: one.started_on)]}


def to_do(section: Mapping[str, Any]) -> list[NextStep]:
    """What somebody said they would do for a goal that is not reached, and by when."""
    return [
        NextStep(step.dutch or step.words, url_for("plan.plan", enrolment_id=line.enrolment.id), step.due_on)
        for line in section["plans"]
        for goal in line.running
        for step in goal.steps
        if step.done_on is None
    ]


def plan_line(enrolment: Enrolment) -> PlanLine:
    its_goals = goals(enrolment)
    running = [goal for goal in its_goals if goal.state in ("open", "busy")]
    obstacles = [link for link in links(enrolment) if link.kind == "obstacle" and link.until is None]
    settled = versions(enrolment)
    return PlanLine(enrolment, its_goals, running, obstacles, settled[0] if settled else None)


def plan(enrolment: Enrolment) -> PlanDocument:
    return document.of(goals(enrolment), links(enrolment))


def goals(enrolment: Enrolment) -> Sequence[Goal]:
    """Those that one works at first; among equals, in the order in which they were made."""
    order = case(
        {state: place for place, state in enumerate(("busy", "open", "reached", "dropped"))}, value=Goal.state
    )
    statement = select(Goal).where(Goal.enrolment_id == enrolment.id).options(selectinload(Goal.steps))
    return db.session.scalars(statement.order_by(order, Goal.made_at, Goal.id)).all()


def links(enrolment: Enrolment) -> Sequence[DomainLink]:
    statement = select(DomainLink).where(DomainLink.enrolment_id == enrolment.id)
    in_order = statement.order_by(DomainLink.until.is_not(None), DomainLink.since, DomainLink.id)
    return db.session.scalars(in_order).all()


def versions(enrolment: Enrolment) -> Sequence[PlanVersion]:
    """The newest first."""
    statement = select(PlanVersion).where(PlanVersion.enrolment_id == enrolment.id)
    return db.session.scalars(
        statement.options(joinedload(PlanVersion.settled_by)).order_by(PlanVersion.number.desc())
    ).all()


def goal(goal_id: UUID, lock: bool) -> Goal | None:
    """`lock`: to change it, so that nobody else does meanwhile."""
    return _one(select(Goal).where(Goal.id == goal_id), Goal, lock)


def link(link_id: UUID, lock: bool) -> DomainLink | None:
    return _one(select(DomainLink).where(DomainLink.id == link_id), DomainLink, lock)


def version(version_id: UUID) -> PlanVersion | None:
    return _one(select(PlanVersion).where(PlanVersion.id == version_id), PlanVersion, lock=False)


def next_number(enrolment: Enrolment) -> int:
    newest = select(func.max(PlanVersion.number)).where(PlanVersion.enrolment_id == enrolment.id)
    return (db.session.scalar(newest) or 0) + 1


def _one(statement: Select[Any], model: Any, lock: bool) -> Any:
    """With whose it is; nothing of who was erased."""
    statement = (
        statement.join(model.enrolment)
        .join(Enrolment.participant)
        .where(Participant.erased_on.is_(None))
        .options(
            contains_eager(model.enrolment).contains_eager(Enrolment.participant).joinedload(Participant.key),
            contains_eager(model.enrolment)
            .joinedload(Enrolment.programme)
            .joinedload(Programme.organisation),
        )
    )
    if lock:
        statement = statement.with_for_update(of=model).execution_options(populate_existing=True)
    return db.session.scalar(statement)
