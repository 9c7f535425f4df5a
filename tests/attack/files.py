"""Files with who people are, what they answered and what casemanagers wrote down: what a town would load."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.attack.people import FIRST_DAY, WEEKS, Person, answered_on

Row = dict[str, Any]


def command(path: Path, rows: Iterable[Row], code: str) -> list[str]:
    """A file with these rows, and the command that brings it in."""
    written = list(rows)
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, list(dict.fromkeys(name for row in written for name in row)))
        writer.writeheader()
        writer.writerows(written)
    return ["import", str(path), "--programme", code]


def caseload(people: Sequence[Person], moments: Sequence[str]) -> Iterator[Row]:
    """Who these people are, and what was written down of them; steps on the ladder at the start and at each moment."""
    for person in people:
        facts = {
            key: person.profile[key] for key in ("group", "gender", "birth_year", "arrival_year", "language")
        }
        yield _row(person, "participant", 0, facts)
        for kind, value, week in _observed(person, moments):
            yield _row(person, "observation", week, {"kind": kind, "value": value})
        for kind, name in sorted(person.does):
            yield _row(person, "activity", 2, {"kind": kind, "activity": name})
        for number, labels in enumerate(person.notes):
            told = {"labels": ";".join(sorted(labels)), "note": f"Talk {number}"}
            yield _row(person, "note", 3 + number, told)


def _observed(person: Person, moments: Sequence[str]) -> Iterator[tuple[str, str, int]]:
    if person.profile["route"]:
        yield "route", person.profile["route"], 0
    if person.steps:
        yield "ladder", person.steps[0], 0
        yield from (("ladder", person.steps[1], WEEKS[moment]) for moment in moments)


def _row(person: Person, what: str, week: int, facts: Row) -> Row:
    day = FIRST_DAY + timedelta(weeks=week)
    return {"participant": person.name, "what": what, "date": day.isoformat(), **facts}


def responses(people: Iterable[Person], short: bool, waves: dict[str, str]) -> Iterator[Row]:
    """What these people answered in some waves: as the attack calls them, and as the programme does."""
    for person in people:
        for wave, key in waves.items():
            answers = person.answers.get("after" if wave == "again" else wave, {})
            own = {item: told for item, told in answers.items() if item.startswith(("wellbeing", "life"))}
            rest = {item: told for item, told in answers.items() if item not in own}
            for instrument, told in (
                ("integration-short" if short else "integration", rest),
                ("wellbeing", own),
            ):
                day = answered_on(person, wave).isoformat()
                row = {"participant": person.name, "wave": key, "instrument": instrument, "date": day}
                if told:
                    yield {**row, "language": "nl", "mode": "self", **told}
