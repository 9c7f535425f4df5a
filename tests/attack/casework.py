"""What casemanagers wrote down, as puzzles: the ladder, activities, and labels of notes, with the targets about them.

The attacker knows of whom something was written down, and in which group everybody is; not on which step they stand,
nor what they do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, combinations, product
from math import ceil, floor
from typing import Any

import numpy as np

from tests.attack.constraints import BASE, Document, Roster, told
from tests.attack.puzzle import Count, Flags, Puzzle, Question, World

STEPS = range(1, 7)
LADDER = np.array(list(product(STEPS, repeat=2)))
MOVES = {
    "up": LADDER[:, 1] > LADDER[:, 0],
    "same": LADDER[:, 1] == LADDER[:, 0],
    "down": LADDER[:, 1] < LADDER[:, 0],
}


def ladder(releases: Sequence[Document], roster: Roster) -> tuple[Puzzle, World]:
    """On which step somebody stood before and after, and where they really stood."""
    there = (roster.cohort > 0) & np.array([person.steps is not None for person in roster.people])
    part = roster.of(there)
    counts, either = [], []
    for release, entry, cohorts in told(releases, lambda one: one["ladder"]):
        who, k = part.behind(cohorts), release["k"]
        for wave, column in (("before", 0), ("after", 1)):
            for band in entry[wave]:
                counts.append(_share(who, _on(band["step"], LADDER[:, column]), band["people"], k))
        shown = {key: holds for key, holds in MOVES.items() if entry[key] is not None}
        counts += [_share(who, holds, entry[key], k) for key, holds in shown.items()]
        if not shown and len(cohorts) == 1:
            either.append([Count(who, holds, 0, k - 1) for holds in MOVES.values()])
    for release, target, cohorts in _targets(releases, ("ladder_at_least", "ladder_up")):
        who = _of_group(part, target) & part.behind(cohorts)
        counts += _aimed(target, who, release["k"])
    asked = [Question(name, {str(step): LADDER[:, column] == step for step in STEPS})
             for column, name in enumerate(("step before", "step after"))]  # fmt: skip
    asked.append(Question("moved", MOVES))
    world = [6 * (int(one.steps[0]) - 1) + int(one.steps[1]) - 1 for one in part.people if one.steps]
    return _puzzle("ladder", LADDER, part, counts, either, asked), np.array(world, np.int64)


def _aimed(target: Document, who: Flags, k: int) -> Iterator[Count]:
    if target["measure"] == "ladder_up":
        yield _share(who, MOVES["up"], target["people"], k)
        return
    yield _share(who, LADDER[:, 1] >= int(target["about"]), target["people"], k)
    if target["before"] is not None:
        people = BASE * round(target["before"] * target["of"] / BASE)
        yield _share(who, LADDER[:, 0] >= int(target["about"]), people, k)


def activities(releases: Sequence[Document], roster: Roster, kind: str) -> tuple[Puzzle, World]:
    """Who does something of this kind; a state is a set of its activities by name, "" where it has none."""
    part = roster.of(roster.cohort > 0)
    does = [frozenset(name for of, name in person.does if of == kind) for person in part.people]
    names = sorted({""} | set(chain(*does)))
    sets = [frozenset(some) for size in range(len(names) + 1) for some in combinations(names, size)]
    holds: dict[str | None, Flags] = {
        name: np.array([name in some for some in sets]) for name in names if name
    }
    holds[None] = np.array([bool(some) for some in sets])
    counts, either = [], []
    for name, has in holds.items():
        rows = list(told(releases, partial(_row, kind=kind, activity=name, group=None)))
        counts += [_share(part.behind(cohorts), has, row["people"], one["k"]) for one, row, cohorts in rows]
    if len(releases) == 1 and _row(releases[0], kind, None, None) is None:
        either.append(_not_told(np.ones(len(does), bool), holds[None], releases[0]["k"]))
    counts += _by_group(releases, part, kind, holds[None])
    for release, target, cohorts in _targets(releases, ("activity",)):
        if target["about"] == kind:
            who = _of_group(part, target) & part.behind(cohorts)
            counts.append(_share(who, holds[None], target["people"], release["k"]))
    asked = [Question(f"does {name or kind}", {"yes": has, "no": ~has}) for name, has in holds.items()]
    states = np.arange(len(sets))[:, None]
    return _puzzle(kind, states, part, counts, either, asked), np.array(
        [sets.index(one) for one in does], np.int64
    )


def _by_group(releases: Sequence[Document], part: Roster, kind: str, does: Flags) -> Iterator[Count]:
    for group in sorted({part.value(person, "group") for person in part.people}):
        for one, row, cohorts in told(releases, partial(_row, kind=kind, activity=None, group=group)):
            yield _share(part.members("group", [group]) & part.behind(cohorts), does, row["people"], one["k"])


def _row(release: Document, kind: str, activity: str | None, group: str | None) -> Document | None:
    wanted = (kind, activity, group)
    rows = release["participation"]
    return next((row for row in rows if (row["kind"], row["activity"], row["group"]) == wanted), None)


def labels(release: Document, roster: Roster, label: str) -> tuple[Puzzle, World]:
    """Which notes have a label: whose they are is known."""
    part = roster.of((roster.cohort > 0) & (roster.cohort <= release["number"]))
    notes = [note for person in part.people for note in person.notes]
    has, everything = np.array([False, True]), np.ones(len(notes), bool)
    share = next((row["share"] for row in release["themes"] if row["label"] == label), None)
    counts = []
    if share is not None:
        least, most = (share - 0.025) * len(notes), (share + 0.025) * len(notes)
        k = release["k"]
        counts.append(
            Count(everything, has, max(k, ceil(least - 1e-6)), min(len(notes) - k, floor(most + 1e-6)))
        )
    states = np.array([[0], [1]])
    puzzle = Puzzle(label, states, 1, np.ones((len(notes), 2), bool), (), counts, (),
                    [Question(f"about {label}", {"yes": has, "no": ~has})])  # fmt: skip
    return puzzle, np.array([int(label in note) for note in notes])


def _share(who: Flags, holds: Flags, printed: int, k: int) -> Count:
    """Of these people so many; enough do, and enough do not."""
    return Count(who, holds, max(printed - BASE // 2, k), min(printed + BASE // 2, int(who.sum()) - k))


def _not_told(who: Flags, holds: Flags, k: int) -> list[Count]:
    everybody = int(who.sum())
    return [Count(who, holds, 0, k - 1), Count(who, holds, max(0, everybody - k + 1), everybody)]


def _on(band: str, steps: Any) -> Flags:
    first, _, last = band.partition("-")
    return (steps >= int(first)) & (steps <= int(last or first))


def _of_group(part: Roster, target: Document) -> Flags:
    return part.members("group", [target["group"]]) if target["group"] else np.ones(len(part.people), bool)


def _targets(
    releases: Sequence[Document], measures: Iterable[str]
) -> Iterator[tuple[Document, Document, Any]]:
    """Every target with one of these measures of which something is told."""
    for place, target in enumerate(releases[0]["targets"]):
        if target["measure"] in measures and target["unit"] == "person":
            yield from told(releases, partial(_found, place=place))


def _found(release: Document, place: int) -> Document | None:
    target: Document = release["targets"][place]
    return None if target["people"] is None else target


def _puzzle(
    name: str,
    states: Any,
    part: Roster,
    counts: Sequence[Count],
    either: Sequence[Any],
    asked: Sequence[Question],
) -> Puzzle:
    allowed = np.ones((len(part.people), len(states)), bool)
    return Puzzle(name, states, 1, allowed, (), counts, either, asked)
