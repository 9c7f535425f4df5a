"""`python -m mutants [AREA...]`: change guards one by one, say who noticed, and write it in docs/security.md."""

from __future__ import annotations

import ast
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import click
import pytest

from mutants import fresh, report
from mutants.areas import AREAS, ROOT, modules, paths_of_tests
from mutants.changes import NOTHING, Change, changes
from mutants.copies import Outcome
from mutants.warm import OPTIONS, Tried, Warm

KEPT = ROOT / ".cache" / "mutants"
#: How a half ends when a test fails without any change: what that test noticed is tried again another time.
UNSOUND = 3
Attempt = Callable[[Path, ast.Module, Change, Sequence[str], float], Outcome]


#: By place: the tests that noticed other changes there. They are asked first.
_noticed: dict[tuple[Path, str], Counter[str]] = {}


@click.command()
@click.argument("areas", nargs=-1, type=click.Choice(list(AREAS)))
@click.option("--only", default="", help="Changes whose module, place or text this regular expression finds.")
@click.option("--survivors", is_flag=True, help="Only those that survived the last time, or were not tried.")
@click.option(
    "--seconds",
    default=20.0,
    show_default=True,
    help="Of tests at most for one mutant, when nothing is changed.",
)
@click.option("--postgresql", is_flag=True, help="Try what survives once more, with tests on PostgreSQL.")
@click.option("--tell", is_flag=True, help="Try nothing: say what was found the last time.")
@click.option("--write", is_flag=True, help="Put the table into docs/security.md.")
def asked(**options: Any) -> dict[str, Any]:
    """Change the guards in these areas (all of them if none is named) one by one."""
    return options


def main(
    areas: tuple[str, ...],
    only: str,
    survivors: bool,
    seconds: float,
    postgresql: bool,
    tell: bool,
    write: bool,
) -> int:
    """Outside of any command: the audit log notes in which one it is written."""
    os.chdir(ROOT)
    are_sound = True
    for area in areas or tuple(AREAS):
        folder = KEPT / area
        folder.mkdir(parents=True, exist_ok=True)
        if not (only or survivors or tell):
            (folder / "results.jsonl").unlink(missing_ok=True)
        if not tell:
            are_sound &= _try_area(area, only, survivors, seconds)
        if postgresql:
            are_sound &= _try_on_postgresql(area, only, seconds)
    found = [result for area in areas or AREAS for result in _results(area)]
    return report.tell(found, is_all=not areas, write=write) or int(not are_sound)


def _try_area(area: str, only: str, survivors: bool, seconds: float) -> bool:
    """Each half in a process of its own: what runs at import must find nothing of ours imported yet. Whether all
    that was noticed was noticed by tests that pass when nothing is changed.
    """

    def wanted() -> list[Mutant]:
        return _wanted(area, only, survivors)

    _remember_who_noticed(area)
    if not (only or survivors):
        (KEPT / area / "tried.json").unlink(missing_ok=True)
    if not wanted():
        return True
    first = _status_of(lambda: _warm(area, wanted, seconds))
    if first not in (0, UNSOUND):
        sys.exit("The tests must pass before anything is changed.")
    second = _status_of(lambda: _at_import(area, wanted(), seconds))
    if second not in (0, UNSOUND):
        sys.exit("What runs at import could not be tried.")
    return first == second == 0


def _wanted(area: str, only: str, survivors: bool) -> list[Mutant]:
    excused = report.equivalents()
    done = {
        one.key for one in _results(area) if survivors and (one.how in report.CAUGHT or one.key in excused)
    }
    return [mutant for mutant in mutants(area, only) if mutant.key not in done]


def _remember_who_noticed(area: str) -> None:
    """Earlier, in the same place: those tests are asked first."""
    for result in _results(area):
        if result.how == "killed" and "::" in result.by:
            _noticed.setdefault((ROOT / result.module, result.place), Counter())[result.by] += 1


def _try_on_postgresql(area: str, only: str, seconds: float) -> bool:
    survived = {result.key for result in _results(area) if result.how not in report.CAUGHT}
    wanted = [one for one in mutants(area, only) if one.key in survived - report.equivalents().keys()]
    status = _status_of(lambda: _on_postgresql(area, wanted, seconds)) if wanted else 0
    if status not in (0, UNSOUND):
        sys.exit("What survived could not be tried on PostgreSQL.")
    return status == 0


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
            if re.search(only, " ".join(mutant.key)):
                yield mutant


def _results(area: str) -> list[report.Result]:
    """What is known of the mutants that there are: the last word on each."""
    file = KEPT / area / "results.jsonl"
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    last = {result.key: result for result in (report.Result(**json.loads(line)) for line in lines)}
    return [last[mutant.key] for mutant in mutants(area) if mutant.key in last]


