"""The organisation's own kinds of activities and its providers, and how often each is used."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from survey.database import db
from survey.models import Activity, ActivityKind, Provider


def kinds() -> list[tuple[ActivityKind, int]]:
    """Each kind, and in how many activities it stands."""
    used = func.count(Activity.id)
    statement = select(ActivityKind, used).outerjoin(Activity, Activity.kind_id == ActivityKind.id)
    rows = db.session.execute(statement.group_by(ActivityKind.id).order_by(ActivityKind.name))
    return [(row[0], row[1]) for row in rows]


def providers() -> list[tuple[Provider, int]]:
    used = func.count(Activity.id)
    statement = select(Provider, used).outerjoin(Activity, Activity.provider_id == Provider.id)
    return [
        (row[0], row[1])
        for row in db.session.execute(statement.group_by(Provider.id).order_by(Provider.name))
    ]


def kind(kind_id: UUID, to_change: bool) -> ActivityKind | None:
    """`to_change`: nobody else changes it until this request is done."""
    statement = select(ActivityKind).where(ActivityKind.id == kind_id)
    return db.session.scalar(statement.with_for_update() if to_change else statement)


def provider(provider_id: UUID, to_change: bool) -> Provider | None:
    statement = select(Provider).where(Provider.id == provider_id)
    return db.session.scalar(statement.with_for_update() if to_change else statement)
