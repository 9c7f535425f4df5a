"""`python -m mutants [AREA...]`: change guards one by one, say who noticed, and write it in docs/security.md."""

from __future__ import annotations

import ast
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

import click
import pytest

from mutants import fresh, report
from mutants.areas import AREAS, ROOT, modules, paths_of_tests
from mutants.changes import Change, changes
from mutants.copies import Outcome
from mutants.warm import OPTIONS, Tried, Warm

KEPT = ROOT / ".cache" / "mutants"
Attempt = Callable[[Path, ast.Module, Change, Sequence[str], float], Outcome]


@click.command()
@click.argument("areas", nargs=-1, type=click.Choice(list(AREAS)))
@click.option("--only", default="", help="Changes whose module, place or text holds this.")
@click.option("--survivors", is_flag=True, help="Only those that survived the last time, or were not tried.")
@click.option(
    "--seconds",
    default=20.0,
    show_default=True,
    help="Of tests at most for one mutant, when nothing is changed.",
)
@click.option("--tell", is_flag=True, help="Try nothing: say what was found the last time.")
@click.option("--write", is_flag=True, help="Put the table into docs/security.md.")
def main(areas: tuple[str, ...], only: str, survivors: bool, seconds: float, tell: bool, write: bool) -> None:
    """Change the guards in these areas (all of them if none is named) one by one."""
    os.chdir(ROOT)
    for area in areas or tuple(AREAS):
        folder = KEPT / area
        folder.mkdir(parents=True, exist_ok=True)
        if not (only or survivors or tell):
            (folder / "results.jsonl").unlink(missing_ok=True)
        if not tell:
            _try_area(area, only, survivors, seconds)
    found = [result for area in areas or AREAS for result in _results(area)]
    sys.exit(report.tell(found, is_all=not areas, write=write))


def _try_area(area: str, only: str, survivors: bool, seconds: float) -> None:
    """Each half in a process of its own: what runs at import must find nothing of ours imported yet."""
    noticed = {result.key for result in _results(area) if result.how in report.CAUGHT} if survivors else set()
    wanted = [mutant for mutant in mutants(area, only) if mutant.key not in noticed]
    if wanted and _status_of(lambda: _warm(area, wanted, seconds)) != 0:
        sys.exit("The tests must pass before anything is changed.")
    if wanted and _status_of(lambda: _at_import(area, wanted, seconds)) != 0:
        sys.exit("What runs at import could not be tried.")


def _status_of(work: Callable[[], int]) -> int:
    process = os.fork()
    if process == 0:
        status = 1
        try:
            status = work()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


@dataclass(frozen=True)
class Mutant:
    area: str
    path: Path
    tree: ast.Module
    change: Change

    @property
    def key(self) -> tuple[str, str, str]:
        return self.path.relative_to(ROOT).as_posix(), self.change.place, self.change.text


def mutants(area: str, only: str = "") -> Iterator[Mutant]:
    for path in modules(area):
        tree = ast.parse(path.read_text("utf-8"))
        for change in changes(tree):
            mutant = Mutant(area, path, tree, change)
            if only in " ".join(mutant.key):
                yield mutant


def _results(area: str) -> list[report.Result]:
    """What is known of the mutants that there are: the last word on each."""
    file = KEPT / area / "results.jsonl"
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    last = {result.key: result for result in (report.Result(**json.loads(line)) for line in lines)}
    return [last[mutant.key] for mutant in mutants(area) if mutant.key in last]


def _warm(area: str, wanted: Sequence[Mutant], seconds: float) -> int:
    def then(warm: Warm) -> None:
        _say(
            f"{area}: {len(warm.tried.seconds)} tests in {sum(warm.tried.seconds.values()):.0f} s without changes"
        )
        (KEPT / area / "tried.json").write_text(json.dumps(asdict(warm.tried)))
        (KEPT / area / "libraries.json").write_text(json.dumps(fresh.libraries()))
        if warm.tried.failed:
            pytest.exit(f"These fail without changes: {warm.tried.failed}", 1)
        for mutant in wanted:
            if not mutant.change.at_import:
                _try(mutant, warm.tried, warm.attempt, seconds)

    return int(pytest.main([*OPTIONS, *paths_of_tests((area,))], plugins=[Warm(modules(area), then)]))


def _at_import(area: str, wanted: Sequence[Mutant], seconds: float) -> int:
    told = json.loads((KEPT / area / "tried.json").read_text())
    tried = Tried(told["seconds"])
    fresh.import_libraries(json.loads((KEPT / area / "libraries.json").read_text()))
    did_not_fit = {result.key for result in _results(area) if result.how == "did not fit"}
    for mutant in wanted:
        if mutant.change.at_import or mutant.key in did_not_fit:
            _try(mutant, tried, fresh.attempt, seconds)
    return 0


def _try(mutant: Mutant, tried: Tried, attempt: Attempt, seconds: float) -> None:
    began = perf_counter()
    tests = report.order(mutant.area, mutant.path, _tests(mutant, tried), tried.seconds, seconds)
    if tests:
        limit = 15 + 5 * sum(tried.seconds[test] for test in tests)
        outcome = attempt(mutant.path, mutant.tree, mutant.change, tests, limit)
    else:
        outcome = report.UNTESTED
    module, place, text = mutant.key
    result = report.Result(
        mutant.area, module, mutant.change.lines[0], place, text,
        outcome.how, outcome.by, len(tests), round(perf_counter() - began, 2),
    )  # fmt: skip
    with (KEPT / mutant.area / "results.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(result)) + "\n")
    if result.how != "killed":
        _say(f"{result.how}: {module}:{result.line} {place}: {text}")


def _tests(mutant: Mutant, tried: Tried) -> set[str]:
    """What runs the changed line; for one that runs at import, anything."""
    if mutant.change.at_import or not tried.ran:
        return set(tried.seconds)
    return tried.tests_of(mutant.path, mutant.change.lines)


def _say(text: str) -> None:
    click.echo(text, err=True)


if __name__ == "__main__":
    main()
