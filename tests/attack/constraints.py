"""From what was printed to arithmetic about people: every number of a release, by the rule it was rounded with.

The rules are public, so the attacker knows them. What is withheld tells something too: there were fewer than k.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from tests.attack.people import WAVES, Person, items_of, score
from tests.attack.puzzle import NOTHING, POINTS, Count, Flags, Numbers, Puzzle, Question, Whole, World

Document = Mapping[str, Any]
BASE = 5
#: Ages by the first year of them, and periods of arrival likewise, as a release names them.
AGES = ((55, "55_and_over"), (45, "45_54"), (35, "35_44"), (25, "25_34"), (-1, "under_25"))
PERIODS = (
    (2024, "2024_on"),
    (2022, "2022_2023"),
    (2020, "2020_2021"),
    (2015, "2015_2019"),
    (-1, "until_2014"),
)
#: What stands beside the numbers of an entry, and may differ where those are the same.
BESIDE = ("release", "holm", "bh", "verdict", "why", "by_date")
DIMENSIONS = ("group", "gender", "age_band", "route", "language", "arrival_period")


@dataclass(frozen=True)
class Roster:
    """What the attacker knows of everybody: their profile, in which cohort they are, and the year of the release.

    `cohort`: the number of the release for which somebody's answers were taken up; 0 for who did not answer twice.
    `later`: the same of answers before and in the later wave.
    """

    people: Sequence[Person]
    cohort: Whole
    year: int
    later: Whole | None = None

    @property
    def inside(self) -> Flags:
        return self.cohort > 0 if self.later is None else (self.cohort > 0) | (self.later > 0)

    def of(self, chosen: Flags) -> Roster:
        """The same of some of the people."""
        people = [person for person, one in zip(self.people, chosen, strict=True) if one]
        return Roster(
            people, self.cohort[chosen], self.year, None if self.later is None else self.later[chosen]
        )

    def behind(self, cohorts: Collection[int], columns: tuple[int, int] = (0, 1)) -> Flags:
        """Who is in these cohorts: of the later wave if it is about that."""
        of = self.later if columns[1] == 2 and self.later is not None else self.cohort
        return np.isin(of, list(cohorts))

    def value(self, person: Person, dimension: str) -> str:
        return value_of(person.profile, dimension, self.year)

    def members(self, dimension: str, values: Sequence[str]) -> Flags:
        return np.array([self.value(person, dimension) in values for person in self.people], bool)


def value_of(profile: Mapping[str, Any], dimension: str, year: int) -> str:
    """How a release calls what somebody is."""
    if dimension == "age_band":
        return next(name for first, name in AGES if year - profile["birth_year"] - 2 >= first)
    if dimension == "arrival_period":
        return next(name for first, name in PERIODS if profile["arrival_year"] >= first)
    return profile[dimension] or "unknown"


def might_be(printed: int, of: int, least: int = 0) -> tuple[int, int]:
    """Which counts were printed so: rounded to five, and one step lower where that would say that it is all `of`."""
    return max(printed - BASE // 2, least, 0), of if of < printed + BASE else printed + BASE // 2


def answers(
    document: Document, roster: Roster, domain: str, earlier: Iterable[Document] = (), skips: bool = True
) -> Puzzle:
    """What was answered about a domain by those who are in a cohort, from this release and earlier ones.

    `skips`: whether somebody may have left a question out; otherwise the attacker knows that nobody did.
    """
    releases = [*earlier, document]
    waves = 3 if any(one.get("follow_up") for one in releases) and roster.later is not None else 2
    part = roster.of(roster.inside if waves == 3 else roster.cohort > 0)
    states, unit = states_of(domain, document, waves)
    puzzle = Puzzle(domain, states, unit, np.ones((len(part.people), len(states)), bool))
    numbers: list[Numbers] = []
    counts: list[Count] = []
    either: list[list[Count]] = []
    for one, entry, who, columns in _printed(releases, part, domain, waves):
        numbers.append(_numbers(entry, who, columns, one["k"]))
        more, choice = _moves(entry, who, puzzle, one, columns)
        counts += more
        either += choice
    allowed = _told_when(part, states, skips)
    return Puzzle(domain, states, unit, allowed, numbers, counts, either, questions(states))


def _told_when(roster: Roster, states: Whole, skips: bool) -> Flags:
    """Which states are possible for somebody of whom one knows in which waves they answered."""
    there = np.ones((len(roster.people), states.shape[1]), bool)
    if states.shape[1] == 3 and roster.later is not None:
        there[:, 1], there[:, 2] = roster.cohort > 0, roster.later > 0
    told = (states != NOTHING)[None]
    return (np.where(there[:, None], told | skips, ~told)).all(2)


def _printed(
    releases: Sequence[Document], roster: Roster, domain: str, waves: int
) -> Iterator[tuple[Document, Document, Flags, tuple[int, int]]]:
    """Every entry with numbers of this domain, in which release it is new, the people it is about, and the waves."""

    def change(one: Document) -> Document | None:
        return _of_domain(one["change"], domain)

    def follow_up(one: Document) -> Document | None:
        return _of_domain(one.get("follow_up", ()), domain)

    for release, entry, cohorts in told(releases, change):
        yield release, entry, roster.behind(cohorts), (0, 1)
    for release, entry, cohorts in told(releases, follow_up) if waves == 3 else ():
        yield (
            release,
            {"before_mean": None, "after_mean": None, **entry},
            roster.behind(cohorts, (0, 2)),
            (0, 2),
        )
    for dimension in DIMENSIONS:

        def compared(one: Document, dimension: str = dimension) -> Document | None:
            by = next((each for each in one["breakdowns"] if each["dimension"] == dimension), None)
            entry = by and next((each for each in by["change"] if each["domain"] == domain), None)
            return (
                by and entry and {"values": [cell["values"] for cell in by["cells"]], "cells": entry["cells"]}
            )

        for release, entry, cohorts in told(releases, compared):
            for values, cell in zip(entry["values"], entry["cells"], strict=True):
                yield release, cell, roster.members(dimension, values) & roster.behind(cohorts), (0, 1)


def _of_domain(entries: Iterable[Document], domain: str) -> Document | None:
    return next((one for one in entries if one["domain"] == domain and one["pairs"] is not None), None)


def told(
    releases: Sequence[Document], find: Callable[[Document], Document | None]
) -> Iterator[tuple[Document, Document, Collection[int]]]:
    """Each release in which what is found there is new, and which cohorts it rests on. What reads as it did in the
    release before rests on the same people; of the first that is known, on no later cohorts."""
    said: dict[str, Any] = {}
    behind: set[int] = set()
    for place, release in enumerate(releases):
        entry = find(release)
        numbers = {key: value for key, value in (entry or {}).items() if key not in BESIDE}
        if entry is not None and numbers != said:
            behind = behind | ({release["number"]} if place else set(range(1, release["number"] + 1)))
            said = numbers
            yield release, entry, frozenset(behind)


def _numbers(entry: Document, who: Flags, columns: tuple[int, int], k: int) -> Numbers:
    pairs = might_be(entry["pairs"], int(who.sum()), k)
    return Numbers(who, columns, pairs, {key: entry[key] for key in POINTS}, entry["verdict"])


def _moves(
    entry: Document, who: Flags, puzzle: Puzzle, release: Document, columns: tuple[int, int]
) -> tuple[list[Count], list[list[Count]]]:
    """How many improved, stayed and declined; what is left out had fewer than k, or left fewer."""
    k, classes = release["k"], moves(puzzle.states, puzzle.unit, puzzle.name, columns)
    if columns == (0, 2):
        return _kept(entry, who, puzzle), []
    told = {key: flags for key, flags in classes.items() if entry.get(key) is not None}
    counts = [Count(who, flags, *_of(entry[key], k, puzzle)) for key, flags in told.items()]
    minimum = release["method"]["distribution_minimum"]
    if (
        "improved" not in entry
        or entry["pairs"] - BASE // 2 < minimum
        or len(release["population"]["cohorts"]) > 1
    ):
        return counts, []
    choice = [Count(who, flags, 0, k - 1) for key, flags in classes.items() if entry[key] is None]
    return counts, [choice] if choice else []


def _kept(entry: Document, who: Flags, puzzle: Puzzle) -> list[Count]:
    if entry["gained"] is None:
        return []
    gained = moves(puzzle.states, puzzle.unit, puzzle.name, (0, 1))["improved"] & (
        puzzle.states[:, 2] != NOTHING
    )
    lost = moves(puzzle.states, puzzle.unit, puzzle.name, (1, 2))["declined"]
    return [
        Count(who, flags, max(0, entry[key] - 2), entry[key] + 2)
        for key, flags in (("gained", gained), ("kept", gained & ~lost))
    ]


def _of(printed: int, k: int, puzzle: Puzzle) -> tuple[int, int]:
    return max(printed - BASE // 2, k), min(printed + BASE // 2, puzzle.people)


def states_of(domain: str, document: Document, waves: int) -> tuple[Whole, int]:
    """Every pair (or three) of scores that somebody can have, those without one included."""
    short = any(one["instrument"] == "integration-short" for one in document["change"])
    items = len(items_of(domain, short))
    low, high = (0, 10) if domain == "life_satisfaction" else (1, 5)
    answered = [number for number in range(1, items + 1) if 2 * number >= items]
    unit = int(np.lcm.reduce(answered))
    scores = sorted(
        {point * unit // number for number in answered for point in range(low * number, high * number + 1)}
    )
    return np.array(list(product([NOTHING, *scores], repeat=waves)), np.int64), unit


def moves(states: Whole, unit: int, domain: str, columns: tuple[int, int]) -> dict[str, Flags]:
    first, second = states[:, columns[0]], states[:, columns[1]]
    step = (1.0 if domain == "life_satisfaction" else 0.5) * unit
    pair, change = (first != NOTHING) & (second != NOTHING), second - first
    up, down = pair & (change >= step), pair & (change <= -step)
    return {"improved": up, "maintained": pair & ~up & ~down, "declined": down}


def questions(states: Whole) -> list[Question]:
    """Of each wave which score, or none."""
    asked = []
    for column, wave in zip(range(states.shape[1]), WAVES, strict=False):
        scores = states[:, column]
        asked.append(Question(wave, {str(value): scores == value for value in np.unique(scores)}))
    return asked


def world_of(puzzle: Puzzle, roster: Roster, short: bool) -> World:
    """What these people really answered, as a world: known to the referee alone."""
    items, waves = items_of(puzzle.name, short), puzzle.states.shape[1]
    place = {tuple(state): at for at, state in enumerate(puzzle.states.tolist())}
    people = roster.of(roster.inside if waves == 3 else roster.cohort > 0).people
    scores = [[score(one.answers.get(wave, {}), items) for wave in WAVES[:waves]] for one in people]
    return np.array(
        [place[tuple(NOTHING if one is None else round(one * puzzle.unit) for one in row)] for row in scores]
    )
