"""Putting cohorts together: a number of a release rests on those cohorts that could be told on their own.

So the people behind a number in two releases are the same, or differ by whole cohorts of that number: at least k.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.outcomes.release.cohort import Statistics


@dataclass(frozen=True)
class Cohort:
    """What was frozen for the release with this number."""

    release: int
    statistics: Statistics

    @property
    def people(self) -> int:
        return int(self.statistics["people"])

    @property
    def enrolled(self) -> int:
        return int(self.statistics["stated"]["enrolled"])


@dataclass(frozen=True)
class Pooled:
    """Of the cohorts that have something to tell: what, in order, and the release of the newest of them."""

    parts: Sequence[Any]
    people: int
    release: int
    #: How many took part when the newest of them was frozen: counts of the same people are always written alike.
    enrolled: int

    def total(self, key: str) -> int | None:
        """None where one of the cohorts cannot tell."""
        values = [part[key] for part in self.parts]
        return None if None in values else sum(values)


def pool(cohorts: Sequence[Cohort], of: Callable[[Statistics], Any]) -> Pooled | None:
    found = [(cohort, part) for cohort in cohorts if (part := of(cohort.statistics)) is not None]
    if not found:
        return None
    return Pooled(
        [part for _, part in found],
        sum(cohort.people for cohort, _ in found),
        max(cohort.release for cohort, _ in found),
        found[-1][0].enrolled,
    )


def pool_of(cohorts: Sequence[Cohort], section: str, key: str) -> Pooled | None:
    """Of a section that is by key."""
    return pool(cohorts, lambda statistics: statistics[section].get(key))


def newest(cohorts: Sequence[Cohort]) -> int:
    """The release for which a cohort was last frozen."""
    return max((cohort.release for cohort in cohorts), default=0)


def rows(
    cohorts: Sequence[Cohort], section: str, names: Sequence[str]
) -> Iterator[tuple[dict[str, Any], Pooled]]:
    """Of a section that is a list, every row by its names, with the cohorts that have it; in order of the names."""
    keys = {tuple(row[name] for name in names) for cohort in cohorts for row in cohort.statistics[section]}
    for key in sorted(keys, key=lambda one: [value or "" for value in one]):

        def row_of(statistics: Statistics, key: tuple[Any, ...] = key) -> Any:
            return next(
                (row for row in statistics[section] if tuple(row[name] for name in names) == key), None
            )

        pooled = pool(cohorts, row_of)
        if pooled:
            yield dict(zip(names, key, strict=True)), pooled