def _warm(area: str, wanted: Callable[[], list[Mutant]], seconds: float) -> int:
    is_sound = True

    def then(warm: Warm) -> None:
        nonlocal is_sound
        _say(
            f"{area}: {len(warm.tried.seconds)} tests in {sum(warm.tried.seconds.values()):.0f} s without changes"
        )
        (KEPT / area / "libraries.json").write_text(json.dumps(fresh.libraries()))
        if warm.tried.failed:
            pytest.exit(f"These fail without changes: {warm.tried.failed}", 1)
        (KEPT / area / "tried.json").write_text(json.dumps(asdict(warm.tried)))
        _forget_those_of(area, _who_noticed() - warm.tried.known)
        for mutant in wanted():
            if not mutant.change.at_import:
                _try(mutant, warm.tried, warm.attempt, seconds)
        is_sound = _pass_unchanged(area, warm.attempt, warm.tried)

    status = pytest.main(
        [*OPTIONS, *paths_of_tests((area,))], plugins=[Warm(modules(area), _tried(area), then)]
    )
    return int(status) or (0 if is_sound else UNSOUND)


def _tried(area: str) -> Tried:
    """What is remembered of the run without changes: nothing if what is to be changed was changed since."""
    file = KEPT / area / "tried.json"
    if not file.exists() or any(_is_newer(path, file) for path in modules(area)):
        return Tried()
    tried = Tried(**json.loads(file.read_text("utf-8")))
    tried.forget(lambda test: _is_newer(ROOT / test.partition("::")[0], file))
    for path, lines in tried.ran.items():
        tried.ran[path] = {int(line): tests for line, tests in lines.items()}
    return tried


def _is_newer(path: Path, file: Path) -> bool:
    return not path.exists() or path.stat().st_mtime > file.stat().st_mtime


def _at_import(area: str, wanted: Sequence[Mutant], seconds: float) -> int:
    tried = _tried(area)
    fresh.import_libraries(json.loads((KEPT / area / "libraries.json").read_text()))
    any_test = replace(tried, ran={})
    # Among those that no test runs are functions that are called while modules are imported, and not later.
    others = {one.key for one in _results(area) if one.how == "did not fit" or one.by == report.UNTESTED.by}
    for mutant in wanted:
        if mutant.change.at_import or mutant.key in others:
            _try(mutant, any_test, fresh.attempt, seconds)
    return 0 if _pass_unchanged(area, fresh.attempt, tried) else UNSOUND


def _who_noticed() -> set[str]:
    return {test for noticed in _noticed.values() for test in noticed if "::" in test}


def _pass_unchanged(area: str, attempt: Attempt, tried: Tried) -> bool:
    """A test that notices a change must not fail in a copy anyway: what it noticed does not count then."""
    path = modules(area)[0]

    def fails(tests: Sequence[str]) -> bool:
        return attempt(path, ast.parse(path.read_text("utf-8")), NOTHING, tests, 600).how != "survived"

    every = sorted(_who_noticed() & tried.seconds.keys())
    # Together in a fresh copy, which takes seconds to begin; each with nothing before it in a warm one.
    is_warm = attempt is not fresh.attempt
    failing = {test for test in every if fails([test])} if is_warm or (every and fails(every)) else set()
    for test in sorted(failing):
        _say(f"fails in a copy without a change, so what it noticed does not count: {test}")
    _forget_those_of(area, failing)
    return not failing


def _forget_those_of(area: str, tests: set[str]) -> None:
    """These tests are no more, or cannot be believed: what they alone noticed was not tried."""
    for noticed in _noticed.values():
        for test in tests & noticed.keys():
            del noticed[test]
    if tests:
        kept = [json.dumps(asdict(result)) + "\n" for result in _results(area) if result.by not in tests]
        (KEPT / area / "results.jsonl").write_text("".join(kept), "utf-8")


def _on_postgresql(area: str, wanted: Sequence[Mutant], seconds: float) -> int:
    """With the twins of the tests that were run on SQLite, and with those that have none."""
    tried = _tried(area)
    fresh.import_libraries(json.loads((KEPT / area / "libraries.json").read_text()))
    took = {
        test: tried.seconds.get(test.replace("postgresql", "sqlite"), 1.0) for test in tried.on_postgresql
    }
    alone = {test for test in took if test.replace("postgresql", "sqlite") not in tried.seconds}
    for mutant in wanted:
        twins = {test.replace("sqlite", "postgresql") for test in _tests(mutant, tried)} & took.keys()
        chosen = replace(tried, seconds={test: took[test] for test in twins | alone}, ran={})
        _try(mutant, chosen, fresh.attempt, seconds)
    return 0 if _pass_unchanged(area, fresh.attempt, replace(tried, seconds=took)) else UNSOUND


def _try(mutant: Mutant, tried: Tried, attempt: Attempt, seconds: float) -> None:
    began = perf_counter()
    noticed = _noticed.setdefault((mutant.path, mutant.change.place), Counter())
    tests = report.order(
        mutant.area, mutant.path.stem, _tests(mutant, tried), tried.seconds, seconds, noticed
    )
    if tests:
        limit = 30 + 5 * sum(tried.seconds[test] for test in tests)
        outcome = attempt(mutant.path, mutant.tree, mutant.change, tests, limit)
    else:
        outcome = report.UNTESTED
    noticed.update([outcome.by] if outcome.how == "killed" else [])
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
    """What runs the changed line; anything if that is not known."""
    if not tried.ran:
        return set(tried.seconds)
    return tried.tests_of(mutant.path, mutant.change.lines)


def _say(text: str) -> None:
    click.echo(text, err=True)


if __name__ == "__main__":
    options = asked(standalone_mode=False)
    sys.exit(main(**options) if isinstance(options, dict) else options)
