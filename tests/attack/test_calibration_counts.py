"""The attack on what casemanagers wrote down, on quotes and on taking back breaks what is weak."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from tests.attack import casework, quotes
from tests.attack.constraints import Document, Roster
from tests.attack.membership import withdrawals
from tests.attack.people import Kind, Person, population
from tests.attack.published import document, weaker
from tests.attack.quotes import Drawing, Quote
from tests.attack.solve import Verdict, attack

EMPTY: Document = {"number": 1, "k": 10, "ladder": None, "participation": [], "targets": [], "themes": []}


def roster(people: list[Person], cohorts: list[int] | None = None) -> Roster:
    return Roster(people, np.array(cohorts or [1] * len(people)), 2026)


def of_groups(**sizes: int) -> list[Person]:
    """Of each group twelve follow a course, or everybody if there are fewer."""
    course = frozenset({("course", "")})
    return [
        Person(f"{group}-{number}", {"group": group}, does=course if number < 12 else frozenset())
        for group, size in sizes.items()
        for number in range(size)
    ]


def aimed(people: int, of: int, group: str | None = None) -> dict[str, Any]:
    return {
        "measure": "activity",
        "about": "course",
        "unit": "person",
        "group": group,
        "people": people,
        "of": of,
        "before": None,
    }


def test_groups_that_leave_a_few_out_tell_of_those_few() -> None:
    """Three counts of groups are rounded down, and the one of everybody is rounded up."""
    people = of_groups(displaced=22, newcomer=22, family_migrant=22, interim_group=2)
    groups = [aimed(10, 20, group) for group in ("displaced", "newcomer", "family_migrant")]
    assert ("does course", "yes", 2) in on_courses([aimed(40, 70), *groups], people).certain
    assert on_courses([aimed(40, 70), *groups[:2]], people).holds


def on_courses(targets: list[dict[str, Any]], people: list[Person]) -> Verdict:
    row = {"kind": "course", "activity": None, "group": None, "people": targets[0]["people"], "of": 70}
    puzzle, world = casework.activities(
        [EMPTY | {"targets": targets, "participation": [row]}], roster(people), "course"
    )
    return attack(puzzle, world)


def test_a_ladder_on_which_all_went_up_tells_it_of_everybody() -> None:
    people = [Person(f"p-{number}", {"group": "displaced"}, steps=("2", "4")) for number in range(38)]
    bands = {"before": [{"step": "1-6", "people": 40}], "after": [{"step": "1-6", "people": 40}]}
    told = EMPTY | {"k": 0, "ladder": {**bands, "up": 40, "same": 0, "down": 0, "people": 35}}
    puzzle, world = casework.ladder([told], roster(people))
    assert ("moved", "up", 38) in attack(puzzle, world, excludes=True).certain


# --- quotes


def told(*domains: str) -> list[Quote]:
    return [
        {"domain": domain, "text": f"Said {number}", "language": "nl"}
        for number, domain in enumerate(domains)
    ]


PROGRAMMES = (
    ("work", "work", "housing", "language", "language"),
    ("work", "housing", "health", "health"),
    ("work", "work", "work", "bridges", "language"),
    ("work", "language", "housing", "bridges", "health", "work"),
)


def seen_to_be_taken_back(domains: tuple[str, ...], rules: Drawing) -> int:
    """Over all quotes that somebody may take back between two releases, and some lots: how often it is certain."""
    everything, random = told(*domains), np.random.default_rng(1)
    certain = 0
    for number in range(2, 14):
        first, second = [], []
        orders = [random.permutation(len(everything)) for _ in range(2)]
        there = [one for place, one in enumerate(everything) if place != number % len(everything)]
        if rules.is_secret:
            first = quotes.shown([everything[place] for place in orders[0]], rules)
            second = quotes.shown(
                [everything[place] for place in orders[1] if everything[place] in there], rules
            )
        else:
            first = quotes.shown(sorted(everything, key=partial(quotes.lot, number=1)), rules)
            second = quotes.shown(sorted(there, key=partial(quotes.lot, number=number)), rules)
        certain += len(quotes.taken_back(first, second, number, rules))
    return certain


@pytest.mark.parametrize("weak", [Drawing(out_of=0), Drawing(is_secret=False)])
def test_a_quote_that_was_taken_back_is_seen_where_lots_are_weak(weak: Drawing) -> None:
    assert sum(seen_to_be_taken_back(domains, weak) for domains in PROGRAMMES) > 0


@pytest.mark.parametrize("domains", PROGRAMMES)
def test_a_quote_that_was_taken_back_is_not_seen(domains: tuple[str, ...]) -> None:
    assert seen_to_be_taken_back(domains, Drawing()) == 0


def test_words_in_the_language_of_one_person_are_theirs() -> None:
    languages = ["uk"] * 30 + ["ti"] + ["en"] * 12
    said = [{"domain": "work", "text": "…", "language": language} for language in ("nl", "ti", "en", "uk")]
    assert [one["language"] for one in quotes.authors(said, languages)] == ["ti"]
    assert not quotes.authors(quotes.printed(said, languages), languages)


# --- taking back


def test_a_group_counted_among_those_who_are_left_tells_who_was_erased() -> None:
    """Thirteen women came late, one was in the first release: written among fifteen, and then among fourteen."""
    late = [Person(f"l-{number}", {"gender": "woman"}) for number in range(13)]
    early = [Person(f"e-{number}", {"gender": "woman" if number == 0 else "man"}) for number in range(20)]
    who = roster([*early, *late, Person("waits", {"gender": "woman"})], [1] * 20 + [2] * 13 + [0])
    people = {"enrolled": 35, "before": 35, "after": 35, "both": 35}
    first: dict[str, Any] = {"number": 1, "population": {"people": people}, "breakdowns": []}
    cells = [{"values": ["woman"], "people": 10}]
    second = first | {"number": 2, "breakdowns": [{"dimension": "gender", "release": 2, "cells": cells}]}
    world = np.array([2] + [0] * 19)
    assert ("erased", "yes", 1) in attack(withdrawals(first, second, who), world).certain


def test_a_second_release_that_is_made_anew_tells_who_took_it_back() -> None:
    people = population(Kind(40, 3, leaves=0))
    first = document(roster(people), weaker())
    left = first | {
        "number": 2,
        "population": first["population"]
        | {"people": dict.fromkeys(("before", "after", "both", "enrolled"), 10)},
    }
    left["population"]["people"]["both"] = 40
    who = roster(people, [1] * 28 + [2] * 12)
    assert ("still there", "no", 28) in attack(withdrawals(first, left, who), np.ones(28, np.int64)).certain
