"""Whose word is believed about reader, TLS and name: that of the proxies which the operator named, and no other's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey.settings import Settings
from tests.fixtures.application import fresh_app, new_town, token_in
from tests.fixtures.pages import check_headers

NAME = "telvertel.example.nl"
PROXY = "10.0.0.7"
READER = "203.0.113.9"


@pytest.fixture
def behind(data: Path) -> Flask:
    """An application as it runs in earnest: under a name, behind a proxy."""
    return fresh_app(Settings(data=data, hosts=(NAME,), proxies=(PROXY, "192.0.2.0/24")))  # type: ignore[arg-type]


Told = tuple[str | None, str, str]


@pytest.fixture
def told(behind: Flask) -> Callable[..., Told]:
    """What the application takes a request's reader, scheme and host to be."""
    heard: list[Told] = []

    def hear() -> str:
        heard.append((request.remote_addr, request.scheme, request.host))
        return "ok\n"

    behind.view_functions["health.alive"] = hear

    def ask(peer: str, host: str = NAME, **headers: str) -> Told:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        heard.clear()
        answer = behind.test_client().get(
            "/healthz", headers={"Host": host, **named}, environ_base={"REMOTE_ADDR": peer}
        )
        assert answer.status_code == 200, answer.text
        return heard[0]

    return ask


def test_a_named_proxy_is_believed(told: Callable[..., Told]) -> None:
    assert told(PROXY, X_Forwarded_For=READER, X_Forwarded_Proto="https") == (READER, "https", NAME)
    assert told("192.0.2.99", X_Forwarded_For=READER)[0] == READER


def test_of_many_addresses_the_nearest_stranger_counts(told: Callable[..., Told]) -> None:
    """Whoever asks can write what they like before the first address that a proxy of ours adds."""
    assert told(PROXY, X_Forwarded_For=f"127.0.0.1, {READER}, 192.0.2.5")[0] == READER
    assert told(PROXY, X_Forwarded_For=f"{READER}, <script>")[0] == PROXY
    assert told(PROXY, X_Forwarded_For="")[0] == PROXY


@pytest.mark.parametrize("peer", [READER, "10.0.0.8", "127.0.0.1"])
def test_nobody_else_is(told: Callable[..., Told], peer: str) -> None:
    assert told(peer, X_Forwarded_For="8.8.8.8", X_Forwarded_Proto="http") == (peer, "https", NAME)


def test_what_travelled_plainly_is_sent_to_tls(behind: Flask) -> None:
    for method in ("GET", "POST"):
        answer = behind.test_client().open(
            "/start%0d%0aX: y?language=uk", method=method, headers={"Host": NAME, "X-Forwarded-Proto": "http"},
            environ_base={"REMOTE_ADDR": PROXY},
        )  # fmt: skip
        assert (answer.status_code, answer.text) == (308, "")
        assert answer.location == f"https://{NAME}/start%0D%0AX:%20y?language=uk"
        check_headers(answer)


def test_it_is_sent_to_our_own_name_only(behind: Flask) -> None:
    answer = behind.test_client().get(
        "/",
        headers={"Host": "evil.example", "X-Forwarded-Proto": "http"},
        environ_base={"REMOTE_ADDR": PROXY},
    )
    assert answer.status_code == 400
    assert "evil" not in f"{answer.headers}{answer.text}"


def test_addresses_on_paper_have_tls(data: Path) -> None:
    """An invitation is printed with the scheme of the site, also where no proxy was named in the settings."""
    town = new_town(fresh_app(Settings(data=data, hosts=(NAME,))))
    client: FlaskClient = town.app.test_client()
    seen: list[str] = []

    def note() -> str:
        from flask import url_for

        seen.append(url_for("respond.link", _external=True))
        return "ok\n"

    town.app.view_functions["health.alive"] = note
    client.get("/healthz", headers={"Host": NAME})
    assert seen == [f"https://{NAME}/start"]


@pytest.mark.parametrize("page", ["/healthz", "/readyz", "/metrics"])
@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000"])
def test_the_machine_itself_needs_no_name(behind: Flask, page: str, host: str) -> None:
    client = behind.test_client()
    assert client.get(page, headers={"Host": host}).status_code == 200
    assert client.get("/", headers={"Host": host}).status_code == 400
    for hands in ({"Via": "1.1 x"}, {"X-Forwarded-For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}):
        assert client.get(page, headers={"Host": host, **hands}).status_code == 400
    outside = client.get(page, headers={"Host": host}, environ_base={"REMOTE_ADDR": READER})
    assert outside.status_code == 400


def test_posts_must_come_from_our_own_pages(behind: Flask) -> None:
    """With TLS known, a form that another site sends is refused even with a token."""
    client = behind.test_client()
    page = client.get("/", base_url=f"https://{NAME}")
    form = {"code": "ABCD", "csrf_token": token_in(page.text)}
    for referrer, status in ((f"https://{NAME}/", 422), ("https://evil.example/", 403), ("", 403)):
        answer = client.post("/", data=form, base_url=f"https://{NAME}", headers={"Referer": referrer})
        assert answer.status_code == status


HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "X-Forwarded-For",
            "X-Forwarded-Proto",
            "X-Forwarded-Host",
            "X-Forwarded-Port",
            "Forwarded",
            "Host",
            "Via",
        ]
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(headers=HEADERS, peer=st.sampled_from([PROXY, READER, "127.0.0.1"]))
def test_whatever_is_forwarded_leads_nowhere_else(behind: Flask, headers: dict[str, str], peer: str) -> None:
    answer = behind.test_client().get(
        "/staff/?next=x", headers={"Host": NAME, **headers}, environ_base={"REMOTE_ADDR": peer}
    )
    assert answer.status_code in (303, 308, 400)
    place: Any = answer.headers.get("Location", "/")
    assert place.startswith(("/staff/sign-in?", f"https://{NAME}/")) or place == "/"
