"""What the log says, and that nothing in it was typed by or belongs to a person, however things go wrong."""

from __future__ import annotations

import io
import json
import logging
import sqlite3
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from survey import errors, logs
from survey.database import db
from survey.models import Staff
from survey.settings import Settings
from tests.fixtures.application import Town, fresh_app, new_town, token_in
from tests.fixtures.visitor import Visitor

CANARY = "canary7f3a"
Line = dict[str, Any]


class Log:
    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[Line]:
        return [json.loads(line) for line in self.text.splitlines()]

    def events(self, event: str) -> list[Line]:
        return [line for line in self.lines if line.get("event") == event]


@pytest.fixture
def log() -> Iterator[Log]:
    """All that is logged meanwhile, every level and every library."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    kept = Log()
    logs.to_stderr(kept.stream)
    root.setLevel(logging.DEBUG)
    yield kept
    root.handlers[:] = before
    root.setLevel(level)


@pytest.fixture
def told(any_app: Flask, log: Log) -> Town:
    """A town whose application writes a line for every request."""
    settings: Settings = any_app.extensions["telvertel_settings"]
    return new_town(fresh_app(settings.model_copy(update={"log_requests": True})))


def test_each_request_has_a_line(told: Town, log: Log) -> None:
    told.app.test_client().get("/goodbye/thanks?language=uk")
    [line] = log.events("request")
    assert line["endpoint"] == "respond.goodbye"
    assert (line["level"], line["method"], line["status"]) == ("info", "GET", 200)
    assert line["ms"] > 0 and len(line["request"]) == 16 and line["time"].endswith("+00:00")
    assert line.keys() == {"time", "level", "event", "endpoint", "method", "status", "ms", "request"}


def test_requests_are_not_logged_unasked(app: Flask, log: Log) -> None:
    app.test_client().get("/")
    assert log.text == ""


def everywhere(client: Any, address: str, form: dict[str, str]) -> None:
    """The canary in every place of a request that a person or their browser fills in."""
    headers = {
        "User-Agent": CANARY, "Referer": f"http://localhost/{CANARY}", "Authorization": f"Bearer {CANARY}",
        "Accept-Language": CANARY, "X-Forwarded-For": CANARY, "X-Forwarded-Host": "localhost",
    }  # fmt: skip
    client.set_cookie("other", CANARY)
    for method in ("GET", "POST", "PUT", "TRACE", CANARY.upper()):
        client.open(f"{address}?q={CANARY}", method=method, headers=headers, data=form)
        client.open(f"{address}/{CANARY}", method=method, headers=headers, data=form)
    client.get(address, headers={"Host": f"{CANARY}.example"})


def test_nothing_that_anyone_sends_is_logged(told: Town, log: Log) -> None:
    with told.app.app_context():
        code = told.join()[2]
    person = Visitor(told, code).begin()
    fields = dict.fromkeys(("code", "email", "password", "name", "contact", "text", "then", "work_1"), CANARY)
    coordinator, casemanager = told.sign_in("coordinator"), told.sign_in("casemanager")
    for client in (person.client, coordinator, casemanager, told.app.test_client()):
        token = token_in(client.get("/").text)
        for address in ("", "/staff/sign-in", "/survey/integration/work", "/casework/participants/new",
                        "/manage/programmes/new", "/dashboard", "/no-such-page"):  # fmt: skip
            everywhere(client, address, {**fields, "csrf_token": token})
            everywhere(client, address, fields)
    assert len(log.events("request")) > 100
    typed = code.replace("-", "")
    for secret in (
        CANARY,
        CANARY.upper(),
        code,
        typed,
        "@aalten",
        "Gemeente",
        "127.0.0.1",
    ):
        assert secret not in log.text


def test_who_is_turned_away_is_noted(told: Town, log: Log) -> None:
    """Wrong guesses, other people's pages, forms from elsewhere: that it happened and with which account, no more."""
    stranger, councillor = told.app.test_client(), told.sign_in("councillor")
    token = token_in(stranger.get("/staff/sign-in").text)
    for password in (CANARY, "a long enough password"):
        stranger.post(
            "/staff/sign-in",
            data={"email": "an@aalten.example", "password": password, "csrf_token": token},
        )
    stranger.post("/", data={"code": "AAAAA-AAAAA", "csrf_token": token_in(stranger.get("/").text)})
    stranger.post("/staff/sign-in", data={"email": "an@aalten.example", "password": CANARY})
    stranger.get("/", headers={"Host": f"{CANARY}.example"})
    assert councillor.get("/manage/").status_code == 403
    noted = log.events("turned away")
    assert [line["by"] for line in noted] == [
        "guess", "guess", "code", "token of a form", "host name", "role",
    ]  # fmt: skip
    assert {line["level"] for line in noted} == {"warning"}
    assert len({line["door"] for line in noted[:2]}) == 1
    with told.app.app_context():
        person = db.session.scalar(select(Staff).where(Staff.name == "Councillor"))
        assert person is not None and noted[-1]["staff"] == person.id.hex
    assert CANARY not in log.text and "an@" not in log.text


