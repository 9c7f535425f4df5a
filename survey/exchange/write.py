"""From rows to a file. A file is there completely or not at all, and only its owner can read it.

No cell is ever evaluated by a spreadsheet: in CSV text that looks like a formula is marked (see `formulas`),
in XLSX text is written as text.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

import xlsxwriter
from flask_babel import gettext as _
from xlsxwriter.exceptions import XlsxWriterException

from survey import formulas, on_disk
from survey.codes import EXPORT_FORMATS
from survey.exchange.columns import TEXTS
from survey.fieldwork import Refused

Cell = str | int | float | None
Rows = Iterable[Sequence[Cell]]
#: A workbook says when it was made; equal data should make equal files.
MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - xlsxwriter takes no time zone, and the moment means nothing
SHEET_ROWS = 1_048_576


def write(path: Path, format: str, sheet: str, columns: Sequence[str], rows: Rows) -> None:
    """Write `csv`, or `xlsx` with a sheet of this name. An ordinary file there is replaced, else Refused."""
    on_disk.check_place(path)
    try:
        with tempfile.TemporaryDirectory(prefix=".telvertel-", dir=path.parent) as folder:
            part = Path(folder, "part")
            part.touch(0o600)
            FORMATS[format](part, sheet, columns, rows)
            on_disk.sync(part)
            part.replace(path)
        on_disk.sync(path.parent)
    except (OSError, XlsxWriterException) as problem:
        raise Refused(_("%(path)s cannot be written: %(why)s.", path=path, why=problem)) from None


def _write_csv(path: Path, _sheet: str, columns: Sequence[str], rows: Rows) -> None:
    texts = [at for at, name in enumerate(columns) if name in TEXTS]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            cells = list(row)
            for at in texts:
                cells[at] = formulas.escape(str(cells[at] or ""))
            writer.writerow(cells)


def _write_xlsx(path: Path, name: str, columns: Sequence[str], rows: Rows) -> None:
    options = {
        "constant_memory": True, "tmpdir": str(path.parent), "strings_to_formulas": False,
        "strings_to_urls": False, "strings_to_numbers": False,
    }  # fmt: skip
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"created": MADE})
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 1)
        sheet.write_row(0, 0, columns)
        for line, row in enumerate(rows, start=1):
            if line == SHEET_ROWS:
                raise Refused(_("A sheet cannot hold this many rows. Export as CSV."))
            for at, cell in enumerate(row):
                if isinstance(cell, int | float):
                    sheet.write_number(line, at, cell)
                elif cell:
                    sheet.write_string(line, at, cell)


Write = Callable[[Path, str, Sequence[str], Rows], None]
FORMATS: dict[str, Write] = dict(zip(EXPORT_FORMATS, (_write_csv, _write_xlsx), strict=True))
