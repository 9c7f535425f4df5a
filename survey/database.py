"""The database: engines, sessions, and one transaction a request.

SQLite (embedded): WAL, `synchronous=FULL`, foreign keys on. A request that may write begins IMMEDIATE, so that
reading and then writing cannot lose another's update; a GET begins DEFERRED and is held to reading.
PostgreSQL (production): the same models and migrations; a GET's transaction is READ ONLY there. Nothing waits for
ever: a connection, a lock and a request's statement each have a limit. docs/durability.md says what all this keeps.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

from flask import Flask, Response, current_app, g, has_app_context, has_request_context, request
from flask.sansio.app import App
from flask_sqlalchemy_lite import SQLAlchemy
from flask_sqlalchemy_lite._extension import _close_async_sessions
from sqlalchemy import Connection, Engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from survey import logs
from survey.settings import Settings
from survey.tenancy import OrganisationSession, Prepared
from survey.turn import REQUEST_LIMITS, Line, Turn

#: How long a writer waits for another before it gives up and the person is asked to try again, in seconds.
LOCK_PATIENCE = 10
#: How much of the embedded database may be mapped into memory, in bytes.
MAPPED = "mmap_size=268435456"
#: What is deleted is overwritten, not only forgotten.
ERASING = "secure_delete=ON"
#: What every connection to the embedded database begins with. `synchronous`, and on macOS `fullfsync`, make a commit
#: wait until the disk has it. mmap_size: another worker's commit makes this one read its pages again; mapped, that
#: is no copying.
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "fullfsync=ON",
    "foreign_keys=ON",
    "temp_store=MEMORY",
    MAPPED,
    ERASING,
)
#: When a server that says nothing is given up; what the address itself says of these goes first.
POSTGRESQL_PATIENCE = {
    "connect_timeout": "5", "keepalives_idle": "10", "keepalives_interval": "5", "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}  # fmt: skip
#: Of what this role may choose for itself: to give up a lock in time, and to wait for the disk.
KEEP_POSTGRESQL = (
    "SELECT set_config('lock_timeout', %s, false), set_config('synchronous_commit',"
    " coalesce(nullif(current_setting('synchronous_commit'), 'off'), 'on'), false)"
)
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
            line = current_app.extensions["telvertel_line"]
            turn = own.turn = Turn(line, own.organisation_id, is_reading())
        return turn

    def run(self, prepared: Prepared, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The first row that a statement gives, in whichever transaction this request has begun."""
        turn: Turn | None = g.get("turn")
        if turn is not None:
            return turn.run(prepared, values)
        row = self.session.run(prepared, values).first()
        return tuple(row) if row else None

    def rows(self, prepared: Prepared, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """All rows of a prepared statement, in whichever transaction this request has."""
        if "turn" in g:
            return self.turn.rows(prepared, values)
        return self.session.run(prepared, values).all()


db = Database(session_options={"class_": OrganisationSession})


def init_app(app: Flask, settings: Settings) -> None:
    app.extensions["telvertel_reading"] = set()
    app.config["SQLALCHEMY_ENGINES"] = {"default": engine_options(settings.url)}
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
        app.extensions["telvertel_line"] = Line(db.engine)
    app.after_request(_end_transaction)
    app.teardown_appcontext(_drop_turn)


def engine_options(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        return {"url": url, "hide_parameters": True, "connect_args": {"timeout": LOCK_PATIENCE}}
    named = make_url(url).query
    patience = {name: value for name, value in POSTGRESQL_PATIENCE.items() if name not in named}
    return {"url": url, "hide_parameters": True, "pool_pre_ping": True, "connect_args": patience}


def prepare(engine: Engine) -> None:
    """Attach how connections and transactions begin on this engine's database."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _set_up_postgresql)
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
    asked = request._get_current_object()  # type: ignore[attr-defined]  # it is a proxy
    return asked.method in READING_METHODS or asked.endpoint in current_app.extensions["telvertel_reading"]


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
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _set_up_postgresql(connection: Any, record: object) -> None:
    connection.execute(KEEP_POSTGRESQL, (f"{LOCK_PATIENCE}s",))
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN" if is_reading() else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    if has_request_context():
        connection.exec_driver_sql(REQUEST_LIMITS[is_reading()])


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
    problem = _finish(session, keep=not is_reading() and response.status_code < 400)
    return response if problem is None else _not_saved(problem)


def _finish(session: OrganisationSession, keep: bool) -> DBAPIError | None:
    """Commit or roll back; what the database had against the commit."""
    try:
        if keep:
            session.commit()
            return None
    except DBAPIError as problem:
        _roll_back(session)
        return problem
    _roll_back(session)
    return None


def _roll_back(session: OrganisationSession) -> None:
    """A connection that cannot even do this is of no more use to the next request."""
    try:
        session.rollback()
    except DBAPIError as problem:
        logs.error("could not roll back", problem)
        session.invalidate()


def _not_saved(problem: DBAPIError) -> Response:
    from survey.errors import not_saved  # errors render pages, and pages need the database

    return not_saved(problem)


def _end_turn(turn: Turn, response: Response) -> Response:
    try:
        turn.end(keep=not turn.reading and response.status_code < 400)
    except DBAPIError as problem:
        return _not_saved(problem)
    return response


def undo() -> None:
    """Take back what this request did, so that the page that says it failed can still read."""
    turn = g.pop("turn", None)
    if turn is not None:
        turn.end(keep=False)
    elif "_sqlalchemy_sessions" in g:
        _roll_back(db.session)


def _drop_turn(problem: BaseException | None) -> None:
    """Where no response was made, nothing is kept."""
    turn = g.pop("turn", None)
    if turn is not None:
        turn.end(keep=False)
