"""A migration killed at any statement: the old shape with all its rows, or the new one; and then it goes through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Engine, MetaData, event, select, text

from survey import schema
from survey.database import db
from survey.fieldwork import Refused
from survey.privacy import keys
from survey.settings import Settings
from tests.fixtures.application import fresh_app, new_town
from tests.fixtures.rows import fill
from tests.survey.durability.killed import ACKNOWLEDGED, Killer, forked
from tests.survey.durability.thorough import THOROUGH

REVISIONS = sorted(
    script.revision for script in ScriptDirectory.from_config(schema.config()).walk_revisions()
)
FEWEST_KILLS = 3
FILLED = ("participant", "page", "open_answer", "consent", "story", "release")
MOST_STATEMENTS = 1000
Rows = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def filled_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The newest shape, with one of everything in two towns."""
    keys.create_file(tmp_path / "keys")
    address = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    app = fresh_app(Settings(data=tmp_path, plain_http=True, database_url=address))
    with app.app_context():
        schema.upgrade(db.engine)
    for slug in ("aalten", "borne"):
        town = new_town(app, slug)
        with app.app_context():
            fill(town)
    yield app
    with app.app_context():
        if address:
            with db.engine.begin() as connection:
                connection.execute(text("DROP SCHEMA public CASCADE"))
                connection.execute(text("CREATE SCHEMA public"))
        db.engine.dispose()


def tables_in(engine: Engine) -> MetaData:
    found = MetaData()
    found.reflect(engine)
    return found


def rows_in(engine: Engine, tables: MetaData) -> Rows:
    """All rows, of these tables and columns."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT set_config('telvertel.exemption', 'operator', true)"))
        return {
            name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for name, table in tables.tables.items()
            if name != "alembic_version"
        }


def shape_of(tables: MetaData) -> dict[str, list[str]]:
    return {name: [of_column(column) for column in table.columns] for name, table in tables.tables.items()}


def of_column(column: sa.Column[Any]) -> str:
    default: Any = column.server_default
    return f"{column.name} {column.type} {column.nullable} {default.arg if default is not None else ''}"


def steps(engine: Engine, killer: Killer) -> None:
    """A step after each statement, one before the end of the transaction, and one after it."""
    event.listen(engine, "after_cursor_execute", lambda *_: killer.step())
    event.listen(engine, "commit", lambda *_: killer.step())


def attempts() -> Iterator[int]:
    """Every statement; in short the first few, then one in nine."""
    at = 1
    while at < MOST_STATEMENTS:
        yield at
        at += 1 if THOROUGH or at < 8 else 9


@pytest.mark.parametrize("revision", REVISIONS)
def test_killed_at_each_statement(filled_app: Flask, revision: str) -> None:
    with filled_app.app_context():
        engine = db.engine
        before = schema.previous(revision)
        schema.downgrade(engine, before or "base")
        old = tables_in(engine)
        shape, rows = shape_of(old), rows_in(engine, old)
        assert before is None or all(rows[table] for table in FILLED)
        killer = Killer()
        steps(engine, killer)
        kills = kill_everywhere(engine, killer, revision, lambda: same(engine, old, shape, rows, before))
        assert kills >= FEWEST_KILLS
        assert schema.current(engine) == revision
        assert rows_in(engine, old) == rows
        schema.upgrade(engine)
        assert schema.drift(engine) == []


def kill_everywhere(engine: Engine, killer: Killer, revision: str, intact: Callable[[], None]) -> int:
    """How often it was killed before it got to the end; after each time all is intact."""

    def upgrade() -> bool:
        schema.upgrade(engine, revision)
        killer.step()
        return True

    for kills, at in enumerate(attempts()):
        engine.dispose()
        killer.at, killer.counted = at, 0
        outcome = forked(upgrade)
        killer.at = 0
        if outcome is not None or schema.current(engine) == revision:
            assert outcome in (None, ACKNOWLEDGED)
            return kills
        intact()
    raise AssertionError("it never came to the end")


def same(
    engine: Engine, old: MetaData, shape: dict[str, list[str]], rows: Rows, revision: str | None
) -> None:
    assert schema.current(engine) == revision
    assert shape_of(tables_in(engine)) == shape
    assert rows_in(engine, old) == rows


def made_anew(connection: sa.Connection, table: str) -> None:
    operations = Operations(MigrationContext.configure(connection, opts={"render_as_batch": True}))
    with operations.batch_alter_table(table, recreate="always") as batch:
        batch.add_column(sa.Column("colour", sa.Text()))


@pytest.mark.parametrize("table", ["organisation", "participant", "visit"])
def test_a_table_that_is_made_anew_keeps_the_rows_that_point_at_it(filled_app: Flask, table: str) -> None:
    """SQLite changes a table by making another and dropping the first, which deletes what points at its rows."""
    with filled_app.app_context():
        if db.engine.dialect.name == "sqlite":
            old = tables_in(db.engine)
            rows = rows_in(db.engine, old)
            with schema.changing(db.engine) as connection:
                made_anew(connection, table)
            assert rows_in(db.engine, old) == rows
            with db.engine.connect() as connection:
                assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_a_migration_that_leaves_rows_without_their_owner_is_undone(filled_app: Flask) -> None:
    with filled_app.app_context():
        old = tables_in(db.engine)
        rows = rows_in(db.engine, old)
        with (
            pytest.raises((Refused, sa.exc.IntegrityError)),
            schema.changing(db.engine) as connection,
        ):
            if db.engine.dialect.name == "postgresql":
                connection.execute(text("SELECT set_config('telvertel.exemption', 'operator', true)"))
            connection.execute(text("UPDATE visit SET enrolment_id = wave_id"))
        assert rows_in(db.engine, old) == rows
