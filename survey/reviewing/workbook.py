"""The texts of a language as a spreadsheet: a row for each, or for each plural form. Cells are text, never formulas."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import openpyxl
import xlsxwriter
from flask_babel import gettext as _

from instruments.placeholders import plural_forms
from instruments.translation import LANGUAGES
from survey import archive
from survey.refusal import NotImported, Refusal, refuse_file
from survey.reviewing.queries import REVIEWED, Row
from survey.typed import one_line, paragraphs
from survey.wording.texts import Text, all_texts

#: The heading, and how wide each column is.
COLUMNS = {
    "id": 24, "context": 18, "source": 50, "translation": 50, "back_translation": 40, "status": 12, "remark": 40,
    "wording": 24,
}  # fmt: skip
NEEDED = ("id", "source", "translation")
MOST_ROWS = 5_000
MOST_COLUMNS = 40


class Line(NamedTuple):
    """A row of the sheet: a text, or one form of it."""

    row: int
    key: str
    form: int
    cells: dict[str, str]


def write(language: str, texts: Sequence[Row]) -> bytes:
    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(stream, options) as book:
        sheet = book.add_worksheet(language)
        head = book.add_format({"bold": True, "bg_color": "#e2f1ef"})
        plain = {"text_wrap": True, "valign": "top", "num_format": "@"}
        left = book.add_format({**plain, "reading_order": 1})
        own = book.add_format({**plain, "reading_order": 2 if LANGUAGES[language].direction == "rtl" else 1})
        for column, (name, width) in enumerate(COLUMNS.items()):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, name, head)
        sheet.freeze_panes(1, 0)
        for number, cells in enumerate(_lines(language, texts), start=1):
            for column, (name, cell) in enumerate(zip(COLUMNS, cells, strict=True)):
                sheet.write_string(number, column, cell, own if name == "translation" else left)
    return stream.getvalue()


def _lines(language: str, texts: Sequence[Row]) -> Iterator[tuple[str, ...]]:
    for row in texts:
        text = row.text
        forms = row.shown if any(row.shown) else ("",) * _forms(language, text)
        for form, shown in enumerate(forms):
            name = text.key if len(text.source) == 1 else f"{text.key}/{form}"
            yield (
                name, text.context, _source(text, form), shown, row.back_translation, row.held.state, row.remark,
                row.wording,
            )  # fmt: skip


def _source(text: Text, form: int) -> str:
    return text.source[min(form, len(text.source) - 1)]


def _forms(language: str, text: Text) -> int:
    return plural_forms(LANGUAGES[language].locale) if len(text.source) > 1 else 1


def read(language: str, content: bytes) -> Iterator[tuple[int, str, tuple[str, ...], str, str]]:
    """Place, key, texts, back-translation and remark of each text."""
    found = list(_read_lines(_sheet(language, content)))
    texts = all_texts(language).by_key
    if reasons := list(_reasons(found, texts)):
        raise NotImported(reasons)
    for key, group in groupby(found, key=lambda line: line.key):
        lines = list(group)
        first = lines[0].cells
        yield (
            lines[0].row, key, tuple(paragraphs(line.cells["translation"]) for line in lines),
            one_line(first.get("back_translation")), one_line(first.get("remark")),
        )  # fmt: skip


def _reasons(found: Sequence[Line], texts: dict[str, Text]) -> Iterator[Refusal]:
    for line in found:
        text = texts.get(line.key)
        if text is None:
            yield Refusal(line.row, "id", _("There is no text with this id. Ids must stay as they are."))
        elif paragraphs(line.cells["source"]) != paragraphs(_source(text, line.form)):
            yield Refusal(
                line.row, "source", _("This is not our source text. Export the file anew, or put it back.")
            )


def _sheet(language: str, content: bytes) -> Any:
    archive.check(content)
    with warnings.catch_warnings():
        # openpyxl warns of features it drops (styles, validation lists); none of them holds texts.
        warnings.simplefilter("ignore", UserWarning)
        try:
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            title = sheet.title
            rows = _values(sheet)
        except archive.NONSENSE:
            raise archive.damaged() from None
    if title != language:
        other = LANGUAGES[title].name if title in REVIEWED else title
        raise refuse_file(
            _(
                "The first sheet is called “%(name)s”. For this language it is called “%(own)s”.",
                name=other,
                own=language,
            )
        )
    return rows


def _values(sheet: Any) -> list[list[Any]]:
    rows = []
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > MOST_ROWS or len(cells) > MOST_COLUMNS:
            raise refuse_file(_("Cells stand far below or beside the others. Take them out."), number)
        rows.append(list(cells))
    return rows


def _read_lines(rows: list[list[Any]]) -> Iterator[Line]:
    heading = [str(cell.value or "").strip() for cell in rows[0]] if rows else []
    lacking = [name for name in NEEDED if name not in heading]
    if lacking:
        raise refuse_file(_("There is no column “%(name)s” in the first row.", name=lacking[0]), 1)
    for number, cells in enumerate(rows[1:], start=2):
        values = {name: _text(cell, number, name) for name, cell in zip(heading, cells, strict=False) if name}
        if any(values.values()):
            key, _slash, form = values.get("id", "").strip().partition("/")
            yield Line(
                number,
                key,
                int(form) if form.isdecimal() and len(form) < 3 else 0,
                {**dict.fromkeys(NEEDED, ""), **values},
            )


def _text(cell: Any, row: int, column: str) -> str:
    if cell.value is None:
        return ""
    if cell.data_type == "f":
        raise NotImported([Refusal(row, column, _("This is a formula. Replace it by its value."))])
    return str(cell.value)
