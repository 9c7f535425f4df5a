"""Migrations: the same shape as the models on both databases, up and down with data, all or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from survey import schema
from survey.database import db
from survey.models import Model
from survey.privacy import keys
from survey.settings import Settings
from telvertel import create_app
from tests.fixtures.application import new_town
from tests.fixtures.rows import fill


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database without any table."""
    keys.create_file(tmp_path / "keys")
    address = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    app = create_app(Settings(data=tmp_path, plain_http=True, database_url=address))
    yield app
    with app.app_context():
        with db.engine.begin() as connection:
            if address:
                connection.execute(text("DROP SCHEMA public CASCADE"))
                connection.execute(text("CREATE SCHEMA public"))
        db.engine.dispose()


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_migrations_make_what_the_models_say(empty_app: Flask) -> None:
    with empty_app.app_context():
        assert schema.current(db.engine) is None
        assert schema.drift(db.engine) != []
        schema.upgrade(db.engine)
        assert schema.current(db.engine) == schema.newest()
        assert schema.drift(db.engine) == []
        assert tables(db.engine) == Model.metadata.tables.keys()


def test_columns_and_constraints_are_the_models(empty_app: Flask) -> None:
    """More than Alembic compares: which columns may be empty, and every check, key and unique constraint."""
    with empty_app.app_context():
        schema.upgrade(db.engine)
        found = inspect(db.engine)
        for name, table in Model.metadata.tables.items():
            assert {column["name"]: column["nullable"] for column in found.get_columns(name)} == {
                column.name: column.nullable for column in table.columns
            }
            there = {check["name"] for check in found.get_check_constraints(name)}
            there |= {unique["name"] for unique in found.get_unique_constraints(name)}
            there |= {key["name"] for key in found.get_foreign_keys(name)}
            there.add(found.get_pk_constraint(name)["name"])
            assert there == {constraint.name for constraint in table.constraints}
            rules = {key["name"]: key["options"].get("ondelete") for key in found.get_foreign_keys(name)}
            assert rules == {key.name: key.ondelete for key in table.foreign_key_constraints}
            assert {index["name"] for index in found.get_indexes(name) if not index["unique"]} == {
                index.name for index in table.indexes
            }


def test_up_down_and_up_again_with_data(empty_app: Flask) -> None:
    with empty_app.app_context():
        schema.upgrade(db.engine)
    for slug in ("aalten", "borne"):
        town = new_town(empty_app, slug)
        with empty_app.app_context():
            fill(town)
    with empty_app.app_context():
        schema.downgrade(db.engine, "base")
        assert tables(db.engine) == set()
        schema.upgrade(db.engine)
        assert schema.drift(db.engine) == []
    town = new_town(empty_app, "aalten")
    with empty_app.app_context():
        fill(town)


def test_upgrading_twice_changes_nothing(empty_app: Flask) -> None:
    with empty_app.app_context():
        schema.upgrade(db.engine)
    town = new_town(empty_app)
    with empty_app.app_context():
        schema.upgrade(db.engine)
        assert town.inside().code == town.code


def test_a_migration_that_fails_leaves_the_old_shape(empty_app: Flask) -> None:
    with empty_app.app_context():
        with db.engine.begin() as connection:
            connection.execute(text("CREATE TABLE story (id INTEGER)"))  # in the way of the last table
        with pytest.raises(DBAPIError):
            schema.upgrade(db.engine)
        assert tables(db.engine) == {"story"}
        assert schema.current(db.engine) is None


def test_drift_is_told(empty_app: Flask) -> None:
    with empty_app.app_context():
        schema.upgrade(db.engine)
        with db.engine.begin() as connection:
            connection.execute(text("ALTER TABLE wave ADD COLUMN colour TEXT"))
        assert any("colour" in difference for difference in schema.drift(db.engine))
