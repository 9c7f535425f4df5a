"""Freezing a cohort of the later wave: changes since the start, and what was kept of a gain; never levels.

People who answered the later wave are not all who answered the one before it. Their means would stand beside those of
a few people more, and the difference would be about those few.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dashboard.outcomes.method import step_of_change
from dashboard.outcomes.paired import DECIMALS, NOISE, Scores
from dashboard.outcomes.release.cohort import Statistics, least_distribution, least_pairs
from dashboard.outcomes.release.sums import safe_sums


@dataclass(frozen=True)
class Later:
    """One domain of the people who answered before and later on; NaN where someone has no score."""

    instrument: str
    domain: str
    low: float
    high: float
    before: Scores
    after: Scores
    later: Scores


def freeze_later(domains: Sequence[Later], k: int, enrolled: int) -> Statistics:
    """What is kept of these people; `enrolled` take part."""
    people = len(domains[0].before) if domains else 0
    found: Statistics = {"people": people, "stated": {"enrolled": enrolled}, "follow_up": {}, "why": {}}
    for domain in domains:
        key = f"{domain.instrument}/{domain.domain}"
        sums = safe_sums(domain.before, domain.later, (domain.low, domain.high), least_pairs(k))
        if isinstance(sums, str):
            found["why"][key] = sums
        else:
            found["follow_up"][key] = sums.as_json | _kept(domain, k)
    return found


def _kept(domain: Later, k: int) -> dict[str, Any]:
    """Who had improved and answered again, and of those who did not lose a whole step since."""
    step = step_of_change(domain.low, domain.high)
    there = ~np.isnan(domain.before + domain.after + domain.later)
    if step is None or int(there.sum()) < least_distribution(k):
        return {"gained": None, "kept": None}
    gain = np.round((domain.after - domain.before)[there], DECIMALS)
    since = np.round((domain.later - domain.after)[there], DECIMALS)
    gained = gain >= step - NOISE
    kept = gained & (since > -step + NOISE)
    numbers = int(gained.sum()), int(kept.sum())
    parts = (len(gain) - numbers[0], numbers[0] - numbers[1], numbers[1])
    return dict(zip(("gained", "kept"), numbers if min(parts) >= k else (None, None), strict=True))
