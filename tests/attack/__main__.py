"""`make attack`: 300 programmes are published by the real program and attacked; a table says how far that gets."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path

import numpy as np

from tests.attack import casework
from tests.attack.constraints import answers, world_of
from tests.attack.doors import served
from tests.attack.membership import membership, withdrawals
from tests.attack.people import DOES, Kind
from tests.attack.referee import Town, answer_again, founded, go, release
from tests.attack.solve import Verdict, attack

SIZES = (38, 55, 75, 300)
#: Programmes that are put into one data folder.
TOGETHER = 15
HEAD = ("people", "programmes", "releases", "domains told", "answers certain", "answers excluded", "groups too small",
        "membership certain", "taking back certain", "casework certain", "undecided")  # fmt: skip
FAULTS = HEAD[4:]


def main(programmes: int = 300) -> int:
    kinds = [_kind(number) for number in range(programmes)]
    batches = [kinds[start : start + TOGETHER] for start in range(0, programmes, TOGETHER)]
    found_of: dict[int, Counter[str]] = {people: Counter() for people in SIZES}
    with ProcessPoolExecutor(2) as workers:
        for done, results in enumerate(workers.map(_batch, range(len(batches)), batches), start=1):
            for people, counts in results:
                found_of[people] += counts
            sys.stderr.write(f"\r{done} of {len(batches)}")
    sys.stderr.write("\n")
    sys.stdout.write("| " + " | ".join(HEAD) + " |\n|" + "--:|" * len(HEAD) + "\n")
    for people, counts in found_of.items():
        row = [people, *(counts[name] for name in HEAD[1:])]
        sys.stdout.write("| " + " | ".join(map(str, row)) + " |\n")
    return int(any(counts[name] for counts in found_of.values() for name in FAULTS))


def _kind(number: int) -> Kind:
    """Each size as often; every other one with nobody who skips or leaves; a fifth with the long questions, and a fifth
    with people who go and others who come late."""
    people, turn = SIZES[number % len(SIZES)], number // len(SIZES)
    steady = {"skips": 0.0, "leaves": 0.0} if turn % 2 else {}
    twice = {"late": max(12, people // 4), "gone": 1 + turn % 3} if turn % 5 == 3 else {}
    return Kind(people, 1000 + number, short=turn % 5 != 4, **steady, **twice)


def _batch(number: int, kinds: list[Kind]) -> list[tuple[int, Counter[str]]]:
    with tempfile.TemporaryDirectory() as folder:
        codes = {f"p{number}-{place}": kind for place, kind in enumerate(kinds)}
        town = founded(Path(folder) / "data", codes)
        release(town, list(codes))
        if twice := [code for code, kind in codes.items() if kind.late]:
            with served(town.folder) as town.address:
                for code in twice:
                    go(town, code)
                    answer_again(town, code)
            release(town, twice)
        return [(kind.people, _attacked(town, code, kind)) for code, kind in codes.items()]


def _attacked(town: Town, code: str, kind: Kind) -> Counter[str]:
    documents, roster = town.documents[code], town.roster(code)
    *earlier, newest = documents
    told = [entry["domain"] for entry in newest["change"] if entry["pairs"] is not None]
    counts = Counter({"programmes": 1, "releases": len(documents), "domains told": len(told)})
    for domain in told:
        puzzle = answers(newest, roster, domain, earlier, skips=kind.skips > 0)
        _count(counts, attack(puzzle, world_of(puzzle, roster, kind.short), kind.seed), "answers certain")
    for puzzle, world in (
        casework.ladder(documents, roster),
        *(casework.activities(documents, roster, of) for of in DOES),
    ):
        _count(counts, attack(puzzle, world, kind.seed, excludes=True), "casework certain")
    there = [
        ("before" in one.answers) + 2 * (cohort == 1)
        for one, cohort in zip(roster.people, roster.cohort, strict=True)
    ]
    verdict = attack(membership(documents[0], roster), np.array(there, np.int64), kind.seed)
    _count(counts, verdict, "membership certain")
    for second in documents[1:]:
        verdict = attack(withdrawals(documents[0], second, roster), town.who_went(code), excludes=True)
        _count(counts, verdict, "taking back certain")
    return counts


def _count(counts: Counter[str], verdict: Verdict, certain: str) -> None:
    counts[certain] += sum(people for _, _, people in verdict.certain)
    counts["answers excluded"] += sum(people for _, _, people in verdict.excluded)
    counts["groups too small"] += len(verdict.close)
    counts["undecided"] += len(verdict.unknown) + verdict.is_contradictory


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in islice(sys.argv, 1, 2))))
