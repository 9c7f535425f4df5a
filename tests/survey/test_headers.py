"""What every answer tells the browser, whatever was asked and however it went."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey.settings import Settings
from telvertel import create_app
from tests.fixtures.application import Town, token_in
from tests.fixtures.pages import check_headers, check_page, words_of


def signed_out_post(client: FlaskClient) -> TestResponse:
    return client.post("/casework/participants/new", data={"csrf_token": token_in(client.get("/").text)})


def too_much(client: FlaskClient) -> TestResponse:
    return client.post("/", data={"code": "A" * 1_100_000})


ANSWERS: dict[str, tuple[int, Callable[[FlaskClient], TestResponse]]] = {
    "start": (200, lambda c: c.get("/")),
    "sign in": (200, lambda c: c.get("/staff/sign-in")),
    "farewell": (200, lambda c: c.get("/goodbye/thanks?language=ar")),
    "no such page": (404, lambda c: c.get("/no/such/page")),
    "no such staff page": (404, lambda c: c.get("/staff/no-such-page")),
    "wrong method": (405, lambda c: c.put("/healthz")),
    "traced": (405, lambda c: c.open("/", method="TRACE")),
    "override": (403, lambda c: c.post("/", headers={"X-HTTP-Method-Override": "DELETE"})),
    "without token": (403, lambda c: c.post("/", data={"code": "ABCD"})),
    "with a false token": (403, lambda c: c.post("/", data={"code": "ABCD", "csrf_token": "x"})),
    "signed out": (401, signed_out_post),
    "too much": (413, too_much),
    "encoded climb": (404, lambda c: c.get("/static/%2e%2e%2f%2e%2e%2fkeys")),
    "NUL in the address": (303, lambda c: c.get("/survey/integration%00/work%00")),
    "tampered cookie": (303, lambda c: c.get("/survey/last", headers={"Cookie": "telvertel=eyJ2IjoxfQ.x.y"})),
}  # fmt: skip


@pytest.mark.parametrize("what", ANSWERS)
def test_every_answer_is_strict(app: Flask, what: str) -> None:
    status, ask = ANSWERS[what]
    answer = ask(app.test_client())
    assert answer.status_code == status
    check_headers(answer)
    assert "Access-Control-Allow-Origin" not in answer.headers
    if status != 303:
        assert len(words_of(check_page(answer))) > 30


def test_only_the_door_may_use_the_camera(app: Flask) -> None:
    allowing = {
        what
        for what, (_status, ask) in ANSWERS.items()
        if "camera=(self)" in ask(app.test_client()).headers["Permissions-Policy"]
    }
    assert allowing == {"start"}
    client = app.test_client()
    wrong = client.post("/", data={"code": "ABCD", "csrf_token": token_in(client.get("/start").text)})
    for door in (client.get("/start"), wrong):
        assert door.headers["Permissions-Policy"].startswith("camera=(self), microphone=(),")
    assert client.get("/privacy").headers["Permissions-Policy"].startswith("camera=(), microphone=(),")


def test_a_fault_is_said_without_its_inside(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> Any:
        raise ValueError("inside")

    app.view_functions["health.alive"] = fail
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 500
    assert "inside" not in answer.text and "Traceback" not in answer.text
    assert answer.mimetype == "text/html"
    check_page(answer)
    assert "ValueError" in caplog.text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", ""])
def test_another_host_is_refused(app: Flask, host: str) -> None:
    answer = app.test_client().get("/", headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.text
    check_headers(answer)


@pytest.mark.parametrize("host", ["evil.example", "localhost, evil.example", "evil.example, localhost"])
def test_another_forwarded_host_is_refused(app: Flask, host: str) -> None:
    answer = app.test_client().get("/staff/", headers={"X-Forwarded-Host": host})
    assert answer.status_code == 400
    assert "evil" not in f"{answer.headers}{answer.text}"
    check_headers(answer)


@pytest.mark.parametrize("origin", ["null", "https://evil.example"])
def test_no_other_site_may_read(app: Flask, origin: str) -> None:
    answer = app.test_client().get("/", headers={"Origin": origin})
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize("language", ["../nl", "zz", "a" * 8000, "nl,en;q=x", "\u0643"])
def test_an_unknown_language_is_dutch(app: Flask, language: str) -> None:
    asked = app.test_client().get("/", query_string={"language": language})
    preferred = app.test_client().get(
        "/", headers={"Accept-Language": language.encode("ascii", "replace").decode()}
    )
    assert check_page(asked).get("lang") == "nl"
    assert check_page(preferred).get("lang") == "nl"


def test_what_is_static_may_be_kept(app: Flask) -> None:
    with app.test_client().get("/static/theme.css") as answer:
        assert answer.status_code == 200
    assert "max-age" in answer.headers["Cache-Control"]
    assert "no-store" not in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_cookies_stay_with_us(town: Town, data: Path) -> None:
    """HttpOnly and SameSite always; Secure, for this host alone, and HSTS wherever it is not on plain HTTP."""
    plain = town.app.test_client().get("/").headers
    assert "Strict-Transport-Security" not in plain
    client = create_app(Settings(data=data)).test_client()
    answer = client.get("/", base_url="https://localhost")
    assert "max-age=" in answer.headers["Strict-Transport-Security"]
    for headers, secure in ((plain, False), (answer.headers, True)):
        cookie = headers["Set-Cookie"]
        assert cookie.startswith("__Host-telvertel=" if secure else "telvertel=")
        assert "Path=/" in cookie and "Domain" not in cookie
        assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
        assert ("Secure" in cookie) == secure


def test_signatures_are_of_256_bits(town: Town) -> None:
    """Of the session, of forms, and of the device on which somebody signed in."""
    client = town.sign_in("councillor")
    token = token_in(client.get("/staff/account").text)
    signed = [token, *(cookie.value for cookie in client._cookies.values())]
    assert len(signed) == 3
    for text in signed:
        assert len(base64.urlsafe_b64decode(text.rpartition(".")[2] + "=")) == 32


def test_alive_and_ready(app: Flask) -> None:
    for page in ("/healthz", "/readyz"):
        answer = app.test_client().get(page)
        assert (answer.status_code, answer.mimetype, answer.text) == (200, "text/plain", "ok\n")


def test_not_ready_before_the_database_is(data: Path) -> None:
    (data / "telvertel.sqlite").unlink()
    client = create_app(Settings(data=data, plain_http=True)).test_client()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "database upgrade" in answer.text
