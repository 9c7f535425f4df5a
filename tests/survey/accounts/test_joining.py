"""The pages that a link leads through: where each goes, what it says, and what the browser keeps of it."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from survey.accounts import passwords
from survey.database import db
from survey.models import Staff
from tests.fixtures.application import Town, new_town
from tests.fixtures.pages import parsed
from tests.survey.accounts.conftest import browser, colleague, post, sign_in
from tests.survey.accounts.test_invitations import (
    ACCEPT,
    BO,
    INVITE,
    LINK,
    NEW,
    fill_in,
    invited,
    open_link,
    roles_of,
)
from tests.survey.casework.conftest import inside
from tests.survey.casework.filling import text

HERE = "/staff/invitation/accept/here"
# Flask-Security makes choices in a way that WTForms will drop.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples is deprecated")


@pytest.fixture
def administrator(town: Town) -> FlaskClient:
    colleague(town, "administrator", email="beheer@aalten.example")
    client = browser(town.app)
    sign_in(client, "beheer@aalten.example")
    return client


def kept(client: FlaskClient) -> dict[str, object]:
    with client.session_transaction() as session:
        return dict(session)


def test_the_page_of_a_link_asks_for_it(town: Town) -> None:
    page = browser(town.app).get(LINK)
    names = [field.get("name") for field in parsed(page.text).iter("input")]
    assert page.status_code == 200 and "token" in names


@pytest.mark.parametrize("way", ["the whole link", "its last part", "with spaces around"])
def test_the_link_may_be_pasted_in_any_way(town: Town, administrator: FlaskClient, way: str) -> None:
    link = invited(administrator)
    last = urlsplit(link).fragment
    pasted = {"the whole link": link, "its last part": last, "with spaces around": f" \t{last}\n "}[way]
    answer = post(browser(town.app), LINK, LINK, token=pasted)
    assert (answer.status_code, answer.location) == (303, ACCEPT)


@pytest.mark.parametrize("sent", [{}, {"token": ""}])
def test_no_link_at_all_is_asked_for(town: Town, sent: dict[str, str]) -> None:
    answer = post(browser(town.app), LINK, LINK, **sent)
    assert answer.status_code == 422 and "Paste the whole link or its last part." in text(answer)


def test_a_wrong_link_is_said_and_not_shown(town: Town, administrator: FlaskClient) -> None:
    wrong = urlsplit(invited(administrator)).fragment[:-4] + "0000"
    answer = post(browser(town.app), LINK, LINK, token=wrong)
    assert answer.status_code == 422 and "does not work" in text(answer)
    (field,) = [field for field in parsed(answer.text).iter("input") if field.get("name") == "token"]
    assert not field.get("value")


@pytest.mark.parametrize(("method", "address"), [("GET", ACCEPT), ("POST", ACCEPT), ("POST", HERE)])
def test_without_a_link_one_begins_with_it(
    town: Town, administrator: FlaskClient, method: str, address: str
) -> None:
    for client in (browser(town.app), administrator):
        answer = client.get(address) if method == "GET" else post(client, address, LINK)
        assert (answer.status_code, answer.location) == (303, LINK)
        assert "does not work" in text(client.get(LINK))


def test_who_joins_sees_how_long_a_password_is_and_is_told_what_is_wrong(
    town: Town, administrator: FlaskClient
) -> None:
    address = "w.oosterveld@aalten.example"
    client, _ = open_link(town.app, invited(administrator, address))
    assert str(passwords.SHORTEST) in text(client.get(ACCEPT))
    for own in (address, "wilhelminaoosterveld"):
        assert fill_in(client, name="Wilhelmina", password=own).status_code == 422, own
    nameless = fill_in(client, name=" \x00 ")
    assert nameless.status_code == 422 and "Write your name." in text(nameless)
    long = fill_in(client, name="x" * 201)
    assert long.status_code == 422 and "Use at most 200 characters." in text(long)
    for none in ({}, {"password": "", "again": ""}):
        answer = post(client, ACCEPT, ACCEPT, name="Bo", **none)
        assert answer.status_code == 422 and "Choose a password." in text(answer)
    for sent in ({"name": "Bo", "password": NEW}, {"password": NEW, "again": NEW}):
        assert post(client, ACCEPT, ACCEPT, **sent).status_code == 422
    assert roles_of(town, address) == []


def test_who_joined_keeps_nothing_of_the_link(town: Town, administrator: FlaskClient) -> None:
    client, _ = open_link(town.app, invited(administrator))
    assert "invitation" in kept(client)
    answer = fill_in(client, name="  Bo \x00 van  Dam ")
    assert (answer.status_code, answer.location) == (303, "/staff/")
    assert "invitation" not in kept(client)
    with inside(town):
        assert db.session.scalars(select(Staff.name).where(Staff.email == BO)).one() == "Bo van Dam"


def test_a_password_is_the_same_however_its_letters_are_put_together(
    town: Town, administrator: FlaskClient
) -> None:
    client, _ = open_link(town.app, invited(administrator))
    assert fill_in(client, password="vier woorden in een caf\u00e9").status_code == 303
    for typed in ("vier woorden in een caf\u00e9", "vier woorden in een cafe\u0301"):
        assert sign_in(browser(town.app), BO, typed).status_code == 302


def test_who_has_an_account_is_told_so(town: Town, administrator: FlaskClient) -> None:
    link = invited(administrator)
    colleague(new_town(town.app, "borne"), "councillor", email=BO)
    client, _ = open_link(town.app, link)
    answer = fill_in(client)
    assert answer.status_code == 422 and "There is an account with this e-mail address already" in text(
        answer
    )


def test_who_is_signed_in_takes_it_there_and_goes_to_work_there(
    town: Town, administrator: FlaskClient
) -> None:
    other = new_town(town.app, "borne")
    colleague(other, "councillor", email=BO)
    link = invited(administrator)
    bo = browser(town.app)
    sign_in(bo, BO)
    open_link(town.app, link, bo)
    joined = post(bo, ACCEPT, ACCEPT, name="Bo", password=NEW, again=NEW)
    assert (joined.status_code, joined.location) == (303, ACCEPT), "there is an account already"
    answer = post(bo, HERE, ACCEPT)
    assert (answer.status_code, answer.location) == (303, "/staff/")
    assert roles_of(town) == ["councillor"]
    assert "invitation" not in kept(bo) and kept(bo)["organisation"] == str(town.organisation_id)


def test_what_is_for_someone_else_is_said_and_kept_for_them(town: Town, administrator: FlaskClient) -> None:
    client, _ = open_link(town.app, invited(administrator), administrator)
    answer = post(client, HERE, ACCEPT)
    assert (answer.status_code, answer.location) == (303, ACCEPT)
    assert "This link is for someone else." in text(client.get(ACCEPT))
    assert roles_of(town) == [] and client.get(INVITE).status_code == 200
