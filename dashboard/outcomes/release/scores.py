"""The sections of a release that are about scores: change, follow-up and breakdowns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.outcomes.method import CONFIDENCE
from dashboard.outcomes.multiple import benjamini_hochberg, holm
from dashboard.outcomes.release.cohort import COUNTS
from dashboard.outcomes.release.counting import rounded, rounded_among
from dashboard.outcomes.release.pooling import Cohort, Pooled, pool_of
from dashboard.outcomes.release.sums import Points, Sums, points, total

Document = dict[str, Any]
SIGNIFICANCE = round(1 - CONFIDENCE, 10)
POINTS = ("before_mean", "after_mean", "difference", "low", "high")
SUMS = ("n", "before", "after", "squares")


def change(cohorts: Sequence[Cohort], instruments: Sequence[Mapping[str, Any]]) -> list[Document]:
    """One entry for every domain that was asked: numbers where a cohort gives them, else why there are none."""
    entries, p = [], {}
    for instrument, domain in _domains(instruments):
        key = f"{instrument}/{domain['code']}"
        pooled = pool_of(cohorts, "change", key)
        entry = _named(instrument, domain) | (_nothing(cohorts, key) if pooled is None else {})
        if pooled:
            found = points(_sums(pooled.parts))
            p[key] = found.p
            entry |= {"pairs": rounded_among(_sums(pooled.parts).n, pooled.enrolled), **_in_points(found)}
            entry |= {"verdict": verdict(found), **_distribution(pooled), "release": pooled.release}
        entries.append(entry)
    _correct(entries, p)
    return [{key: entry[key] for key in CHANGE_KEYS} for entry in entries]


CHANGE_KEYS = (
    "instrument",
    "domain",
    "heading",
    "pairs",
    *POINTS,
    "verdict",
    "holm",
    "bh",
    *COUNTS,
    "release",
)


def _correct(entries: Sequence[Document], p: Mapping[str, float]) -> None:
    """Whether a difference remains after a correction for looking at all domains: they stand on one page."""
    tested = [entry for entry in entries if entry["pairs"] is not None]
    values = [p[f"{entry['instrument']}/{entry['domain']}"] for entry in tested]
    for entry, strict, mild in zip(tested, holm(values), benjamini_hochberg(values), strict=True):
        shown = entry["verdict"] in ("rose", "fell")
        entry |= {"holm": shown and strict <= SIGNIFICANCE, "bh": shown and mild <= SIGNIFICANCE}


def _nothing(cohorts: Sequence[Cohort], key: str) -> Document:
    reasons = [cohort.statistics["why"].get(key) for cohort in cohorts]
    numbers = dict.fromkeys(("pairs", *POINTS, "holm", "bh", *COUNTS, "release"))
    return numbers | {"verdict": "no_spread" if "no_spread" in reasons else "too_few"}


def _distribution(pooled: Pooled) -> Document:
    """All three or none; of a cohort that was frozen before November 2026 there can be who improved alone."""
    found = {key: pooled.total(key) for key in COUNTS}
    told = {key: rounded(value) for key, value in found.items() if value is not None}
    return told if len(told) == len(COUNTS) else dict.fromkeys(COUNTS)


def follow_up(cohorts: Sequence[Cohort], change: Sequence[Document]) -> list[Document]:
    """One entry for every domain of `change`; what is left out there is left out here."""
    entries = []
    for entry in change:
        key = f"{entry['instrument']}/{entry['domain']}"
        pooled = pool_of(cohorts, "follow_up", key)
        named = {name: entry[name] for name in FOLLOW_UP_KEYS[:3]}
        if entry["pairs"] is None or pooled is None:
            nothing = entry if entry["pairs"] is None else _nothing(cohorts, key)
            entries.append(named | {name: nothing.get(name) for name in FOLLOW_UP_KEYS[3:]})
        else:
            entries.append({name: (named | _later(pooled))[name] for name in FOLLOW_UP_KEYS})
    return entries


def _later(pooled: Pooled) -> Document:
    sums = _sums(pooled.parts)
    found, gained, kept = points(sums), pooled.total("gained"), pooled.total("kept")
    return _in_points(found) | {
        "pairs": rounded_among(sums.n, pooled.enrolled), "verdict": verdict(found), "release": pooled.release,
        "gained": None if gained is None else rounded(gained), "kept": None if kept is None else rounded(kept),
    }  # fmt: skip


FOLLOW_UP_KEYS = (
    "instrument", "domain", "heading", "pairs", "difference", "low", "high", "verdict", "gained", "kept", "release",
)  # fmt: skip


def breakdowns(
    cohorts: Sequence[Cohort], menu: Sequence[str], instruments: Sequence[Mapping[str, Any]], minimum: int
) -> list[Document]:
    """One for every dimension of the menu in which some domain can be told of every group."""
    found = []
    for dimension in menu:
        pooled = pool_of(cohorts, "breakdowns", dimension)
        if pooled is None:
            continue
        places = range(len(pooled.parts[0]["cells"]))
        people = [sum(part["people"][place] for part in pooled.parts) for place in places]
        of = pooled.parts[0]["of"]  # as it was: nobody sees in a later release who has been erased since
        change = [
            entry
            for instrument, domain in _domains(instruments)
            if (entry := _compared(pooled, instrument, domain["code"], minimum))
        ]
        if change:
            cells = [
                {"values": values, "people": rounded_among(number, max(number, all_of))}
                for values, number, all_of in zip(pooled.parts[0]["cells"], people, of, strict=True)
            ]
            found.append(
                {"dimension": dimension, "release": pooled.release, "cells": cells, "change": change}
            )
    return found


def _compared(pooled: Pooled, instrument: str, domain: str, minimum: int) -> Document | None:
    """One domain of every group, over the cohorts that can tell it."""
    key = f"{instrument}/{domain}"
    parts = [part for part in pooled.parts if part["change"].get(key)]
    sums = [_sums(of_cell) for of_cell in zip(*(part["change"][key] for part in parts), strict=True)]
    people = [sum(of_cell) for of_cell in zip(*(part["people"] for part in parts), strict=True)]
    if not sums or any(one.n < minimum for one in sums):
        return None
    cells = []
    for one, number in zip(sums, people, strict=True):
        found = points(one)
        cells.append({"pairs": rounded_among(one.n, number), **_in_points(found), "verdict": verdict(found)})
    return {"instrument": instrument, "domain": domain, "cells": cells}


def verdict(found: Points) -> str:
    """Decided on the unrounded interval: wholly above zero, wholly below, or neither."""
    if found.low > 0:
        return "rose"
    return "fell" if found.high < 0 else "not_shown"


def _sums(parts: Sequence[Mapping[str, Any]]) -> Sums:
    return total(Sums(**{key: part[key] for key in SUMS}) for part in parts)


def _in_points(found: Points) -> Document:
    values = (found.before, found.after, found.difference, found.low, found.high)
    return dict(zip(POINTS, map(one_decimal, values), strict=True))


def one_decimal(number: float) -> float:
    """Adding zero turns -0.0, which a reader would not understand, into 0.0."""
    return round(number, 1) + 0.0


def _domains(instruments: Sequence[Mapping[str, Any]]) -> list[tuple[str, Mapping[str, Any]]]:
    return [(instrument["key"], domain) for instrument in instruments for domain in instrument["domains"]]


def _named(instrument: str, domain: Mapping[str, Any]) -> Document:
    return {"instrument": instrument, "domain": domain["code"], "heading": domain["heading"]}
