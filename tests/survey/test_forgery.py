"""Forged requests: ours decides as Flask-WTF does, whatever the browser sends, and sooner for what is all right."""

from __future__ import annotations

from itertools import product

import pytest
from flask import Flask
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFProtect, generate_csrf
from wtforms import StringField

from survey import forgery

HERE, METHODS = "telvertel.example", ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE")
REFERERS = (None, "", f"https://{HERE}/start", f"http://{HERE}/start", "https://elsewhere.example/start")
#: How a browser comes by what it sends, and in which of two ways.
TOKENS = ("own", "of another session", "of another secret", "none", "empty", "nonsense")
PLACES = ("form", "header")


def site(protection: type[CSRFProtect]) -> Flask:
    app = Flask(__name__)
    app.config.update(SECRET_KEY="a", WTF_CSRF_SECRET_KEY="b")
    protection().init_app(app)

    class Anything(FlaskForm):
        said = StringField()

    @app.route("/", methods=METHODS)
    def door() -> str:
        return f"{generate_csrf()} {Anything().validate_on_submit()}"

    return app


def answer(
    app: Flask, method: str, secure: bool, referer: str | None, token: str, place: str
) -> tuple[int, str]:
    """What one gets to see of it: the status, and whether the form passed too."""
    base = f"{'https' if secure else 'http'}://{HERE}/"
    client = app.test_client()
    own = client.get(base_url=base).text.split()[0]
    if token == "of another secret":
        app.config["WTF_CSRF_SECRET_KEY"] = "c"
        other = app.test_client().get(base_url=base).text.split()[0]
        app.config["WTF_CSRF_SECRET_KEY"] = "b"
    else:
        other = app.test_client().get(base_url=base).text.split()[0]
    sent = {"own": own, "none": None, "empty": "", "nonsense": "x.y.z"}.get(token, other)
    headers = {} if referer is None else {"Referer": referer}
    if sent is not None and place == "header":
        headers["X-CSRFToken"] = sent
    form = {"said": "x"} | ({"csrf_token": sent} if sent is not None and place == "form" else {})
    got = client.open(method=method, base_url=base, headers=headers, data=form if method != "GET" else None)
    return got.status_code, got.text.split()[-1] if got.status_code == 200 and got.text else ""


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_it_decides_as_flask_wtf_does(secure: bool) -> None:
    ours, theirs = site(forgery.Protection), site(CSRFProtect)
    seen = set()
    for asked in product(METHODS, [secure], REFERERS if secure else REFERERS[:1], TOKENS, PLACES):
        assert answer(ours, *asked) == answer(theirs, *asked), asked
        seen.add(answer(ours, *asked))
    assert {(200, "True"), (200, "False"), (400, "")} <= seen


def test_what_was_right_once_is_not_right_in_another_session() -> None:
    app = site(forgery.Protection)
    assert answer(app, "POST", False, None, "own", "form") == (200, "True")
    assert answer(app, "POST", False, None, "of another session", "form")[0] == 400


def test_a_token_that_was_signed_here_opens_nothing_to_who_was_shown_none() -> None:
    app = site(forgery.Protection)
    signed = app.test_client().get("/").text.split()[0]
    answered = app.test_client().post("/", data={"csrf_token": signed, "said": "x"})
    assert answered.status_code == 400
