"""Who answered, and who took it back: for somebody who knows who is enrolled."""

from __future__ import annotations

from functools import partial

import numpy as np

from tests.attack.constraints import BASE, DIMENSIONS, Document, Roster, might_be, told
from tests.attack.puzzle import NOTHING, Count, Flags, Puzzle, Question


def membership(document: Document, roster: Roster) -> Puzzle:
    """Who of the enrolled answered, for somebody who knows only who is enrolled: 1 is both times."""
    states = np.array([[NOTHING, NOTHING], [1, NOTHING], [NOTHING, 1], [1, 1]])
    before, after, both = states[:, 0] == 1, states[:, 1] == 1, states.min(1) == 1
    everybody, people = np.ones(len(roster.people), bool), document["population"]["people"]
    enrolled = len(roster.people)
    counts = [
        Count(everybody, flags, *might_be(people[key], enrolled))
        for key, flags in (("before", before), ("after", after), ("both", both))
    ]
    counts += [
        Count(everybody, both, might_be(entry["pairs"], enrolled)[0], enrolled)
        for entry in document["change"] if entry["pairs"] is not None
    ]  # fmt: skip
    for breakdown in document["breakdowns"]:
        for place, cell in enumerate(breakdown["cells"]):
            who = roster.members(breakdown["dimension"], cell["values"])
            counts.append(Count(who, both, *might_be(cell["people"], int(who.sum()))))
            pairs_of = [entry["cells"][place]["pairs"] for entry in breakdown["change"]]
            counts += [
                Count(who, both, might_be(pairs, int(who.sum()))[0], int(who.sum())) for pairs in pairs_of
            ]
    allowed = np.ones((enrolled, len(states)), bool)
    asked = [Question(f"answered {name}", {"yes": flags, "no": ~flags})
             for name, flags in (("before", before), ("after", after), ("both times", both))]  # fmt: skip
    return Puzzle("membership", states, 1, allowed, (), counts, (), asked)


def withdrawals(first: Document, second: Document, roster: Roster) -> Puzzle:
    """Who of those in the first release took back or was erased before the second. The attacker knows who answered and
    who came later, and that whoever is still there answered the newest wave: 1 took back, 2 was erased."""
    states = np.array([[0], [1], [2]])
    early = roster.cohort == 1
    late = int((roster.cohort == 2).sum())
    stays, everybody = states[:, 0] == 0, np.ones(int(early.sum()), bool)
    people, was = second["population"]["people"], first["population"]["people"]
    counts = []
    if people["after"] != was["after"]:
        least, most = might_be(people["after"], people["enrolled"] + BASE)
        floor = people["after"] == people["both"]  # nothing is said to be fewer than answered both times
        counts.append(Count(everybody, stays, 0 if floor else max(0, least - late), most - late))
    for dimension in DIMENSIONS:
        for release, breakdown, cohorts in told([first, second], partial(_by, dimension=dimension)):
            for cell in breakdown["cells"] if release is second else ():
                inside = roster.members(dimension, cell["values"])
                number, of = int((inside & roster.behind(cohorts)).sum()), int(inside.sum())
                counts += _erased(cell, (number, of), inside[early], states[:, 0] == 2)
    allowed = np.ones((len(everybody), 3), bool)
    asked = [
        Question(name, {"yes": has, "no": ~has})
        for name, has in (("still there", stays), ("erased", states[:, 0] == 2))
    ]
    return Puzzle("withdrawals", states, 1, allowed, (), counts, (), asked)


def _by(release: Document, dimension: str) -> Document | None:
    of = next((one for one in release["breakdowns"] if one["dimension"] == dimension), None)
    return of and {"cells": of["cells"]}


def _erased(cell: Document, known: tuple[int, int], members: Flags, erased: Flags) -> list[Count]:
    """A group that is written one step lower than it would be among all who were enrolled has lost some of them."""
    number, of = known
    nearest = BASE * round(number / BASE)
    if cell["people"] == nearest or of < nearest:
        return []
    return [Count(members, erased, of - nearest + 1, int(members.sum()))]
