"""Publishing by hand: what a release would print of these people, worked out from its public rules alone.

The attack is tried on such documents too, each with one rule taken away: who cannot break those proves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tests.attack.constraints import BASE, Roster
from tests.attack.people import DOMAINS, Person, items_of, score
from tests.attack.puzzle import POINTS, margin_per_deviation

Document = dict[str, Any]
#: Which values are merged with which: neighbours in this order.
ORDER: dict[str, tuple[str, ...]] = {
    "group": ("newcomer", "earlier_newcomer", "interim_group", "family_migrant", "displaced", "unknown"),
    "gender": ("woman", "man", "other", "unknown"),
    "age_band": ("under_25", "25_34", "35_44", "45_54", "55_and_over", "unknown"),
    "route": ("b1", "education", "self_reliance", "unknown"),
    "language": ("uk", "ru", "en", "nl", "ar", "kmr", "tr", "ti", "so", "fa", "fa_AF", "unknown"),
    "arrival_period": ("until_2014", "2015_2019", "2020_2021", "2022_2023", "2024_on", "unknown"),
}
Pairs = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Rules:
    """The shipped ones; the calibration takes one or another away."""

    k: int = 10
    decimals: int = 1
    is_rounded: bool = True
    has_limits: bool = True
    dimensions: tuple[str, ...] = tuple(ORDER)


def count(people: int, of: int, rules: Rules) -> int:
    """To the nearest five, and one step lower where that would say that it is all of them."""
    if not rules.is_rounded:
        return people
    nearest = BASE * round(people / BASE)
    return nearest if of >= nearest else nearest - BASE


def document(roster: Roster, rules: Rules, short: bool = True, number: int = 1) -> Document:
    """A release of those in the cohorts up to this number."""
    chosen = [one for one, cohort in zip(roster.people, roster.cohort, strict=True) if 0 < cohort <= number]
    enrolled = len(roster.people)
    told = {wave: sum(wave in one.answers for one in roster.people) for wave in ("before", "after")}
    counted = {**told, "both": len(chosen)}
    asked = [("integration-short" if short else "integration", domain) for domain in DOMAINS]
    asked += [("wellbeing", "wellbeing"), ("wellbeing", "life_satisfaction")]
    change = [
        {"instrument": instrument, "domain": domain, "release": number}
        | _with_moves(pairs_of(chosen, domain, short), domain, enrolled, rules)
        for instrument, domain in asked
    ]
    return {
        "number": number, "k": rules.k, "method": {"distribution_minimum": 30},
        "population": {
            "cohorts": [{"release": number}],
            "people": {"enrolled": count(enrolled, enrolled + BASE, rules)}
            | {key: count(value, enrolled, rules) for key, value in counted.items()}
        },
        "change": change,
        "breakdowns": [
            found
            for dimension in rules.dimensions
            if (found := _breakdown(roster, chosen, dimension, change, short, rules))
        ],
    }  # fmt: skip


def pairs_of(people: Sequence[Person], domain: str, short: bool) -> list[tuple[float, float]]:
    items = items_of(domain, short)
    found = [(score(one.answers["before"], items), score(one.answers["after"], items)) for one in people]
    return [(first, second) for first, second in found if first is not None and second is not None]


def _with_moves(pairs: Pairs, domain: str, enrolled: int, rules: Rules) -> Document:
    entry = numbers(pairs, domain, enrolled, rules)
    step = 1.0 if domain == "life_satisfaction" else 0.5
    change = [round(second - first, 10) for first, second in pairs]
    up, down = sum(one >= step for one in change), sum(one <= -step for one in change)
    classes = {"improved": up, "maintained": len(pairs) - up - down, "declined": down}
    shown: dict[str, int | None] = dict.fromkeys(classes)
    if entry["pairs"] is not None and len(pairs) >= 30 and min(classes.values()) >= rules.k:
        shown = {key: count(value, len(pairs) + BASE, rules) for key, value in classes.items()}
    return entry | shown


def numbers(pairs: Pairs, domain: str, of: int, rules: Rules) -> Document:
    """Of a group of people; nothing where they are too few, or where answers would follow from it."""
    nothing: Document = dict.fromkeys(("pairs", *POINTS))
    if len(pairs) < rules.k:
        return nothing | {"verdict": "too_few"}
    first, second = np.array(pairs).T
    change = second - first
    low, high = (0, 10) if domain == "life_satisfaction" else (1, 5)
    room = min(min((one - low).sum(), (high - one).sum()) for one in (first, second))
    alike = np.unique(np.round(change, 10), return_counts=True)[1].max()
    if rules.has_limits and (room < 2 * (high - low) or alike > min(0.9 * len(pairs), len(pairs) - 3)):
        return nothing | {"verdict": "no_spread"}
    half = float(change.std(ddof=1) * margin_per_deviation(np.array([float(len(pairs))]))[0])
    mean = float(change.mean())
    points = (float(first.mean()), float(second.mean()), mean, mean - half, mean + half)
    verdict = "rose" if mean > half else "fell" if mean < -half else "not_shown"
    printed = {key: round(value, rules.decimals) for key, value in zip(POINTS, points, strict=True)}
    return {"pairs": count(len(pairs), of, rules), **printed, "verdict": verdict}


def _breakdown(
    roster: Roster,
    people: Sequence[Person],
    dimension: str,
    change: Sequence[Document],
    short: bool,
    rules: Rules,
) -> Document | None:
    values = [roster.value(person, dimension) for person in people]
    cells = merged(values, ORDER[dimension], rules.k)
    if len(people) < 2 * rules.k or len(cells) < 2:
        return None
    members = [[one for one, value in zip(people, values, strict=True) if value in cell] for cell in cells]
    entries = []
    for one in change:
        printed = [
            numbers(pairs_of(cell, one["domain"], short), one["domain"], len(cell), rules) for cell in members
        ]
        if all(cell["pairs"] is not None for cell in printed):
            entries.append({"instrument": one["instrument"], "domain": one["domain"], "cells": printed})
    of = [int(roster.members(dimension, cell).sum()) for cell in cells]
    heads = [
        {"values": list(cell), "people": count(len(who), number, rules)}
        for cell, who, number in zip(cells, members, of, strict=True)
    ]
    found = {"dimension": dimension, "release": change[0]["release"], "cells": heads, "change": entries}
    return found if entries else None


def merged(values: Sequence[str], order: Sequence[str], least: int) -> list[tuple[str, ...]]:
    """Neighbours together until they are enough people; what is left over goes with the last."""
    cells: list[tuple[str, ...]] = []
    waiting: tuple[str, ...] = ()
    for value in order:
        waiting = (*waiting, value)
        if sum(one in waiting for one in values) >= least:
            cells.append(waiting)
            waiting = ()
    if cells:
        cells[-1] += waiting
    return cells


def weaker(**changes: Any) -> Rules:
    return replace(Rules(), **changes)
