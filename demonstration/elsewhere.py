"""Two more organisations, each with a caseload that was loaded from a file as a user would."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from demonstration import caseloads
from demonstration.caseloads import Row
from survey import fieldwork
from survey.accounts import operations as accounts
from survey.database import db

INSTRUMENTS = ("integration", "wellbeing")
#: Who can look at a caseload, and at what becomes of it in numbers.
ROLES = ("casemanager", "coordinator")


@dataclass(frozen=True)
class Elsewhere:
    """An organisation with one programme, both under this code."""

    code: str
    organisation: str
    programme: str
    rows: Callable[[], Iterable[Row]]
    #: How its file is written: one of each kind, to look at.
    format: str


EVERY = (
    Elsewhere(
        "overbetuwe", "Gemeente Voorbeeld-Overbetuwe", "Versnelde integratie en participatie",
        caseloads.overbetuwe, "csv",
    ),
    Elsewhere("openembassy", "Stichting Voorbeeld-OpenEmbassy", "Direct Meedoen", caseloads.openembassy, "xlsx"),
)  # fmt: skip


def add(folder: Path) -> list[dict[str, str]]:
    """Make them, and say who can sign in there."""
    return [sign_in for one in EVERY for sign_in in _add(one, folder)]


def _add(one: Elsewhere, folder: Path) -> list[dict[str, str]]:
    from survey.exchange.files import load_caseload
    from survey.exchange.read import table

    organisation = fieldwork.add_organisation(one.code, one.organisation, fictitious=True)
    db.session.flush()
    db.session.enter(organisation.id)
    sign_ins = []
    for role in ROLES:
        email = f"{role}@{one.code}.example"
        password = accounts.add_staff(email, role, name=f"Voorbeeld-{role}")
        sign_ins.append({"role": role, "organisation": one.code, "email": email, "password": password or ""})
    programme = fieldwork.add_programme(
        one.code, one.programme, list(INSTRUMENTS),
        [fieldwork.parse_wave(key) for key in ("before", "after", "follow_up")],
    )  # fmt: skip
    db.session.flush()
    path = folder / f"{one.code}.{one.format}"
    _write(path, one)
    load_caseload(programme, table(path))
    db.session.flush()
    return sign_ins


def _write(path: Path, one: Elsewhere) -> None:
    """A file such as a municipality would make."""
    from survey.exchange.caseload.columns import COLUMNS
    from survey.exchange.workbook import CASELOAD_SHEET
    from survey.exchange.write import write

    rows = ([row.get(column) for column in COLUMNS] for row in one.rows())
    write(path, one.format, CASELOAD_SHEET, COLUMNS, rows)
    os.chmod(path, 0o600)
