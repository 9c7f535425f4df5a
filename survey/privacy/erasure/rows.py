"""Rows in bulk, past what the session holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select

from survey.database import db


def ids(statement: Select[Any]) -> Sequence[Any]:
    return db.session.scalars(statement).all()


def run(statement: Any) -> int:
    """How many rows it touched. Nothing loaded is kept in step: callers expire what they hold."""
    result: Any = db.session.execute(statement, execution_options={"synchronize_session": False})
    return int(result.rowcount)
