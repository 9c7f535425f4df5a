"""The database under a walk: whether it changed, whose rows did, and everything back as it was."""

from __future__ import annotations

import io
import sqlite3
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import psycopg
from flask import Flask
from psycopg import sql
from sqlalchemy import Connection, Row, literal_column, select, text

from survey.database import db
from survey.models import Membership, Model

#: By owner (None: nobody's) and table, the rows.
Rows = dict[tuple[UUID | None, str], list[tuple[Any, ...]]]


class Database(Protocol):
    def version(self) -> object:
        """Another value whenever something was committed since."""

    def restore(self) -> None:
        """Everything as it was when this was made."""


class InFile:
    """SQLite. Tells a commit by the counter in the file's header, and copies the file's pages back."""

    def __init__(self, path: Path) -> None:
        self._watching = sqlite3.connect(path)
        self._kept = sqlite3.connect(":memory:")
        self._watching.backup(self._kept)

    def version(self) -> object:
        return self._watching.execute("PRAGMA data_version").fetchone()[0]

    def restore(self) -> None:
        self._kept.backup(self._watching)

    def close(self) -> None:
        self._watching.close()
        self._kept.close()


class OnServer:
    """PostgreSQL. Tells a commit by the next transaction number, which only writers take."""

    def __init__(self, superuser: str, name: str) -> None:
        self._connection = psycopg.connect(superuser, dbname=name, autocommit=True)
        self._tables = [table.name for table in Model.metadata.sorted_tables]
        self._kept = {table: self._copy_out(table) for table in self._tables}

    def version(self) -> object:
        row = self._connection.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())").fetchone()
        return row and row[0]

    def restore(self) -> None:
        with self._connection.transaction():
            # Without triggers: neither references nor what guards an append-only table stand in the way.
            self._connection.execute("SET LOCAL session_replication_role = replica")
            for table in self._tables:
                self._connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
                with self._connection.cursor().copy(f'COPY "{table}" FROM STDIN (FORMAT binary)') as copy:
                    copy.write(self._kept[table])

    def execute(self, statement: str) -> None:
        self._connection.execute(statement)

    def close(self) -> None:
        self._connection.close()

    def _copy_out(self, table: str) -> bytes:
        whole = io.BytesIO()
        with self._connection.cursor().copy(f'COPY "{table}" TO STDOUT (FORMAT binary)') as copy:
            for part in copy:
                whole.write(part)
        return whole.getvalue()


def rows(app: Flask, *, as_stored: bool = False) -> Rows:
    """All there is, past every guard. People who sign in belong to where they have a role.

    `as_stored` is as the database has it, which is read sooner.
    """
    found: Rows = {}
    with app.app_context(), db.engine.connect() as connection:
        _tell_operator(connection)
        works: dict[UUID, UUID | None] = {}
        for membership in connection.execute(Membership.__table__.select()):
            both = works.setdefault(membership.staff_id, membership.organisation_id)
            works[membership.staff_id] = both if both == membership.organisation_id else None
        for table in Model.metadata.sorted_tables:
            everything = select(literal_column("*")).select_from(table) if as_stored else table.select()
            for row in connection.execute(everything):
                found.setdefault((_owner(table.name, row, works), table.name), []).append(tuple(row))
    return found


def _owner(table: str, row: Row[Any], works: dict[UUID, UUID | None]) -> UUID | None:
    if table == "organisation":
        return _as_id(row.id)
    if table == "staff":
        return works.get(_as_id(row.id))
    owner = row._mapping.get("organisation_id")
    return owner and _as_id(owner)


@lru_cache
def _as_id(stored: str | UUID) -> UUID:
    """SQLite has no ids of its own."""
    return stored if isinstance(stored, UUID) else UUID(stored)


def changed(before: Rows, after: Rows) -> set[tuple[UUID | None, str]]:
    """Whose rows in which tables are others than they were."""
    return {place for place in before.keys() | after.keys() if _differ(before.get(place), after.get(place))}


def _differ(before: list[tuple[Any, ...]] | None, after: list[tuple[Any, ...]] | None) -> bool:
    """In whatever order they came."""
    return before != after and sorted(map(repr, before or [])) != sorted(map(repr, after or []))


def _tell_operator(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT set_config('telvertel.exemption', 'operator', true)"))
