"""Our application finds out less at every request than Flask's does, and finds the same."""

from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.exceptions import SecurityError
from werkzeug.test import create_environ

from survey.asked import Asked, Survey

TRUSTED = ["samen.example", ".gemeente.example", "localhost"]
HOSTS = [
    "samen.example", "SAMEN.example", "samen.example:443", "samen.example:8080", "a.gemeente.example",
    "localhost:80", "other.example", "samen.example.other.example", "samen.example@other.example", "",
    "é.example", "[::1]:80",
]  # fmt: skip


def as_wsgi(text: str) -> str:
    """Each byte as if it were a letter."""
    return text.encode().decode("latin-1")


PATHS = st.text(st.sampled_from("/aé%\u061f?."), max_size=8).map("/{}".format)
REQUESTS = st.fixed_dictionaries(
    {
        "HTTP_HOST": st.sampled_from(HOSTS),
        "wsgi.url_scheme": st.sampled_from(["http", "https"]),
        "SCRIPT_NAME": st.sampled_from(["", "/samen", "/samen/", "/é"]).map(as_wsgi),
        "PATH_INFO": PATHS.map(as_wsgi),
        "QUERY_STRING": st.text(st.sampled_from("a=&%+é"), max_size=6).map(as_wsgi),
        "REQUEST_METHOD": st.sampled_from(["GET", "POST", "HEAD"]),
    },
    optional={"SERVER_PORT": st.sampled_from(["80", "443", "8000"])},
)  # fmt: skip


def found(app: Flask, told: dict[str, Any]) -> Any:
    """Where the request leads and under which name; or that its name is refused."""
    request = app.request_class({**create_environ(), **told})
    try:
        adapter = app.create_url_adapter(request)
    except SecurityError:
        with pytest.raises(SecurityError):
            _ = request.host
        return "refused"
    return {**vars(adapter), "map": None}, request.host, request.url


@pytest.fixture(scope="module")
def both() -> tuple[Flask, Flask]:
    apps = Flask("bare"), Survey("ours")
    for app in apps:
        app.config["TRUSTED_HOSTS"] = TRUSTED
    return apps


@given(asked=st.lists(REQUESTS, min_size=1, max_size=4))
@settings(max_examples=300)
def test_a_request_leads_where_it_does_in_flask(
    both: tuple[Flask, Flask], asked: list[dict[str, Any]]
) -> None:
    bare, ours = both
    for told in asked * 2:  # the first time a name is judged, then it is known
        assert found(ours, told) == found(bare, told)


@given(header=st.text(st.sampled_from('ab=;, "\\é%'), max_size=20))
def test_cookies_are_those_that_werkzeug_reads(header: str) -> None:
    told = {**create_environ(), "HTTP_COOKIE": as_wsgi(header)}
    assert Asked(told).cookies == super(Asked, Asked(told)).cookies


def test_without_a_request_nothing_leads_anywhere() -> None:
    assert Survey("ours").create_url_adapter(None) is None
