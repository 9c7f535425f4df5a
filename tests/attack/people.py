"""Synthetic people: who they are, which the attacker knows, and what they answered, which nobody should find out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

DOMAINS = (
    "work", "housing", "education", "health", "leisure", "bonds", "bridges",
    "links", "language", "culture", "digital", "safety", "stability", "rights",
)  # fmt: skip
#: What somebody may know of everybody in a small town, and how often each value occurs among newcomers.
PROFILE: dict[str, dict[Any, float]] = {
    "group": {
        "displaced": 0.46, "newcomer": 0.3, "family_migrant": 0.12, "earlier_newcomer": 0.08, "interim_group": 0.04,
    },
    "gender": {"woman": 0.57, "man": 0.38, "other": 0.01, "unknown": 0.04},
    "birth_year": {1960: 0.06, 1970: 0.12, 1975: 0.14, 1980: 0.17, 1985: 0.2, 1990: 0.14, 1995: 0.1, 2000: 0.07},
    "route": {"b1": 0.42, "education": 0.1, "self_reliance": 0.24, None: 0.24},
    "language": {"uk": 0.42, "ar": 0.26, "ru": 0.1, "ti": 0.12, "fa": 0.06, "tr": 0.04},
    "arrival_year": {2018: 0.1, 2020: 0.08, 2022: 0.34, 2023: 0.28, 2024: 0.2},
}  # fmt: skip
FIRST_DAY = date(2025, 1, 6)
#: Where people stand at the start, in points of five, and how far they come: two near an end of the scale.
START = dict(
    zip(DOMAINS, (2.0, 3.2, 2.6, 3.1, 2.8, 3.6, 2.2, 2.5, 1.7, 2.9, 2.7, 4.4, 2.6, 2.4), strict=True)
)
COMES = dict(
    zip(DOMAINS, (0.7, 0.1, 0.5, 0.0, 0.3, 0.1, 0.6, 0.4, 1.0, 0.3, 0.4, -0.2, 0.2, 0.4), strict=True)
)
WAVES = ("before", "after", "follow_up")
#: In which week of somebody's time a wave falls; `again` is for those who missed the one after.
WEEKS = {"before": 0, "after": 10, "again": 30, "follow_up": 26}
NON_ANSWERS = ("dk", "pna")
#: Kinds of activities, how often there is one, and what the town calls them; "" is no name of its own.
DOES = {"volunteering": 0.4, "course": 0.55, "paid_work": 0.35, "language_buddy": 0.3}
NAMED = {
    "volunteering": ("", "Tuin", "Tuin", "Keuken"), "course": ("", "Fietsles"), "paid_work": ("",),
    "language_buddy": ("",),
}  # fmt: skip
LABELS = ("work", "housing", "language", "social", "childcare")


@dataclass(frozen=True)
class Person:
    name: str
    profile: dict[str, Any]
    #: Per wave in which this person took part, the answer to each item: a code, or a non-answer.
    answers: dict[str, dict[str, int | str]] = field(default_factory=dict)
    #: What casemanagers wrote down: steps on the ladder before and after, kinds of activities with what they are called
    #: if they are, and the labels of each note.
    steps: tuple[str, str] | None = None
    does: frozenset[tuple[str, str]] = frozenset()
    notes: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True)
class Kind:
    """How a population is made. `skips`: share of items not answered; `leaves`: share of people who answer once;
    `alike`: how much of an answer people have in common, 0 for the usual spread and 1 for none at all. `late`: so many
    miss the second wave and answer a later one instead; `gone`: so many take back or are erased before that."""

    people: int
    seed: int
    waves: tuple[str, ...] = ("before", "after")
    short: bool = True
    skips: float = 0.03
    leaves: float = 0.1
    alike: float = 0.0
    late: int = 0
    gone: int = 0


def items_of(domain: str, short: bool) -> list[str]:
    if domain == "wellbeing":
        return [f"wellbeing_{number}" for number in range(1, 6)]
    if domain == "life_satisfaction":
        return ["life_satisfaction"]
    return [f"{domain}_short"] if short else [f"{domain}_{number}" for number in (1, 2, 3)]


def population(kind: Kind) -> list[Person]:
    """Correlated answers of people with correlated profiles; the same ones for the same seed."""
    random = np.random.default_rng([kind.seed, kind.people])
    people = [_person(kind, number, random) for number in range(kind.people)]
    random = np.random.default_rng([kind.seed, kind.people, 1])
    return [replace(person, **_cared_for(person, random)) for person in people]


def _cared_for(person: Person, random: np.random.Generator) -> dict[str, Any]:
    """What casemanagers write down of somebody; who fled Ukraine works more and follows fewer courses."""
    first, fled = int(random.integers(1, 6)), person.profile["group"] == "displaced"
    last = min(6, max(1, first + int(random.choice([-1, 0, 0, 1, 1, 2]))))
    chances = {
        kind: chance + (0.15 if (kind == "paid_work") == fled else -0.05) for kind, chance in DOES.items()
    }
    does = {
        (kind, str(random.choice(NAMED[kind])))
        for kind, chance in chances.items()
        if random.random() < chance
    }
    notes = [
        frozenset(random.choice(LABELS, size=int(random.integers(1, 3))))
        for _ in range(int(random.integers(3)))
    ]
    known = random.random() < 0.93
    return {
        "steps": (str(first), str(last)) if known else None,
        "does": frozenset(does),
        "notes": tuple(map(_texts, notes)),
    }


def _texts(labels: Iterable[Any]) -> frozenset[str]:
    return frozenset(map(str, labels))


def _person(kind: Kind, number: int, random: np.random.Generator) -> Person:
    profile = _profile(random)
    waves = [wave for wave in kind.waves if wave == "before" or random.random() >= kind.leaves]
    feels, comes = random.normal(0, 0.55), random.normal(0, 0.4)
    own = {domain: random.normal(0, 0.5) for domain in (*DOMAINS, "wellbeing", "life_satisfaction")}
    person = Person(f"person-{kind.people}-{kind.seed}-{number:03}", profile)
    for wave in waves:
        moved = 0.0 if wave == "before" else 1.0
        helped = -0.4 if profile["route"] == "self_reliance" else 0.1
        answers: dict[str, int | str] = {}
        for domain, shift in own.items():
            level = START.get(domain, 3.0) + moved * (COMES.get(domain, 0.3) + comes + helped)
            spread = (1 - kind.alike) * (feels + shift)
            answers |= _answers(kind, domain, level + spread, random)
        person.answers[wave] = answers
    return person


def _profile(random: np.random.Generator) -> dict[str, Any]:
    drawn: dict[str, Any] = {}
    for fact, shares in PROFILE.items():
        values, chances = list(shares), np.array(list(shares.values()))
        if fact in ("route", "language", "arrival_year"):
            chances = chances * _goes_with(drawn["group"], fact, values)
        drawn[fact] = values[int(random.choice(len(values), p=chances / chances.sum()))]
    return drawn


def _goes_with(group: str, fact: str, values: list[Any]) -> NDArray[np.float64]:
    """Who fled Ukraine follows no route, speaks Ukrainian or Russian, and came in 2022 or later."""
    fled = group == "displaced"
    usual: dict[str, tuple[Any, ...]] = {
        "route": (None,), "language": ("uk", "ru"), "arrival_year": (2022, 2023, 2024),
    }  # fmt: skip
    return np.array([1.0 if (value in usual[fact]) == fled else 0.08 for value in values])


def _answers(kind: Kind, domain: str, level: float, random: np.random.Generator) -> dict[str, int | str]:
    low, high = (0, 10) if domain == "life_satisfaction" else (1, 5)
    if high == 10:
        level = (level - 1) * 2.5
    noise = (1 - kind.alike) * (high - low) / 8
    found: dict[str, int | str] = {}
    for item in items_of(domain, kind.short):
        point = int(min(high, max(low, round(random.normal(level, noise)))))
        is_skipped = random.random() < kind.skips
        found[item] = NON_ANSWERS[int(random.integers(2))] if is_skipped else point
    return found


def score(answers: dict[str, int | str], items: list[str]) -> float | None:
    """The mean of what was answered if that is at least half, as the public description of scores says."""
    points = [answer for item in items if isinstance(answer := answers.get(item), int)]
    return sum(points) / len(points) if 2 * len(points) >= len(items) and points else None


def answered_on(person: Person, wave: str) -> date:
    """Somebody's day: spread over four weeks, so that order and dates could tell something."""
    start = FIRST_DAY + timedelta(weeks=WEEKS[wave])
    return start + timedelta(days=sum(map(ord, person.name)) * 7 % 27)
