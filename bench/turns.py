"""Page turns: Telvertel with everything on, beside the bare application, in turns."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter

from bench import material
from bench.loadgen import Crowd, Journey, Respondent, Times
from bench.rounds import Row, percentile, ratio, spread
from bench.servers import Server, bare_server, telvertel_server
from instruments.translation import LANGUAGES

BARE = Journey("/", re.compile(r"/page/\d+$"), re.compile('id="thanks"'))
OURS = Journey(
    "/",
    re.compile(r"/survey/(integration|wellbeing)/\w+"),
    re.compile('href="/survey/your-answers"'),
    code_field="code",
)
#: At once -> respondents a round.
CROWDS = {1: 12, 8: 64, 32: 96}
#: Respondents before the first round, so that every worker has been asked in every language.
WARMING_UP = 6 * len(LANGUAGES)
FLOOR = {8: "≤ 1.6×"}


class Failed(Exception):
    """A respondent could not finish: then no figure is worth anything."""


@dataclass(frozen=True)
class Measured:
    """One crowd's going through all questions."""

    #: Server milliseconds of CPU per page turn.
    cpu: float
    respondents_a_second: float
    times: Times
    memory: float


def measure(folder: Path, rounds: int) -> list[Row]:
    needed = WARMING_UP + rounds * sum(CROWDS.values())
    codes = iter(material.with_codes(folder / "telvertel", needed))
    with bare_server(folder) as bare, telvertel_server(folder / "telvertel", "survey") as ours:
        for server, journey, names in (
            (bare, BARE, [""] * WARMING_UP),
            (ours, OURS, islice(codes, WARMING_UP)),
        ):
            asyncio.run(crowd(server, journey, list(names), at_once=8))
        rows = [row for at_once in CROWDS for row in _beside(bare, ours, at_once, rounds, codes)]
    return [*rows, _languages(folder / "languages", rounds)]


def _languages(data: Path, rounds: int) -> Row:
    """People who answer in all languages, beside people who all answer in one."""
    people, at_once, crowds = CROWDS[8], 8, 2 * (rounds + 1)
    one, all_of_them = ["nl"] * len(LANGUAGES), list(LANGUAGES)
    known = material.with_codes(data, crowds * (people + len(LANGUAGES)), [*one, *all_of_them])
    in_turns = len(LANGUAGES)
    of_one = [code for place, code in enumerate(known) if place // in_turns % 2 == 0]
    of_all = [code for place, code in enumerate(known) if place // in_turns % 2 == 1]
    limit, mine = [], []
    with telvertel_server(data, "survey") as ours:
        for number in range(rounds + 1):  # the first warms up
            part = slice(number * people, (number + 1) * people)
            measured = [asyncio.run(crowd(ours, OURS, of[part], at_once)) for of in (of_one, of_all)]
            if number:
                limit.append(measured[0].cpu)
                mine.append(measured[1].cpu)
    what = f"server CPU per page turn, ms, {at_once} at once, {len(LANGUAGES)} languages beside one"
    return _row(what, mine, limit, "≤ 1.05×")


def _beside(bare: Server, ours: Server, at_once: int, rounds: int, codes: Iterator[str]) -> Iterator[Row]:
    limit, mine = [], []
    people = CROWDS[at_once]
    for _ in range(rounds):
        limit.append(asyncio.run(crowd(bare, BARE, [""] * people, at_once)))
        mine.append(asyncio.run(crowd(ours, OURS, list(islice(codes, people)), at_once)))
    yield _row(
        f"server CPU per page turn, ms, {at_once} at once",
        [each.cpu for each in mine],
        [each.cpu for each in limit],
        FLOOR.get(at_once, ""),
    )
    if at_once > 1:
        yield _row(
            f"respondents per second, {at_once} at once",
            [each.respondents_a_second for each in mine],
            [each.respondents_a_second for each in limit],
        )
    if at_once == max(CROWDS):
        yield from _tail(mine, limit, at_once)
        yield _row("memory, PSS, MiB", [each.memory for each in mine], [each.memory for each in limit])


def _tail(mine: list[Measured], limit: list[Measured], at_once: int) -> Iterator[Row]:
    for name, part in (("p50", 0.5), ("p99", 0.99)):
        yield _row(
            f"page turn {name}, ms, {at_once} at once",
            [percentile(each.times.turn, part) * 1000 for each in mine],
            [percentile(each.times.turn, part) * 1000 for each in limit],
        )
    tails = [
        [percentile(each.times.post, 0.99) / percentile(each.times.post, 0.5) for each in side]
        for side in (mine, limit)
    ]
    yield Row(f"POST p99/p50, {at_once} at once", spread(tails[0]), spread(tails[1]), ratio(*tails))


def _row(what: str, mine: list[float], limit: list[float], floor: str = "") -> Row:
    return Row(what, spread(mine), spread(limit), ratio(mine, limit), floor)


async def crowd(server: Server, journey: Journey, codes: list[str], at_once: int) -> Measured:
    """Every one of them enters, answers all pages and leaves; only the answering is measured."""
    people = Crowd(server.port, journey, codes, at_once)
    _all_well(await people.go(Respondent.enter))
    before, began = server.usage(), perf_counter()
    times = _all_well(await people.go(Respondent.answer))
    seconds, after = perf_counter() - began, server.usage()
    _all_well(await people.go(Respondent.finish))
    return Measured(
        cpu=(after.cpu - before.cpu) / len(times.turn) * 1000,
        respondents_a_second=len(codes) / seconds,
        times=times,
        memory=after.memory,
    )


def _all_well(times: Times) -> Times:
    if times.errors:
        raise Failed(times.errors[0])
    return times
