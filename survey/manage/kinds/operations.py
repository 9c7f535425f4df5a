"""The organisation's lists grow and change. What stands in activities is never removed, only offered no more."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import func, select

from survey.database import db
from survey.fieldwork import Refused
from survey.models import ActivityKind, Organisation, Provider
from survey.privacy import audit

Listed = ActivityKind | Provider


def keep(listed: Listed, **values: str | bool) -> None:
    """A new one, or one that changed; Refused when another has its name."""
    is_new = listed.version is None
    db.session.scalars(
        select(Organisation).with_for_update()
    ).one()  # one at a time, so that no name comes twice
    same = select(type(listed).id).where(func.lower(type(listed).name) == str(values["name"]).lower())
    if db.session.scalar(same.where(type(listed).id != listed.id).limit(1)) is not None:
        raise Refused(_("This name is in the list already."))
    for name, value in values.items():
        setattr(listed, name, value)
    listed.version = 1 if is_new else listed.version + 1
    db.session.add(listed)
    db.session.flush()
    audit.record("organisation.changed", what=listed.__tablename__)
