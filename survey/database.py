"""The database: engines, sessions, and one transaction a request.

SQLite (embedded): WAL, `synchronous=FULL`, foreign keys on. A request that may write begins IMMEDIATE, so that
reading and then writing cannot lose another's update; a GET begins DEFERRED and is held to reading.
PostgreSQL (production): the same models and migrations; a GET's transaction is READ ONLY there.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

from flask import Flask, Response, current_app, g, has_app_context, has_request_context, request
from flask.sansio.app import App
from flask_sqlalchemy_lite import SQLAlchemy
from flask_sqlalchemy_lite._extension import _close_async_sessions
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from survey.settings import Settings
from survey.tenancy import OrganisationSession
from survey.turn import Turn

#: How long a writer waits for another before it gives up and the person is asked to try again, in seconds.
LOCK_PATIENCE = 10
#: How much of the embedded database may be mapped into memory, in bytes.
MAPPED = "mmap_size=268435456"
#: What is deleted is overwritten, not only forgotten.
ERASING = "secure_delete=ON"
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Database(SQLAlchemy):
    def init_app(self, app: App) -> None:
        super().init_app(app)
        # We open no asynchronous sessions; closing none of them would start a thread at the end of every request.
        app.teardown_appcontext_funcs.remove(_close_async_sessions)

    @property
    def session(self) -> OrganisationSession:
        if "turn" in g:
            raise RuntimeError("A request has one transaction: that of the page turn has begun.")
        session = cast(OrganisationSession, self.get_session())
        if "organisation_id" in g and "organisation" not in session.info:
            session.enter(g.organisation_id)
        return session

    def enter(self, organisation_id: UUID) -> None:
        """This request is inside an organisation, whether it goes by the session or by a page turn."""
        g.organisation_id = organisation_id

    @property
    def turn(self) -> Turn:
        """This request's transaction, in place of the session's."""
        own = g._get_current_object()
        turn: Turn | None = own.get("turn")
        if turn is None:
            if "_sqlalchemy_sessions" in own and self.session.in_transaction():
                raise RuntimeError("A request has one transaction: that of the session has begun.")
            turn = own.turn = Turn(self.engine, own.organisation_id, is_reading())
        return turn


db = Database(session_options={"class_": OrganisationSession})


def init_app(app: Flask, settings: Settings) -> None:
    app.extensions["telvertel_reading"] = set()
    app.config["SQLALCHEMY_ENGINES"] = {"default": engine_options(settings.url)}
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
    app.after_request(_end_transaction)
    app.teardown_appcontext(_drop_turn)


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
    """Whether this request only reads: by its method, or by its endpoint where a library posts to ask.

    Or because it was said: see `transactions_that`.
    """
    said: bool | None = g.get("reading") if has_app_context() else None
    if said is not None:
        return said
    if not has_request_context():
        return False
    return (
        request.method in READING_METHODS or request.endpoint in current_app.extensions["telvertel_reading"]
    )


@contextmanager
def transactions_that(read: bool) -> Iterator[None]:
    """Transactions that begin in here only read, or may write, whatever the request."""
    before = g.get("reading")
    g.reading = read
    try:
        yield
    finally:
        g.reading = before


def _set_up_sqlite(connection: sqlite3.Connection, record: object) -> None:
    connection.isolation_level = (
        None  # transactions begin where _begin_sqlite says, not where the driver guesses
    )
    # mmap_size: another worker's commit makes this one read its pages again; mapped, that is no copying.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        MAPPED,
        ERASING,
    ):
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
    turn = g.pop("turn", None)
    if turn is not None:
        return _end_turn(turn, response)
    if "_sqlalchemy_sessions" not in g:
        return response
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


def _end_turn(turn: Turn, response: Response) -> Response:
    try:
        turn.end(keep=not turn.reading and response.status_code < 400)
    except DBAPIError as problem:
        from survey.errors import not_saved  # as above

        return not_saved(problem)
    return response


def undo() -> None:
    """Take back what this request did, so that the page that says it failed can still read."""
    turn = g.pop("turn", None)
    if turn is not None:
        turn.end(keep=False)
    elif "_sqlalchemy_sessions" in g:
        db.session.rollback()


def _drop_turn(problem: BaseException | None) -> None:
    """Where no response was made, nothing is kept."""
    turn = g.pop("turn", None)
    if turn is not None:
        turn.end(keep=False)
