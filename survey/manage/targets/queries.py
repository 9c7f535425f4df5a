"""Intended results of a programme, with their targets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from survey import targets
from survey.database import db
from survey.models import Figure, IntendedResult, Programme, Target
from survey.targets import Template


def programme(code: str) -> Programme | None:
    return db.session.scalar(select(Programme).where(Programme.code == code))


def results(of: Programme) -> Sequence[IntendedResult]:
    """In the order in which they are read, with targets and figures."""
    statement = select(IntendedResult).where(IntendedResult.programme_id == of.id)
    loaded = statement.options(selectinload(IntendedResult.targets).selectinload(Target.figures))
    return db.session.scalars(loaded.order_by(IntendedResult.place, IntendedResult.id)).all()


def next_place(of: Programme) -> int:
    last = select(func.max(IntendedResult.place)).where(IntendedResult.programme_id == of.id)
    return (db.session.scalar(last) or 0) + 1


def offered(of: Programme) -> list[Template]:
    """Templates of which nothing stands in the programme yet."""
    there = {result.template for result in results(of)}
    return [one for one in targets.templates() if one.key not in there]


def result(result_id: UUID, lock: bool) -> IntendedResult | None:
    statement = select(IntendedResult).where(IntendedResult.id == result_id)
    return _one(statement.options(joinedload(IntendedResult.programme)), IntendedResult, lock)


def target(target_id: UUID, lock: bool) -> Target | None:
    statement = select(Target).where(Target.id == target_id).join(Target.result)
    loaded = contains_eager(Target.result).joinedload(IntendedResult.programme)
    return _one(statement.options(loaded), Target, lock)


def figure(figure_id: UUID) -> Figure | None:
    statement = select(Figure).where(Figure.id == figure_id)
    return db.session.scalar(statement.options(joinedload(Figure.target).joinedload(Target.result)))


def _one(statement: Any, model: Any, lock: bool) -> Any:
    """`lock`: to change it, so that nobody else does meanwhile."""
    if lock:
        statement = statement.with_for_update(of=model).execution_options(populate_existing=True)
    return db.session.scalar(statement)
