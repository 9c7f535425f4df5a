"""PostgreSQL holds an organisation's rows by itself: these tests speak to it without the application."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, create_engine, insert, select, text, update
from sqlalchemy.exc import ProgrammingError

import migrations
from survey.database import db
from survey.models import Organisation, Participant
from survey.settings import Settings
from survey.tenancy import LOOK_UPS
from telvertel import create_app
from tests.fixtures.application import new_town
from tests.fixtures.rows import OWNED, Filled, fill

first_migration = importlib.import_module("migrations.versions.0001_first_tables")
staff_migration = importlib.import_module("migrations.versions.0004_staff")
GUARDED: list[Any] = [*(model.__table__ for model in OWNED), Organisation.__table__]
TABLES = pytest.mark.parametrize("table", GUARDED, ids=lambda table: table.name)


@dataclass(frozen=True)
class Database:
    engine: Engine
    own: Filled
    other: Filled

    @contextmanager
    def told(self, organisation: UUID | None = None, exemption: str = "") -> Iterator[Connection]:
        """A plain connection that was told what the application tells it; rolled back."""
        with self.engine.connect() as connection:
            told = {"organisation": str(organisation or ""), "exemption": exemption}
            for name, value in told.items():
                connection.execute(
                    text(f"SELECT set_config('telvertel.{name}', :value, true)"), {"value": value}
                )
            yield connection
            connection.rollback()


@pytest.fixture(scope="module")
def database(postgres_schema: str, migrated: Path) -> Iterator[Database]:
    app = create_app(Settings(data=migrated, plain_http=True, database_url=postgres_schema))
    own, other = new_town(app, "aalten"), new_town(app, "borne")
    with app.app_context():
        filled = fill(own), fill(other)
    with app.app_context():
        db.engine.dispose()
    engine = create_engine(postgres_schema)
    yield Database(engine, *filled)
    engine.dispose()


Inside = Callable[[], AbstractContextManager[Connection]]


def owner_column(table: Any) -> Any:
    return table.c.id if table.name == "organisation" else table.c.organisation_id


@TABLES
def test_rows_of_others_are_not_there(database: Database, table: Any) -> None:
    column = owner_column(table)
    with database.told(database.own.organisation_id) as connection:
        assert set(connection.scalars(select(column))) == {database.own.organisation_id}
        for statement in (update(table).values({column.name: column}), table.delete()):
            theirs = statement.where(column == database.other.organisation_id)
            assert connection.execute(theirs).rowcount == 0


@TABLES
def test_untold_it_shows_nothing(database: Database, table: Any) -> None:
    with database.told() as connection:
        assert connection.execute(select(owner_column(table))).all() == []
    with database.engine.connect() as connection:
        assert connection.execute(select(owner_column(table))).all() == []
        assert connection.execute(table.delete()).rowcount == 0


@TABLES
def test_only_the_operator_sees_all(database: Database, table: Any) -> None:
    towns = {database.own.organisation_id, database.other.organisation_id}
    with database.told(exemption="operator") as connection:
        assert set(connection.scalars(select(owner_column(table)))) == towns
    with database.told(database.own.organisation_id, "something else") as connection:
        assert set(connection.scalars(select(owner_column(table)))) == {database.own.organisation_id}


@pytest.mark.parametrize("look_up", LOOK_UPS)
@TABLES
def test_a_look_up_reads_one_table_and_writes_none(database: Database, look_up: str, table: Any) -> None:
    with database.told(exemption=look_up) as connection:
        found = len(connection.execute(select(owner_column(table))).all())
        assert found == (2 if LOOK_UPS[look_up] == table.name else 0)
        gift = update(table).values({owner_column(table).name: uuid4()})
        assert connection.execute(gift).rowcount == 0
        assert connection.execute(table.delete()).rowcount == 0


def test_rows_are_not_made_for_others(database: Database) -> None:
    row = {"id": uuid4(), "organisation_id": database.other.organisation_id, "pseudonym": "X"}
    with (
        database.told(database.own.organisation_id) as connection,
        pytest.raises(ProgrammingError, match="row-level security"),
    ):
        connection.execute(insert(Participant.__table__), [row])  # type: ignore[arg-type]  # it is a Table


def test_rows_are_not_given_away(database: Database) -> None:
    gift = update(Participant.__table__).values(organisation_id=database.other.organisation_id)  # type: ignore[arg-type]  # it is a Table
    with (
        database.told(database.own.organisation_id) as connection,
        pytest.raises(ProgrammingError, match="row-level security"),
    ):
        connection.execute(gift)


@TABLES
def test_it_binds_the_owner_of_the_tables(database: Database, table: Any) -> None:
    """The application signs in as the owner, whom row-level security passes over unless it is forced."""
    asked = text(
        "SELECT pg_get_userbyid(relowner) = current_user, relrowsecurity, relforcerowsecurity"
        " FROM pg_class WHERE oid = CAST(:table AS regclass)"
    )
    with database.told() as connection:
        assert connection.execute(asked, {"table": table.name}).one() == (True, True, True)


def test_the_migrations_guard_what_the_models_own(database: Database) -> None:
    names = [file.stem for file in Path(migrations.__file__).parent.glob("versions/0*.py")]
    made = [importlib.import_module(f"migrations.versions.{name}") for name in names]
    guarded = [table for migration in made for table in getattr(migration, "OWNED", ())]
    assert sorted(guarded) == [model.__tablename__ for model in OWNED]
    look_ups = first_migration.LOOK_UPS | staff_migration.LOOK_UPS
    assert {name: table for table, name in look_ups.items()} == LOOK_UPS


def test_every_guarded_table_has_its_policies(database: Database) -> None:
    with database.told() as connection:
        rows = connection.execute(text("SELECT tablename, policyname, cmd FROM pg_policies")).all()
    expected = {(table.name, "inside_organisation", "ALL") for table in GUARDED}
    expected |= {(table, look_up, "SELECT") for look_up, table in LOOK_UPS.items()}
    assert {tuple(row) for row in rows} == expected


def test_what_it_was_told_ends_with_the_transaction(database: Database) -> None:
    with database.engine.connect() as connection:
        connection.execute(text("SELECT set_config('telvertel.exemption', 'operator', true)"))
        connection.commit()
        assert connection.execute(select(Organisation.__table__.c.id)).all() == []
