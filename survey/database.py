"""The database: engines, sessions, and one transaction a request.

SQLite (embedded): WAL, `synchronous=FULL`, foreign keys on. A request that may write begins IMMEDIATE, so that
reading and then writing cannot lose another's update; a GET begins DEFERRED and is held to reading.
PostgreSQL (production): the same models and migrations; a GET's transaction is READ ONLY there.
"""

from __future__ import annotations

import sqlite3
from typing import Any, cast

from flask import Flask, Response, current_app, has_request_context, request
from flask.sansio.app import App
from flask_sqlalchemy_lite import SQLAlchemy
from flask_sqlalchemy_lite._extension import _close_async_sessions
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from survey.settings import Settings
from survey.tenancy import OrganisationSession

#: How long a writer waits for another before it gives up and the person is asked to try again, in seconds.
LOCK_PATIENCE = 10
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Database(SQLAlchemy):
    def init_app(self, app: App) -> None:
        super().init_app(app)
        # We open no asynchronous sessions; closing none of them would start a thread at the end of every request.
        app.teardown_appcontext_funcs.remove(_close_async_sessions)

    @property
    def session(self) -> OrganisationSession:
        return cast(OrganisationSession, self.get_session())


db = Database(session_options={"class_": OrganisationSession})


def init_app(app: Flask, settings: Settings) -> None:
    app.extensions["telvertel_reading"] = set()
    app.config["SQLALCHEMY_ENGINES"] = {"default": engine_options(settings.url)}
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
    app.after_request(_end_transaction)


def engine_options(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        return {"url": url, "hide_parameters": True, "connect_args": {"timeout": LOCK_PATIENCE}}
    return {"url": url, "hide_parameters": True, "pool_pre_ping": True}


def prepare(engine: Engine) -> None:
    """Attach how connections and transactions begin on this engine's database."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)


def insert(model: type[Any]) -> sqlite.Insert | postgresql.Insert:
    """INSERT that can say what to do ON CONFLICT, in the dialect at hand."""
    return postgresql.insert(model) if db.engine.dialect.name == "postgresql" else sqlite.insert(model)


def is_reading() -> bool:
    """Whether this request only reads: by its method, or by its endpoint where a library posts to ask."""
    if not has_request_context():
        return False
    return (
        request.method in READING_METHODS or request.endpoint in current_app.extensions["telvertel_reading"]
    )


def _set_up_sqlite(connection: sqlite3.Connection, record: object) -> None:
    connection.isolation_level = (
        None  # transactions begin where _begin_sqlite says, not where the driver guesses
    )
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN" if is_reading() else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    if is_reading():
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


@event.listens_for(OrganisationSession, "before_flush")
def _get_changes_nothing(session: object, flush: object, instances: object) -> None:
    if is_reading():
        raise RuntimeError(f"{request.method} {request.endpoint} was about to write; a GET changes nothing.")


def _end_transaction(response: Response) -> Response:
    """Commit what a successful request wrote, before anything is said to have been saved."""
    session = db.session
    if not session.in_transaction():
        return response
    if is_reading() or response.status_code >= 400:
        session.rollback()
        return response
    try:
        session.commit()
    except DBAPIError as problem:
        session.rollback()
        from survey.errors import not_saved  # errors render pages, and pages need the database

        return not_saved(problem)
    return response
