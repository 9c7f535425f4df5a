"""A file in, a file out: each in one transaction."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from survey.database import db
from survey.exchange import dump, load, read
from survey.exchange.caseload import compare, write
from survey.exchange.caseload import dump as caseload_dump
from survey.exchange.caseload.columns import is_caseload
from survey.exchange.caseload.plan import Plan
from survey.exchange.table import Table
from survey.fieldwork import Refused, enter_programme
from survey.models import Programme
from survey.privacy import audit
from survey.refusal import NotImported


class NotLoaded(NotImported):
    """A caseload that was refused; `plan` also says what of it could be taken."""

    def __init__(self, refused: NotImported, plan: Plan) -> None:
        super().__init__(refused.refusals, refused.total)
        self.plan = plan


def run_import(
    path: Path, programme_code: str, dry_run: bool = False, replace: bool = False
) -> load.Summary | Plan:
    """Import a file into a programme and commit, or change nothing: on a trial run and on Refused.

    What it holds its heading says: responses or a caseload.

    The session is this function's: what its caller had not committed is rolled back in those two cases. The
    file is read before the database is asked anything, so that others can go on writing meanwhile.
    """
    table = read.table(path)
    try:
        bring = load_caseload if is_caseload(table.columns) else load.load
        summary = bring(enter_programme(programme_code), table, replace)
        if not dry_run:
            db.session.commit()
    except IntegrityError:
        raise Refused(_("Someone else changed this programme meanwhile. Try again.")) from None
    finally:
        db.session.rollback()  # after a commit there is nothing left to roll back
    return summary


def load_caseload(
    programme: Programme, table: Table, replace: bool = False, staff_id: UUID | None = None
) -> Plan:
    """Into a programme whose organisation was entered; NotLoaded holds every reason to refuse."""
    plan = compare.plan(programme, table, replace)
    if plan.refusals.found:
        raise NotLoaded(plan.refusals.found, plan)
    write.write(plan, staff_id)
    return plan


def run_export(programme_code: str, format: str, out: Path, caseload: bool = False) -> dump.Summary:
    """Write the responses of a programme, or its caseload; Refused without such a one, or when it cannot be written.

    That they were taken out is noted first: a file that nobody knows of would be worse than a note of none.
    """
    try:
        programme = enter_programme(programme_code)
        action = "caseload.exported" if caseload else "answers.exported"
        audit.record(action, programme=programme.code, format=format)
        db.session.commit()
        return (caseload_dump if caseload else dump).dump(programme, format, out)
    finally:
        db.session.rollback()
