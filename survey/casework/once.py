"""Something new is kept once, however often its form is sent: the reply may never have come.

The form makes the id of what it is for when it is shown. In the same words it is one. What it says otherwise the second
time is written only by who saw it beside what was kept (`survey.editing`).
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any, Protocol
from uuid import UUID

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, ValidationError

from survey.database import db


class Place(Protocol):
    id: UUID


def id_from_form(sent: UUID, place: Place | None = None) -> UUID:
    """Whenever a form is sent again for this place it is the same, and never one of another organisation."""
    within = (db.session.organisation_id, *([place.id] if place else ()))
    digest = sha256(b"".join(one.bytes for one in (*within, sent))).digest()
    return UUID(bytes=digest[:16], version=4)


class OnceForm(FlaskForm):
    id = HiddenField()

    def new_id(self, place: Place | None = None) -> UUID:
        return id_from_form(UUID(self.id.data), place)

    def kept_before(self, find: Callable[[UUID, bool], Any], place: Place | None) -> Any:
        """What was made of it when it was sent before, held until this request ends; nothing if it was not."""
        if place is None or not self.is_submitted() or not _is_id(self.id.data):
            return None
        return find(self.new_id(place), True)

    def validate_id(self, field: HiddenField) -> None:
        if not _is_id(field.data):
            raise ValidationError(str(_("Load this page again.")))


def _is_id(sent: str | None) -> bool:
    try:
        return bool(UUID(sent or ""))
    except ValueError:
        return False
