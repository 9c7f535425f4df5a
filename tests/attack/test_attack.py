"""Against what is shipped: real releases of a running program, of populations as large as those of real programmes.

Somebody who knows everybody, and who took part, cannot tell what anybody answered; and somebody who knows who is
enrolled cannot tell who answered.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.attack.constraints import answers, membership, world_of
from tests.attack.people import Kind
from tests.attack.referee import Town, found, release, settle
from tests.attack.solve import attack

SIZES = (38, 55, 75, 300)
SEEDS = (1, 2, 3, 4, 5)
#: Everybody answers everything, both times, and the attacker knows it.
STEADY = (2, 4)
#: Asks three questions about each domain instead of one.
LONG = (3,)


def kind(people: int, seed: int) -> Kind:
    if seed in STEADY:
        return Kind(people, seed, skips=0, leaves=0)
    return Kind(people, seed, short=seed not in LONG)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Five programmes of each size, each with a published release."""
    town = found(tmp_path_factory.mktemp("attack") / "data")
    settle(town, {f"p{people}-{seed}": kind(people, seed) for people in SIZES for seed in SEEDS})
    return town


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("people", SIZES)
def test_no_answer_is_certain(town: Town, people: int, seed: int) -> None:
    code = f"p{people}-{seed}"
    document, roster, of = town.documents[code][0], town.roster(code), town.kinds[code]
    told = [entry["domain"] for entry in document["change"] if entry["pairs"] is not None]
    assert len(told) >= 10
    for domain in told:
        puzzle = answers(document, roster, domain, skips=seed not in STEADY)
        excludes = seed == SEEDS[0] and domain == exposed(document)  # everywhere: `make attack`
        verdict = attack(puzzle, world_of(puzzle, roster, of.short), seed, excludes)
        assert verdict.holds, (code, verdict)


def exposed(document: dict[str, Any]) -> str:
    """The domain in which a printed mean is nearest to an end of a scale of five."""
    told = [
        one for one in document["change"] if one["pairs"] is not None and one["domain"] != "life_satisfaction"
    ]
    ends = {
        one["domain"]: [one[key] - end for key in ("before_mean", "after_mean") for end in (1, 5)]
        for one in told
    }
    return min(ends, key=lambda domain: min(map(abs, ends[domain])))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("people", SIZES)
def test_who_answered_is_not_certain(town: Town, people: int, seed: int) -> None:
    code = f"p{people}-{seed}"
    roster = town.roster(code)
    took_part = [("before" in one.answers) + 2 * ("after" in one.answers) for one in roster.people]
    verdict = attack(membership(town.documents[code][0], roster), np.array(took_part), seed)
    assert verdict.holds, (code, verdict)


def test_a_second_release_of_the_same_people_says_the_same(town: Town) -> None:
    code = "p38-1"
    release(town, [code])
    first, second = town.documents[code]
    changed = {key for key in first if first[key] != second[key]}
    assert changed <= {"number", "sha256"}
    puzzle = answers(second, town.roster(code), "work", [first])
    assert attack(puzzle, world_of(puzzle, town.roster(code), short=True)).holds
