"""Made-up people and analyses that the tests of outcomes share."""

from datetime import date
from typing import Any

import numpy as np
from hypothesis import strategies as st

from dashboard.outcomes.analysis import analysis
from dashboard.outcomes.change import DomainScores
from dashboard.outcomes.release import build

NOTHING = np.empty((0, 3), dtype=np.int8)

NAMES = {
    "work": "work",
    "housing": "housing",
    "health": "health",
    "language": "language",
    "life": "life as a whole",
}

# A score is the mean of two or three answers from 1 to 5, or there is none.
score = st.one_of(
    st.integers(2, 10).map(lambda total: total / 2), st.integers(3, 15).map(lambda total: total / 3)
)
score_or_none = st.one_of(score, st.just(float("nan")))


def people(minimum: int = 0, maximum: int = 40, of: Any = score_or_none) -> Any:
    """Strategy: columns before and after of the same people."""
    pairs = st.lists(st.tuples(of, of), min_size=minimum, max_size=maximum)
    return pairs.map(lambda rows: tuple(np.array(rows, dtype=float).reshape(-1, 2).T))


def scores(before: Any, after: Any, **changed: Any) -> DomainScores:
    """One domain on a scale from 1 to 5, without answers to the separate items unless given."""
    columns = {"before": np.array(before, dtype=float), "after": np.array(after, dtype=float)}
    whole = {"instrument": "integration", "domain": "work", "low": 1.0, "high": 5.0} | columns
    return DomainScores(**(whole | {"items_before": NOTHING, "items_after": NOTHING} | changed))


def analysed(domains: list[DomainScores], enrolled: int | None = None) -> dict[str, Any]:
    """An analysis in which everyone with any score has answered that wave."""
    has_before = np.any([~np.isnan(domain.before) for domain in domains], axis=0)
    has_after = np.any([~np.isnan(domain.after) for domain in domains], axis=0)
    total = len(has_before) if enrolled is None else enrolled
    return analysis("aalten", "before", "after", domains, total, has_before, has_after)


def released(domains: list[DomainScores], **changed: Any) -> dict[str, Any]:
    """A release of those domains."""
    instruments = [
        {
            "key": key,
            "version": 1,
            "domains": [_listed(domain) for domain in domains if domain.instrument == key],
        }
        for key in dict.fromkeys(domain.instrument for domain in domains)
    ]
    parts: dict[str, Any] = {
        "programme": {"code": "aalten", "name": "Pilot", "organisation": "Aalten", "fictitious": True},
        "number": 1,
        "built_on": date(2026, 11, 21),
        "instruments": instruments,
        "waves": {"before": {"key": "before", "weeks": 0}, "after": {"key": "after", "weeks": 10}},
        "quotes": [],
    }
    return build(analysed(domains), **(parts | changed))


def _listed(domain: DomainScores) -> dict[str, Any]:
    heading = None if domain.instrument == "wellbeing" else "Markers and means"
    return {"code": domain.domain, "heading": heading, "low": domain.low, "high": domain.high}


def pilot(n: int = 38, seed: int = 20241101) -> list[DomainScores]:
    """A pilot of `n` people: one domain rises, one falls, one does neither, one was hardly answered, and one
    has another scale."""
    random = np.random.default_rng(seed)
    shifts = {"work": 0.8, "housing": -0.7, "health": 0.0, "language": 0.3}
    made = []
    for domain, shift in shifts.items():
        before = np.round(random.uniform(1.8, 4, n) * 3) / 3
        after = np.clip(np.round((before + shift + random.normal(0, 0.5, n)) * 3) / 3, 1, 5)
        if domain == "language":
            after[6:] = np.nan
        made.append(scores(before, after, domain=domain))
    life = np.clip(np.round(random.uniform(3, 8, n)), 0, 10)
    later = np.clip(life + random.integers(-1, 4, n), 0, 10)
    return [*made, scores(life, later, instrument="wellbeing", domain="life", low=0.0, high=10.0)]


QUOTES = [
    {"domain": "work", "text": "I found my own way to the shop.", "language": "en", "stance": "typical"},
    {"domain": "housing", "text": "We had to move again.", "language": "en", "stance": "contrary"},
]
