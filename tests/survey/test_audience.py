"""The door: who is let in where, and what the others are told. The walk does this for every address; this is quick."""

from __future__ import annotations

from urllib.parse import unquote
from uuid import uuid4

import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from survey import audience, shared_tablet
from survey.clock import now
from survey.database import db
from survey.models import Membership, Organisation
from tests.fixtures.application import Town, token_in
from tests.fixtures.pages import check_page, parsed

# Flask-Security makes choices in a way that WTForms will drop.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples is deprecated")
SECOND_FACTOR = "/staff/second-factor"
#: A page of each kind, and the roles that may open it.
PAGES = {
    "/casework/": {"casemanager"},
    "/manage/": {"coordinator", "administrator"},
    "/manage/answers": {"coordinator"},
    "/manage/staff/": {"administrator"},
    "/manage/audit/": {"administrator"},
    "/publish/": {"coordinator"},
    "/reviewing/": {"coordinator", "reviewer"},
    "/dashboard/": {"casemanager", "coordinator", "councillor", "administrator"},
    "/staff/account": {"casemanager", "coordinator", "councillor", "administrator", "reviewer"},
}
ROLES = ("casemanager", "coordinator", "councillor", "administrator", "reviewer")


def posted(client: FlaskClient, address: str, seen_on: str = "/") -> int:
    token = token_in(client.get(seen_on).text)
    return client.post(address, data={"csrf_token": token}).status_code


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_its_own_pages_and_no_others(town: Town, role: str) -> None:
    client = town.sign_in(role)
    for page, roles in PAGES.items():
        answer = client.get(page)
        assert (answer.status_code == 403) == (role not in roles), page
        if role not in roles:
            check_page(answer)
        else:
            assert answer.status_code in (200, 303), page


def test_who_works_as_two_opens_the_pages_of_both(town: Town) -> None:
    client = town.sign_in("councillor")
    with town.app.app_context():
        town.inside()
        member = db.session.scalars(select(Membership)).one()
        db.session.add(Membership(staff_id=member.staff_id, role="coordinator"))
        db.session.commit()
    assert [client.get(page).status_code for page in ("/manage/", "/dashboard/")] == [200, 200]
    assert client.get("/casework/").status_code == 403


def test_without_a_sitting_one_begins_at_the_start(app: Flask) -> None:
    client = app.test_client()
    for page in ("/survey/language", "/survey/about", "/survey/integration/work", "/survey/last"):
        answer = client.get(page)
        assert (answer.status_code, answer.location) == (303, "/")


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize(("mode", "is_page"), [(None, True), ("navigate", True), ("cors", False)])
def test_only_who_asks_for_a_page_of_a_handed_over_tablet_is_seen_to_be_there(
    town: Town, shared: bool, mode: str | None, is_page: bool
) -> None:
    with town.app.test_request_context(headers={"Sec-Fetch-Mode": mode} if mode else {}):
        visit = shared_tablet.begun({"organisation": town.organisation_id.hex})
        earlier = visit["seen"] = visit["seen"] - 2 * shared_tablet.STAMPED_EVERY
        if not shared:
            del visit["shared"]
        session["visit"] = visit
        assert audience._admit_participant() is None
        assert (session["visit"]["seen"] > earlier) is (shared and is_page)
        assert db.session.organisation_id == town.organisation_id


def test_a_role_sleeps_when_another_organisation_renewed_the_account(town: Town) -> None:
    client = town.sign_in("councillor")
    with town.app.app_context():
        town.inside()
        person = db.session.scalars(select(Membership)).one().staff
        person.renewed_at, person.renewed_by_id = now(), uuid4()
        db.session.commit()
    assert client.get("/dashboard/").status_code == 403
    with town.app.app_context():
        town.inside()
        db.session.scalars(select(Membership)).one().vouched_at = now()
        db.session.commit()
    assert client.get("/dashboard/").status_code == 200


def test_what_is_sent_after_a_sitting_is_said_to_be_lost(app: Flask) -> None:
    """Not passed over in silence: it was not saved."""
    client = app.test_client()
    token = token_in(client.get("/").text)
    for page in ("/survey/integration/work", "/survey/last", "/survey/about"):
        answer = client.post(page, data={"csrf_token": token, "work_1": "2", "then": "next"})
        assert (answer.status_code, answer.location) == (303, "/goodbye/over")


def test_a_stranger_is_asked_to_sign_in_and_comes_back(app: Flask) -> None:
    client = app.test_client()
    for page in PAGES:
        answer = client.get(page)
        assert (answer.status_code, answer.location) == (303, f"/staff/sign-in?next={page}")
    with_search = client.get("/casework/?due=1&search=X")
    assert unquote(with_search.location) == "/staff/sign-in?next=/casework/?due=1&search=X"
    assert posted(client, "/casework/participants/new", "/staff/sign-in") == 401


def test_what_was_typed_is_there_again_several_of_one_name_too(app: Flask) -> None:
    client = app.test_client()
    token = token_in(client.get("/staff/sign-in").text)
    typed = MultiDict([("csrf_token", token), ("tick", "one"), ("tick", "two"), ("password", "canary")])
    page = client.post("/casework/participants/new", data=typed)
    shown = [(field.get("name"), field.get("value")) for field in parsed(page.text).iter("input")]
    assert page.status_code == 401
    assert [field for field in shown if field[0] == "tick"] == [("tick", "one"), ("tick", "two")]
    assert "canary" not in page.text


@pytest.mark.parametrize("role", ROLES)
def test_without_a_second_factor_one_gets_to_set_it_up_and_nowhere_else(town: Town, role: str) -> None:
    """Where people are not invented, for whoever can see something of them."""
    client = town.sign_in(role)
    with town.app.app_context():
        town.inside()
        db.session.get_one(Organisation, town.organisation_id).fictitious = False
        db.session.commit()
    needs = role not in ("councillor", "reviewer")
    for page in PAGES:
        answer = client.get(page)
        assert (answer.location == SECOND_FACTOR) == needs, page
        assert answer.status_code == 303 or not needs
    setting_up = client.get(SECOND_FACTOR)
    assert setting_up.status_code == 200
    own = "/reviewing/" if role == "reviewer" else "/dashboard/"
    assert (f'href="{own}"' in setting_up.text) == (not needs)  # nor a way to walk around it
    assert posted(client, "/staff/sessions/end", SECOND_FACTOR) == (403 if needs else 303)


def test_what_nobody_declared_is_open_to_nobody(town: Town) -> None:
    town.app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    for client in (town.app.test_client(), town.sign_in("administrator")):
        answer = client.get("/forgotten")
        assert answer.status_code == 403 and "secret" not in answer.text


def test_an_address_that_is_not_there_is_not_there_for_anybody(town: Town) -> None:
    assert town.app.test_client().get("/no-such-page").status_code == 404
    assert town.sign_in("councillor").get("/no-such-page").status_code == 404
