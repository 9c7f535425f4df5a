"""HTTP Observatory's rules over real TLS: at least 120 for the survey, 110 for the dashboard."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import trustme
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import WSGIRequestHandler

from survey.settings import Settings
from tests.fixtures.application import fresh_app, new_town
from tests.fixtures.rows import fill
from tests.fixtures.served import listening
from tests.fixtures.visitor import Visitor
from tests.survey.observatory import Seen, score

NAME = "telvertel.example.nl"
SURVEY = ("/", "/start", "/goodbye/thanks", "/staff/sign-in", "/no-such-page", "/static/theme.css")


class Quiet(WSGIRequestHandler):
    def log(self, *arguments: Any) -> None:
        """Nothing."""


def through_plain_proxy(app: Flask) -> Callable[..., Any]:
    """What a proxy says of a request that came to its port 80."""
    return lambda environment, start: app({**environment, "HTTP_X_FORWARDED_PROTO": "http"}, start)


def port_of(address: str) -> int:
    return urlsplit(address).port or 0


@dataclass
class Site:
    tls: int
    plain: int
    trust: ssl.SSLContext

    def see(self, path: str, cookie: str = "") -> Seen:
        """A page, as a browser that checks certificates sees it."""
        secure = http.client.HTTPSConnection("127.0.0.1", self.tls, context=self.trust)
        secure.sock = self.trust.wrap_socket(_connected(self.tls), server_hostname=NAME)
        answer, body = _ask(secure, path, cookie)
        plain, _ = _ask(http.client.HTTPConnection("127.0.0.1", self.plain), path, "")
        return Seen(answer.getheaders(), body, (plain.status, plain.getheader("Location", "")), NAME)


def _connected(port: int) -> Any:
    import socket

    return socket.create_connection(("127.0.0.1", port))


def _ask(
    connection: http.client.HTTPConnection, path: str, cookie: str
) -> tuple[http.client.HTTPResponse, str]:
    connection.request("GET", path, headers={"Host": NAME, "Cookie": cookie})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer, body


@pytest.fixture
def site(data: Path) -> Iterator[Site]:
    """An application as in earnest, on a port with TLS and on one behind a proxy's port 80."""
    settings = Settings(data=data, hosts=(NAME,), proxies=("127.0.0.1",))  # type: ignore[arg-type]
    app = fresh_app(settings)
    authority = trustme.CA()
    offer, trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert(NAME).configure_cert(offer)
    authority.configure_trust(trust)
    with ExitStack() as open_ports:
        tls = open_ports.enter_context(listening(app, ssl_context=offer, request_handler=Quiet))
        plain = open_ports.enter_context(listening(through_plain_proxy(app), request_handler=Quiet))
        yield Site(port_of(tls), port_of(plain), trust)


@pytest.fixture
def cookies(data: Path) -> dict[str, str]:
    """Of a participant at the questions, and of a councillor; made on plain HTTP, with the same keys."""
    town = new_town(fresh_app(Settings(data=data, plain_http=True)), slug="aalten")
    with town.app.app_context():
        town.inside()
        code = fill(town).access_code
        from survey.clock import now
        from survey.database import db
        from survey.models import Release

        for release in db.session.query(Release):
            release.published_at = now()
        db.session.commit()
    return {
        "participant": _cookie(Visitor(town, code).enter().client),
        "councillor": _cookie(town.sign_in("councillor")),
    }


def _cookie(client: FlaskClient) -> str:
    cookie = client.get_cookie("telvertel")
    assert cookie is not None
    return f"__Host-telvertel={cookie.value}"


@pytest.mark.parametrize("path", SURVEY)
def test_survey_pages(site: Site, path: str) -> None:
    assert score(site.see(path)) >= 120


def test_a_participants_page(site: Site, cookies: dict[str, str]) -> None:
    seen = site.see("/survey/language", cookies["participant"])
    assert "csrf_token" in seen.body
    assert score(seen) >= 120


@pytest.mark.parametrize("path", ["/dashboard/", "/dashboard/aalten-pilot/"])
def test_the_dashboard(site: Site, cookies: dict[str, str], path: str) -> None:
    seen = site.see(path, cookies["councillor"])
    assert dict(seen.headers).get("Location", "") in ("", "/dashboard/aalten-pilot/")
    assert score(seen) >= 110


def test_where_it_leads_over_plain_http(site: Site) -> None:
    seen = site.see("/start?language=uk")
    assert seen.plain == (308, f"https://{NAME}/start?language=uk")


@pytest.mark.parametrize(
    ("header", "instead"),
    [("Content-Security-Policy", None), ("Content-Security-Policy", "default-src 'self' 'unsafe-inline'"),
     ("Strict-Transport-Security", None), ("Strict-Transport-Security", "max-age=60"),
     ("Set-Cookie", "__Host-telvertel=x; SameSite=None; Secure"), ("Set-Cookie", "session=x; Secure; SameSite=Lax"),
     ("Access-Control-Allow-Origin", "*"), ("X-Content-Type-Options", None), ("Referrer-Policy", "unsafe-url")],
)  # fmt: skip
def test_the_score_falls_with_what_is_lost(site: Site, header: str, instead: str | None) -> None:
    """The rules are looked at: an answer that lacks one of these does not pass."""
    seen = site.see("/")
    headers = [(name, value) for name, value in seen.headers if name.lower() != header.lower()]
    worse = replace(seen, headers=[*headers, *([(header, instead)] if instead else [])])
    assert score(worse) < score(seen)
    assert score(replace(seen, plain=(200, ""))) < 100
