"""The program on a disk that we can watch, break, and end in mid-operation.

The program's own driver links another SQLite than apsw does, so it cannot be given apsw's file system. Here the driver
changes places: all of the program runs, unchanged, and its connections come from apsw. The program's own driver is
put through the same by `make torture`, from outside, by the system calls of a real server.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import apsw
import pytest

from survey import database

numbers = count(1)
ERRORS: list[tuple[type[Exception], type[Exception]]] = [
    (apsw.ConstraintError, sqlite3.IntegrityError),
    (apsw.Error, sqlite3.OperationalError),
]


@dataclass(frozen=True)
class Operation:
    """What SQLite is about to do. `kind`: open, write, truncate, sync, delete; with files by their name."""

    kind: str
    file: str
    offset: int = 0
    data: bytes = b""


Hear = Callable[[Operation], None]


class Disk(apsw.VFS):
    """Between SQLite and the machine's files. `hear` comes before each operation, and may raise instead of it."""

    def __init__(self, hear: Hear) -> None:
        self.name = f"disk{next(numbers)}"
        self.hear = hear
        super().__init__(self.name, "")

    def xOpen(self, name: Any, flags: list[int]) -> Any:
        return File(self, name, flags)

    def xDelete(self, name: str, sync: bool) -> None:
        self.hear(Operation("delete", Path(name).name))
        super().xDelete(name, sync)


class File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        self.hear = disk.hear
        self.file = Path(name.filename() if isinstance(name, apsw.URIFilename) else str(name)).name
        self.hear(Operation("open", self.file))
        super().__init__("", name, flags)

    def xWrite(self, data: Any, offset: int) -> None:
        self.hear(Operation("write", self.file, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:
        self.hear(Operation("truncate", self.file, size))
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:
        self.hear(Operation("sync", self.file))
        super().xSync(flags)


@contextmanager
def _as_drivers() -> Iterator[None]:
    try:
        yield
    except apsw.Error as problem:
        raised = next(ours for theirs, ours in ERRORS if isinstance(problem, theirs))
        raise raised(str(problem)) from problem


class Cursor:
    """As much of sqlite3.Cursor as SQLAlchemy and the program use."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._cursor = connection.inner.cursor()
        self._cursor.exec_trace = self._note
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    def _note(self, cursor: apsw.Cursor, statement: str, values: Any) -> bool:
        columns = cursor.get_description()
        self.description = tuple((name, *[None] * 6) for name, _ in columns) or None
        return True

    def execute(self, statement: str, values: Any = ()) -> Cursor:
        inner = self._connection.inner
        with _as_drivers():
            before = inner.total_changes()
            self.description = None
            self._rows = list(self._cursor.execute(statement, values))
            self.lastrowid = inner.last_insert_rowid()
            self.rowcount = -1 if self.description else inner.total_changes() - before
        if not statement.startswith("PRAGMA"):
            self._connection.step(statement)
        return self

    def executemany(self, statement: str, rows: Sequence[Any]) -> Cursor:
        changed = 0
        for values in rows:
            changed += self.execute(statement, values).rowcount
        self.rowcount = changed
        return self

    def fetchone(self) -> Any:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int = 1) -> list[Any]:
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    def fetchall(self) -> list[Any]:
        return self.fetchmany(len(self._rows))

    def close(self) -> None:
        self._cursor.close(True)


class Connection:
    """As much of sqlite3.Connection. `step` hears each statement after it was run."""

    isolation_level: str | None = ""

    def __init__(self, file: str, disk: Disk, step: Callable[[str], None]) -> None:
        self.step = step
        with _as_drivers():
            self.inner = apsw.Connection(file, vfs=disk.name)
            self.inner.set_busy_timeout(database.LOCK_PATIENCE * 1000)

    def create_function(self, name: str, arguments: int, function: Any, deterministic: bool = False) -> None:
        self.inner.create_scalar_function(name, function, arguments, deterministic=deterministic)

    def cursor(self, *_: Any) -> Cursor:
        return Cursor(self)

    def execute(self, statement: str, values: Any = ()) -> Cursor:
        return self.cursor().execute(statement, values)

    def commit(self) -> None:
        if self.inner.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        if self.inner.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        with suppress(apsw.Error):  # a disk that takes no more does not keep the program from ending
            self.inner.close(True)


def put_on_disk(
    monkeypatch: pytest.MonkeyPatch,
    hear: Hear,
    step: Callable[[str], None] = lambda statement: None,
    begin: Sequence[str] = (),
) -> Disk:
    """From here on new applications keep their SQLite database on such a disk. `begin`: pragmas beside ours."""
    disk = Disk(hear)
    monkeypatch.setattr(database, "PRAGMAS", (*database.PRAGMAS, *begin))

    def options(url: str) -> dict[str, Any]:
        file = url.removeprefix("sqlite:///")
        return {"url": url, "hide_parameters": True, "creator": lambda: Connection(file, disk, step)}

    monkeypatch.setattr(database, "engine_options", options)
    return disk
