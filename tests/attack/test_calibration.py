"""The attack breaks what is weak. Whoever cannot do that finds nothing in what is strong either."""

from __future__ import annotations

import numpy as np
import pytest

from tests.attack.constraints import Roster, answers, world_of
from tests.attack.membership import membership
from tests.attack.people import Kind, Person, population
from tests.attack.published import document, weaker
from tests.attack.puzzle import Puzzle, World, close_groups
from tests.attack.solve import Verdict, attack
from tests.attack.weakened import given, live, two_filters

YEAR = 2026


def roster(people: list[Person], cohorts: list[int] | None = None) -> Roster:
    both = [int({"before", "after"} <= set(person.answers)) for person in people]
    return Roster(people, np.array(cohorts or both), YEAR)


def known(verdict: Verdict) -> float:
    assert not verdict.unknown and not verdict.is_contradictory
    return verdict.share_known("before")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_groups_of_five_and_two_filters_give_a_quarter_of_the_answers_away(seed: int) -> None:
    people = population(Kind(38, seed, leaves=0))
    told = given(people, "housing")
    verdict = attack(two_filters(people, told, 5, YEAR), told - 1)
    assert known(verdict) >= 0.25
    assert verdict.close


def test_what_is_said_to_be_certain_is_what_was_answered() -> None:
    people = population(Kind(38, 4, leaves=0))
    told = given(people, "housing")
    puzzle = two_filters(people, told, 5, YEAR)
    of_truth = sorted(str(answer) for answer in told)
    for _question, option, size in attack(puzzle, told - 1).certain:
        assert of_truth.count(option) >= size
    # Without the truth to begin with, the attacker comes to the same.
    assert known(attack(puzzle)) == pytest.approx(known(attack(puzzle, told - 1)))


def test_live_totals_give_every_newest_answer_away() -> None:
    people = population(Kind(38, 5, leaves=0))
    told = given(people, "work")
    for newest, puzzle in enumerate(live(told, 10), start=10):
        verdict = attack(puzzle, told - 1)
        assert ("before", str(told[newest]), 1) in verdict.certain
        assert verdict.close == [1]


def test_a_release_of_small_groups_is_broken() -> None:
    """Means and margins of groups of four, to two decimals, and with exact numbers of people."""
    people = population(Kind(38, 6, leaves=0, skips=0))
    who = roster(people)
    rules = weaker(k=4, is_rounded=False, has_limits=False, decimals=2, dimensions=("group", "gender"))
    puzzle = answers(document(who, rules), who, "safety", skips=False)
    verdict = attack(puzzle, truth(puzzle, who))
    assert verdict.excluded and verdict.close


def test_a_mean_near_the_end_of_the_scale_is_broken_and_is_not_printed() -> None:
    people = population(Kind(12, 7, leaves=0, skips=0))
    for person in people:
        person.answers["before"]["safety_short"] = 5
    who = roster(people)
    weak = answers(document(who, weaker(has_limits=False)), who, "safety", skips=False)
    assert attack(weak, truth(weak, who)).share_known("before") == 1
    strong = answers(document(who, weaker()), who, "safety", skips=False)
    assert attack(strong, truth(strong, who)).share_known("before") == 0


def test_one_person_more_in_the_next_release_is_seen() -> None:
    people = population(Kind(40, 8, leaves=0))
    who = roster(people, [1] * 39 + [2])
    first, second = (document(who, weaker(), number=number) for number in (1, 2))
    assert 1 in close_groups(answers(second, who, "work", [first]))


def test_ten_people_later_a_release_with_them_tells_of_nobody() -> None:
    people = population(Kind(55, 8, leaves=0))
    who = roster(people, [1] * 40 + [2] * 15)
    first, second = (document(who, weaker(dimensions=()), number=number) for number in (1, 2))
    for domain in ("work", "language"):
        assert attack_on(answers(second, who, domain, [first]), who).holds


def test_that_all_took_part_is_seen_in_a_count_that_was_rounded_up() -> None:
    people = population(Kind(38, 9, leaves=0))
    who = roster(people)
    shipped = document(who, weaker())
    assert attack(membership(shipped, who), np.full(38, 3)).holds
    exact = shipped | {
        "population": shipped["population"] | {"people": dict.fromkeys(("before", "after", "both"), 40)}
    }
    assert attack(membership(exact, who), np.full(38, 3)).share_known("answered both times") == 1


def test_what_cannot_be_is_said_to_be_contradictory() -> None:
    people = population(Kind(38, 1, leaves=0))
    who = roster(people)
    printed = document(who, weaker())
    printed["change"][0] |= {"before_mean": 5.0}
    assert attack_on(answers(printed, who, "work"), who).is_contradictory


def truth(puzzle: Puzzle, who: Roster) -> World:
    return world_of(puzzle, who, short=True)


def attack_on(puzzle: Puzzle, who: Roster) -> Verdict:
    return attack(puzzle, truth(puzzle, who))
