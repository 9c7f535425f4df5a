"""Invented people and their answers, the same every time: pure, from a fixed seed.

Each person has a standing of their own and each domain a mean that moves by a stated step between waves, so that
some domains improve and some do not. Nothing here is about anyone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from instruments import library

#: Domain -> mean before, and how much it moves by the after wave (the gain is mostly kept at follow-up).
MEANS = {
    "work": (2.1, 0.6), "housing": (2.7, 0.0), "education": (2.4, 0.4), "health": (3.0, 0.1), "leisure": (2.5, 0.5),
    "bonds": (3.4, 0.0), "bridges": (2.0, 0.7), "links": (2.3, 0.5), "language": (1.8, 0.8), "culture": (2.6, 0.3),
    "digital": (3.3, 0.1), "safety": (3.7, -0.05), "stability": (2.2, 0.1), "rights": (2.4, 0.3),
    "wellbeing": (2.8, 0.3), "life_satisfaction": (5.4, 0.6),
}  # fmt: skip
KEPT = 0.9
WITHOUT_WORK = 0.45


@dataclass(frozen=True)
class Plan:
    """What to invent: so many people, their first day, which waves they answered, and how many leave before each."""

    prefix: str
    people: int
    started_on: date
    #: Wave key -> (weeks after the start, people who had left by then).
    waves: Mapping[str, tuple[int, int]]
    seed: int
    groups: tuple[str, ...] = ("displaced",)
    languages: tuple[tuple[str, float], ...] = (("uk", 0.8), ("en", 0.1), ("nl", 0.1))
    #: Keys of instruments with which later waves look back.
    looks_back: tuple[str, ...] = ()


def rows(plan: Plan, instruments: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Rows of the exchange file, one per response."""
    random = Random(plan.seed)  # noqa: S311 - invented answers, not secrets
    for number in range(1, plan.people + 1):
        person = _person(plan, number, random)
        standing = random.gauss(0, 0.55)
        without_work = random.random() < WITHOUT_WORK
        for position, (wave, (weeks, left)) in enumerate(plan.waves.items()):
            if number > plan.people - left:
                continue
            answered_on = plan.started_on + timedelta(weeks=weeks, days=random.randrange(0, 12))
            for key in instruments:
                answers = _answers(key, position, standing, without_work and position == 0, random)
                yield {**person, "wave": wave, "instrument": key, "date": answered_on.isoformat(), **answers}
            for key in plan.looks_back if position else ():
                answers = _looking_back(key, standing, Random(f"{plan.seed}{number}{key}"))  # noqa: S311 - as above
                yield {**person, "wave": wave, "instrument": key, "date": answered_on.isoformat(), **answers}


def _person(plan: Plan, number: int, random: Random) -> dict[str, str]:
    codes, weights = zip(*plan.languages, strict=True)
    return {
        "participant": f"{plan.prefix}{number:02d}",
        "version": "",
        "respondent": "self",
        "language": random.choices(codes, weights)[0],
        "mode": "self",
        "group": random.choice(plan.groups),
        "gender": random.choices(("woman", "man", "unknown"), (0.62, 0.35, 0.03))[0],
        "birth_year": str(random.choice(range(1955, 2005, 5))),
        "arrival_year": str(random.choice((2022, 2022, 2022, 2023, 2024))),
        "enrolled_on": plan.started_on.isoformat(),
    }


def _answers(key: str, position: int, standing: float, without_work: bool, random: Random) -> dict[str, str]:
    instrument = library.load(key)
    answers = {}
    for domain in instrument.domains:
        mean, step = MEANS[domain.code]
        gain = (0.0, step, step * KEPT)[min(position, 2)]
        feeling = (
            mean + gain + standing * (2 if domain.code == "life_satisfaction" else 1) + random.gauss(0, 0.35)
        )
        for item in domain.items:
            codes = instrument.scale_of(item.id).codes
            answers[item.id] = _answer(item.id, item.not_applicable, feeling, codes, without_work, random)
    return answers


def _looking_back(key: str, standing: float, random: Random) -> dict[str, str]:
    """How people remember it: the start somewhat worse than they said then, and most things better since."""
    instrument = library.load(key)
    answers = {}
    for domain in instrument.domains:
        mean, step = MEANS[domain.code]
        for item in domain.items:
            remembered = {"then": mean - 0.3, "now": mean + step}.get(
                item.id.rpartition("_")[2], 3 + 1.5 * step
            )
            codes = instrument.scale_of(item.id).codes
            answers[item.id] = _answer(item.id, False, remembered + standing, codes, False, random)
    return answers


def _answer(
    item: str,
    not_applicable: bool,
    feeling: float,
    codes: tuple[int, ...],
    without_work: bool,
    random: Random,
) -> str:
    if item == "work_2" and without_work:
        return "na"
    chance = random.random()
    if chance < 0.04:
        return random.choice(("dk", "pna", "", "na" if not_applicable else "dk"))
    value = round(feeling + random.gauss(0, 0.6 if len(codes) == 5 else 1.2))
    return str(min(max(value, codes[0]), codes[-1]))
