"""Making a release of what was frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboard.outcomes.canonical import digest
from dashboard.outcomes.method import CONFIDENCE, ROUNDING, SMALLEST_K, STEPS
from dashboard.outcomes.release import aims, people, scores
from dashboard.outcomes.release.cohort import least_distribution, least_pairs
from dashboard.outcomes.release.pooling import Cohort
from dashboard.outcomes.release.verify import verify
from dashboard.outcomes.rules.withheld import must_be_listed

Document = dict[str, Any]


@dataclass(frozen=True)
class Parts:
    """What a release is made of. Only the keys it knows are taken, so nothing else of a programme, story or target can
    slip through. `cohorts` and `later` (those of the wave that comes after): the oldest first."""

    programme: Mapping[str, Any]
    number: int
    built_on: date
    instruments: Sequence[Mapping[str, Any]]
    waves: Mapping[str, Mapping[str, Any] | None]
    cohorts: Sequence[Cohort] = ()
    later: Sequence[Cohort] = ()
    menu: Sequence[str] = ()
    targets: Sequence[Mapping[str, Any]] = ()
    #: At most one of a person; with the `lot` of each.
    quotes: Sequence[Mapping[str, Any]] = ()
    k: int = 10


def build(parts: Parts) -> Document:
    """ValueError when the parts contradict each other: what this returns always passes `verify`."""
    if parts.k < SMALLEST_K:
        raise ValueError(f"k is {parts.k}; numbers about fewer than {SMALLEST_K} people are never published.")
    release = _frame(parts)
    release |= {
        "population": people.who_answered(
            parts.cohorts, parts.later, parts.k, parts.waves["follow_up"] is not None
        ),
        "change": (change := scores.change(parts.cohorts, release["instruments"])),
        "follow_up": _follow_up(parts, change),
        "breakdowns": scores.breakdowns(
            parts.cohorts, parts.menu, release["instruments"], release["method"]["minimum_pairs"]
        ),
        "ladder": people.ladder(parts.cohorts),
        "participation": people.participation(parts.cohorts),
        "themes": people.themes(parts.cohorts),
        "links": people.links(parts.cohorts),
    }
    release["targets"] = aims.targets(parts.targets, parts.cohorts, release)
    release["quotes"] = _quotes(parts, release)
    release["withheld"] = must_be_listed(release, parts.menu)
    release["sha256"] = digest(release)
    if problems := verify(release):
        raise ValueError(" ".join(problems))
    return release


def _frame(parts: Parts) -> Document:
    """Whose release this is and how it was made."""
    return {
        "programme": _only(parts.programme, ("code", "name", "organisation", "fictitious")),
        "number": parts.number,
        "built_on": parts.built_on.isoformat(),
        "k": parts.k,
        "method": _method(parts.k),
        "instruments": [_instrument(instrument) for instrument in parts.instruments],
        "waves": {
            role: None if (wave := parts.waves[role]) is None else _only(wave, ("key", "weeks"))
            for role in ("before", "after", "follow_up")
        },
    }


def _method(k: int) -> Document:
    return {
        "rounding": ROUNDING,
        "minimum_pairs": least_pairs(k),
        "breakdown_minimum": 2 * k,
        "distribution_minimum": least_distribution(k),
        "confidence": CONFIDENCE,
        "step_1_5": STEPS[1.0, 5.0],
        "step_0_10": STEPS[0.0, 10.0],
    }


def _instrument(instrument: Mapping[str, Any]) -> Document:
    domains = [_only(domain, ("code", "heading", "low", "high")) for domain in instrument["domains"]]
    return {**_only(instrument, ("key", "version")), "domains": domains}


def _follow_up(parts: Parts, change: list[Document]) -> list[Document]:
    if parts.waves["follow_up"] is None:
        return []
    return scores.follow_up(parts.later, change)


def _quotes(parts: Parts, release: Document) -> list[Document]:
    """None where too few people answered to tell theirs apart."""
    if not parts.cohorts:
        return []
    domains = {domain["code"] for instrument in release["instruments"] for domain in instrument["domains"]}
    return people.quotes(parts.quotes, domains, parts.number)


def _only(mapping: Mapping[str, Any], keys: Sequence[str]) -> Document:
    return {key: mapping[key] for key in keys}
