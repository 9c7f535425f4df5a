"""Exporting a caseload: rows that import reads back without changing anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from survey.exchange.caseload import names, stored
from survey.exchange.caseload.columns import COLUMNS, OF
from survey.exchange.caseload.rows import Row
from survey.exchange.caseload.stored import Key, Known, Stored, key_of
from survey.exchange.dump import Summary
from survey.exchange.workbook import CASELOAD_SHEET
from survey.exchange.write import Cell, write
from survey.models import Programme
from survey.progress import progress

KINDS = tuple(OF)


def dump(programme: Programme, format: str, path: Path) -> Summary:
    """Write everyone in a programme whose organisation was entered, and all of them; Refused when that cannot be.

    Equal data make equal files, on every database.
    """
    found = sorted(rows(programme), key=_order)
    write(path, format, CASELOAD_SHEET, COLUMNS, (cells(row) for row in progress(found, _("Exporting"))))
    return Summary(len(found), path)


def rows(programme: Programme) -> Iterator[Row]:
    everyone = {
        pseudonym: known for pseudonym, known in stored.people(programme).items() if known.person.is_enrolled
    }
    contents = stored.contents(programme, everyone)
    _name_homes(everyone)
    _number_activities(list(contents.rows()))
    for pseudonym, known in everyone.items():
        yield Row(0, pseudonym, "participant", known.values)
    for one in contents.rows():
        yield one.row


def _name_homes(everyone: Mapping[str, Known]) -> None:
    """Households are numbered by the first pseudonym in them."""
    numbers: dict[Any, str] = {}
    for pseudonym in sorted(everyone):
        home = everyone[pseudonym].home
        if home is not None:
            name = numbers.setdefault(home.household_id, str(len(numbers) + 1))
            everyone[pseudonym].values["home"] = name


def _number_activities(every: list[Stored]) -> None:
    """Those that another became get a number, each person's from 1."""
    activities = sorted((one for one in every if one.row.what == "activity"), key=lambda one: _order(one.row))
    targets: dict[Key, Row] = {}
    for one in activities:
        targets.setdefault(key_of(one.row), one.row)
    wanted = {one.became for one in activities}
    numbers: dict[str, int] = {}
    for key, row in targets.items():
        if key in wanted:
            numbers[row.participant] = numbers.get(row.participant, 0) + 1
            row.values["number"] = str(numbers[row.participant])
    for one in activities:
        if one.became is not None and one.became in targets:
            one.row.values["became"] = targets[one.became].values["number"]


def _order(row: Row) -> tuple[Any, ...]:
    """By person, by what it is, by day; notes of nobody come first."""
    return row.participant, KINDS.index(row.what), row.values["date"], *(str(cell) for cell in cells(row))


def cells(row: Row) -> list[Cell]:
    given = {"participant": row.participant, "what": row.what, **row.values}
    return [_cell(column, given.get(column)) for column in COLUMNS]


def _cell(column: str, value: Any) -> Cell:
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if column == "labels":
        return names.write(value)
    if column == "domains":
        return ";".join(value)
    if column == "hours":
        return float(value) if "." in value else int(value)
    return str(value)
