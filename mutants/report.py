"""Which tests to run first, and what came of it."""

from __future__ import annotations

import platform
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import click

from mutants.areas import ALSO, ROOT, TESTS, names
from mutants.copies import Outcome

CAUGHT = frozenset({"killed", "timed out"})
UNTESTED = Outcome("survived", "no test runs this line")
EQUIVALENT = ROOT / "mutants" / "equivalent.toml"
DOCUMENT = ROOT / "docs" / "security.md"
BEGIN, END = "<!-- mutants -->\n", "<!-- /mutants -->"
#: Of a hundred mutants, so many must be killed in every area.
WANTED = 90


@dataclass(frozen=True)
class Result:
    area: str
    module: str
    line: int
    place: str
    change: str
    how: str
    by: str
    tests: int
    seconds: float

    @property
    def key(self) -> tuple[str, str, str]:
        return self.module, self.place, self.change


def order(
    area: str, module: str, tests: Iterable[str], seconds: Mapping[str, float], enough: float,
    noticed: Mapping[str, int],
) -> list[str]:  # fmt: skip
    """Tests that noticed other changes there, then those with this name, then its area's; quick ones before
    slow ones, and no longer than enough.
    """
    own = tuple(f"tests/{path}" for path in (*TESTS[area], *ALSO))
    named_for = names(area, module)
    chosen: list[str] = []

    def rank(test: str) -> tuple[int, bool, bool, float, str]:
        named = any(f"/{each}" in test for each in named_for)
        return -noticed.get(test, 0), not named, not test.startswith(own), seconds[test], test

    for test in sorted(tests, key=rank):
        enough -= seconds[test]
        if enough < 0 and chosen:
            break
        chosen.append(test)
    return chosen


def equivalents() -> dict[tuple[str, str, str], str]:
    """Mutants that do the same as what they were made of, and why."""
    listed = tomllib.loads(EQUIVALENT.read_text("utf-8")).get("mutant", [])
    return {(one["module"], one["place"], one["change"]): one["reason"] for one in listed}


def tell(results: list[Result], *, is_all: bool, write: bool) -> int:
    """Print the table and the survivors; 0 if enough were killed and the list of equivalents is right."""
    latest = {result.key: result for result in results}  # one that did not fit was tried again
    listed = equivalents()
    survivors = [
        one for one in latest.values() if one.how in ("survived", "did not fit") and one.key not in listed
    ]
    for one in sorted(survivors, key=lambda one: (one.module, one.line)):
        click.echo(
            f"survived: {one.module}:{one.line} {one.place}: {one.change}{' (' + one.by + ')' if one.by else ''}"
        )
    table, percentages = _table(list(latest.values()), listed)
    click.echo("\n" + table)
    noticed = [key for key in listed if key in latest and latest[key].how == "killed"]
    tried = {one.module for one in latest.values()}
    gone = [key for key in listed if is_all and key[0] in tried and key not in latest]
    for words, keys in (("not equivalent, a test notices it", noticed), ("no such mutant any more", gone)):
        for key in keys:
            click.echo(f"{words}: {' | '.join(key)}")
    if write and is_all:
        _write(table)
    return int(bool(noticed or gone or min(percentages, default=100) < WANTED))


def _table(results: list[Result], listed: Mapping[tuple[str, str, str], str]) -> tuple[str, list[float]]:
    lines = [
        "| Area | Module | Mutants | Killed | Timed out | Survived | Equivalent | % |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    percentages = []
    for area in dict.fromkeys(result.area for result in results):
        own = [result for result in results if result.area == area]
        for module in sorted({result.module for result in own}):
            lines.append(_line(area, f"`{module}`", [one for one in own if one.module == module], listed)[0])
        line, percentage = _line(f"**{area}**", "", own, listed)
        lines.append(line)
        percentages.append(percentage)
    return "\n".join(lines), percentages


def _line(
    area: str, module: str, results: list[Result], listed: Mapping[tuple[str, str, str], str]
) -> tuple[str, float]:
    counted = Counter(
        "equivalent" if one.how == "survived" and one.key in listed else one.how for one in results
    )
    caught = counted["killed"] + counted["timed out"]
    others = len(results) - counted["equivalent"]
    percentage = 100 * caught / others if others else 100.0
    survived = counted["survived"] + counted["did not fit"]
    numbers = (len(results), counted["killed"], counted["timed out"], survived, counted["equivalent"])
    return f"| {area} | {module} | {' | '.join(map(str, numbers))} | {percentage:.1f} |", percentage


def _write(table: str) -> None:
    before, _, rest = DOCUMENT.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    where = f"Run on {date.today()}, Python {platform.python_version()}."  # noqa: DTZ011
    DOCUMENT.write_text(f"{before}{BEGIN}\n{where}\n\n{table}\n\n{END}{after}", "utf-8")
