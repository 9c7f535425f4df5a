"""The page on which a casemanager loads a caseload: looked at first, then brought in, all of it or nothing.

Between the two nothing is kept here: the file goes along in the page, also when it was refused, so that it can be
looked at again. Only a casemanager loads, for they see everybody of the organisation, what is stored of people and
their notes; names that the lists of the organisation do not have come in only by who keeps them.
"""

from __future__ import annotations

import io
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select

from survey import audience
from survey.audience import MANAGEMENT
from survey.database import db
from survey.exchange.caseload import told, words
from survey.exchange.caseload.columns import COLUMNS, is_caseload
from survey.exchange.caseload.forms import LoadForm
from survey.models import Programme
from survey.privacy import audit
from survey.refusal import NotImported, refuse_file

pages = Blueprint("loading", __name__, url_prefix="/casework/load", template_folder="templates")
AUDIENCE = {"loading.load": audience.CASEMANAGER, "loading.empty": audience.CASEMANAGER}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: In bytes. A file comes back in base64, beside a corrected one; what is too large is refused in words on the page.
LARGEST_REQUEST = 5_000_000
MOST_ROWS = 5_000
#: Of reasons and changes; those behind are counted.
MOST_SHOWN = 1_000


@pages.url_value_preprocessor
def take_larger_files(endpoint: str | None, values: dict[str, Any] | None) -> None:
    if endpoint == "loading.load":
        request.max_content_length = request.max_form_memory_size = LARGEST_REQUEST


@pages.route("/", methods=["GET", "POST"])
def load() -> Any:
    programmes = {one.code: one for one in db.session.scalars(select(Programme).order_by(Programme.name))}
    form = LoadForm([(code, one.name) for code, one in programmes.items()])
    if not form.validate_on_submit():
        return _asked(form), (422 if form.is_submitted() else 200)
    audit.record("caseload.seen")
    try:
        found = _compared(form, programmes[form.programme.data])
    except NotImported as refused:
        form.forget_file()
        return _asked(form, refused), 422
    if form.seen.data == found.fingerprint and not found.refusals.found and not found.changes_nothing:
        return _loaded(found)
    is_other = form.is_sure and form.seen.data != found.fingerprint
    shown = render_template(
        "loading/preview.html", form=form, found=found, refused=found.refusals.found, is_other=is_other,
        known_from=told.several(found.known_from), what_names=words.WHAT_NAMES, list_names=words.LIST_NAMES,
        told=told, most=MOST_SHOWN,
    )  # fmt: skip
    return shown, 422 if found.refusals.found else 409 if is_other else 200


@pages.get("/empty.xlsx")
def empty() -> Response:
    """A workbook with the heading, to fill in."""
    import xlsxwriter

    from survey.exchange.workbook import CASELOAD_SHEET

    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        as_text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(CASELOAD_SHEET)
        sheet.set_column(0, len(COLUMNS) - 1, 14, as_text)  # a spreadsheet makes no dates of codes then
        sheet.write_row(0, 0, COLUMNS, as_text)
        sheet.freeze_panes(1, 2)
    headers = {"Content-Type": XLSX, "Content-Disposition": 'attachment; filename="caseload.xlsx"'}
    return Response(made.getvalue(), headers=headers)


def _compared(form: LoadForm, programme: Programme) -> Any:
    """openpyxl loads NumPy, which no page of a participant needs: so these are imported when wanted."""
    from survey.exchange.caseload import compare

    table = _table(form)
    if "wave" in table.columns:
        reason = _("This file holds answers to questions, not a caseload. The operator can import it.")
        raise refuse_file(reason)
    may_grow = bool(g.roles & MANAGEMENT)
    return compare.plan(programme, table, form.replace.data, may_grow)


def _table(form: LoadForm) -> Any:
    from survey.exchange.read import COMPOUND, ZIP, table_in

    is_called_so = (form.named.data or "").lower().endswith(".xlsx") and not form.sent.startswith(
        (ZIP, COMPOUND)
    )
    no_excel = _(
        "This file is called XLSX but is no Excel file. Open it in the program it comes from and save it as XLSX."
    )
    try:
        table = table_in(form.sent, MOST_ROWS)
    except NotImported:
        if is_called_so:
            raise refuse_file(no_excel) from None
        raise
    if is_called_so and not is_caseload(table.columns):
        raise refuse_file(no_excel)
    return table


def _loaded(found: Any) -> Any:
    from survey.exchange.caseload.write import write

    write(found, current_user.id)
    flash(_("The caseload was loaded."), "success")
    return redirect(url_for("casework.caseload", programme=found.programme.code), 303)


def _asked(form: LoadForm, refused: NotImported | None = None) -> str:
    return render_template(
        "loading/load.html", form=form, refused=refused, columns=words.columns(), what_names=words.WHAT_NAMES,
        told=told, most=MOST_SHOWN,
    )  # fmt: skip
