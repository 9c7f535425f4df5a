"""A form of staff that comes in without a session, or from a page of another one: given back, never carried out."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from survey.database import db
from survey.models import Goal
from tests.fixtures.application import Town, token_in
from tests.fixtures.pages import check_page
from tests.survey.accounts.conftest import post
from tests.survey.casework.conftest import inside

# Flask-Security makes choices in a way that WTForms will drop.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples is deprecated")
HERE = {"Origin": "http://localhost"}
#: What a browser says that sends a form of another site, or says nothing.
ELSEWHERE = (
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.elsewhere"},
    {},
)
WORDS = 'Мрію "працювати"\n& wonen <b>'


def new_goal(town: Town) -> str:
    with town.app.app_context():
        return f"/casework/enrolments/{town.join()[1].id}/plan/goals/new"


def goals(town: Town) -> int:
    with inside(town):
        return db.session.scalar(select(func.count(Goal.id))) or 0


def typed_in(client: FlaskClient, address: str) -> dict[str, str]:
    page = check_page(client.get(address))
    hidden = {one.get("name"): one.get("value") for one in page.iter("input") if one.get("type") == "hidden"}
    no_steps = {name: value for name, value in hidden.items() if not name.startswith("steps-")}
    return {
        **no_steps,
        "domain": "housing",
        "words": WORDS,
        "language": "uk",
        "state": "open",
        "password": "Secret!",
    }


def given_back(answer: TestResponse) -> dict[str, Any]:
    form: Element = check_page(answer).find(".//main//form")
    assert not form.get("action"), "it goes to where it went"
    return {one.get("name"): one.get("value") for one in form.iter("input")}


def sign_out(town: Town, client: FlaskClient) -> int:
    assert post(client, "/staff/sign-out").status_code == 302
    return 401


def lose_the_cookie(town: Town, client: FlaskClient) -> int:
    client.delete_cookie("telvertel")
    return 401


def sign_in_again(town: Town, client: FlaskClient) -> int:
    sign_out(town, client)
    town.sign_in("casemanager", client)
    return 403


@pytest.mark.parametrize("meanwhile", [sign_out, lose_the_cookie, sign_in_again])
def test_what_was_typed_is_given_back_and_can_be_sent_again(town: Town, meanwhile: Any) -> None:
    address, client = new_goal(town), town.sign_in("casemanager")
    typed = typed_in(client, address)
    status = meanwhile(town, client)
    answer = client.post(address, data=typed, headers=HERE)
    assert (answer.status_code, goals(town)) == (status, 0), "nothing is carried out"
    assert (
        answer.headers["X-Frame-Options"] == "DENY"
        and "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    )
    again = given_back(answer)
    kept = {name: value for name, value in typed.items() if name not in ("csrf_token", "password")}
    assert again.items() >= kept.items() and again["csrf_token"] != typed["csrf_token"]
    assert "Secret!" not in answer.text
    assert ('href="/staff/sign-in"' in answer.text) == (status == 401)
    assert ("U bent ingelogd als Casemanager." in answer.text) == (status == 403), "who may be somebody else"
    if status == 401:
        town.sign_in("casemanager", client)
    assert client.post(address, data=again, headers=HERE).status_code == 303
    assert goals(town) == 1


@pytest.mark.parametrize("meanwhile", [lose_the_cookie, sign_in_again])
def test_what_another_site_sent_is_not_given_back(town: Town, meanwhile: Any) -> None:
    """Not even with a token that was signed here: whoever opens the page for signing in is given one."""
    address, client = new_goal(town), town.sign_in("casemanager")
    status = meanwhile(town, client)
    signed = token_in(town.app.test_client().get("/staff/sign-in").text)
    for headers in ELSEWHERE:
        for token in ({"csrf_token": signed}, {}):
            answer = client.post(address, data={**token, "words": "evil"}, headers=headers)
            assert answer.status_code == status and "evil" not in answer.text
    assert goals(town) == 0


def test_no_password_or_code_is_given_back(town: Town) -> None:
    """Where passwords are typed nothing at all is: a field there may hold a code of the second factor."""
    for address in ("/staff/password", "/manage/paper"):
        answer = town.app.test_client().post(
            address, data={"code": "Geheim-1", "new_password": "Geheim-1"}, headers=HERE
        )
        assert answer.status_code == 401 and 'href="/staff/sign-in"' in answer.text
        assert "Geheim-1" not in answer.text


def test_that_a_file_has_to_be_chosen_again_is_said(town: Town) -> None:
    for file in (b"", b"name,born\nAnna,1980"):
        sent = {"programme": "x", "file": (BytesIO(file), "caseload.csv" if file else "")}
        answer = town.app.test_client().post("/casework/load/", data=sent, headers=HERE)
        assert answer.status_code == 401 and given_back(answer)["programme"] == "x"
        assert ("Kies het bestand straks opnieuw." in answer.text) == bool(file)
        assert "Anna" not in answer.text


def test_who_may_not_send_it_gets_the_words_back(town: Town) -> None:
    """Signed in again as somebody with another role: nothing is carried out, and nothing is lost."""
    address = new_goal(town)
    typed = typed_in(town.sign_in("casemanager"), address)
    other = town.sign_in("coordinator")
    token = token_in(other.get("/manage/").text)
    answer = other.post(address, data={**typed, "csrf_token": token}, headers=HERE)
    assert answer.status_code == 403 and goals(town) == 0
    areas = [(area.text or "").strip() for area in check_page(answer).iter("textarea")]
    assert WORDS in areas and "Secret!" not in areas, areas
