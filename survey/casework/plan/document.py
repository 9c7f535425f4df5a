"""A whole plan as one document: what is shown, printed, and kept when it is settled.

It holds no name: a name is kept apart, and may be gone before the plan is.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from survey.models import DomainLink, Goal, GoalStep


@dataclass(frozen=True)
class Step:
    """Who does what by when. `actor` as in survey.codes; `other` says who where it is somebody else."""

    words: str
    dutch: str
    actor: str
    other: str
    due_on: date | None
    done_on: date | None


@dataclass(frozen=True)
class PlannedGoal:
    domain: str
    language: str
    words: str
    dutch: str
    state: str
    state_on: date
    steps: list[Step]


@dataclass(frozen=True)
class Linked:
    """An obstacle or a breakthrough, from one domain to another."""

    kind: str
    from_domain: str
    to_domain: str
    since: date
    until: date | None
    words: str


@dataclass(frozen=True)
class PlanDocument:
    goals: list[PlannedGoal]
    links: list[Linked]

    def linked(self, kind: str) -> list[Linked]:
        return [link for link in self.links if link.kind == kind]

    def as_text(self) -> str:
        return json.dumps(
            asdict(self), ensure_ascii=False, sort_keys=True, default=lambda day: day.isoformat()
        )

    @property
    def fingerprint(self) -> str:
        """Another one as soon as anything in the plan is."""
        return sha256(self.as_text().encode()).hexdigest()


def of(goals: Sequence[Goal], links: Sequence[DomainLink]) -> PlanDocument:
    """The plan as it stands; opens every seal in it."""
    return PlanDocument([_goal(goal) for goal in goals], [_link(link) for link in links])


def from_text(text: str) -> PlanDocument:
    kept = json.loads(text)
    goals = [
        PlannedGoal(**_with_days(goal, "state_on") | {"steps": [_kept_step(step) for step in goal["steps"]]})
        for goal in kept["goals"]
    ]
    return PlanDocument(goals, [Linked(**_with_days(link, "since", "until")) for link in kept["links"]])


def _goal(goal: Goal) -> PlannedGoal:
    steps = [_step(step) for step in goal.steps]
    return PlannedGoal(
        goal.domain, goal.language, goal.words or "", goal.dutch or "", goal.state, goal.state_on, steps
    )


def _step(step: GoalStep) -> Step:
    return Step(step.words or "", step.dutch or "", step.actor, step.other or "", step.due_on, step.done_on)


def _link(link: DomainLink) -> Linked:
    return Linked(link.kind, link.from_domain, link.to_domain, link.since, link.until, link.words or "")


def _kept_step(step: dict[str, Any]) -> Step:
    return Step(**_with_days(step, "due_on", "done_on"))


def _with_days(kept: dict[str, Any], *days: str) -> dict[str, Any]:
    return kept | {day: kept[day] and date.fromisoformat(kept[day]) for day in days}