def fail(how: str) -> Any:
    if how == "value":
        raise ValueError(CANARY)
    if how == "chain":
        try:
            raise KeyError(CANARY)
        except KeyError as problem:
            raise RuntimeError(f"with {CANARY}") from problem
    statement = (
        "SELECT CAST(:value AS uuid)" if db.engine.dialect.name == "postgresql" else "SELECT no_such(:value)"
    )
    with db.session.exempt("operator"):
        return db.session.execute(text(statement), {"value": CANARY})


@pytest.mark.parametrize(
    ("how", "kind"), [("value", "builtins.ValueError"), ("chain", "builtins.KeyError"), ("database", "sql")]
)
def test_a_problem_is_told_by_type_and_place(told: Town, log: Log, how: str, kind: str) -> None:
    told.app.view_functions["health.alive"] = lambda: fail(how)
    answer = told.app.test_client().get("/healthz")
    assert CANARY not in log.text + answer.text
    if answer.status_code == 404:
        return  # PostgreSQL says that such a value cannot exist: no fault of ours
    assert answer.status_code in (500, 503)
    [line] = [line for line in log.lines if "problem" in line]
    assert kind in json.dumps(line["problem"]).lower().replace("valueerror", "ValueError").replace(
        "keyerror", "KeyError"
    )
    assert all(step["where"] for step in line["problem"])
    assert any(place.endswith(" fail") for step in line["problem"] for place in step["where"])
    assert line["endpoint"] == "health.alive"
    assert {line["request"] for line in log.lines} == {answer.headers["X-Request-ID"]}


def test_the_database_quotes_values_and_the_log_does_not(told: Town, log: Log) -> None:
    """What a driver says of a broken rule holds the row."""
    taken = text(
        "INSERT INTO code_attempts (selector, failures, blocked_until, last_failure) VALUES (:x, 0, 0, 0)"
    )

    def twice() -> Any:
        with db.session.exempt("operator"):
            for _ in range(2):
                db.session.execute(taken, {"x": "CNRY"})

    told.app.view_functions["respond.enter"] = twice
    client = told.app.test_client()
    answer = client.post("/", data={"csrf_token": token_in(client.get("/").text)})
    assert answer.status_code == 503
    assert "CNRY" not in log.text + answer.text
    [line] = log.events("the database did not do what was asked")
    codes_told = {step.get("code") for step in line["problem"]}
    assert codes_told & {"SQLITE_CONSTRAINT_PRIMARYKEY", "23505"}


def test_what_cannot_even_be_said_is_caught(told: Town, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in the very page that says something went wrong."""
    monkeypatch.setattr(errors, "page", lambda *words: fail("value"))
    told.app.view_functions["health.alive"] = lambda: fail("chain")
    answer = told.app.test_client().get("/healthz")
    assert (answer.status_code, answer.mimetype) == (500, "text/plain")
    assert answer.headers["Content-Security-Policy"]
    assert CANARY not in log.text + answer.text
    assert log.events("a page could not even say what went wrong")


def test_of_libraries_only_the_place_is_told(log: Log) -> None:
    logging.getLogger("some.library").warning("%s", CANARY)
    logging.getLogger("some.library").warning(f"{CANARY}")  # noqa: G004  # a library may
    logging.getLogger("_granian").error(CANARY, extra={})
    assert [line["logger"] for line in log.lines][:2] == ["some.library"] * 2
    assert log.lines[0]["where"].startswith("test_logs:")
    assert CANARY not in "".join(log.text.splitlines()[:2])


def test_warnings_and_last_words_are_lines_too(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("excepthook", "unraisablehook"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
    logs.catch_what_is_left()
    warnings.showwarning(UserWarning(CANARY), UserWarning, "somewhere.py", 7)
    try:
        raise sqlite3.IntegrityError(CANARY)
    except sqlite3.IntegrityError as problem:
        sys.excepthook(type(problem), problem, problem.__traceback__)
    assert CANARY not in log.text
    said, ended = log.lines
    assert (said["type"], said["where"]) == ("UserWarning", "somewhere.py:7")
    assert ended["problem"][0]["type"] == "sqlite3.IntegrityError"


def test_our_own_notes_are_fixed_words() -> None:
    """No event is put together from values; those go beside it, where each is seen for what it is."""
    import ast

    root = Path(logs.__file__).parents[1]
    for path in [*root.glob("survey/**/*.py"), *root.glob("dashboard/**/*.py"), root / "telvertel.py"]:
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                continue
            owner = ast.unparse(call.func.value)
            assert not owner.endswith("app.logger"), f"{path}:{call.lineno}: use survey.logs"
            if owner == "logs" and call.func.attr in ("note", "warning", "error"):
                assert isinstance(call.args[0], ast.Constant), f"{path}:{call.lineno}"


def test_a_problem_that_is_its_own_cause_ends(log: Log) -> None:
    problem = DBAPIError.instance(None, None, ValueError(CANARY), ValueError, hide_parameters=True)
    problem.__cause__ = problem
    logs.error("a test", problem)
    assert len(log.lines) == 1
