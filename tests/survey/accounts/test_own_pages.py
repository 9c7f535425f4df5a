"""Signing in and looking after one's own account, in our own frame and words."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from flask.testing import FlaskClient

from survey.database import db
from survey.models import Staff
from tests.fixtures.application import PASSWORD, Town, token_in
from tests.survey.casework.conftest import inside, speaking
from tests.survey.casework.filling import assert_strict, document, send, submit, text

# Flask-Security 5 lists its choices in a way that WTForms 3.3 calls old.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples:DeprecationWarning")

SIGN_IN = "/staff/sign-in"
SECOND = "/staff/second-factor"


@pytest.fixture
def person(town: Town) -> FlaskClient:
    return speaking("en", town.sign_in("coordinator"))


def email(town: Town) -> str:
    with inside(town):
        return db.session.query(Staff).one().email


def sign_in(town: Town, password: str = PASSWORD) -> tuple[FlaskClient, str]:
    """A new client after the first step of signing in, and where it is sent."""
    client = speaking("en", town.app.test_client())
    answer = submit(client, SIGN_IN, email=email(town), password=password)
    return client, answer.headers.get("Location", "")


def set_up_second_factor(person: FlaskClient) -> str:
    """Set up an authenticator app; its key."""
    shown = submit(person, SECOND)
    page = document(shown)
    key = re.sub(r"[^A-Z2-7]", "", page.findall(".//code")[0].text or "")
    (form,) = [form for form in page.findall(".//main//form") if form.get("method") == "post"]
    done = send(person, shown, form.get("action") or "", code=pyotp.TOTP(key).now())
    assert done.status_code == 302
    return key


def next_code(key: str) -> str:
    """The one after a code that was used just now: none works twice."""
    return str(pyotp.TOTP(key).at(datetime.now(UTC) + timedelta(seconds=30)))


def test_a_wrong_password_and_an_unknown_address_are_one_and_the_same(
    town: Town, person: FlaskClient
) -> None:
    client = speaking("en", town.app.test_client())
    wrong = submit(client, SIGN_IN, email=email(town), password="something else")
    unknown = submit(client, SIGN_IN, email="nobody@example.org", password="something else")
    assert "do not fit" in text(wrong)
    assert text(wrong) == text(unknown)


def test_signing_in_leads_on_to_the_page_that_was_asked_for(town: Town, person: FlaskClient) -> None:
    client = town.app.test_client()
    page = f"{SIGN_IN}?next=/staff/account"
    answer = send(client, client.get(page), SIGN_IN, email=email(town), password=PASSWORD)
    assert answer.headers["Location"] == "/staff/account"
    outside = f"{SIGN_IN}?next=https://example.org/"
    client = town.app.test_client()
    answer = send(client, client.get(outside), SIGN_IN, email=email(town), password=PASSWORD)
    assert "example.org" not in answer.headers.get("Location", "")


@pytest.mark.parametrize(
    "place",
    [
        "/\\evil.example",
        "//evil.example",
        "/\t/evil.example",
        "https://evil.example",
        "evil.example",
        "\\evil.example",
    ],
)
def test_another_place_to_go_on_to_is_dropped(town: Town, person: FlaskClient, place: str) -> None:
    for to in ({"query_string": {"next": place}}, {"data": {"next": place}}):
        client = town.app.test_client()
        shown = client.get(SIGN_IN, query_string=to.get("query_string"))
        fields = [field for field in document(shown).iter("input") if field.get("name") == "next"]
        assert [field.get("value") or "" for field in fields] == [""]
        form = {"email": email(town), "password": PASSWORD, "csrf_token": token_in(shown.text)}
        answer = client.post(SIGN_IN, query_string=to.get("query_string"), data=form | to.get("data", {}))
        assert (answer.status_code, answer.headers["Location"]) == (302, "/staff/")
    assert "evil" not in person.get(SIGN_IN, query_string={"next": place}).headers["Location"]


@pytest.mark.parametrize("body", ["[1]", "{}", "1", '"text"', '{"email": [1]}', "not json"])
@pytest.mark.parametrize("kind", ["application/json", "application/vnd.api+json"])
def test_json_is_refused_unread_before_and_after_signing_in(
    town: Town, person: FlaskClient, body: str, kind: str
) -> None:
    stranger = town.app.test_client()
    for client, page in ((stranger, SIGN_IN), (person, "/staff/account")):
        token = token_in(client.get(page).text)
        for method in ("POST", "GET"):
            answer = client.open(
                SIGN_IN, method=method, data=body, content_type=kind, headers={"X-CSRFToken": token}
            )
            assert answer.status_code == 415
    assert person.get("/staff/account").status_code == 200


def test_who_asks_for_json_gets_a_page(town: Town, person: FlaskClient) -> None:
    for client in (town.app.test_client(), person):
        answer = client.get(SIGN_IN, headers={"Accept": "application/json"})
        assert answer.status_code in (200, 302) and answer.mimetype == "text/html"


def test_the_password_can_be_changed(town: Town, person: FlaskClient) -> None:
    page = "/staff/password"
    new = "four words are easy"
    short = submit(person, page, password=PASSWORD, new_password="short", new_password_confirm="short")
    assert "too short" in text(short)
    differs = submit(person, page, password=PASSWORD, new_password=new, new_password_confirm="other")
    assert "not the same" in text(differs)
    wrong = submit(person, page, password="wrong", new_password=new, new_password_confirm=new)
    assert "not the password you have now" in text(wrong)
    assert (
        submit(person, page, password=PASSWORD, new_password=new, new_password_confirm=new).status_code == 302
    )
    assert sign_in(town)[1] == ""
    assert sign_in(town, new)[1] == "/staff/"


def test_with_a_second_factor_a_password_is_not_enough(town: Town, person: FlaskClient) -> None:
    assert "Off" in text(person.get("/staff/account"))
    key = set_up_second_factor(person)
    assert "On" in text(person.get("/staff/account"))
    client, sent_to = sign_in(town)
    assert sent_to.startswith(f"{SECOND}/code")
    assert client.get("/manage/").status_code == 303
    wrong = submit(client, sent_to, code="000000")
    assert "not right" in text(wrong)
    right = send(client, wrong, f"{SECOND}/code", code=next_code(key))
    assert right.status_code == 302
    assert client.get("/manage/").status_code == 200


def test_who_has_no_recovery_codes_is_only_asked_to_make_them(person: FlaskClient) -> None:
    set_up_second_factor(person)
    page = "/staff/recovery-codes"
    for address in (page, f"{page}?show_codes=yes"):
        shown = person.get(address)
        (only,) = document(shown).findall(".//main//button")
        assert "Make codes" in "".join(only.itertext()) and "primary" in (only.get("class") or "")
        assert "stop working" not in text(shown)
    made = submit(person, page)
    for shown in (made, person.get(page), person.get(f"{page}?show_codes=yes")):
        assert "The codes you have now stop working." in text(shown) and "Make new codes" in text(shown)
    assert "Show my codes" in text(person.get(page)) and "Show my codes" not in text(made)


def test_a_recovery_code_works_once(town: Town, person: FlaskClient) -> None:
    set_up_second_factor(person)
    made = submit(person, "/staff/recovery-codes")
    codes = [code.text for code in document(made).iter("code")]
    for times, expected in ((1, 200), (2, 303)):
        client, _ = sign_in(town)
        submit(client, "/staff/recovery", code=codes[0])
        assert client.get("/manage/").status_code == expected, times


def test_a_second_factor_can_be_turned_off(town: Town, person: FlaskClient) -> None:
    set_up_second_factor(person)
    page = person.get(SECOND)
    token = next(
        field.get("value") for field in document(page).iter("input") if field.get("name") == "csrf_token"
    )
    assert person.post(SECOND, data={"csrf_token": token, "setup": "disable"}).status_code == 302
    assert sign_in(town)[1] == "/staff/"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_page_is_in_our_own_frame(town: Town, person: FlaskClient, language: str) -> None:
    speaking(language, person)
    for address in ("account", "password", "second-factor", "recovery-codes", "verify"):
        _in_our_frame(person, f"/staff/{address}", language)
    set_up_second_factor(person)
    client, sent_to = sign_in(town)
    speaking(language, client)
    for address in (sent_to, "/staff/recovery"):
        _in_our_frame(client, address, language)
    _in_our_frame(speaking(language, town.app.test_client()), SIGN_IN, language)


def _in_our_frame(client: FlaskClient, address: str, language: str) -> None:
    page = client.get(address)
    assert page.status_code == 200, address
    assert_strict(page)
    html = document(page)
    assert html.get("lang") == language
    assert len(html.findall(".//h1")) == 1
    assert html.find(".//body[@class='staff']") is not None
    for field in html.findall(".//main//input"):
        assert field.get("type") == "hidden" or html.find(f".//label[@for='{field.get('id')}']") is not None
