"""`make attack`: 300 programmes are published by the real program and attacked; a table says how far that gets."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path

import numpy as np

from tests.attack.constraints import answers, membership, world_of
from tests.attack.people import Kind
from tests.attack.referee import Town, found, settle
from tests.attack.solve import Verdict, attack

SIZES = (38, 55, 75, 300)
#: Programmes that are put into one data folder.
TOGETHER = 15
HEAD = ("people", "programmes", "domains told", "answers certain", "answers excluded", "groups too small",
        "membership certain", "undecided")  # fmt: skip


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
    return int(any(counts[name] for counts in found_of.values() for name in HEAD[3:]))


def _kind(number: int) -> Kind:
    """Each size as often; every other one with nobody who skips or leaves; a fifth with the long questions."""
    steady = {"skips": 0.0, "leaves": 0.0} if number // len(SIZES) % 2 else {}
    return Kind(SIZES[number % len(SIZES)], 1000 + number, short=number // len(SIZES) % 5 != 4, **steady)


def _batch(number: int, kinds: list[Kind]) -> list[tuple[int, Counter[str]]]:
    with tempfile.TemporaryDirectory() as folder:
        town = found(Path(folder) / "data")
        codes = {f"p{number}-{place}": kind for place, kind in enumerate(kinds)}
        settle(town, codes)
        return [(kind.people, _attacked(town, code, kind)) for code, kind in codes.items()]


def _attacked(town: Town, code: str, kind: Kind) -> Counter[str]:
    document, roster = town.documents[code][0], town.roster(code)
    told = [entry["domain"] for entry in document["change"] if entry["pairs"] is not None]
    counts = Counter({"programmes": 1, "domains told": len(told)})
    for domain in told:
        puzzle = answers(document, roster, domain, skips=kind.skips > 0)
        _count(counts, attack(puzzle, world_of(puzzle, roster, kind.short), kind.seed), "answers certain")
    took_part = [("before" in one.answers) + 2 * ("after" in one.answers) for one in roster.people]
    verdict = attack(membership(document, roster), np.array(took_part), kind.seed)
    _count(counts, verdict, "membership certain")
    return counts


def _count(counts: Counter[str], verdict: Verdict, certain: str) -> None:
    counts[certain] += sum(people for _, _, people in verdict.certain)
    counts["answers excluded"] += sum(people for _, _, people in verdict.excluded)
    counts["groups too small"] += len(verdict.close)
    counts["undecided"] += len(verdict.unknown) + verdict.is_contradictory


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in islice(sys.argv, 1, 2))))
