"""A device is known by a signed cookie of its own account; what it is called comes from what it says of itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.http import parse_cookie
from werkzeug.test import TestResponse

from survey.accounts import devices
from survey.database import db
from survey.models import Staff
from tests.fixtures.application import Town
from tests.survey.accounts.conftest import Clock, browser, colleague, sign_in

AN = "an@aalten.example"
GECKO, WEBKIT = "Gecko/20100101", "AppleWebKit/605.1.15 (KHTML, like Gecko)"
#: What browsers say of themselves, as far as it matters; nearly all claim to be others as well.
SAID = {
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) {GECKO} Firefox/128.0": "Firefox Windows",
    f"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) {GECKO} Firefox/128.0": "Firefox Linux",
    f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/126.0 Safari/537.36": "Chrome Linux",
    f"Mozilla/5.0 (X11; CrOS x86_64) {WEBKIT} Chrome/126.0 Safari/537.36": "Chrome ChromeOS",
    f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/126.0 Safari/537.36 Edg/126.0": "Edge Windows",
    f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/126.0 Safari/537.36 OPR/111.0": "Opera Windows",
    f"Mozilla/5.0 (Linux; Android 14) {WEBKIT} Chrome/126.0 Mobile Safari/537.36": "Chrome Android",
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/17.5 Safari/605.1.15": "Safari macOS",
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {WEBKIT} Version/17.5 Safari/604.1": "Safari iPhone",
    f"Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) {WEBKIT} CriOS/126.0 Safari/604.1": "Chrome iPad",
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {WEBKIT} FxiOS/127.0 Safari/605.1.15": "Firefox iPhone",
    "curl/8.5.0": "",
    "": "",
    "Windows": "Windows",
}  # fmt: skip


@pytest.mark.parametrize("said", SAID)
def test_it_is_called_by_browser_and_system(said: str) -> None:
    with Flask(__name__).test_request_context(headers={"User-Agent": said}):
        assert devices.kind() == SAID[said]


def remembered(town: Town) -> tuple[str, str, TestResponse]:
    """Name and value of the cookie that signing in leaves, and the answer it came with."""
    colleague(town, "councillor")
    answer = sign_in(browser(town.app))
    (line,) = [line for line in answer.headers.getlist("Set-Cookie") if "device" in line]
    ((name, value),) = parse_cookie(line.partition(";")[0]).items()
    return name, value, answer


def known(town: Town, cookie: str, email: str = AN) -> str | None:
    with town.app.test_request_context(headers={"Cookie": cookie}):
        person = db.session.scalar(select(Staff).where(Staff.email == email))
        return devices.known(person, email)


def test_the_cookie_is_for_our_pages_alone(town: Town) -> None:
    _, _, answer = remembered(town)
    (line,) = [line for line in answer.headers.getlist("Set-Cookie") if "device" in line]
    said = {part.strip().lower() for part in line.split(";")[1:]}
    assert {"httponly", "path=/staff", "samesite=strict", f"max-age={180 * 24 * 3600}"} <= said
    assert "secure" not in said  # in this town everything is plain; see below


def test_where_pages_are_secure_it_is_too(town: Town) -> None:
    colleague(town, "councillor")
    town.app.config["SESSION_COOKIE_SECURE"] = True
    with town.app.test_request_context():
        person = db.session.scalars(select(Staff)).one()
        answer = devices.remember(person, town.app.response_class())
    assert "; Secure" in answer.headers["Set-Cookie"]


def test_it_names_neither_person_nor_address(town: Town) -> None:
    name, value, _ = remembered(town)
    assert "an@" not in name and "aalten" not in name
    assert "an@" not in value


def test_it_is_known_for_half_a_year(clock: Clock, town: Town) -> None:
    name, value, _ = remembered(town)
    device = known(town, f"{name}={value}")
    assert device is not None and len(device) >= 20
    clock.shift(timedelta(days=devices.KEPT_DAYS))
    assert known(town, f"{name}={value}") == device
    clock.shift(timedelta(seconds=1))
    assert known(town, f"{name}={value}") is None


def test_it_keeps_its_name_when_the_owner_comes_back(town: Town) -> None:
    name, value, _ = remembered(town)
    with town.app.test_request_context(headers={"Cookie": f"{name}={value}"}):
        person = db.session.scalars(select(Staff)).one()
        again = devices.remember(person, town.app.response_class())
    cookie = again.headers["Set-Cookie"].partition(";")[0]
    assert known(town, cookie) == known(town, f"{name}={value}")


@pytest.mark.parametrize("value", ["", "x", "a.b.c", "W10.x.y"])
def test_what_was_not_signed_here_is_strange(town: Town, value: str) -> None:
    name, _, _ = remembered(town)
    assert known(town, f"{name}={value}") is None


@pytest.mark.parametrize("kept", [1, None, "a", [], ["a"], ["a", "b", "c"], ["a", 1], {"a": 1}])
def test_what_was_signed_but_is_no_device_is_strange(town: Town, kept: object) -> None:
    name, _, _ = remembered(town)
    with town.app.app_context():
        value = devices._serializer().dumps(kept)
    assert known(town, f"{name}={value}") is None


def test_a_device_without_a_name_is_strange(town: Town) -> None:
    """As signed for this very account, but with a number where the name belongs."""
    name, _, _ = remembered(town)
    with town.app.app_context():
        person = db.session.scalars(select(Staff)).one()
        value = devices._serializer().dumps([devices._account(person), 7])
    assert known(town, f"{name}={value}") is None


def test_what_was_signed_for_something_else_is_strange(town: Town) -> None:
    """The same keys sign other things: the salt keeps them apart."""
    name, value, _ = remembered(town)
    with town.app.app_context():
        kept = devices._serializer().loads(value)
        serializer = devices._serializer()
        other = type(serializer)(serializer.secret_keys, salt="something else").dumps(kept)
    assert known(town, f"{name}={other}") is None


def test_after_a_rotation_it_is_still_known(town: Town) -> None:
    name, value, _ = remembered(town)
    town.app.config["SECRET_KEY_FALLBACKS"] = [str(town.app.secret_key)]
    town.app.secret_key = "a newer one"
    assert known(town, f"{name}={value}") is not None
    town.app.config["SECRET_KEY_FALLBACKS"] = None
    assert known(town, f"{name}={value}") is None


def test_who_has_no_account_has_no_device(town: Town) -> None:
    name, value, _ = remembered(town)
    with town.app.test_request_context(headers={"Cookie": f"{name}={value}"}):
        assert devices.known(None, AN) is None
