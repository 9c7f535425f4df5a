"""Freezing a cohort: what is kept of a set of people for good, so that every later release says the same of them.

Only what may be published of the cohort on its own is kept. So nothing here tells of anyone, nor does the difference
between a release with the cohort and the one before it; and what was left out cannot be asked for later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from dashboard.outcomes.change import DomainScores
from dashboard.outcomes.ladder import STEPS
from dashboard.outcomes.method import DISTRIBUTION_MINIMUM, MINIMUM_PAIRS, step_of_change
from dashboard.outcomes.paired import counts, differences
from dashboard.outcomes.participation import Done, participation
from dashboard.outcomes.release.cells import DIMENSIONS, Cell, partition
from dashboard.outcomes.release.labelled import themes
from dashboard.outcomes.release.shares import Aim, is_share, kept_aims
from dashboard.outcomes.release.sums import Sums, safe_sums

#: Who is in several groups is nearly alone in being in all of them: so few people are compared by few kinds of groups.
DIMENSIONS_OF_ANY, PEOPLE_A_DIMENSION = 2, 40
#: By how much they changed: a step or more up, less than that, a step or more down.
COUNTS = ("improved", "maintained", "declined")
#: What is kept of a cohort, as JSON.
Statistics = dict[str, Any]


@dataclass(frozen=True)
class People:
    """The people of a cohort; what has one value a person is in one order. Persons are numbers in that order."""

    domains: Sequence[DomainScores]
    #: Of everyone the value of each dimension on the programme's menu.
    profiles: Mapping[str, Sequence[str]] = field(default_factory=dict)
    #: On the ladder before and after, of whom anything is known.
    steps: Sequence[tuple[str | None, str | None]] = ()
    done: Sequence[Done] = ()
    #: (person, obstacle or breakthrough, from, to)
    links: Sequence[tuple[int, str, str, str]] = ()
    #: Of each note with a label: whose it is, if anybody's, and its labels.
    notes: Sequence[tuple[int | None, frozenset[str]]] = ()
    aims: Mapping[str, Aim] = field(default_factory=dict)
    #: How many take part, answered before and answered after: everybody, whether in a cohort or not.
    answered: Mapping[str, int] = field(default_factory=lambda: {"enrolled": 0, "before": 0, "after": 0})
    #: How many people take part with each value of each dimension, whether they answered or not.
    enrolled: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.domains[0].before) if self.domains else 0


def only(domains: Sequence[DomainScores], chosen: Any) -> list[DomainScores]:
    """The same domains, of some of the people."""
    return [replace(domain, before=domain.before[chosen], after=domain.after[chosen]) for domain in domains]


def least_pairs(k: int) -> int:
    return max(MINIMUM_PAIRS, k)


def least_distribution(k: int) -> int:
    return max(DISTRIBUTION_MINIMUM, k)


def most_dimensions(people: int) -> int:
    """By how many kinds of groups so many people are compared: the first ones of the menu."""
    return max(DIMENSIONS_OF_ANY, people // PEOPLE_A_DIMENSION)


def freeze(people: People, k: int, earlier: Sequence[Statistics] = ()) -> Statistics:
    """What is kept of these people. `earlier`: of the cohorts before, whose groups and bands are kept to."""
    found: Statistics = {
        "people": len(people),
        "stated": _stated(people, earlier, k),
        "change": {},
        "why": {},
    }
    for domain in people.domains:
        key = f"{domain.instrument}/{domain.domain}"
        sums = safe_sums(domain.before, domain.after, (domain.low, domain.high), least_pairs(k))
        if isinstance(sums, str):
            found["why"][key] = sums
        else:
            found["change"][key] = sums.as_json | _distribution(domain, k)
    first = _first(earlier, "breakdowns")
    breakdowns = {
        dimension: _breakdown(people, dimension, k, first.get(dimension))
        for dimension in list(people.profiles)[: most_dimensions(len(people))]
    }
    done = _participation(people, k, breakdowns.get("group"))
    return found | {
        "breakdowns": {dimension: kept for dimension, kept in breakdowns.items() if kept},
        "ladder": _ladder(people.steps, k, next((one["ladder"] for one in earlier if one["ladder"]), None)),
        "participation": done,
        "links": _links(people, k),
        "themes": themes(people.notes, k),
        "aims": kept_aims(people.aims, len(people), k, _told_by_group(done)),
    }


def _stated(people: People, earlier: Sequence[Statistics], k: int) -> Statistics:
    """How many are said to take part and to have answered: as with the cohort before, but for a change of k or more.

    Whoever left since still counts among those who answered both times, so no number is below those.
    """
    both = len(people) + sum(one["people"] for one in earlier)
    before = earlier[-1]["stated"] if earlier else dict.fromkeys(people.answered, 0)
    found = {key: now if abs(now - before[key]) >= k else before[key] for key, now in people.answered.items()}
    found = {key: max(number, both) for key, number in found.items()}
    return found | {"enrolled": max(found.values())}


def _first(earlier: Sequence[Statistics], section: str) -> dict[str, Any]:
    """Of each key what the first cohort that has it says."""
    return {key: value for one in reversed(earlier) for key, value in one[section].items()}


def _distribution(domain: DomainScores, k: int) -> dict[str, int | None]:
    """How many improved, stayed and declined: all three or nothing, for who improved alone is half of a story."""
    change = differences(domain.before, domain.after)
    parts = counts(change, step_of_change(domain.low, domain.high))
    is_told = len(change) >= least_distribution(k) and all(part is not None and part >= k for part in parts)
    return dict(zip(COUNTS, parts if is_told else (None, None, None), strict=True))


def _breakdown(people: People, dimension: str, k: int, first: Statistics | None) -> Statistics | None:
    """Every domain in which each group can be shown; None where there are no groups, or no such domain.

    A later cohort keeps to the groups of the first, and adds nobody or enough people to each.
    """
    values, least = people.profiles[dimension], least_pairs(k)
    if first:
        cells: list[Cell] | None = [tuple(cell) for cell in first["cells"]]
    else:
        cells = partition(values, DIMENSIONS[dimension], least) if len(values) >= 2 * k else None
    if cells is None:
        return None
    masks = [np.array([value in cell for value in values], dtype=bool) for cell in cells]
    sizes = [int(mask.sum()) for mask in masks]
    if any(0 < size < least for size in sizes):
        return None
    change = {
        f"{domain.instrument}/{domain.domain}": kept
        for domain in people.domains
        if (kept := _of_cells(domain, masks, least))
    }
    enrolled = people.enrolled.get(dimension, {})
    of = [sum(enrolled.get(value, 0) for value in cell) for cell in cells]
    return (
        {"cells": [list(cell) for cell in cells], "people": sizes, "of": of, "change": change}
        if change
        else None
    )


def _of_cells(domain: DomainScores, masks: Sequence[Any], least: int) -> list[dict[str, Any]] | None:
    found = []
    for mask in masks:
        ends = (domain.low, domain.high)
        sums = safe_sums(domain.before[mask], domain.after[mask], ends, least) if mask.any() else Sums()
        if isinstance(sums, str):
            return None
        found.append(sums.as_json)
    return found


def _ladder(
    steps: Sequence[tuple[str | None, str | None]], k: int, first: Statistics | None
) -> Statistics | None:
    """People on each band of the ladder before and after, in bands with enough people both times."""
    pairs = [(one, other) for one, other in steps if one and other]
    bands = first["bands"] if first else _bands(pairs, k)
    if len(pairs) < least_distribution(k) or len(bands) < 2:
        return None
    before = [sum(one in band for one, _ in pairs) for band in bands]
    after = [sum(other in band for _, other in pairs) for band in bands]
    if min(before + after) < k:
        return None
    moves = Counter((other > one) - (other < one) for one, other in pairs)
    moved = [moves[1], moves[0], moves[-1]]
    kept = moved if min(moved) >= k else [None, None, None]
    return {
        "people": len(pairs), "bands": bands, "before": before, "after": after,
        **dict(zip(("up", "same", "down"), kept, strict=True)),
    }  # fmt: skip


def _bands(pairs: Sequence[tuple[str, str]], k: int) -> list[list[str]]:
    """Neighbouring steps together, from the lowest up, until each band has k people before and k after."""
    before, after = (Counter(step) for step in zip(*pairs, strict=True)) if pairs else (Counter(), Counter())
    bands: list[list[str]] = [[]]
    for step in STEPS:
        bands[-1].append(step)
        if min(sum(of[one] for one in bands[-1]) for of in (before, after)) >= k:
            bands.append([])
    waiting = bands.pop()
    if bands:
        bands[-1] += waiting
    return bands


def _participation(people: People, k: int, by_group: Statistics | None) -> list[dict[str, Any]]:
    """Who does what, of everybody; and of every group, where no group gives too much away."""
    everyone, nobody = len(people), [None] * len(people)
    rows = participation(nobody, people.done, sorted({one.kind for one in people.done}), ())
    all_of = {row["kind"]: row["people"] for row in rows if row["activity"] is None and row["group"] is None}
    kept = [
        {"kind": row["kind"], "activity": row["activity"], "group": None, "people": row["people"], "of": everyone}
        for row in rows
        if row["group"] is None and is_share(row["people"], everyone, k)
        and (row["activity"] is None or not 0 < all_of[row["kind"]] - row["people"] < k)
    ]  # fmt: skip
    unique = {(row["kind"], row["activity"]): row for row in kept}
    return [*unique.values(), *(_of_groups(people, k, by_group, unique) if by_group else ())]


def _told_by_group(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """Of which groups a target of activities is told already."""
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        if row["group"]:
            found.setdefault(f"activity|{row['kind']}|person", {})[row["group"]] = row["of"]
    return found


def _of_groups(
    people: People, k: int, by_group: Statistics, shown: Mapping[tuple[str, str | None], Any]
) -> list[dict[str, Any]]:
    """Kinds of activities by group: every group that stands alone, if all groups can be told."""
    cells = [cell for cell, size in zip(by_group["cells"], by_group["people"], strict=True) if size]
    found = []
    for kind in (kind for kind, activity in shown if activity is None):
        doing = {one.person for one in people.done if one.kind == kind}
        members = [{n for n, value in enumerate(people.profiles["group"]) if value in cell} for cell in cells]
        if all(is_share(len(doing & of), len(of), k) for of in members):
            found += [
                {"kind": kind, "activity": None, "group": cell[0], "people": len(doing & of), "of": len(of)}
                for cell, of in zip(cells, members, strict=True)
                if len(cell) == 1 and cell[0] != "unknown"
            ]
    return found


def _links(people: People, k: int) -> list[dict[str, Any]]:
    times = Counter(link[1:] for link in set(people.links))
    return [
        {"kind": kind, "from": one, "to": other, "people": number}
        for (kind, one, other), number in sorted(times.items())
        if is_share(number, len(people), k)
    ]
