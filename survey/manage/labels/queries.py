"""The organisation's labels."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from survey import labels as names
from survey.database import db
from survey.models import Label


def labels() -> list[Label]:
    """Those that are offered first, by name."""
    found = db.session.scalars(select(Label)).all()
    return sorted(found, key=lambda label: (label.retired_on is not None, _named(label)))


def label(label_id: UUID, lock: bool) -> Label | None:
    statement = select(Label).where(Label.id == label_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(statement)


def is_taken(name: str, but: Label | None) -> bool:
    """Whether another label is called so already, in the language of this page or by its own name."""
    return any(_named(label) == name.casefold() for label in labels() if label is not but)


def _named(label: Label) -> str:
    return str(names.name(label)).casefold()
