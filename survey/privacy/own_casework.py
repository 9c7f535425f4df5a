"""Plans and notes about one person, for that person: part of what survey.privacy.own_data puts together."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from survey import labels, languages, subjects
from survey.database import db
from survey.models import DomainLink, Enrolment, Goal, Note, NoteLabel, Participant, PlanVersion


@dataclass(frozen=True)
class OwnStep:
    """Who does what by when; `actor` as in survey.codes, `other` where it is somebody else."""

    words: str | None
    dutch: str | None
    actor: str
    other: str | None
    due_on: date | None
    done_on: date | None


@dataclass(frozen=True)
class OwnGoal:
    domain: str
    language: str
    words: str | None
    dutch: str | None
    state: str
    steps: list[OwnStep]


@dataclass(frozen=True)
class OwnLink:
    """A domain that stands in the way of another, or that opened it."""

    kind: str
    from_domain: str
    to_domain: str
    since: date
    until: date | None
    words: str | None


@dataclass(frozen=True)
class Signed:
    """A plan as it was signed, whole."""

    number: int
    signed_on: date
    plan: Any


@dataclass(frozen=True)
class OwnPlan:
    programme: str
    goals: list[OwnGoal]
    links: list[OwnLink]
    versions: list[Signed]


@dataclass(frozen=True)
class OwnNote:
    """What a casemanager wrote down after a talk."""

    programme: str
    happened_on: date
    domains: list[str]
    labels: list[str]
    minutes: int | None
    text: str | None


def plans(person: Participant, language: str) -> list[OwnPlan]:
    """One a programme, where there is anything in it."""
    names = subjects.every(language)
    found = [_plan(enrolment, names) for enrolment in person.enrolments]
    return [plan for plan in found if plan.goals or plan.links or plan.versions]


def notes(person: Participant, language: str) -> list[OwnNote]:
    """The oldest first."""
    names = subjects.every(language)
    programmes = {one.id: one.programme.name for one in person.enrolments}
    of_person = (
        select(Note)
        .where(Note.enrolment_id.in_(programmes))
        .options(selectinload(Note.tags).joinedload(NoteLabel.label))
    )
    return [
        OwnNote(
            programmes[note.enrolment_id], note.happened_on, [names.get(one, one) for one in note.domains],
            _labels(note), note.minutes, note.text,
        )
        for note in _all(of_person.order_by(Note.happened_on, Note.id))
    ]  # fmt: skip


def _labels(note: Note) -> list[str]:
    """The organisation's own list is in Dutch, whoever reads it."""
    with languages.speaking(languages.DEFAULT):
        return sorted(str(labels.name(label)) for label in note.labels)


def _plan(enrolment: Enrolment, names: dict[str, str]) -> OwnPlan:
    goals = select(Goal).where(Goal.enrolment_id == enrolment.id).options(selectinload(Goal.steps))
    links = select(DomainLink).where(DomainLink.enrolment_id == enrolment.id)
    versions = select(PlanVersion).where(PlanVersion.enrolment_id == enrolment.id)
    return OwnPlan(
        enrolment.programme.name,
        [_goal(goal, names) for goal in _all(goals.order_by(Goal.made_at, Goal.id))],
        [_link(link, names) for link in _all(links.order_by(DomainLink.since, DomainLink.id))],
        [
            Signed(one.number, one.signed_on, json.loads(one.document or "null"))
            for one in _all(versions.order_by(PlanVersion.number))
        ],
    )


def _goal(goal: Goal, names: dict[str, str]) -> OwnGoal:
    steps = [
        OwnStep(step.words, step.dutch, step.actor, step.other, step.due_on, step.done_on)
        for step in goal.steps
    ]
    return OwnGoal(
        names.get(goal.domain, goal.domain), goal.language, goal.words, goal.dutch, goal.state, steps
    )


def _link(link: DomainLink, names: dict[str, str]) -> OwnLink:
    first, second = (names.get(domain, domain) for domain in (link.from_domain, link.to_domain))
    return OwnLink(link.kind, first, second, link.since, link.until, link.words)


def _all(statement: Select[Any]) -> Sequence[Any]:
    return db.session.scalars(statement).all()
