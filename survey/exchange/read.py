"""From a file to a table. What a file is, its content says and not its name."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from flask_babel import gettext as _

from survey import formulas
from survey.exchange import columns, workbook
from survey.exchange.table import RawRow, Table, build
from survey.refusal import NotImported, Refusal, refuse_file

LARGEST_FILE = 64 * 1024 * 1024
ZIP = b"PK\x03\x04"
#: Old Excel files, and new ones behind a password.
COMPOUND = b"\xd0\xcf\x11\xe0"
#: Marked as such, or every other byte zero from the start.
UTF_16 = re.compile(rb"\xff\xfe|\xfe\xff|(?:\0[^\0]){2}|(?:[^\0]\0){2}", re.DOTALL)
CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f]")
DELIMITERS = ",;\t"
#: With these a formula begins, and hardly ever a sentence.
EQUALS = ("=", "\uff1d")


def table(path: Path) -> Table:
    """The table in a CSV or XLSX file; NotImported when it is neither, or too large, or not safe to open."""
    return table_in(_content(path))


def table_in(content: bytes, most: int | None = None) -> Table:
    """`table`, of a file that is here already; of so many rows at most."""
    if content.startswith(ZIP):
        return workbook.read(content, most)
    if content.startswith(COMPOUND):
        raise refuse_file(
            _("This is an old Excel file or one with a password. Save it as XLSX without a password.")
        )
    return _csv(content, most)


def _content(path: Path) -> bytes:
    if not path.exists():
        raise refuse_file(_("There is no file %(path)s.", path=path))
    if not path.is_file():
        raise refuse_file(_("%(path)s is not a file.", path=path))
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as problem:
        raise refuse_file(_("%(path)s cannot be read: %(why)s.", path=path, why=problem.strerror)) from None
    if len(content) > LARGEST_FILE:
        raise refuse_file(_("The file is larger than %(most)s MB.", most=LARGEST_FILE // 1024 // 1024))
    return content


def _csv(content: bytes, most: int | None) -> Table:
    _refuse_other_encodings(content)
    return _without_marks(build(_csv_rows(content), even=True, most=most))


def _refuse_other_encodings(content: bytes) -> None:
    start = content[:4096]
    if UTF_16.match(start):
        raise refuse_file(_("This text is in UTF-16. Save it as CSV UTF-8."))
    if b"\0" in start:
        raise _no_table()
    if b"\0" in content:
        line = _line_of(content, content.index(b"\0"))
        raise refuse_file(_("There is a NUL character in this line."), line)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as problem:
        if CONTROLS.search(start):
            raise _no_table() from None
        reason = _("This text is not in UTF-8, but probably in Windows-1252. Save it as CSV UTF-8.")
        raise refuse_file(reason, _line_of(content, problem.start)) from None


def _no_table() -> NotImported:
    return refuse_file(_("This is neither a CSV nor an XLSX file."))


def _line_of(content: bytes, place: int) -> int:
    return content.count(b"\n", 0, place) + 1


def _csv_rows(content: bytes) -> Iterator[RawRow]:
    lines = io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", newline="")
    reader = csv.reader(lines, delimiter=_delimiter(content), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            reason = _("The quotation marks from this line on do not pair up, or a cell is far too long.")
            raise refuse_file(reason, line) from None
        yield RawRow(line, cells, {})


def _delimiter(content: bytes) -> str:
    """What separates the names in the heading, which hold none of these: a Dutch Excel writes semicolons."""
    heading = content.lstrip(b"\xef\xbb\xbf\r\n").split(b"\n", 1)[0].decode()
    return max(DELIMITERS, key=heading.count)


def _without_marks(table: Table) -> Table:
    """Take off the apostrophes that keep a spreadsheet from evaluating text; refuse text that lacks them."""
    places = [at for at, name in enumerate(table.columns) if name in columns.TEXTS]
    for number, (line, cells) in enumerate(table.rows):
        marked = [at for at in places if formulas.PLACE.search(cells[at])]
        if not marked:
            continue
        changed = list(cells)
        for at in marked:
            if formulas.is_formula(cells[at]):
                if table.columns[at] in columns.PROSE and not cells[at].lstrip().startswith(EQUALS):
                    continue  # what export marks has a mark in every place, so this was never marked
                changed[at] = ""
                reason = _(
                    "A spreadsheet would take this for a formula. If it is text, put an apostrophe before it."
                )
                table.refusals.append(Refusal(line, table.columns[at], reason))
            else:
                changed[at] = formulas.unescape(cells[at])
        table.rows[number] = (line, tuple(changed))
    return table
