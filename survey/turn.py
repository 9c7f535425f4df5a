"""The transaction of a page turn: prepared statements and nothing else, straight on the database's driver.

The session keeps books of objects, and compiles and reads each statement anew; a page turn has no objects and always
the same two statements, so that would be most of its cost. The rules are the session's: one transaction a request,
a GET only reads, everything inside the organisation entered, the database's errors as SQLAlchemy names them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Dialect, Engine, PoolProxiedConnection, Select, event
from sqlalchemy.exc import DBAPIError

from survey.tenancy import Prepared, refuse_loose

#: A request's transaction on PostgreSQL, by whether it only reads: how long one of its statements may take, and how
#: long its worker may be silent in the midst of it. Commands take as long as they need.
REQUEST_LIMITS = {
    reading: "SELECT set_config('statement_timeout', '30s', true),"
    " set_config('idle_in_transaction_session_timeout', '60s', true),"
    f" set_config('transaction_read_only', '{'on' if reading else 'off'}', true)"
    for reading in (True, False)
}
TELL_ORGANISATION = (
    ", set_config('telvertel.organisation', %s, true), set_config('telvertel.exemption', '', true)"
)
Process = Callable[[Any], Any]
NOBODY = UUID(int=0)


class Line:
    """Hands a connection from one page turn to the next. To fetch it from the pool and give it back each time would
    cost more than the statements. On PostgreSQL a connection may have died meanwhile; the pool tries it first.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._keeps = engine.dialect.name == "sqlite"
        self._kept: list[PoolProxiedConnection] = []
        event.listen(engine, "engine_disposed", self._drop)

    def take(self) -> PoolProxiedConnection:
        try:
            return self._kept.pop()
        except IndexError:
            return self.engine.raw_connection()

    def give_back(self, connection: PoolProxiedConnection, sound: bool) -> None:
        """One is kept if nothing went wrong on it; of the others, and of what is left undone, the pool takes care."""
        if sound and self._keeps and not self._kept:
            self._kept.append(connection)
        else:
            connection.close()

    def _drop(self, engine: Engine) -> None:
        while self._kept:
            self._kept.pop().invalidate()


class Turn:
    """Begins when it is made; `end` must follow."""

    def __init__(self, line: Line, organisation_id: UUID, reading: bool) -> None:
        self.dialect = line.engine.dialect
        self.organisation_id = organisation_id
        self.reading = reading
        self._error = self.dialect.loaded_dbapi.Error
        self._line = line
        self._sound = True
        try:
            self._connection = line.take()
        except self._error as problem:
            raise self._named(problem) from problem
        self._cursor = self._connection.cursor()
        try:
            self._begin()
        except self._error as problem:
            line.give_back(self._connection, sound=False)
            raise self._named(problem) from problem

    def _begin(self) -> None:
        if self.dialect.name == "sqlite":
            self._cursor.execute("BEGIN" if self.reading else "BEGIN IMMEDIATE")
            return
        begin = REQUEST_LIMITS[self.reading] + TELL_ORGANISATION
        self._cursor.execute(begin, (str(self.organisation_id),))

    def run(self, prepared: Prepared, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """Run a statement inside the organisation; its first row, if it gives any. KeyError for a lacking value."""
        compiled = _compiled(prepared, self.dialect)
        parameters = compiled.parameters(values, self.organisation_id)
        try:
            self._cursor.execute(compiled.sql, parameters)
            row = self._cursor.fetchone() if compiled.gives_rows else None
        except self._error as problem:
            raise self._named(problem) from problem
        return compiled.row(row) if row else None

    def rows(self, prepared: Prepared, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """All rows of a statement, for what a page turn seldom asks: most find it in memory."""
        compiled = _compiled(prepared, self.dialect)
        try:
            self._cursor.execute(compiled.sql, compiled.parameters(values, self.organisation_id))
            found = self._cursor.fetchall()
        except self._error as problem:
            raise self._named(problem) from problem
        return [compiled.row(row) for row in found]

    def end(self, keep: bool) -> None:
        """Commit or roll back, and give the connection back."""
        try:
            self._cursor.close()  # a row that nobody fetched would keep the transaction open
            if keep:
                self._connection.commit()
            elif self._sound:
                self._connection.rollback()
        except self._error as problem:
            error = self._named(problem)
            if keep:  # what was not to be kept is not, either way
                raise error from problem
        finally:
            self._line.give_back(self._connection, self._sound)

    def _named(self, problem: Exception) -> BaseException:
        """The driver's error as one of SQLAlchemy's; after one the pool looks after the connection."""
        self._sound = False
        return DBAPIError.instance(
            None, None, problem, self._error, hide_parameters=True, dialect=self.dialect
        )


class _Compiled:
    """A prepared statement for one kind of database: its SQL, and how values go in and come out."""

    def __init__(self, prepared: Prepared, dialect: Dialect) -> None:
        compiled: Any = prepared.statement.compile(dialect=dialect)
        self.sql: str = compiled.string
        self._order: Sequence[str] | None = compiled.positiontup
        put_in: dict[str, Process] = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect) or _as_it_is
            for bind, name in compiled.bind_names.items()
        }
        self._constants = {
            name: put_in[name](value) for name, value in compiled.params.items() if value is not None
        }
        self._put_in = [(name, process) for name, process in put_in.items() if name not in self._constants]
        self.gives_rows = isinstance(prepared.statement, Select)
        columns = prepared.statement.selected_columns if isinstance(prepared.statement, Select) else ()
        processes = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._take_out = [(place, process) for place, process in enumerate(processes) if process is not None]
        refuse_loose(self.sql, self.parameters(dict.fromkeys(put_in), NOBODY), NOBODY)

    def parameters(self, values: Mapping[str, Any], organisation_id: UUID) -> Any:
        given = {**values, "inside": organisation_id, "organisation_id": organisation_id}
        ready = {**self._constants, **{name: process(given[name]) for name, process in self._put_in}}
        return ready if self._order is None else tuple(map(ready.__getitem__, self._order))

    def row(self, values: Sequence[Any]) -> tuple[Any, ...]:
        found = list(values)
        for place, process in self._take_out:
            found[place] = process(found[place])
        return tuple(found)


def _as_it_is(value: Any) -> Any:
    return value


def _compiled(prepared: Prepared, dialect: Dialect) -> _Compiled:
    """Made, and read once for tables that are not held, the first time that it runs."""
    compiled: _Compiled | None = prepared.compiled.get(dialect.name)
    if compiled is None:
        compiled = prepared.compiled[dialect.name] = _Compiled(prepared, dialect)
    return compiled
