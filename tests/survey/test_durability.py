"""After "saved" it is saved: on the disk, visible to others, once; and when it cannot be, that is said."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, text, update

from survey import database
from survey.database import db
from survey.models import Consent, OpenAnswer, Page, Programme, Response, Visit
from survey.settings import Settings
from telvertel import create_app
from tests.fixtures.application import Town, new_town
from tests.fixtures.pages import check_page
from tests.fixtures.visitor import Visitor, count, newcomer, said, saved

FIRST = "/survey/wellbeing/wellbeing"
AT_ONCE = 50


@pytest.fixture
def short(any_app: Flask) -> Town:
    return new_town(any_app, instruments=("wellbeing",))


def test_what_was_saved_is_there_for_others_at_once(short: Town) -> None:
    person = newcomer(short).begin()
    answer = person.client.post(FIRST, data={**person.form, "wellbeing_1": "5"})
    assert answer.status_code == 303
    assert saved(short) == {"wellbeing": {"wellbeing_1": 5}}


def test_sqlite_writes_through_to_the_disk(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        asked = {
            name: connection.scalar(text(f"PRAGMA {name}"))
            for name in ("synchronous", "journal_mode", "foreign_keys")
        }
    assert asked == {"synchronous": 2, "journal_mode": "wal", "foreign_keys": 1}


@pytest.fixture
def begun(town: Town) -> Iterator[list[str]]:
    """How transactions were begun meanwhile, as the database itself saw it."""
    statements: list[str] = []

    def note(statement: str) -> None:
        if statement.startswith("BEGIN"):
            statements.append(statement)

    def listen(connection: sqlite3.Connection, *rest: Any) -> None:
        connection.set_trace_callback(note)

    with town.app.app_context():
        engine = db.engine
    event.listen(engine, "checkout", listen)
    yield statements
    event.remove(engine, "checkout", listen)


def test_a_get_reads_and_a_post_locks_first(town: Town, begun: list[str]) -> None:
    person = newcomer(town).begin()
    begun.clear()
    person.client.get("/survey/integration/work")
    assert begun == ["BEGIN"]
    person.client.post("/survey/integration/work", data={**person.form, "work_1": "3"})
    assert begun[1:] and set(begun[1:]) == {"BEGIN IMMEDIATE"}


def write(way: str) -> Callable[[], str]:
    def view() -> str:
        with db.session.exempt("operator"):
            if way == "model":
                db.session.scalars(select(Programme)).one().name = "changed"
                db.session.flush()
            else:
                db.session.execute(update(Programme).values(name="changed"))
        return "written"

    return view


@pytest.mark.parametrize("way", ["model", "statement"])
def test_a_get_that_wants_to_write_writes_nothing(any_town: Town, way: str) -> None:
    any_town.app.view_functions["health.alive"] = write(way)
    any_town.app.test_client().get("/healthz")
    with any_town.app.app_context():
        assert any_town.inside().name == "Pilot aalten"


def test_a_request_that_fails_leaves_nothing_half(any_town: Town) -> None:
    def view() -> tuple[str, int]:
        with db.session.exempt("operator"):
            db.session.execute(update(Programme).values(name="changed"))
        return "refused", 422

    any_town.app.view_functions["respond.stop"] = view
    person = newcomer(any_town).begin()
    assert person.client.post("/survey/stop", data=person.form).status_code == 422
    with any_town.app.app_context():
        assert any_town.inside().name == "Pilot aalten"


def test_a_locked_database_is_said_and_nothing_is_lost(
    data: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(database, "LOCK_PATIENCE", 0.2)
    town = new_town(create_app(Settings(data=data, plain_http=True)), instruments=("wellbeing",))
    person = newcomer(town).begin()
    form = {**person.form, "wellbeing_1": "5"}
    holder = sqlite3.connect(data / "telvertel.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    answer = person.client.post(FIRST, data=form)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    check_page(answer)
    assert person.client.get(FIRST).status_code == 200
    holder.close()
    assert person.client.post(FIRST, data=form).status_code == 303
    assert saved(town) == {"wellbeing": {"wellbeing_1": 5}}
    with town.app.app_context():
        db.engine.dispose()


def test_a_writer_waits_for_another(data: Path) -> None:
    town = new_town(create_app(Settings(data=data, plain_http=True)), instruments=("wellbeing",))
    person = newcomer(town).begin()
    holder = sqlite3.connect(data / "telvertel.sqlite", isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(person.client.post, FIRST, data={**person.form, "wellbeing_1": "5"})
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.3)
        holder.close()
        assert waiting.result(timeout=10).status_code == 303
    with town.app.app_context():
        db.engine.dispose()


def all_at_once(person: Visitor, address: str, forms: list[dict[str, str]]) -> list[int]:
    """Post these side by side, each as the same person; the statuses."""
    cookie = person.client.get_cookie("telvertel")
    assert cookie is not None
    clients: list[FlaskClient] = [person.town.app.test_client() for _ in forms]
    for client in clients:
        client.set_cookie("telvertel", cookie.value)
    with ThreadPoolExecutor(len(forms)) as pool:
        sent = [
            pool.submit(client.post, address, data=form) for client, form in zip(clients, forms, strict=True)
        ]
        return [one.result().status_code for one in sent]


def test_fifty_times_the_same_page_is_one_row(short: Town) -> None:
    person = newcomer(short).begin()
    form = {**person.form, "wellbeing_1": "5", "wellbeing_2": "dk", "then": "next"}
    assert set(all_at_once(person, FIRST, [form] * AT_ONCE)) == {303}
    assert count(short, Page) == 1
    assert saved(short) == {"wellbeing": {"wellbeing_1": 5, "wellbeing_2": "dk"}}


def test_fifty_times_yes_is_one_visit(short: Town) -> None:
    person = newcomer(short).enter()
    person.send(language="en")
    form = {**person.form, "take_part": "yes"}
    assert set(all_at_once(person, "/survey/about", [form] * AT_ONCE)) == {303}
    assert (count(short, Visit), count(short, Response)) == (1, 1)
    with short.app.app_context():
        short.inside()
        assert len(db.session.scalars(select(Consent)).all()) == 1


def test_fifty_times_the_last_word_is_one_answer(short: Town) -> None:
    person = newcomer(short).begin().answer_all()
    form = {**person.form, "text": "words", "may_quote": "y", "then": "next"}
    assert set(all_at_once(person, "/survey/last", [form] * AT_ONCE)) == {303}
    assert (count(short, OpenAnswer), said(short)) == (1, [("words", True)])
    with short.app.app_context():
        short.inside()
        assert sorted(db.session.scalars(select(Consent.purpose))) == ["quote", "taking_part"]


def test_different_answers_at_the_same_moment_are_all_kept(short: Town) -> None:
    person = newcomer(short).begin()
    forms = [{**person.form, f"wellbeing_{number}": str(number)} for number in range(1, 6)] * 4
    assert set(all_at_once(person, FIRST, forms)) == {303}
    assert saved(short)["wellbeing"] == {f"wellbeing_{number}": number for number in range(1, 6)}


def test_fifty_times_the_code_lets_in_fifty_times(short: Town) -> None:
    person = newcomer(short)
    form = {**person.form, "code": person.code}
    assert set(all_at_once(person, "/", [form] * 20)) == {303}
