"""What was found of each target of a programme: for the coordinator's analysis.

A table is read only where a target asks for it. People are the enrolments of the programme, in the order of
`dashboard.source`; what holds of a household or a benefit holds of one of its people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from sqlalchemy import String, select, type_coerce
from sqlalchemy.orm import selectinload

from dashboard import source
from dashboard.outcomes.targets import Entry, Found, Missing, Points, Shares, Told, target_entry
from dashboard.source import Comparison
from dashboard.states import STATES
from survey.clock import today
from survey.database import db
from survey.measures import MEASURES
from survey.models import Enrolment, HouseholdMember, IntendedResult, Participant, Programme, Target

#: Whether something holds of somebody, by enrolment; whoever is not in it is not known.
Known = Mapping[Any, bool]


@dataclass(frozen=True)
class People:
    """Everyone of a programme, in one order: enrolment (its id as the database gives it), group, and what they count in
    for each unit."""

    programme: Programme

    @cached_property
    def rows(self) -> Sequence[Any]:
        statement = (
            select(
                type_coerce(Enrolment.id, String), Participant.group, HouseholdMember.household_id,
                HouseholdMember.benefit_unit,
            )
            .join(Participant, Participant.id == Enrolment.participant_id)
            .outerjoin(HouseholdMember, HouseholdMember.participant_id == Participant.id)
            .where(Enrolment.programme_id == self.programme.id)
        )  # fmt: skip
        return db.session.execute(statement.order_by(Enrolment.id)).all()

    def of_group(self, group: str | None) -> np.ndarray[Any, np.dtype[np.bool_]]:
        return np.array([group in (None, its_group) for _, its_group, _, _ in self.rows], dtype=bool)

    def units(self, unit: str, group: str | None) -> list[list[Any]]:
        """The enrolments that make up each unit; whoever lives in no household that we know is one alone."""
        found: dict[Any, list[Any]] = {}
        for enrolment, its_group, home, benefit in self.rows:
            if group in (None, its_group):
                together = {"household": home, "benefit_unit": home and (home, benefit)}.get(unit)
                found.setdefault(together or enrolment, []).append(enrolment)
        return list(found.values())


def entries(programme: Programme, comparison: Comparison) -> list[Entry]:
    """Every target in the order in which they are read; a result without any has an entry of its own."""
    people = People(programme)
    found = []
    for result in _results(programme):
        for target in result.targets:
            found.append(
                target_entry(_definition(result, target), _find(target, comparison, people), today())
            )
        if not result.targets:
            none = _definition(result, Target(comparator="at_least"))
            found.append(target_entry(none, Missing("No target was set for this result."), today()))
    return [
        {**entry, "by_date": entry["by_date"].isoformat() if entry["by_date"] else None} for entry in found
    ]


def _results(programme: Programme) -> Iterable[IntendedResult]:
    statement = select(IntendedResult).where(IntendedResult.programme_id == programme.id)
    loaded = statement.options(selectinload(IntendedResult.targets).selectinload(Target.figures))
    return db.session.scalars(loaded.order_by(IntendedResult.place, IntendedResult.id))


def _definition(result: IntendedResult, target: Target) -> dict[str, Any]:
    set_by = (
        "measure",
        "about",
        "unit",
        "group",
        "comparator",
        "value",
        "by_date",
        "owner",
        "source",
        "caveat",
    )
    without = {} if target.measure else {"comparator": None}
    return {
        "result": result.title, "explanation": result.explanation, "kind": _kind(target),
        **{name: getattr(target, name) for name in set_by}, **without,
    }  # fmt: skip


def _kind(target: Target) -> str | None:
    """A share from 0 to 1, points of a scale, or a number."""
    return MEASURES[target.measure].kind if target.measure else None


def _find(target: Target, comparison: Comparison, people: People) -> Found:
    if MEASURES[target.measure].is_told:
        return Told([(figure.value, figure.base) for figure in target.figures])
    if target.measure == "domain_change":
        return _scores(target, comparison, people)
    if target.measure == "answered":
        return _shares(target, people, *_answered(comparison, people))
    if target.measure == "item_high":
        answers = source.high_answers(
            people.programme, (comparison.before, comparison.after), target.about or ""
        )
        return (
            _shares(target, people, *answers)
            if answers
            else Missing("This programme does not ask this question.")
        )
    return _shares(target, people, *STATES[target.measure](people.programme, comparison, target.about))


def _scores(target: Target, comparison: Comparison, people: People) -> Found:
    chosen = people.of_group(target.group)
    for domain in comparison.domains:
        if domain.domain == target.about:
            return Points(domain.before[chosen], domain.after[chosen])
    return Missing("This programme does not ask about this domain.")


def _answered(comparison: Comparison, people: People) -> tuple[Known, Known]:
    enrolments = [row[0] for row in people.rows]
    before, after = comparison.has_before.tolist(), comparison.has_after.tolist()
    return dict(zip(enrolments, before, strict=True)), dict(zip(enrolments, after, strict=True))


def _shares(target: Target, people: People, before: Known | None, now: Known) -> Shares:
    units = people.units(target.unit, target.group)

    def of_units(known: Known) -> list[bool | None]:
        return [_any([known.get(enrolment) for enrolment in unit]) for unit in units]

    return Shares(of_units(now), None if before is None else of_units(before))


def _any(known: Sequence[bool | None]) -> bool | None:
    """Whether it holds of one at least; None where it is not known of anybody."""
    told = [one for one in known if one is not None]
    return any(told) if told else None
