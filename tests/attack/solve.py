"""What follows for certain: of each person and wave, whether more than one answer is possible.

First worlds are looked for (search.py): what is found is possible, and most is found in a moment. For the rest CP-SAT
is asked for any world in which this person answered something else: none means that the answer is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil, floor

import numpy as np
from ortools.sat.python import cp_model

from tests.attack.puzzle import (
    HALF,
    SMALLEST,
    Count,
    Flags,
    Numbers,
    Puzzle,
    Question,
    World,
    close_groups,
    margin_per_deviation,
    table,
)
from tests.attack.search import Ledger, Walk

#: Steps of wandering at a time, how often at most, and after a world was found; steps towards a world for a person.
WANDER, TIMES = 50, 6
WANDER_ON, STEPS = 20, 40
#: Tries to find a world, and then what CP-SAT may do for one question, in a unit of its own, about a second each: the
#: same on every machine. What is still open after that is tried longer. Counts alone are quickly decided without tries.
PHASES = ((150, 1.0), (800, 20.0))
ONLY_COUNTS = ((0, 20.0),)
#: The same for a person who is one of few of whom no world with an answer was found.
AGAIN = ((100, 1.0), (400, 20.0))


@dataclass
class Verdict:
    """`certain`: (question, answer, people) where nothing else is possible. `excluded`: likewise, where an answer is
    impossible for a few people and possible for the others. `close`: sizes of groups between two that
    are printed, and smaller than allowed. `unknown`: (question, people) that could not be decided."""

    puzzle: str
    certain: list[tuple[str, str, int]] = field(default_factory=list)
    excluded: list[tuple[str, str, int]] = field(default_factory=list)
    close: list[int] = field(default_factory=list)
    unknown: list[tuple[str, int]] = field(default_factory=list)
    decided: set[tuple[str, int]] = field(default_factory=set)
    is_contradictory: bool = False
    people: int = 0

    @property
    def holds(self) -> bool:
        return not (self.certain or self.excluded or self.close or self.unknown or self.is_contradictory)

    def share_known(self, question: str) -> float:
        """Of how many people, of all, the answer to a question is certain."""
        return sum(people for name, _, people in self.certain if name == question) / self.people


def attack(
    puzzle: Puzzle, world: World | None = None, seed: int = 1, excludes: bool | None = None
) -> Verdict:
    """`world`: a possible one to begin with, if one is known; it makes the attack quicker, not stronger.

    `excludes`: also look for answers that are impossible for a few people, which takes most of the time; of counts
    alone only where it is asked for.
    """
    excludes = bool(puzzle.numbers) if excludes is None else excludes
    verdict = Verdict(puzzle.name, close=close_groups(puzzle), people=puzzle.people)
    ledger, model = Ledger(puzzle), Lazy(puzzle)
    phases = PHASES if puzzle.numbers else ONLY_COUNTS
    if world is None:
        world = model.made().world(phases[-1][1])
    if world is None or not ledger.is_possible(world):
        verdict.is_contradictory = True
        return verdict
    walk = Walk(ledger, world.copy(), np.random.default_rng(seed))
    for _ in range(TIMES):
        if not (excludes and puzzle.numbers or undecided(walk)):
            break
        walk.explore(WANDER)
    for tries, effort in phases:
        look(walk, tries, verdict)
        verdict.unknown.clear()
        for question, of in _left(walk, verdict):
            _decide(walk, question, of, model.made(), effort, verdict)
    for question, option in rare(walk) if excludes else ():
        _exclude(walk, question, option, model.made(), verdict)
    return verdict


def undecided(walk: Walk) -> list[tuple[Question, int]]:
    """(question, class) with one answer that was found to be possible, and others that could be."""
    puzzle = walk.ledger.puzzle
    allowed = np.zeros_like(walk.seen)
    allowed[puzzle.classes] = puzzle.allowed
    found = []
    for question in puzzle.questions:
        seen, could = (
            np.array([(flags & of).any(1) for of in question.options.values()]).sum(0)
            for flags in (walk.seen, allowed)
        )
        found += [(question, int(of)) for of in np.flatnonzero((seen < 2) & (could > 1))]
    return found


def _left(walk: Walk, verdict: Verdict) -> list[tuple[Question, int]]:
    return [(question, of) for question, of in undecided(walk) if (question.name, of) not in verdict.decided]


def look(walk: Walk, tries: int, verdict: Verdict) -> None:
    """Look for worlds until nobody of whom it is not decided has only one answer, or for so many tries."""
    classes, missing = walk.ledger.puzzle.classes, _left(walk, verdict)
    for _ in range(tries):
        if not missing:
            return
        question, of = missing[int(walk.random.integers(len(missing)))]
        person = int(walk.random.choice(np.flatnonzero(classes == of)))
        if walk.towards(person, _others(walk, question, of), STEPS):
            walk.explore(WANDER_ON)
            missing = _left(walk, verdict)


def _others(walk: Walk, question: Question, of: int) -> Flags:
    """States with another answer to the question than what was found for this class."""
    unseen = [flags for flags in question.options.values() if not (walk.seen[of] & flags).any()]
    return np.logical_or.reduce(unseen)


def _decide(walk: Walk, question: Question, of: int, model: Model, effort: float, verdict: Verdict) -> None:
    size = int(walk.ledger.puzzle.size()[of])
    found = model.ask(of, _others(walk, question, of), effort)
    if found is None:
        verdict.unknown.append((question.name, size))
        return
    verdict.decided.add((question.name, of))
    if not found:
        answer = next(name for name, flags in question.options.items() if (walk.seen[of] & flags).any())
        verdict.certain.append((question.name, answer, size))


def rare(walk: Walk) -> list[tuple[Question, str]]:
    """(question, option) for which no world was found for somebody, and not for as many as may be told of together."""
    size = walk.ledger.puzzle.size()
    found = []
    for question in walk.ledger.puzzle.questions:
        for option, flags in question.options.items():
            without = np.flatnonzero(~(walk.seen & flags).any(1))
            if 0 < size[without].sum() < SMALLEST and _is_allowed(walk, without, flags):
                found.append((question, option))
    return found


def _is_allowed(walk: Walk, classes: World, flags: Flags) -> bool:
    puzzle = walk.ledger.puzzle
    return bool((puzzle.allowed[np.isin(puzzle.classes, classes)] & flags).any())


def _exclude(walk: Walk, question: Question, option: str, model: Model, verdict: Verdict) -> None:
    """Look once more, and let CP-SAT decide for each class of these few people; then both once more, and longer."""
    puzzle, flags, few = walk.ledger.puzzle, question.options[option], 0
    for of in np.flatnonzero(~(walk.seen & flags).any(1)):
        person, found = int(np.flatnonzero(puzzle.classes == of)[0]), None
        for tries, effort in AGAIN if puzzle.numbers else ONLY_COUNTS:
            found = any(walk.towards(person, flags, STEPS) for _ in range(tries)) or model.ask(
                int(of), flags, effort
            )
            if found is not None:
                break
        if found is None:
            verdict.unknown.append((f"{question.name} {option}", int(puzzle.size()[of])))
        few += 0 if found else int(puzzle.size()[of])
    if few and not verdict.unknown:
        verdict.excluded.append((question.name, option, few))


class Lazy:
    """A model, made when it is first needed: often it is not."""

    def __init__(self, puzzle: Puzzle) -> None:
        self.puzzle, self.model = puzzle, None

    def made(self) -> Model:
        self.model = self.model or Model(self.puzzle)
        return self.model


class Model:
    """A puzzle as whole numbers: of each class of people, how many are in each state."""

    def __init__(self, puzzle: Puzzle) -> None:
        self.puzzle, self.model = puzzle, cp_model.CpModel()
        self.size = puzzle.size()
        self.first = first = np.unique(puzzle.classes, return_index=True)[1]
        self.people = [
            [
                self.model.new_int_var(0, int(self.size[of]) if puzzle.allowed[first[of], state] else 0, "")
                for state in range(len(puzzle.states))
            ]
            for of in range(len(self.size))
        ]
        for of, row in enumerate(self.people):
            self.model.add(cp_model.LinearExpr.sum(row) == int(self.size[of]))
        for numbers in puzzle.numbers:
            self._numbers(numbers)
        for count in puzzle.counts:
            self._between(count.who, count.holds.astype(int), count.least, count.most)
        for choice in puzzle.either:
            self.model.add_bool_or([self._literal(count) for count in choice])

    def _sum(self, who: Flags, weights: World) -> cp_model.LinearExpr:
        chosen = [
            (of, int(state)) for of in np.flatnonzero(who[self.first]) for state in np.flatnonzero(weights)
        ]
        return cp_model.LinearExpr.weighted_sum(
            [self.people[of][state] for of, state in chosen], [int(weights[state]) for _, state in chosen]
        )

    def _between(self, who: Flags, weights: World, least: int, most: int) -> None:
        self.model.add_linear_constraint(self._sum(who, weights), int(least), int(most))

    def _literal(self, count: Count) -> cp_model.IntVar:
        literal = self.model.new_bool_var("")
        total = self._sum(count.who, count.holds.astype(int))
        self.model.add(total >= count.least).only_enforce_if(literal)
        self.model.add(total <= count.most).only_enforce_if(literal)
        return literal

    def _numbers(self, numbers: Numbers) -> None:
        """Means: a sum is within 0.05 of the printed mean times an unknown number of pairs. The interval tells between
        what the sum of squares around the printed difference lies, for every number of pairs that is possible."""
        states, unit = self.puzzle.states, self.puzzle.unit
        first, second = states[:, numbers.columns[0]], states[:, numbers.columns[1]]
        pair = table(self.puzzle, numbers.columns)[:, 0].astype(int)
        self._between(numbers.who, pair, *numbers.pairs)
        for key, value in (("before_mean", first), ("after_mean", second), ("difference", second - first)):
            low, high = numbers.window(key)
            if np.isfinite(low):
                self._between(numbers.who, pair * (100 * value - floor(low * 100 * unit + 1e-6)), 0, 10**9)
                self._between(numbers.who, pair * (100 * value - ceil(high * 100 * unit - 1e-6)), -(10**9), 0)
        if numbers.printed["low"] is not None:
            self._spread(numbers, pair, second - first)

    def _spread(self, numbers: Numbers, pair: World, change: World) -> None:
        unit = self.puzzle.unit
        middle = round(numbers.printed["difference"] * 10)  # type: ignore[operator]  # printed with the interval
        weights = pair * (10 * change - middle * unit) ** 2
        total, pairs = self._sum(numbers.who, weights), self._sum(numbers.who, pair)
        least, most = numbers.window("low"), numbers.window("high")
        narrow, wide = max(0.0, (most[0] - least[1]) / 2), (most[1] - least[0]) / 2
        chosen = []
        for n in range(max(2, numbers.pairs[0]), numbers.pairs[1] + 1):
            margin = float(margin_per_deviation(np.array([float(n)]))[0])
            scale = 100 * unit**2
            low, high = (scale * (n - 1) * (half / margin) ** 2 for half in (narrow, wide))
            literal = self.model.new_bool_var("")
            self.model.add(pairs == n).only_enforce_if(literal)
            self.model.add(total >= floor(low - 1e-6)).only_enforce_if(literal)
            self.model.add(total <= ceil(high + scale * n * HALF**2 + 1e-6)).only_enforce_if(literal)
            chosen.append(literal)
        self.model.add_exactly_one(chosen)

    def world(self, effort: float) -> World | None:
        """Any possible world, to begin with."""
        solver = self._solve(self.model, effort)
        if solver is None or not solver[1]:
            return None
        found = np.zeros(self.puzzle.people, np.int64)
        for of, row in enumerate(self.people):
            states = [state for state, number in enumerate(row) for _ in range(solver[0].value(number))]
            found[self.puzzle.classes == of] = states
        return found

    def ask(self, of: int, flags: Flags, effort: float) -> bool | None:
        """Whether there is a world in which one of this class is in such a state; None when that was not found out."""
        model = self.model.clone()
        wanted = [
            model.get_int_var_from_proto_index(self.people[of][state].index)
            for state in np.flatnonzero(flags)
        ]
        model.add(cp_model.LinearExpr.sum(wanted) >= 1)
        solved = self._solve(model, effort)
        return None if solved is None else solved[1]

    @staticmethod
    def _solve(model: cp_model.CpModel, effort: float) -> tuple[cp_model.CpSolver, bool] | None:
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        solver.parameters.max_deterministic_time = effort
        status = solver.solve(model)
        if status == cp_model.UNKNOWN:
            return None
        return solver, status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
