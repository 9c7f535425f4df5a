"""A file in, a file out: each in one transaction."""

from __future__ import annotations

from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from survey.database import db
from survey.exchange import dump, load, read
from survey.fieldwork import Refused, enter_programme
from survey.privacy import audit


def run_import(path: Path, programme_code: str, dry_run: bool = False, replace: bool = False) -> load.Summary:
    """Import a file into a programme and commit, or change nothing: on a trial run and on Refused.

    The session is this function's: what its caller had not committed is rolled back in those two cases. The
    file is read before the database is asked anything, so that others can go on writing meanwhile.
    """
    table = read.table(path)
    try:
        summary = load.load(enter_programme(programme_code), table, replace)
        if not dry_run:
            db.session.commit()
    except IntegrityError:
        raise Refused(_("Someone else changed this programme meanwhile. Try again.")) from None
    finally:
        db.session.rollback()  # after a commit there is nothing left to roll back
    return summary


def run_export(programme_code: str, format: str, out: Path) -> dump.Summary:
    """Write the responses of a programme; Refused without such a programme, or when it cannot be written.

    That they were taken out is noted first: a file that nobody knows of would be worse than a note of none.
    """
    try:
        programme = enter_programme(programme_code)
        audit.record("answers.exported", programme=programme.code, format=format)
        db.session.commit()
        return dump.dump(programme, format, out)
    finally:
        db.session.rollback()
