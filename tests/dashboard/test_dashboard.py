"""What readers see: the release and nothing else, each their own municipality's, whatever they ask for."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.dashboard.conftest import ORIGINAL, QUOTE, Pilot
from tests.fixtures.application import token_in
from tests.fixtures.pages import check_headers, masked, parsed, words_of

PROGRAMME = "/dashboard/aalten-pilot/"
CHANGE = f"{PROGRAMME}change"
DOMAIN = f"{PROGRAMME}integration/language"
CALLBACK = "/dashboard/_dash-update-component"


@pytest.fixture(scope="module")
def councillor(pilot: Pilot) -> FlaskClient:
    return pilot.town.sign_in("councillor")


def ask(client: FlaskClient, address: str = CHANGE, token: str | None = None, **changes: Any) -> TestResponse:
    """What the page in the browser asks when it opens; `changes` replace parts of it."""
    body = {
        "output": "figures.data",
        "outputs": {"id": "figures", "property": "data"},
        "inputs": [{"id": "address", "property": "pathname", "value": address}],
        "state": [{"id": "address", "property": "search", "value": ""}],
        "changedPropIds": ["address.pathname"],
        **changes,
    }
    return client.post(CALLBACK, json=body, headers={"X-CSRFToken": token or token_of(client)})


def token_of(client: FlaskClient) -> str:
    client.get(CHANGE)
    cookie = client.get_cookie("telvertel_dashboard", path="/dashboard/")
    return cookie.value if cookie else ""


def texts(value: Any) -> Iterator[str]:
    """Every text in a JSON document, keys aside."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, str):
        yield value


def test_the_page_says_it_in_words_before_any_script_ran(councillor: FlaskClient) -> None:
    answer = councillor.get(CHANGE, headers={"Accept-Language": "en"})
    document = parsed(answer.text)
    words = words_of(document)
    assert document.get("lang") == "en"
    assert "higher score" in (document.findtext(".//h1") or "")
    assert "There was no comparison group" in words
    assert QUOTE in words
    assert len(document.findall(".//table//tbody//a")) == 16
    (picture,) = (element for element in document.iter("div") if element.get("role") == "img")
    assert "table" in picture.get("aria-label")


def test_a_domain_has_its_number_its_margin_and_its_quotes(pilot: Pilot, councillor: FlaskClient) -> None:
    entry = next(e for e in json.loads(pilot.document)["change"] if e["domain"] == "language")
    words = words_of(parsed(councillor.get(DOMAIN, headers={"Accept-Language": "nl"}).text))
    for number in (
        entry["before_mean"],
        entry["after_mean"],
        entry["difference"],
        entry["low"],
        entry["high"],
    ):
        assert f"{abs(number):.1f}".replace(".", ",") in words
    assert QUOTE in words
    assert QUOTE not in councillor.get(f"{PROGRAMME}integration/work").text


def test_pages_keep_to_the_strict_policy(councillor: FlaskClient) -> None:
    for address in (CHANGE, DOMAIN):
        answer = councillor.get(address)
        check_headers(answer)
        policy = answer.headers["Content-Security-Policy"]
        (nonce,) = re.findall(r"'nonce-([^']+)'", policy)
        assert f'style-nonce.js" nonce="{nonce}"' in answer.text
        assert answer.text.index("style-nonce.js") < answer.text.index("plotly-basic")
        assert "style=" not in answer.text.partition("<main")[2]
    assert nonce not in councillor.get(DOMAIN).text


def test_nothing_of_a_person_is_in_anything_that_is_sent(councillor: FlaskClient) -> None:
    answers = [councillor.get(address).text for address in ("/dashboard/_dash-layout", CHANGE, DOMAIN)]
    answers += [councillor.get("/dashboard/_dash-dependencies").text]
    answers += [ask(councillor, address).text for address in (CHANGE, DOMAIN)]
    for text in answers:
        assert "CANARY" not in text and ORIGINAL not in text


def test_numbers_of_the_figure_are_those_of_the_release(pilot: Pilot, councillor: FlaskClient) -> None:
    figure = ask(councillor).json["response"]["figures"]["data"]["wide"]  # type: ignore[index]  # an object
    before = [x for trace in figure["data"][3::5] for x in trace["x"]]
    after = [x for trace in figure["data"][4::5] for x in trace["x"]]
    release = json.loads(pilot.document)
    assert sorted(before) == sorted(entry["before_mean"] for entry in release["change"])
    assert sorted(after) == sorted(entry["after_mean"] for entry in release["change"])
    known = {f"{abs(v):.1f}" for e in release["change"] for v in e.values() if isinstance(v, float | int)}
    written = {number.replace(",", ".") for text in texts(figure) for number in re.findall(r"\d[.,]\d", text)}
    assert written <= known


