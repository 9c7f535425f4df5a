"""The transaction of a page turn: prepared statements and nothing else, straight on the database's driver.

The session keeps books of objects, and compiles and reads each statement anew; a page turn has no objects and always
the same two statements, so that would be most of its cost. The rules are the session's: one transaction a request,
a GET only reads, everything inside the organisation entered, the database's errors as SQLAlchemy names them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Dialect, Engine, Select
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


class Turn:
    """Begins when it is made; `end` must follow."""

    def __init__(self, engine: Engine, organisation_id: UUID, reading: bool) -> None:
        self.dialect = engine.dialect
        self.organisation_id = organisation_id
        self.reading = reading
        self._error = self.dialect.loaded_dbapi.Error
        try:
            self._connection = engine.raw_connection()
        except self._error as problem:
            raise self._named(problem) from problem
        self._cursor = self._connection.cursor()
        try:
            self._begin()
        except self._error as problem:
            self._connection.close()
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
            if keep:
                self._connection.commit()
        except self._error as problem:
            raise self._named(problem) from problem
        finally:
            self._connection.close()  # the pool rolls back what was not committed

    def _named(self, problem: Exception) -> BaseException:
        """The driver's error as one of SQLAlchemy's."""
        return DBAPIError.instance(
            None, None, problem, self._error, hide_parameters=True, dialect=self.dialect
        )


class _Compiled:
    """A prepared statement for one kind of database: its SQL, and how values go in and come out."""

    def __init__(self, prepared: Prepared, dialect: Dialect) -> None:
        compiled: Any = prepared.statement.compile(dialect=dialect)
        self.sql: str = compiled.string
        self._order: Sequence[str] | None = compiled.positiontup
        constants = {name: value for name, value in compiled.params.items() if value is not None}
        put_in: dict[str, Process | None] = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect)
            for bind, name in compiled.bind_names.items()
        }
        self._constants = {name: _through(put_in[name], value) for name, value in constants.items()}
        self._put_in = [(name, process) for name, process in put_in.items() if name not in constants]
        self.gives_rows = isinstance(prepared.statement, Select)
        columns = prepared.statement.selected_columns if isinstance(prepared.statement, Select) else ()
        self._take_out: list[Process | None] = [
            column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns
        ]
        refuse_loose(self.sql, self.parameters(dict.fromkeys(put_in), NOBODY), NOBODY)

    def parameters(self, values: Mapping[str, Any], organisation_id: UUID) -> Any:
        given = {**values, "inside": organisation_id, "organisation_id": organisation_id}
        ready = dict(self._constants)
        for name, process in self._put_in:
            ready[name] = _through(process, given[name])
        return ready if self._order is None else [ready[name] for name in self._order]

    def row(self, values: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(map(_through, self._take_out, values))


def _through(process: Process | None, value: Any) -> Any:
    return value if process is None else process(value)


def _compiled(prepared: Prepared, dialect: Dialect) -> _Compiled:
    """Made, and read once for tables that are not held, the first time that it runs."""
    compiled: _Compiled | None = prepared.compiled.get(dialect.name)
    if compiled is None:
        compiled = prepared.compiled[dialect.name] = _Compiled(prepared, dialect)
    return compiled
