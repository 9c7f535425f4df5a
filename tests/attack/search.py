"""Looking for possible worlds: from one that is possible, by changing what few people answered.

A world that is found is proof that its states are possible. One that is not found proves nothing: see solve.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from tests.attack.puzzle import POINTS, SLACK, Flags, Puzzle, World, margin_per_deviation, table

Floats = NDArray[np.float64]
Sums = tuple[Floats, Floats]
#: Changes looked at before one of them is made.
CANDIDATES = 240
#: So that not always the same change is taken.
NOISE = 0.3
#: How much less often somebody is looked at together with another for every group in which only one of them is.
LIKE = 1.6
#: How much more it counts each time that a number is wrong.
LEARN = 0.1
#: Pairs that are together in the same groups are looked for among so many people; more have room enough without.
TOGETHER = 100


class Ledger:
    """What would be printed of a world, and how far that is from what was printed: 0 when the world is possible."""

    def __init__(self, puzzle: Puzzle) -> None:
        self.puzzle = puzzle
        people, states = puzzle.people, len(puzzle.states)
        self.who = np.array([row.who for row in puzzle.numbers], float).reshape(-1, people).T
        tables = [table(puzzle, row.columns) for row in puzzle.numbers]
        self.tables = np.stack(tables, 1) if tables else np.zeros((states, 0, 4))
        windows = [[row.window(key) for key in POINTS] for row in puzzle.numbers]
        self.windows = np.array(windows, float).reshape(-1, 5, 2)
        self.pairs = np.array([row.pairs for row in puzzle.numbers], float).reshape(-1, 2)
        self.count_who = np.array([row.who for row in puzzle.counts], float).reshape(-1, people).T
        self.holds = np.array([row.holds for row in puzzle.counts], float).reshape(-1, states).T
        self.least = np.array([row.least for row in puzzle.counts], float)
        self.most = np.array([row.most for row in puzzle.counts], float)

    def sums(self, world: World) -> Sums:
        moments = np.einsum("pj,pjm->jm", self.who, self.tables[world])
        return moments, np.einsum("pc,pc->c", self.count_who, self.holds[world])

    def change(self, who: World, old: World, new: World) -> Sums:
        """What each of many changes of a few people, a row each, adds to the sums."""
        moments = np.einsum("cpj,cpjm->cjm", self.who[who], self.tables[new] - self.tables[old])
        return moments, np.einsum("cpj,cpj->cj", self.count_who[who], self.holds[new] - self.holds[old])

    def rows(self, moments: Floats, counts: Floats) -> Floats:
        """Per printed row how far from it; over the first dimensions of the sums."""
        n = moments[..., 0]
        safe_n = np.maximum(n, 1)
        first, second = moments[..., 1] / safe_n, moments[..., 2] / safe_n
        difference = second - first
        squares = np.maximum(moments[..., 3] - n * difference**2, 0)
        half = np.sqrt(squares / np.maximum(n - 1, 1)) * self._margin(n)
        found = np.stack([first, second, difference, difference - half, difference + half], -1)
        outside = np.maximum(self.windows[..., 0] - SLACK - found, found - self.windows[..., 1] - SLACK)
        points = np.maximum(outside, 0).sum(-1) * safe_n
        pairs = np.maximum(np.maximum(self.pairs[:, 0] - n, n - self.pairs[:, 1]), 0)
        people = np.maximum(np.maximum(self.least - counts, counts - self.most), 0)
        return np.concatenate([points + pairs, people], -1)

    def wrong(self, moments: Floats, counts: Floats) -> Floats:
        return self.rows(moments, counts).sum(-1)

    def _margin(self, n: Floats) -> Floats:
        if not hasattr(self, "_margins"):
            self._margins = margin_per_deviation(np.arange(self.puzzle.people + 1, dtype=float))
        return self._margins[n.astype(np.int64)]

    def is_possible(self, world: World) -> bool:
        puzzle = self.puzzle
        if not puzzle.allowed[np.arange(puzzle.people), world].all() or self.wrong(*self.sums(world)) > 0:
            return False
        return all(any(self._fits(row, world) for row in rows) for rows in puzzle.either)

    @staticmethod
    def _fits(row: object, world: World) -> bool:
        found = int((row.who & row.holds[world]).sum())  # type: ignore[attr-defined]
        return bool(row.least <= found <= row.most)  # type: ignore[attr-defined]


@dataclass
class Walk:
    """A possible world that is changed again and again by what a few people answered.

    `seen`: per class of people the states in which one of them is in some possible world.
    """

    ledger: Ledger
    world: World
    random: np.random.Generator

    def __post_init__(self) -> None:
        puzzle = self.ledger.puzzle
        choices = [np.flatnonzero(row) for row in puzzle.allowed]
        self.spread = np.array([len(row) for row in choices])
        self.padded = np.zeros((puzzle.people, max(self.spread)), np.int64)
        for place, row in enumerate(choices):
            self.padded[place, : len(row)] = row
        self.shift = shifts(puzzle)
        self.groups = np.concatenate([self.ledger.who, self.ledger.count_who], 1)
        self.partners = Partners(self.groups, self.random)
        self.seen = np.zeros((puzzle.classes.max() + 1, len(puzzle.states)), bool)
        self.note(self.world)

    def note(self, world: World) -> None:
        self.seen[self.ledger.puzzle.classes, world] = True

    def explore(self, steps: int) -> None:
        """Wander among possible worlds, rather where somebody is in a state not seen before."""
        puzzle, sums = self.ledger.puzzle, self.ledger.sums(self.world)
        for _ in range(steps):
            who, new = self._moves(self.world)
            change = self.ledger.change(who, self.world[who], new)
            fits = np.flatnonzero(self.ledger.wrong(sums[0] + change[0], sums[1] + change[1]) == 0)
            if puzzle.either:
                fits = fits[[self.ledger.is_possible(_with(self.world, who[at], new[at])) for at in fits]]
            if not len(fits):
                continue
            fresh = (~self.seen[puzzle.classes[who[fits]], new[fits]]).sum(1)
            self.seen[puzzle.classes[who[fits]], new[fits]] = True
            at = int(fits[np.argmax(fresh + self.random.random(len(fits)))])
            self.world = _with(self.world, who[at], new[at])
            sums = sums[0] + change[0][at], sums[1] + change[1][at]

    def towards(self, person: int, wanted: Flags, steps: int) -> bool:
        """Whether a possible world is found, in a few steps, in which this person is in a wanted state."""
        options = np.flatnonzero(wanted & self.ledger.puzzle.allowed[person])
        if not len(options):
            return False
        world = self.world.copy()
        world[person] = self.random.choice(options)
        sums, weights = self.ledger.sums(world), np.ones(self.groups.shape[1])
        for _ in range(steps):
            rows = self.ledger.rows(*sums)
            if rows.sum() == 0 and self.ledger.is_possible(world):
                self.world = world
                self.note(world)
                return True
            weights += LEARN * (rows > 0)
            sums = self._step(world, sums, weights, np.flatnonzero(self.groups @ rows > 0), (person, wanted))
        return False

    def _step(
        self, world: World, sums: Sums, weights: Floats, among: World, fixed: tuple[int, Flags]
    ) -> Sums:
        """The change, of some at random, after which least is wrong; the fixed person stays in a wanted state."""
        who, new = self._moves(world, among)
        keeps = ((who != fixed[0]) | fixed[1][new]).all(1)
        change = self.ledger.change(who, world[who], new)
        wrong = self.ledger.rows(sums[0] + change[0], sums[1] + change[1]) @ weights
        best = int(np.argmin(np.where(keeps, wrong, np.inf) + self.random.random(len(wrong)) * NOISE))
        world[who[best]] = new[best]
        return sums[0] + change[0][best], sums[1] + change[1][best]

    def _moves(self, world: World, among: World | None = None) -> tuple[World, World]:
        """Changes of four people at most, as (who, their new states). Who stands there twice first stays, then moves.

        One answers anything; two swap; one answers more and another less; and two answer more and two less, who
        together are in the same groups, so that no mean changes.
        """
        random, kinds = self.random, 4 if len(world) <= TOGETHER else 3
        quarter = CANDIDATES // kinds
        who = self.partners.four(CANDIDATES, quarter if kinds == 4 else 0, among)
        new = world[who]
        first = who[:quarter, 2]
        new[:quarter, 2] = self.padded[first, random.integers(self.spread[first])]
        swap = slice(quarter, 2 * quarter)
        new[swap, 2], new[swap, 3] = world[who[swap, 3]], world[who[swap, 2]]
        way = random.integers(self.shift.shape[1], size=CANDIDATES)
        for column, sign, part in ((2, 0, 2), (3, 1, 2), (0, 0, 3), (1, 1, 3)):
            rows = slice(part * quarter, None if part < kinds else 0)
            new[rows, column] = self.shift[world[who[rows, column]], way[rows], sign]
        allowed = self.ledger.puzzle.allowed
        fits = ((new >= 0) & allowed[who, new]).all(1) & (new != world[who]).any(1)
        if kinds == 4:
            pairs = who[3 * quarter :]
            fits[3 * quarter :] &= (pairs[:, :2] != pairs[:, 2:]).all(1) & (
                pairs[:, :2] != pairs[:, :1:-1]
            ).all(1)
        return who[fits], new[fits]


class Partners:
    """Who is looked at together: people who are mostly in the same groups, and pairs that are so together."""

    def __init__(self, groups: Floats, random: np.random.Generator) -> None:
        self.random, people = random, len(groups)
        apart = groups @ (1 - groups).T
        weight = LIKE ** -(apart + apart.T)
        np.fill_diagonal(weight, 0)
        weight /= weight.sum(1, keepdims=True)
        self.near = np.array([random.choice(people, size=64, p=row) for row in weight])
        if people > TOGETHER:
            return
        one, other = (axis.reshape(-1) for axis in np.divmod(np.arange(people**2), people))
        one, other = one[one != other], other[one != other]
        key = random.random(groups.shape[1])
        together = np.round((groups @ key)[one] + (groups @ key)[other], 9)
        order = np.argsort(together, kind="stable")
        self.pairs = np.stack([one, other], 1)[order]
        _, self.start, inverse, self.many = np.unique(
            together[order], return_index=True, return_inverse=True, return_counts=True
        )
        self.alike = inverse.reshape(-1)
        self.first = np.argsort(self.pairs[:, 0], kind="stable")
        self.of = np.searchsorted(self.pairs[self.first, 0], np.arange(people + 1))

    def four(self, size: int, quarter: int, among: World | None) -> World:
        """`size` rows of four people: in the last quarter two pairs that are together in the same groups."""
        random = self.random
        one = random.integers(len(self.near), size=size)
        if among is not None and len(among):
            one = among[random.integers(len(among), size=size)]
        who = np.stack([one, one, one, self.near[one, random.integers(64, size=size)]], 1)
        if not quarter:
            return who
        start, end = self.of[one[-quarter:]], self.of[one[-quarter:] + 1]
        pair = self.first[np.minimum(random.integers(start, np.maximum(end, start + 1)), len(self.first) - 1)]
        other = self.start[self.alike[pair]] + random.integers(self.many[self.alike[pair]])
        a, b = self.pairs[pair].T
        c, d = self.pairs[other].T
        who[-quarter:] = np.stack([a, c, b, d], 1)
        return who


def _with(world: World, who: World, new: World) -> World:
    changed = world.copy()
    changed[who] = new
    return changed


def shifts(puzzle: Puzzle) -> World:
    """Per state and way: the state that is a step higher in some waves, and the one a step lower; -1 for none."""
    steps = sorted({int(step) for step in np.diff(np.unique(puzzle.states)) if step > 0})[:2] or [1]
    ways = [way for way in product((-1, 0, 1), repeat=puzzle.states.shape[1]) if any(way)]
    place = {tuple(state): at for at, state in enumerate(puzzle.states.tolist())}

    def beside(state: list[int], way: tuple[int, ...], size: int) -> int:
        return place.get(tuple(value + size * part for value, part in zip(state, way, strict=True)), -1)

    found = [
        [[beside(state, way, size), beside(state, way, -size)] for size in steps for way in ways]
        for state in puzzle.states.tolist()
    ]
    return np.array(found, np.int64)
