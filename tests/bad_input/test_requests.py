"""Cookies, origins and logs: what a request brings along besides its form."""

from __future__ import annotations

import logging

import pytest

from tests.fixtures.application import Town

# Flask-Security makes choices in a way that WTForms will drop.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples is deprecated")
EVIL = "/none\r\nforged: line\r\n"


def test_a_changed_cookie_is_nobodys(town: Town) -> None:
    """One character other, wherever it stands, and one is not signed in."""
    client = town.sign_in("coordinator")
    cookie = client.get_cookie("telvertel")
    assert cookie is not None and client.get("/manage/").status_code == 200
    for at in range(0, len(cookie.value) - 1, 5):  # the last one holds bits that mean nothing
        other = "a" if cookie.value[at] != "a" else "b"
        client.set_cookie("telvertel", cookie.value[:at] + other + cookie.value[at + 1 :])
        assert client.get("/manage/").status_code == 303


@pytest.mark.parametrize("cookie", ["", ".", "x" * 4000, "eyJfdXNlcl9pZCI6IjEifQ.aaaa.bbbb", "\x01", "..."])
def test_what_is_no_cookie_of_ours_is_nobodys(town: Town, cookie: str) -> None:
    client = town.app.test_client()
    client.set_cookie("telvertel", cookie)
    assert client.get("/manage/").status_code == 303
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("origin", ["null", "https://evil.example", "http://localhost.evil.example"])
def test_no_other_origin_is_let_in(town: Town, origin: str) -> None:
    client = town.sign_in("coordinator")
    asking = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "X-CSRFToken"}
    for method in ("GET", "OPTIONS", "POST"):
        answer = client.open("/manage/programmes/new", method=method, headers={"Origin": origin, **asking})
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control-")]
    assert answer.status_code == 403


def test_what_was_asked_does_not_write_the_log(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    """Neither addresses nor fields nor headers come into it with an end of line."""
    client = town.sign_in("coordinator")
    with caplog.at_level(logging.DEBUG):
        client.get(
            "/none%0d%0aforged: line%0d%0a", query_string={"x": EVIL}, headers={"Referer": "x forged: line"}
        )
        client.post("/manage/programmes/new", data={"code": EVIL})
        client.post("/", data={"code": EVIL})
    assert not [record for record in caplog.records if "\nforged" in record.getMessage()]
