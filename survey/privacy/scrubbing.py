"""After something was erased: make sure that its bytes are gone from the database's files too.

SQLite overwrites what is deleted (`secure_delete`, see survey.database), but pages as they were stand in the
write-ahead log until it is emptied, and pages that were split may hold old copies in their free space until the
file is written anew. PostgreSQL keeps dead rows until it is vacuumed.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, event

from survey.database import db

#: How long emptying the log waits for readers, in milliseconds. If they hold on, the next one does it.
PATIENCE = 2000


def after_commit(session: Any) -> None:
    """Empty the write-ahead log as soon as this transaction is kept."""
    if not session.info.get("empties_log"):
        session.info["empties_log"] = True
        event.listen(session, "after_commit", lambda session: empty_log(db.engine))


def empty_log(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        return
    _plainly(engine, f"PRAGMA busy_timeout={PATIENCE}", "PRAGMA wal_checkpoint(TRUNCATE)")


def rewrite() -> None:
    """Write the whole database anew, without what was erased. Takes a while, so commands do it and pages do not."""
    if db.engine.dialect.name == "sqlite":
        _plainly(db.engine, "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")
    else:
        _plainly(db.engine, "VACUUM")


def _plainly(engine: Engine, *statements: str) -> None:
    """Outside any transaction, on a connection of its own, which is not used again."""
    connection = engine.raw_connection()
    try:
        if engine.dialect.name != "sqlite":
            connection.driver_connection.autocommit = True  # type: ignore[union-attr]  # it was just made
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        cursor.close()
    finally:
        connection.invalidate()
