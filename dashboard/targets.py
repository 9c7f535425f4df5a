"""What was found of each target of a programme: for the coordinator's analysis.

A table is read only where a target asks for it. People are the enrolments of the programme, in the order of
`dashboard.reading.source`; what holds of a household or a benefit holds of one of its people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from sqlalchemy import String, select, type_coerce
from sqlalchemy.orm import selectinload

from dashboard.outcomes.release import Aim
from dashboard.outcomes.release.aims import key_of
from dashboard.outcomes.targets import Entry, Found, Missing, Points, Shares, Told, target_entry
from dashboard.reading import source
from dashboard.reading.source import Comparison
from dashboard.reading.states import STATES
from survey.clock import today
from survey.database import db
from survey.measures import MEASURES
from survey.models import Enrolment, HouseholdMember, IntendedResult, Participant, Programme, Target

#: What a release works out from its other sections.
ELSEWHERE = ("domain_change", "answered")
#: Whether something holds of somebody, by enrolment; whoever is not in it is not known.
Known = Mapping[Any, bool]


@dataclass(frozen=True)
class People:
    """Everyone of a programme, in one order: enrolment (its id as the database gives it), group, and what they count in
    for each unit."""

    programme: Programme
    #: Only these enrolments, if not everyone.
    among: frozenset[Any] | None = None

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
        rows = db.session.execute(statement.order_by(Enrolment.id)).all()
        return rows if self.among is None else [row for row in rows if row[0] in self.among]

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


def definitions(programme: Programme) -> list[dict[str, Any]]:
    """Every target as it was set, for a release; figures that are told stand beside it."""
    found = []
    for result in _results(programme):
        for target in result.targets or [Target(comparator="at_least", figures=[])]:
            definition = _definition(result, target)
            by_date = definition["by_date"]
            figures = [figure.value for figure in target.figures]
            found.append(definition | {
                "by_date": by_date.isoformat() if by_date else None,
                "told_now": figures[-1] if figures else None,
                "told_before": figures[0] if len(figures) > 1 else None,
            })  # fmt: skip
    return found


def aims(programme: Programme, comparison: Comparison, among: frozenset[Any]) -> dict[str, Aim]:
    """What was found, among these enrolments, of each target that is a share and is not worked out elsewhere."""
    people, found = People(programme, among), {}
    for result in _results(programme):
        for target in result.targets:
            if target.measure in ELSEWHERE or MEASURES[target.measure].is_told:
                continue
            shares = _find(target, comparison, people)
            if isinstance(shares, Shares):
                inside = people.of_group(target.group)
                others = _others(target, comparison, people) if target.group else None
                aim = Aim(shares, int(inside.sum()), int((~inside).sum()), others)
                found[key_of(_definition(result, target))] = aim
    return found


def _others(target: Target, comparison: Comparison, people: People) -> Shares | None:
    """The same of everybody outside its group; None where there is nobody."""
    outside = frozenset(row[0] for row in people.rows if row[1] != target.group)
    everyone = Target(measure=target.measure, about=target.about, unit=target.unit, group=None)
    found = _find(everyone, comparison, People(people.programme, outside)) if outside else None
    return found if isinstance(found, Shares) else None


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
