"""Files to import, and what the database holds before and after."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from flask_babel import force_locale
from sqlalchemy import func, select

from survey.database import db
from survey.exchange.caseload.plan import Plan
from survey.exchange.files import run_export, run_import
from survey.refusal import NotImported, Refusal
from tests.fixtures.application import Town
from tests.fixtures.rows import OWNED

#: A row of a file, by column.
Row = dict[str, Any]
#: Everything that can be said of a person.
FACTS = {
    "group": "displaced", "gender": "woman", "birth_year": "1985", "arrival_year": "2022",
    "household": "two adults", "enrolled_on": "2026-02-20",
}  # fmt: skip


def row(participant: str = "P1", **cells: Any) -> Row:
    """A row that can be imported, with these cells besides."""
    usual = {"wave": "before", "instrument": "wellbeing", "date": "2026-03-02", "language": "nl"}
    return {"participant": participant, **usual, "wellbeing_1": "4", "wellbeing_2": "dk", **cells}


def table(rows: Sequence[Row]) -> list[list[Any]]:
    """Heading and cells; a column some row lacks is empty there."""
    columns = list(dict.fromkeys(column for one in rows for column in one))
    return [columns, *([one.get(column, "") for column in columns] for one in rows)]


@dataclass(frozen=True)
class Folder:
    """Writes files; each gets a name of its own."""

    path: Path
    numbers: Iterator[int] = count(1)

    def new(self, suffix: str = "csv") -> Path:
        return self.path / f"file{next(self.numbers)}.{suffix}"

    def holding(self, content: bytes, suffix: str = "csv") -> Path:
        path = self.new(suffix)
        path.write_bytes(content)
        return path

    def csv(self, *rows: Row) -> Path:
        return self.cells(table(rows))

    def cells(self, cells: Sequence[Sequence[Any]]) -> Path:
        text = io.StringIO()
        csv.writer(text).writerows(cells)
        return self.holding(text.getvalue().encode())

    def xlsx(self, *rows: Row, sheets: Sequence[str] = ("Sheet1",)) -> Path:
        """A workbook as people make them: codes as numbers, the first sheet filled."""
        path = self.new("xlsx")
        with xlsxwriter.Workbook(path) as book:
            sheet, *_ = [book.add_worksheet(name) for name in sheets]
            for line, cells in enumerate(table(rows)):
                for at, cell in enumerate(cells):
                    if cell != "":
                        sheet.write(line, at, int(cell) if str(cell).isdigit() else cell)
        return path


def repacked(workbook: bytes, **changed: bytes | None) -> bytes:
    """The workbook with entries changed, added, or (None) left out; `__` in a name stands for `/`."""
    changes = {name.replace("__", "/").replace("_dot_", "."): content for name, content in changed.items()}
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as old,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        entries = {entry.filename: old.read(entry) for entry in old.infolist()} | changes
        for name, content in entries.items():
            if content is not None:
                new.writestr(name, content)
    return result.getvalue()


@contextmanager
def inside(town: Town) -> Iterator[None]:
    with town.app.app_context():
        town.inside()
        yield


def bring(town: Town, path: Path, **options: bool) -> Any:
    with town.app.app_context(), force_locale("en"):
        return run_import(path, town.code, **options)


def take(town: Town, path: Path) -> bytes:
    """The export of a town, in the format of the file's name."""
    with town.app.app_context():
        run_export(town.code, path.suffix[1:], path)
    return path.read_bytes()


def refused(town: Town, path: Path, **options: bool) -> list[Refusal]:
    """Why the file is refused; the database is as it was."""
    before = stored(town)
    with pytest.raises(NotImported) as problem:
        bring(town, path, **options)
    assert stored(town) == before
    assert problem.value.total == len(problem.value.refusals) > 0
    assert all(refusal.reason for refusal in problem.value.refusals)
    return problem.value.refusals


def places(refusals: Sequence[Refusal]) -> list[tuple[int | None, str | None]]:
    return [(refusal.line, refusal.column) for refusal in refusals]


def stored(town: Town) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the town, by table; but for the log of who took them out."""
    with inside(town):
        found = {
            model.__tablename__: sorted(
                (tuple(getattr(one, column.key) for column in model.__mapper__.column_attrs) for one in rows),
                key=repr,
            )
            for model in OWNED
            if not model.__tablename__.startswith("audit_")
            for rows in [db.session.scalars(select(model)).all()]
        }
        db.session.rollback()
    return found


def only(town: Town, model: Any) -> Any:
    """The one row of this kind, detached."""
    with inside(town):
        found = db.session.scalars(select(model)).one()
        db.session.expunge_all()
    return found


def number_of(town: Town, model: Any) -> int:
    with inside(town):
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def bring_caseload(town: Town, path: Path, **options: bool) -> Plan:
    plan = bring(town, path, **options)
    assert isinstance(plan, Plan)
    return plan


def take_caseload(town: Town, path: Path) -> bytes:
    with town.app.app_context():
        run_export(town.code, path.suffix[1:], path, caseload=True)
    return path.read_bytes()