def test_layout_knows_no_programme(pilot: Pilot, councillor: FlaskClient) -> None:
    other = pilot.other.sign_in("councillor")
    for address in ("/dashboard/_dash-layout", "/dashboard/_dash-dependencies"):
        own = councillor.get(address)
        assert own.status_code == 200
        assert own.data == other.get(address).data
        assert pilot.town.code not in own.text


def test_what_every_page_shares_is_asked_once(councillor: FlaskClient) -> None:
    """Going on to another page asks for that page and its figures: the rest the browser keeps, as long as no cookie
    changes."""
    councillor.get(CHANGE)
    assert "Set-Cookie" not in councillor.get(DOMAIN).headers
    scripts = re.findall(r'<script src="([^"]+)"', councillor.get(CHANGE).text)
    suite = next(script for script in scripts if "/dash/dcc/" in script).rpartition("/")[0]
    for address in (
        "/dashboard/_dash-layout",
        "/dashboard/_dash-dependencies",
        f"{suite}/async-graph.js",
        *scripts,
    ):
        assert re.search(r"max-age=[1-9]\d\d", councillor.get(address).headers["Cache-Control"]), address


def test_a_token_of_another_session_is_replaced(pilot: Pilot) -> None:
    client = pilot.town.sign_in("councillor")
    for wrong in ("", "x", "ü", "IjE3.awO2.D9"):
        client.set_cookie("telvertel_dashboard", wrong, path="/dashboard/")
        client.get(CHANGE)
        assert ask(client, CHANGE).status_code == 200


def test_another_municipality_sees_what_is_seen_of_nothing(pilot: Pilot) -> None:
    stranger = pilot.other.sign_in("councillor")
    invented = CHANGE.replace("aalten-pilot", "aalten-pilod")
    for address in (CHANGE, DOMAIN):
        own, none = stranger.get(address), stranger.get(address.replace("aalten-pilot", "aalten-pilod"))
        assert own.status_code == none.status_code == 404
        assert masked(own.text) == masked(none.text).replace("pilod", "pilot")
    token = token_in(stranger.get("/staff/account").text)
    asked, invented_too = ask(stranger, CHANGE, token), ask(stranger, invented, token)
    assert asked.status_code == invented_too.status_code == 404
    assert masked(asked.text) == masked(invented_too.text)
    assert "aalten" not in stranger.get("/dashboard/").text


def test_everybody_on_the_staff_may_read(pilot: Pilot) -> None:
    for role in ("casemanager", "coordinator", "councillor", "administrator"):
        assert pilot.town.sign_in(role).get(CHANGE).status_code == 200


def test_an_anonymous_visitor_is_sent_to_sign_in(pilot: Pilot) -> None:
    client = pilot.app.test_client()
    for address in ("/dashboard/", CHANGE, DOMAIN, "/dashboard/_dash-layout", "/publish/"):
        answer = client.get(address)
        assert answer.status_code == 303 and answer.location.startswith("/staff/sign-in?next=")
    assert client.post(CALLBACK, json={}).status_code in (401, 403)


def test_the_only_programme_is_opened_at_once_and_none_is_said_so(
    pilot: Pilot, councillor: FlaskClient
) -> None:
    answer = councillor.get("/dashboard/")
    assert (answer.status_code, answer.location) == (303, PROGRAMME)
    nothing = pilot.other.sign_in("councillor").get("/dashboard/", headers={"Accept-Language": "en"})
    assert "Nothing was published yet" in nothing.text


@pytest.mark.parametrize(
    "address",
    [
        f"{PROGRAMME}integration",
        f"{PROGRAMME}integration/nothing",
        f"{PROGRAMME}nothing/work",
        f"{CHANGE}?by=nothing",
        f"{CHANGE}?by=",
        f"{PROGRAMME}ladder?by=gender",
        f"{DOMAIN}?by=gender",
        f"{DOMAIN}/more",
        "/dashboard/%00/",
        "/dashboard/_dash-component-suites/nothing/x.js",
        "/dashboard/_dash-component-suites/dash/../../../etc/passwd",
        "/dashboard/_assets/../mount.py",
    ],
)
def test_what_is_not_there_is_not_found(councillor: FlaskClient, address: str) -> None:
    assert councillor.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/dashboard/_reload-hash", "/dashboard/_favicon.ico"])
