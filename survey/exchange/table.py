"""A file as it was read, before anything is known of its meaning: named columns, and rows of text."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from flask_babel import gettext as _

from survey.progress import progress
from survey.refusal import Refusal, refuse_file

MOST_ROWS = 200_000
MOST_COLUMNS = 1_000


class RawRow(NamedTuple):
    """Cells as text, "" where empty; `faults` says by position which cells could not be read, and why."""

    line: int
    cells: list[str]
    faults: Mapping[int, str]


@dataclass(frozen=True)
class Table:
    """Rows are as wide as `columns`. A cell that could not be read is "" and stands in `refusals`."""

    columns: tuple[str, ...]
    header_line: int
    rows: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


def build(rows: Iterable[RawRow], even: bool = False, most: int | None = None) -> Table:
    """The table of a file's rows: the first that is not empty names the columns; empty ones are passed over.

    `even`: every row must be as wide as the heading, empty cells at its end included.
    """
    table: Table | None = None
    width = None
    most = most or MOST_ROWS
    for row in progress(rows, _("Reading")):
        cells = _trimmed(row)
        if not cells:
            continue
        if table is None:
            table = Table(tuple(name.strip() for name in cells), row.line)
            table.refusals.extend(Refusal(row.line, str(at + 1), why) for at, why in row.faults.items())
            width = len(row.cells) if even else None
        else:
            if len(table.rows) == most:
                raise refuse_file(
                    _("There are more than %(most)s rows. Divide the file.", most=most), row.line
                )
            _take(table, row, cells, width)
    if table is None:
        raise refuse_file(_("The file is empty."))
    return table


def _trimmed(row: RawRow) -> list[str]:
    """The cells up to the last that holds something."""
    width = len(row.cells)
    while width and not row.cells[width - 1] and width - 1 not in row.faults:
        width -= 1
    if width > MOST_COLUMNS:
        raise refuse_file(_("There are more than %(most)s columns.", most=MOST_COLUMNS), row.line)
    return row.cells[:width]


def _take(table: Table, row: RawRow, cells: list[str], width: int | None) -> None:
    expected = len(table.columns)
    if len(cells) > expected or (width is not None and len(row.cells) != width):
        found = len(cells) if width is None else len(row.cells)
        reason = _(
            "This row has %(cells)s cells under %(columns)s columns.", cells=found, columns=width or expected
        )
        table.refusals.append(Refusal(row.line, None, reason))
        return
    table.refusals.extend(Refusal(row.line, table.columns[at], reason) for at, reason in row.faults.items())
    # Most cells of a file are equal to others: one copy of each is kept.
    padded = (*map(sys.intern, cells), *[""] * (expected - len(cells)))
    table.rows.append((row.line, padded))
