"""Rows as lines that mean the same on both databases: out of one, into another, and their hash.

A table's hash is over its lines in the order of its primary key, so that a copy can be held against its source
row for row.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection, TableClause
from sqlalchemy.sql.type_api import TypeEngine

from survey.models import Model
from survey.models.base import Instant

#: Alembic's own table, which says of which version the others are.
VERSION = "alembic_version"
#: Rows read or written at a time.
AT_ONCE = 500


@dataclass(frozen=True)
class Kind:
    """A kind of column: how it is stored, and how a value of it goes to JSON and back."""

    stored: TypeEngine[Any]
    out: Callable[[Any], Any] = lambda value: value
    back: Callable[[Any], Any] = lambda value: value


KINDS = {
    "id": Kind(sa.Uuid(), lambda value: value.hex, UUID),
    "moment": Kind(
        Instant(),
        lambda value: value.astimezone(UTC).isoformat(timespec="microseconds"),
        datetime.fromisoformat,
    ),
    "day": Kind(sa.Date(), lambda value: value.isoformat(), date.fromisoformat),
    "bytes": Kind(sa.LargeBinary(), lambda value: base64.b64encode(value).decode(), base64.b64decode),
    "truth": Kind(sa.Boolean()),
    "whole": Kind(sa.BigInteger()),
    "number": Kind(sa.Double(), lambda value: repr(float(value)), float),
    "text": Kind(sa.Text()),
}
#: The most particular first.
TYPES: tuple[tuple[type[TypeEngine[Any]], str], ...] = (
    (sa.Uuid, "id"), (sa.DateTime, "moment"), (sa.Date, "day"), (sa.LargeBinary, "bytes"), (sa.Boolean, "truth"),
    (sa.Integer, "whole"), (sa.Float, "number"), (sa.String, "text"),
)  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """A table as a backup describes it, so that it can be read when the program has other tables by then."""

    name: str
    columns: dict[str, str]
    key: tuple[str, ...]

    @property
    def table(self) -> TableClause:
        return sa.table(
            self.name, *(sa.column(name, KINDS[kind].stored) for name, kind in self.columns.items())
        )


def shapes(connection: Connection) -> list[Shape]:
    """Every table there is, also in a database of an earlier version; those that others refer to come first."""
    found = sa.MetaData()
    found.reflect(connection)
    found.remove(found.tables[VERSION])
    return [
        Shape(
            table.name,
            {column.name: kind_of(_type(table.name, column)) for column in table.columns},
            tuple(column.name for column in table.primary_key.columns),
        )
        for table in found.sorted_tables
    ]


def _type(table: str, column: sa.Column[Any]) -> TypeEngine[Any]:
    """What the program says a column is; for one that it no longer has, what the database says."""
    known = Model.metadata.tables.get(table)
    return (
        known.columns[column.name].type if known is not None and column.name in known.columns else column.type
    )


def kind_of(type_: TypeEngine[Any]) -> str:
    """LookupError for a type that no backup can hold yet."""
    inner = type_.impl if isinstance(type_, sa.TypeDecorator) else type_
    for known, kind in TYPES:
        if isinstance(inner, known):
            return kind
    raise LookupError(f"No backup can hold {type_!r}; give it a kind in survey.backup.tables.")


def lines(connection: Connection, shape: Shape) -> Iterator[bytes]:
    """The rows of a table, a line each, in the order of its primary key, read a few at a time."""
    table = shape.table
    order = [_in_order_of_bytes(connection, shape, name) for name in shape.key]
    statement = sa.select(table).order_by(*order).execution_options(yield_per=AT_ONCE)
    out = [KINDS[kind].out for kind in shape.columns.values()]
    for row in connection.execute(statement):
        values = [None if value is None else put(value) for put, value in zip(out, row, strict=True)]
        yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _in_order_of_bytes(connection: Connection, shape: Shape, name: str) -> Any:
    """Texts in the order that SQLite has them in, whatever language the database speaks."""
    column = shape.table.c[name]
    speaks = shape.columns[name] == "text" and connection.dialect.name == "postgresql"
    return sa.collate(column, "C") if speaks else column


def put_in(connection: Connection, shape: Shape, rows: Iterable[list[Any]]) -> None:
    back = [KINDS[kind].back for kind in shape.columns.values()]
    rows = iter(rows)
    while some := list(islice(rows, AT_ONCE)):
        values = [
            {
                name: None if value is None else take(value)
                for name, take, value in zip(shape.columns, back, row, strict=True)
            }
            for row in some
        ]
        connection.execute(sa.insert(shape.table), values)


def count(connection: Connection, shape: Shape) -> int:
    return int(connection.scalar(sa.select(sa.func.count()).select_from(shape.table)) or 0)


def fingerprint(connection: Connection, shape: Shape) -> dict[str, Any]:
    """How many rows there are, and the hash of all of them."""
    tally = Tally()
    for line in lines(connection, shape):
        tally.add(line)
    return tally.result


class Tally:
    def __init__(self) -> None:
        self.rows, self._hash = 0, hashlib.sha256()

    def add(self, line: bytes) -> None:
        self.rows += 1
        self._hash.update(line)

    @property
    def result(self) -> dict[str, Any]:
        return {"rows": self.rows, "sha256": self._hash.hexdigest()}
