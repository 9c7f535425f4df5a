"""`analyse`: its arithmetic on loaded arrays beside plain NumPy, and the whole of it from a database."""

from __future__ import annotations

import json
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from bench import material
from bench.rounds import Row, ratio, spread
from bench.servers import ROOT
from dashboard.outcomes.summaries import summaries
from instruments import library, scoring

SIZES = (1_000, 10_000, 100_000)
DOMAINS = 16
STEP = 0.5
Scores = NDArray[np.float64]


def measure(folder: Path, rounds: int) -> list[Row]:
    rows = [_beside_numpy(people, rounds) for people in SIZES]
    return rows + [_whole(folder / str(people), people) for people in SIZES]


def plain(before: Scores, after: Scores) -> list[Any]:
    """Plain wide NumPy: rows of people, columns of domains; mean, spread, interval and counts."""
    from scipy import stats  # not in the process that is measured as a whole

    difference = after - before
    n = len(before)
    mean = difference.mean(axis=0)
    half = stats.t.ppf(0.975, n - 1) * difference.std(axis=0, ddof=1) / np.sqrt(n)
    return [
        before.mean(axis=0), before.std(axis=0, ddof=1), after.mean(axis=0), after.std(axis=0, ddof=1), mean,
        mean - half, mean + half, (difference >= STEP).sum(axis=0), (difference <= -STEP).sum(axis=0),
    ]  # fmt: skip


def ours(before: Scores, after: Scores) -> list[Any]:
    """Columns, as dashboard.reading.source hands them over."""
    return summaries(before, after, [STEP] * len(before))


def _beside_numpy(people: int, rounds: int) -> Row:
    random = np.random.default_rng(1)
    wide = [random.integers(2, 11, (people, DOMAINS)) / 2 for _ in range(2)]
    columns = [np.ascontiguousarray(scores.T) for scores in wide]
    repeats = max(1, 100_000 // people)
    limit, mine = [], []
    for _ in range(rounds + 2):
        limit.append(_cpu(plain, wide, repeats))
        mine.append(_cpu(ours, columns, repeats))
    what = f"mean, interval and counts of {people:,} people × {DOMAINS}, ms CPU"
    return Row(what, spread(mine), spread(limit), ratio(mine, limit), "≤ 0.5×")


def _cpu(work: Callable[[Scores, Scores], Any], arrays: list[Scores], repeats: int) -> float:
    began = process_time()
    for _ in range(repeats):
        work(arrays[0], arrays[1])
    return (process_time() - began) / repeats * 1000


def _whole(data: Path, people: int) -> Row:
    fill(data, people)
    command = [sys.executable, "-m", "bench.analysing", str(data)]
    began = perf_counter()
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=600)
    seconds, used = perf_counter() - began, json.loads(done.stdout)
    figures = f"{seconds:.1f} s, {used['cpu']:.1f} s CPU, {used['memory']:.0f} MiB at most"
    floor = "≤ 10 s, 1 GB" if people == max(SIZES) else ""
    return Row(f"`analyse` of {people:,} people in three waves, from SQLite", figures, "–", "–", floor)


def fill(data: Path, people: int) -> None:
    """People with three waves of answers, written straight into the database file."""
    with material.programme_in(data, waves=("before", "after", "follow_up")) as programme:
        organisation, waves = programme.organisation_id.hex, [wave.id.hex for wave in programme.waves]
        programme_id = programme.id.hex
    file = sqlite3.connect(data / "telvertel.sqlite")
    pages = list(_some_pages())
    statements: dict[str, list[tuple[Any, ...]]] = {}
    for number in range(people):
        person, enrolment = uuid4().hex, uuid4().hex
        add = statements.setdefault
        add("participant (id, organisation_id, pseudonym)", []).append((person, organisation, f"P{number}"))
        add("enrolment (id, organisation_id, programme_id, participant_id, started_on)", []).append(
            (enrolment, organisation, programme_id, person, "2026-01-05")
        )
        for position, wave in enumerate(waves):
            for instrument in material.INSTRUMENTS:
                response = uuid4().hex
                add(
                    "response (id, organisation_id, enrolment_id, wave_id, instrument, version, respondent, mode,"
                    " language, answered_on)",
                    [],
                ).append(
                    (
                        response,
                        organisation,
                        enrolment,
                        wave,
                        instrument,
                        1,
                        "self",
                        "self",
                        "nl",
                        "2026-01-05",
                    )
                )
                for page in pages[(number * 7 + position * 3) % len(pages)][instrument]:
                    add("page (organisation_id, response_id, domain, answers, score, language)", []).append(
                        (organisation, response, *page, "nl")
                    )
        if number % 2000 == 1999 or number == people - 1:
            _write(file, statements)
    file.close()


def _write(file: sqlite3.Connection, statements: dict[str, list[tuple[Any, ...]]]) -> None:
    with file:
        for target, rows in statements.items():
            marks = ", ".join("?" * len(rows[0]))
            file.executemany(f"INSERT INTO {target} VALUES ({marks})", rows)  # noqa: S608  # our own names
            rows.clear()


def _some_pages() -> Iterator[dict[str, list[tuple[str, str, float | None]]]]:
    """A hundred ways to answer everything: per instrument (domain, answers, score)."""
    random = np.random.default_rng(2)
    for _ in range(100):
        answered: dict[str, list[tuple[str, str, float | None]]] = {}
        for key in material.INSTRUMENTS:
            instrument = library.load(key)
            answered[key] = []
            for domain in instrument.domains:
                answers: dict[str, scoring.Answer] = {
                    item.id: int(random.choice(instrument.scale_of(item.id).codes)) for item in domain.items
                }
                text = json.dumps(answers, sort_keys=True, separators=(",", ":"))
                answered[key].append((domain.code, text, scoring.score(instrument, domain.code, answers)))
        yield answered


def analyse(data: Path) -> dict[str, float]:
    """In a process of its own, so that its memory is its own."""
    from dashboard import operations
    from survey import create_survey, fieldwork
    from survey.settings import Settings

    with create_survey(Settings(data=data, plain_http=True)).app_context():
        operations.analyse(fieldwork.enter_programme(material.CODE))
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {"cpu": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss / 1024}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(analyse(Path(sys.argv[1]))))
