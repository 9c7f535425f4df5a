"""The table in an XLSX workbook. Only what was typed counts: formulas are refused whatever value they had."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import openpyxl
from flask_babel import gettext as _

from survey import archive
from survey.exchange import columns
from survey.exchange.table import MOST_COLUMNS, MOST_ROWS, RawRow, Table, build
from survey.refusal import refuse_file

#: The sheets that export writes; one of them is read when there are several.
SHEET, CASELOAD_SHEET = "responses", "caseload"
#: Beyond this a float no longer holds every whole number, so a long code may have lost digits.
LARGEST_EXACT = 10**15


def read(content: bytes, most: int | None = None) -> Table:
    """The table in the only sheet, or the one with a name of ours; NotImported when it cannot be had safely."""
    archive.check(content)
    with warnings.catch_warnings():
        # openpyxl warns of features it drops (styles, validation lists); none of them holds answers.
        warnings.simplefilter("ignore", UserWarning)
        try:
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
            return build(_rows(_sheet(book), most), most=most)
        except archive.NONSENSE:
            raise archive.damaged() from None


def _sheet(book: openpyxl.Workbook) -> Any:
    sheets = book.worksheets
    named = [sheet for sheet in sheets if sheet.title in (SHEET, CASELOAD_SHEET)]
    if len(sheets) != 1 and len(named) != 1:
        reason = _(
            "There are %(count)s sheets. Name the one to read: %(answers)s for answers, %(caseload)s for a caseload.",
            count=len(sheets),
            answers=SHEET,
            caseload=CASELOAD_SHEET,
        )
        raise refuse_file(reason)
    sheet = named[0] if named else sheets[0]
    # What a sheet says about its own size may be wrong, or a trap.
    sheet.reset_dimensions()
    return sheet


def _rows(sheet: Any, most: int | None) -> Iterator[RawRow]:
    names: list[str] = []
    for line, cells in enumerate(sheet.iter_rows(), start=1):
        if line > (most or MOST_ROWS) * 2 or len(cells) > MOST_COLUMNS * 2:
            raise refuse_file(_("Cells stand far below or beside the others. Take them out."), line)
        texts, faults = [], {}
        for at, cell in enumerate(cells):
            text, fault = _text(cell, names[at] if at < len(names) else "")
            texts.append(text)
            if fault:
                faults[at] = fault
        if not any(names):
            names = [text.strip() for text in texts]
        yield RawRow(line, texts, faults)


def _text(cell: Any, column: str) -> tuple[str, str | None]:
    """What a cell says, as CSV would; or why it cannot be taken."""
    value, kind = cell.value, cell.data_type
    if value is None:
        return "", None
    if kind == "f":
        return "", _("This is a formula. Replace it by its value.")
    if isinstance(value, str) and kind != "e":
        return value, None
    if isinstance(value, date):
        return _day(value, column)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "", _("This is neither text, nor a number, nor a date.")
    if not abs(value) < LARGEST_EXACT:
        return "", _("This number is so long that a spreadsheet loses digits. Make the cell text.")
    return str(int(value)) if value == int(value) else repr(value), None


def _day(value: date, column: str) -> tuple[str, str | None]:
    if column not in columns.DATES:
        return "", _("The spreadsheet turned this into a date. Make the cell text and type it again.")
    if isinstance(value, datetime):
        if value.time() != time():
            return "", _("This holds a time of day as well. Leave only the date.")
        value = value.date()
    return value.isoformat(), None
