"""The page of the audit log and its file. Both are noted in it."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable
from typing import IO, Any

from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.wsgi import wrap_file

from survey import audience, formulas
from survey.clock import HOME, today
from survey.manage.audit_log import queries, words
from survey.manage.audit_log.forms import FilterForm
from survey.models.base import compact_json
from survey.privacy import audit

pages = Blueprint("audit", __name__, url_prefix="/manage/audit", template_folder="../templates")
AUDIENCE = {"audit.events": audience.ADMINISTRATOR, "audit.file": audience.ADMINISTRATOR}
#: As they are in the file; the last one lets an older file be compared with the log of today.
COLUMNS = ("number", "moment", "actor", "colleague", "person", "action", "details", "hash")
LARGEST = 2**31 - 1


@pages.get("/")
def events() -> Any:
    form = FilterForm(request.args)
    is_valid = form.validate()
    before = request.args.get("before", type=int)
    if before is not None:
        before = min(max(before, 1), LARGEST)
    found = queries.listing(form.chosen, before) if is_valid else queries.Listing([], None)
    kept: dict[str, Any] = form.kept
    audit.record("audit.read", events=len(found.lines))
    page = render_template(
        "manage/audit.html", form=form, listing=found, kept=kept, is_newest=before is None,
        words=words, colleagues=queries.colleagues(found.lines),
        file=url_for("audit.file", **kept),
    )  # fmt: skip
    return page, (200 if is_valid else 422)


@pages.get("/events.csv")
def file() -> Any:
    """All events that fit the filter. No cell of it is evaluated by a spreadsheet."""
    form = FilterForm(request.args)
    if not form.validate():
        return events()
    audit.record("audit.exported")
    content = _csv(queries.every(form.chosen))
    response = Response(wrap_file(request.environ, content), mimetype="text/csv", direct_passthrough=True)
    response.call_on_close(content.close)
    response.headers["Content-Disposition"] = f"attachment; filename=audit-{today().isoformat()}.csv"
    return response


def _csv(lines: Iterable[queries.Line]) -> IO[bytes]:
    """Beyond a megabyte on the disk, in a file without a name."""
    content = tempfile.SpooledTemporaryFile(max_size=1_000_000)  # noqa: SIM115 - closed when it was sent
    text = io.TextIOWrapper(content, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(map(_cells, lines))
    text.detach()
    content.seek(0)
    return content


def _cells(line: queries.Line) -> list[str | int]:
    event = line.event
    colleague = line.colleague or (event.staff_id.hex if event.staff_id else "")
    moment = event.happened_at.astimezone(HOME).isoformat(timespec="seconds")
    texts = (event.actor, colleague, line.pseudonym or "", event.action, compact_json(event.details))
    return [event.number, moment, *map(formulas.escape, texts), event.hash]
