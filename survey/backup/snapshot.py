"""The database as it was at one moment, read while others go on writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from survey.database import db, transactions_that
from survey.tenancy import OPERATOR, tell_postgresql


@contextmanager
def snapshot() -> Iterator[Connection]:
    """A connection that only reads, all of it from the moment of its first reading. Wants an application context.

    SQLite: the write-ahead log keeps that moment; nobody waits. PostgreSQL: REPEATABLE READ.
    """
    engine = db.engine
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with transactions_that(read=True), engine.connect() as connection, connection.begin():
        see_everything(connection)
        yield connection


def see_everything(connection: Connection) -> None:
    """Row-level security lets the operator through, until the end of the transaction."""
    if connection.dialect.name == "postgresql":
        tell_postgresql(connection, {"exemption": OPERATOR})
