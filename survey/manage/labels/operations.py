"""Labels come, get another name, and are no longer offered. What was labelled keeps its label."""

from __future__ import annotations

from flask_babel import gettext as _

from survey.clock import today
from survey.database import db
from survey.fieldwork import Refused
from survey.manage.labels import queries
from survey.models import Label
from survey.privacy import audit


def add(name: str) -> None:
    _check(name, None)
    label = Label(name=name)
    db.session.add(label)
    db.session.flush()
    audit.record("label.changed", label=label.id.hex, decision="added")


def rename(label: Label, name: str) -> None:
    _check(name, label)
    label.name, label.version = name, label.version + 1
    _changed(label, "changed")


def retire(label: Label, is_retired: bool) -> None:
    """Offer it no longer, or offer it again. Its name is another matter: who is busy with that goes on."""
    label.retired_on = today() if is_retired else None
    _changed(label, "removed" if is_retired else "added")


def _changed(label: Label, how: str) -> None:
    db.session.flush()
    audit.record("label.changed", label=label.id.hex, decision=how)


def _check(name: str, but: Label | None) -> None:
    if queries.is_taken(name, but):
        raise Refused(_("There is already a label with this name."))
