"""What stands around the chains of the audit log: triggers, and an organisation for every event."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from survey.database import db
from survey.privacy import chain_check, chain_guards
from telvertel import commands
from tests.fixtures.application import Town, new_town
from tests.fixtures.audit import EVENTS, HEADS, events, findings, tampering, write_events


@pytest.fixture
def logged(any_app: Flask) -> Town:
    """Two towns, each with a log; ours is the first."""
    town = new_town(any_app, "aalten")
    new_town(any_app, "borne")
    write_events(town, 3)
    return town


def test_a_log_whose_organisation_was_removed_is_found(logged: Town) -> None:
    gone, number = (
        uuid4(),
        sum(row["organisation_id"] == logged.organisation_id for row in events(logged.app)),
    )
    with logged.app.app_context(), unrelated(logged.app) as connection:
        for table in (EVENTS, HEADS):
            whose = table.c.organisation_id == logged.organisation_id
            rows = [dict(row._mapping) for row in connection.execute(table.select().where(whose))]
            connection.execute(table.insert(), [{**row, "organisation_id": gone} for row in rows])
    with logged.app.app_context():
        ((slug, count, (finding,)),) = [
            (log.slug, log.events, log.findings) for log in chain_check.check() if log.findings
        ]
    with tampering(logged.app) as connection:
        for table in (EVENTS, HEADS):
            connection.execute(table.delete().where(table.c.organisation_id == gone))
    assert (slug.replace("-", ""), count) == (f"organisation {gone.hex}", number)
    assert str(finding) == "the organisation was removed, and its log was left behind"
    assert findings(logged.app) == {}


@contextmanager
def unrelated(app: Flask) -> Iterator[Connection]:
    """A tamperer's connection on which an event needs no organisation."""
    if db.engine.dialect.name == "postgresql":
        with tampering(app) as connection:
            for table in (EVENTS, HEADS):
                name = f"fk_{table.name}_organisation_id_organisation"
                connection.execute(text(f"ALTER TABLE {table.name} DROP CONSTRAINT {name}"))
            yield connection
            for table in (EVENTS, HEADS):
                name = f"fk_{table.name}_organisation_id_organisation"
                refers = "FOREIGN KEY (organisation_id) REFERENCES organisation (id) NOT VALID"
                connection.execute(text(f"ALTER TABLE {table.name} ADD CONSTRAINT {name} {refers}"))
        return
    with db.engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        driver.execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            yield connection
        driver.execute("PRAGMA foreign_keys=ON")


def test_an_organisation_that_was_deleted_beside_its_events_is_told(town: Town, data: Path) -> None:
    with closing(sqlite3.connect(data / "telvertel.sqlite")) as connection:
        connection.execute("DELETE FROM organisation")
        connection.commit()
    broken = verified(data)
    assert broken.exit_code == 1 and "was removed, and its log was left behind" in broken.stderr
    assert f"organisation {town.organisation_id.hex}: {len(events(town.app))} events" in broken.stderr


TRIGGERS_THERE = {
    "sqlite": tuple(chain_guards.SQLITE),
    "postgresql": tuple(chain_guards.POSTGRESQL),
}


def test_every_trigger_that_is_missing_is_told(logged: Town) -> None:
    with logged.app.app_context():
        names = TRIGGERS_THERE[db.engine.dialect.name]
        for name in names:
            with db.engine.connect() as connection, connection.begin() as change:
                connection.execute(text(f"DROP TRIGGER {name}"))
                assert chain_guards.missing_triggers(Session(connection)) == [name]
                change.rollback()
        with db.engine.connect() as connection:
            assert chain_guards.missing_triggers(Session(connection)) == []


@pytest.mark.postgres
@pytest.mark.parametrize("any_app", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE audit_event DISABLE TRIGGER refuses_changes",
        "ALTER TABLE audit_event ENABLE REPLICA TRIGGER refuses_changes",
        "CREATE OR REPLACE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        "CREATE OR REPLACE TRIGGER refuses_changes BEFORE DELETE ON audit_event FOR EACH ROW"
        " EXECUTE FUNCTION audit_only_grows()",
        "CREATE OR REPLACE TRIGGER refuses_changes BEFORE UPDATE OR DELETE ON audit_event FOR EACH ROW WHEN (false)"
        " EXECUTE FUNCTION audit_only_grows()",
    ],
)
def test_a_trigger_that_lets_changes_pass_is_told(any_app: Flask, change: str) -> None:
    with any_app.app_context(), db.engine.connect() as connection, connection.begin() as changing:
        connection.execute(text(change))
        assert "refuses_changes on audit_event" in chain_guards.missing_triggers(Session(connection))
        changing.rollback()


@pytest.mark.parametrize("instead", ["", "SELECT 1"])
def test_the_command_tells_of_triggers(town: Town, data: Path, instead: str) -> None:
    """Gone, or one of the same name that lets everything pass."""
    with closing(sqlite3.connect(data / "telvertel.sqlite")) as connection:
        connection.execute("DROP TRIGGER audit_event_refuses_delete")
        if instead:
            connection.execute(
                f"CREATE TRIGGER audit_event_refuses_delete BEFORE DELETE ON audit_event BEGIN {instead}; END"
            )
        connection.commit()
    broken = verified(data)
    assert broken.exit_code == 1
    assert (
        "it does not refuse changes to the log, for the trigger audit_event_refuses_delete" in broken.stderr
    )


def verified(data: Path) -> Result:
    return CliRunner(env={"TELVERTEL_DATA": str(data)}).invoke(commands(), ["audit", "verify"])
