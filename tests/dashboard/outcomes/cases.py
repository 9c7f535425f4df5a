"""Made-up people and analyses that the tests of outcomes share."""

from collections import Counter
from datetime import date
from typing import Any

import numpy as np
from hypothesis import strategies as st

from dashboard.outcomes.analysis import analysis
from dashboard.outcomes.change import DomainScores
from dashboard.outcomes.participation import Done
from dashboard.outcomes.release import Aim, Cohort, Later, Parts, People, build, freeze, freeze_later, only
from dashboard.outcomes.release.cells import DIMENSIONS
from dashboard.outcomes.targets import Shares

WAVES: dict[str, Any] = {
    "before": {"key": "before", "weeks": 0}, "after": {"key": "after", "weeks": 10}, "follow_up": None,
}  # fmt: skip
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


def frozen(domains: list[DomainScores], k: int = 10, **of_people: Any) -> list[Cohort]:
    """The cohort of those who answered anything both times, if they are enough."""
    before, after = (
        np.any([~np.isnan(getattr(one, wave)) for one in domains], axis=0) for wave in ("before", "after")
    )
    both = before & after
    answered = {"enrolled": len(both), "before": int(before.sum()), "after": int(after.sum())}
    if both.sum() < k:
        return []
    return [Cohort(1, freeze(People(only(domains, both), answered=answered, **of_people), k))]


def released(domains: list[DomainScores], **changed: Any) -> dict[str, Any]:
    """A release of those domains, of one cohort."""
    return build(parts(domains, **changed))


def parts(domains: list[DomainScores], **changed: Any) -> Parts:
    instruments = [
        {
            "key": key,
            "version": 1,
            "domains": [_listed(domain) for domain in domains if domain.instrument == key],
        }
        for key in dict.fromkeys(domain.instrument for domain in domains)
    ]
    whole: dict[str, Any] = {
        "programme": {"code": "aalten", "name": "Pilot", "organisation": "Aalten", "fictitious": True},
        "number": 1,
        "built_on": date(2026, 11, 21),
        "instruments": instruments,
        "waves": WAVES,
    }
    if "cohorts" not in changed:
        whole["cohorts"] = frozen(domains, changed.get("k", 10))
    return Parts(**(whole | changed))


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


SAID = (
    ("work", "I found my own way to the shop.", "typical"),
    ("housing", "We had to move again.", "contrary"),
    ("health", "I sleep better.", "typical"),
    ("health", "My back still hurts.", "contrary"),
)
QUOTES = [
    {"domain": domain, "text": text, "language": "en", "stance": stance, "lot": text}
    for domain, text, stance in SAID
]

TARGET: dict[str, Any] = {
    "result": "More people in work", "explanation": "", "measure": "paid_work", "about": None, "unit": "person",
    "group": None, "comparator": "at_least", "value": 0.25, "by_date": "2027-01-01", "owner": "", "source": "",
    "caveat": "", "kind": "share", "told_before": None, "told_now": None,
}  # fmt: skip
TARGETS = [
    TARGET,
    TARGET | {"comparator": "more", "value": None},
    TARGET
    | {"measure": "domain_change", "about": "work", "comparator": "more", "value": None, "kind": "points"},
    TARGET
    | {"measure": "domain_change", "about": "work", "group": "displaced", "value": 3.5, "kind": "points"},
    TARGET | {"measure": "told_number", "told_now": 3.0, "value": 3.0, "kind": "number"},
    TARGET | {"measure": "answered", "value": 0.8},
    TARGET | {"measure": "exam_passed"},
    TARGET | {"measure": None, "comparator": None, "value": None},
]


def crowd(n: int, seed: int) -> People:
    """`n` people of whom something is known in every section of a release."""
    random = np.random.default_rng(seed)
    values = {
        name: [str(one) for one in random.choice(list(order[:3]), n)] for name, order in DIMENSIONS.items()
    }
    values["group"] = ["displaced" if one == "newcomer" else one for one in values["group"]]
    steps = [
        (str(one), str(min(6, one + more))) for one, more in random.integers((1, -1), (6, 2), (n, 2)).clip(1)
    ]
    done = [Done(place, kind, None, False) for place in range(n) for kind in KINDS if random.random() < 0.5]
    links = [(int(place), "obstacle", "language", "work") for place in np.flatnonzero(random.random(n) < 0.4)]
    notes = [(int(place), frozenset(random.choice(["work", "housing", "language"], 2))) for place in range(n)]
    worked, works = random.random(n) < 0.3, random.random(n) < 0.6
    return People(
        domains=pilot(n, seed), profiles=values, steps=steps, done=done, links=links, notes=notes,
        aims={"paid_work||person|": Aim(Shares(works.tolist(), worked.tolist()), n, 0)},
        answered={"enrolled": n + 20, "before": n + 12, "after": n},
        enrolled={name: Counter(of) for name, of in values.items()},
    )  # fmt: skip


KINDS = ("paid_work", "volunteering", "course")


def later(people: People) -> list[Later]:
    """The same people, half a year on."""
    random, found = np.random.default_rng(1), []
    for domain in people.domains:
        moved = np.clip(domain.after + random.normal(0, 0.7, len(people)), domain.low, domain.high)
        where = (domain.instrument, domain.domain, domain.low, domain.high)
        found.append(Later(*where, domain.before, domain.after, moved))
    return found


def rich() -> dict[str, Any]:
    """A release with something in every section, of two cohorts and a follow-up."""
    first = crowd(150, 1)
    one = freeze(first, 10)
    two = freeze(crowd(130, 2), 10, [one])
    waves = WAVES | {"follow_up": {"key": "follow_up", "weeks": 26}}
    quotes = [{**QUOTES[n % 3], "text": f"Said {n}", "lot": f"{n}"} for n in range(5)]
    return released(
        first.domains, number=2, waves=waves, cohorts=[Cohort(1, one), Cohort(2, two)], quotes=quotes,
        later=[Cohort(2, freeze_later(later(first), 10, 170))], menu=("group", "age_band"), targets=TARGETS,
    )  # fmt: skip