def test_what_nobody_needs_nobody_gets(councillor: FlaskClient, address: str) -> None:
    assert councillor.get(address).status_code == 403


ADDRESS = {"id": "address", "property": "pathname", "value": CHANGE}
FORGED: list[dict[str, Any]] = [
    {"output": "nothing.data"},
    {"output": ["figures.data"]},
    {"output": None},
    {"output": "chart.figure", "outputs": {"id": "chart", "property": "figure"}},
    {"outputs": {"id": "chart", "property": "figure"}},
    {"outputs": [ADDRESS]},
    {"outputs": "x"},
    {"inputs": []},
    {"inputs": [ADDRESS, ADDRESS]},
    {"inputs": [[ADDRESS]]},
    {"inputs": [{**ADDRESS, "value": None}]},
    {"inputs": [{**ADDRESS, "value": [CHANGE]}]},
    {"inputs": [{**ADDRESS, "value": "x" * 10_000}]},
    {"inputs": [{**ADDRESS, "property": "href"}]},
    {"inputs": {"id": "address"}},
    {"state": []},
    {"state": None},
    {"changedPropIds": "x"},
    {"changedPropIds": [{}]},
]


@pytest.mark.parametrize("changes", FORGED, ids=[str(changes)[:60] for changes in FORGED])
def test_forged_requests_are_refused(councillor: FlaskClient, changes: dict[str, Any]) -> None:
    assert ask(councillor, **copy.deepcopy(changes)).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000, '{"output": ' + "[" * 100_000 + "]" * 100_000 + "}", '{"output": ' + "9" * 5000 + "}",
        "NaN", '{"output": 1e999}', '{"output": "a", "output": "b"}', '"\\ud800"', "",
    ],
    ids=lambda body: body[:20],
)  # fmt: skip
def test_what_json_lets_through_is_refused(councillor: FlaskClient, body: str) -> None:
    token = {"X-CSRFToken": token_in(councillor.get("/staff/account").text)}
    answer = councillor.post(CALLBACK, data=body, content_type="application/json", headers=token)
    assert answer.status_code == 400


@pytest.mark.parametrize("value", ["\ud800", "/dashboard/\udfff/", "/dashboard/\x00/", "/dashboard/\u202e/"])
def test_half_characters_and_hidden_ones_are_no_address(councillor: FlaskClient, value: str) -> None:
    assert ask(councillor, inputs=[{**ADDRESS, "value": value}]).status_code == 400


def test_a_callback_needs_the_token_of_its_page(councillor: FlaskClient) -> None:
    assert ask(councillor).status_code == 200
    assert ask(councillor, token="forged").status_code == 403


@pytest.mark.parametrize(
    ("search", "word"), [("?language=en", "no clear difference"), ("?language=nl", "geen duidelijk verschil")]
)
def test_the_chart_speaks_the_language_of_its_page(councillor: FlaskClient, search: str, word: str) -> None:
    assert 'lang="en"' in councillor.get(CHANGE + "?language=en").text
    state = [{"id": "address", "property": "search", "value": search}]
    assert word in ask(councillor, state=state).text


@pytest.mark.parametrize("search", ["?language=zz", "?language=../nl", "?&&==&language", "language=en"])
def test_languages_that_are_none_do_no_harm(councillor: FlaskClient, search: str) -> None:
    state = [{"id": "address", "property": "search", "value": search}]
    assert ask(councillor, state=state).status_code == 200


def test_scripts_are_compressed_and_pages_in_which_a_stranger_can_put_nothing(
    councillor: FlaskClient,
) -> None:
    accepting = {"Accept-Encoding": "gzip, br"}
    assert councillor.get(CHANGE, headers=accepting).headers["Content-Encoding"] == "br"
    for more in ("?x=guess", "?language=en", "?language=guess", "?&", "?by=&x=guess"):
        assert "Content-Encoding" not in councillor.get(CHANGE + more, headers=accepting).headers
    page = councillor.get(CHANGE)
    assert "Content-Encoding" not in page.headers
    for script in re.findall(r'src="(/dashboard/[^"]+\.js)"', page.text):
        answer = councillor.get(script, headers=accepting)
        assert answer.headers["Content-Encoding"] == "br" or len(answer.data) < 1000, script
