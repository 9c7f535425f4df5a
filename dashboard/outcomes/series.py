"""More than two waves: every pair of them, headings, and whether a gain was kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np

from dashboard.outcomes.change import standardised
from dashboard.outcomes.method import step_of_change
from dashboard.outcomes.mixed import mixed_change
from dashboard.outcomes.paired import DECIMALS, NOISE, Scores, summary
from dashboard.outcomes.summaries import summaries
from dashboard.outcomes.wilson import wilson

Entry = dict[str, Any]


@dataclass(frozen=True)
class Series:
    """The scores of one domain in all waves: (waves, people), NaN for none. `low` and `high`: ends of the scale."""

    instrument: str
    domain: str
    heading: str | None
    low: float
    high: float
    scores: Scores


@dataclass(frozen=True)
class Heading:
    """The mean of the domains under a heading, person by person: (waves, people)."""

    instrument: str
    heading: str
    scores: Scores


def headings(series: Sequence[Series]) -> list[Heading]:
    """The mean of somebody's domains under each heading, of those who have a score in at least half of them."""
    under: dict[tuple[str, str], list[Scores]] = {}
    for one in series:
        if one.heading:
            under.setdefault((one.instrument, one.heading), []).append(one.scores)
    return [Heading(*key, _mean(found)) for key, found in under.items()]


def _mean(found: Sequence[Scores]) -> Scores:
    total, known = np.zeros_like(found[0]), np.zeros(found[0].shape, dtype=np.int16)
    for scores in found:
        has = ~np.isnan(scores)
        total[has] += scores[has]
        known += has
    enough = (2 * known >= len(found)) & (known > 0)
    return np.divide(total, known, out=np.full_like(total, np.nan), where=enough)


def heading_change(heading: Heading, before: int, after: int) -> Entry:
    """Mean change of a heading between two waves (places in `scores`), in points; None and a note as for a domain.

    Nobody is counted as improved: no step of change was agreed for a mean of domains.
    """
    paired = asdict(summary(heading.scores[before], heading.scores[after], None))
    for key in ("improved", "maintained", "declined"):
        del paired[key]
    entry = {"instrument": heading.instrument, "heading": heading.heading, **paired, **standardised(paired)}
    return entry | {"note": _why(paired["pairs"], paired["sd_difference"])}


def _why(pairs: int, spread: float | None) -> str | None:
    if pairs < 2:
        return (
            "Nobody has both." if not pairs else "Only one person has both, so there is no interval or test."
        )
    return (
        None if spread else "No spread: everyone changed by the same amount, so there is no interval or test."
    )


def every_pair(series: Sequence[Series], waves: Sequence[str]) -> list[Entry]:
    """The change between any two waves, earlier first; `waves` are the keys of the rows of each of `series`."""
    of_headings = headings(series)
    return [
        {
            "before": waves[one],
            "after": waves[other],
            "domains": _domain_changes(series, one, other),
            "headings": [heading_change(each, one, other) for each in of_headings],
        }
        for one, other in combinations(range(len(waves)), 2)
    ]


def _domain_changes(series: Sequence[Series], one: int, other: int) -> list[Entry]:
    if not series:
        return []
    before, after = (np.stack([each.scores[wave] for each in series]) for wave in (one, other))
    found = summaries(before, after, [step_of_change(each.low, each.high) for each in series])
    return [_domain_change(each, asdict(paired)) for each, paired in zip(series, found, strict=True)]


def _domain_change(series: Series, paired: Entry) -> Entry:
    note = _why(paired["pairs"], paired["sd_difference"])
    return {
        "instrument": series.instrument,
        "domain": series.domain,
        **paired,
        **standardised(paired),
        "note": note,
    }


def gain_kept(series: Series) -> Entry:
    """Of those who improved from the first wave to the second, how many kept it at the last of three: there they are
    less than a step below where they were at the second. Counts of people; the share with Wilson's 95% interval."""
    entry: Entry = {"instrument": series.instrument, "domain": series.domain, "improved": None, "kept": None}
    step = step_of_change(series.low, series.high)
    if step is None:
        nothing: Entry = {"share": None, "low": None, "high": None}
        return {**entry, **nothing, "note": "No step of change was agreed for this scale."}
    first, second, last = series.scores[0], series.scores[1], series.scores[-1]
    gained = np.round(second - first, DECIMALS) >= step - NOISE
    known = gained & ~np.isnan(last)
    improved = int(known.sum())
    kept = int((np.round(last - second, DECIMALS)[known] > -step + NOISE).sum())
    low, high = wilson(kept, improved) or (None, None)
    unknown = int(gained.sum()) - improved
    note = f"Of {unknown} more who improved it is not known." if unknown else None
    return {
        **entry, "improved": improved, "kept": kept, "share": kept / improved if improved else None, "low": low,
        "high": high, "note": note if improved else "Nobody improved who also answered the last time.",
    }  # fmt: skip


def mixed(series: Sequence[Series], waves: Sequence[str]) -> list[Entry]:
    """All waves together, for each domain: see `mixed_change`."""
    return [
        {"instrument": one.instrument, "domain": one.domain, **mixed_change(one.scores, waves)}
        for one in series
    ]
