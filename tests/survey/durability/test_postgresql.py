"""PostgreSQL: nobody waits for ever, no fault is a 500, and a server that does not wait for the disk is refused."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import make_url, text

from survey import database, durability, serving
from survey.database import db
from survey.fieldwork import Refused
from survey.settings import Settings
from tests.fixtures.application import Town, _empty, fresh_app, new_town
from tests.fixtures.pages import check_page
from tests.fixtures.visitor import Visitor, saved

FIRST = "/survey/wellbeing/wellbeing"
PATIENCE = 0.3


@pytest.fixture
def short(data: Path, postgres_schema: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    monkeypatch.setattr(database, "LOCK_PATIENCE", PATIENCE)
    app = fresh_app(Settings(data=data, plain_http=True, database_url=postgres_schema))
    _empty(app)
    yield new_town(app, instruments=("wellbeing",))
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def person(short: Town) -> Visitor:
    with short.app.app_context():
        return Visitor(short, short.join()[2]).begin()


@pytest.fixture
def superuser(postgres: str, postgres_schema: str) -> Iterator[psycopg.Connection[Any]]:
    name = make_url(postgres_schema).database
    with psycopg.connect(postgres, dbname=name, autocommit=True) as connection:
        yield connection


def settings_of(app: Flask, *names: str) -> list[str]:
    with app.app_context(), db.engine.connect() as connection:
        return [str(connection.scalar(text(f"SHOW {name}"))) for name in names]


@pytest.mark.parametrize("mode", ["SHARE ROW EXCLUSIVE", "ACCESS EXCLUSIVE"])
def test_a_table_somebody_holds(
    short: Town, person: Visitor, superuser: psycopg.Connection[Any], mode: str
) -> None:
    """As an index being made, or a migration. Whoever only reads waits for the second kind alone."""
    form = {**person.form, "wellbeing_1": "5"}
    with superuser.transaction():
        superuser.execute(f"LOCK TABLE page IN {mode} MODE".encode())
        answer = person.client.post(FIRST, data=form)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        check_page(answer)
        look = person.client.get(FIRST)
        assert look.status_code == (503 if mode == "ACCESS EXCLUSIVE" else 200)
        check_page(look)
    assert person.client.post(FIRST, data=form).status_code == 303
    assert saved(short) == {"wellbeing": {"wellbeing_1": 5}}


def test_a_writer_waits_for_another(
    short: Town, person: Visitor, superuser: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LOCK_PATIENCE", 20)
    with short.app.app_context():
        db.engine.dispose()
    with ThreadPoolExecutor(1) as pool:
        with superuser.transaction():
            superuser.execute("LOCK TABLE page")
            waiting = pool.submit(person.client.post, FIRST, data={**person.form, "wellbeing_1": "5"})
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.3)
        assert waiting.result(timeout=20).status_code == 303


def test_staff_who_meet_a_lock_read_a_page(short: Town, superuser: psycopg.Connection[Any]) -> None:
    client = short.sign_in("casemanager")
    with superuser.transaction():
        superuser.execute("LOCK TABLE enrolment")
        answer = client.get("/casework/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert client.get("/casework/").status_code == 200


def test_every_wait_of_a_request_has_an_end(short: Town) -> None:
    def limits() -> str:
        names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
        with db.session.exempt("operator"):
            return " ".join(str(db.session.scalar(text(f"SHOW {name}"))) for name in names)

    short.app.view_functions["health.alive"] = limits
    assert short.app.test_client().get("/healthz").text == "300ms 30s 1min"
    assert settings_of(short.app, "statement_timeout") == ["0"]  # commands take as long as they need


def test_a_fault_of_the_server_is_no_500(
    short: Town, person: Visitor, superuser: psycopg.Connection[Any]
) -> None:
    """Full, broken, shutting down, deadlock, cancelled, read-only: as the server words it, and raised by it."""
    form = {**person.form, "wellbeing_1": "5"}
    try:
        for state in ("53100", "58030", "57P01", "40P01", "57014", "25006", "53300", "XX001"):
            superuser.execute(
                "CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$".encode()
            )
            superuser.execute("CREATE OR REPLACE TRIGGER fail BEFORE INSERT ON page EXECUTE FUNCTION fail()")
            answer = person.client.post(FIRST, data=form)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
            assert person.client.get(FIRST).status_code == 200
    finally:
        superuser.execute("DROP FUNCTION fail CASCADE")
    assert person.client.post(FIRST, data=form).status_code == 303
    assert saved(short) == {"wellbeing": {"wellbeing_1": 5}}


def test_connections_that_broke_are_replaced(
    short: Town, person: Visitor, superuser: psycopg.Connection[Any]
) -> None:
    """As after a restart of the server: the next request has a new one, and nobody reads about it."""
    form = {**person.form, "wellbeing_1": "5"}
    for _ in range(3):
        superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert person.client.post(FIRST, data=form).status_code == 303
        assert person.client.get(FIRST).status_code == 200


def test_a_server_that_is_not_there(data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    address = f"postgresql://nobody@/nothing?host={tmp_path}"
    app = fresh_app(Settings(data=data, plain_http=True, database_url=address))
    client = app.test_client()
    with client.session_transaction() as session:
        organisation = "00000000-0000-0000-0000-000000000001"
        visit = {"organisation": organisation, "code": organisation, "id": organisation, "spoken": ["nl"]}
        session["visit"] = visit
    for page in ("/survey/language", FIRST, "/survey/last"):
        answer = client.get(page)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        check_page(answer)
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").text == "the database does not answer\n"


def test_a_role_that_does_not_wait_for_the_disk_is_made_to(
    short: Town, superuser: psycopg.Connection[Any]
) -> None:
    try:
        for chosen, kept in (("off", "on"), ("local", "local"), ("remote_apply", "remote_apply")):
            superuser.execute(f"ALTER ROLE telvertel SET synchronous_commit = {chosen}".encode())
            with short.app.app_context():
                db.engine.dispose()
            assert settings_of(short.app, "synchronous_commit") == [kept]
    finally:
        superuser.execute("ALTER ROLE telvertel RESET synchronous_commit")


def reload(superuser: psycopg.Connection[Any], setting: str, value: str) -> None:
    """Change the server's own settings, and wait until all its processes follow."""
    superuser.execute(f"ALTER SYSTEM SET {setting} = {value}".encode())
    superuser.execute("SELECT pg_reload_conf()")
    for _ in range(200):
        found = superuser.execute(f"SHOW {setting}".encode()).fetchone()
        if found == (value,):
            return
        time.sleep(0.05)
    raise AssertionError(f"{setting} did not become {value}")


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
def test_a_server_that_does_not_wait_for_the_disk(
    short: Town, superuser: psycopg.Connection[Any], setting: str
) -> None:
    client = short.app.test_client()
    assert client.get("/readyz").status_code == 200
    try:
        reload(superuser, setting, "off")
        with short.app.app_context():
            db.engine.dispose()
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert f"{setting} is off" in answer.text
        with short.app.app_context(), pytest.raises(Refused, match=f"{setting} is off"):
            serving._refuse_forgetful()
    finally:
        reload(superuser, setting, "on")
    with short.app.app_context():
        db.engine.dispose()
    assert client.get("/readyz").status_code == 200


def test_sqlite_that_fell_back_is_noticed(app: Flask) -> None:
    """As it does, without an error, where a file system cannot share memory."""
    with app.app_context():
        with db.engine.connect() as connection:
            assert durability.shortcomings(connection) == []
        raw = db.engine.raw_connection()
        raw.cursor().execute("PRAGMA journal_mode=DELETE")
        raw.close()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA synchronous=OFF")
            assert durability.shortcomings(connection) == ["journal_mode is delete", "synchronous is 0"]
