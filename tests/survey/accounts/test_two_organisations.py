"""One person works for two organisations: for one at a time, with the roles of that one, seeing that one."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from survey import staffing
from survey.database import db
from survey.models import Membership
from tests.fixtures.application import Town, new_town
from tests.fixtures.pages import check_page
from tests.fixtures.rows import Filled, fill
from tests.survey.accounts.conftest import browser, colleague, post, sign_in
from tests.survey.casework.conftest import inside


@pytest.fixture
def towns(any_town: Town) -> list[Filled]:
    both = [any_town, new_town(any_town.app, "borne")]
    with any_town.app.app_context():
        filled = [fill(town) for town in both]
    colleague(both[0], "casemanager")
    colleague(both[1], "coordinator")
    return filled


@pytest.fixture
def client(towns: list[Filled]) -> FlaskClient:
    client = browser(towns[0].town.app)
    sign_in(client)
    return client


def go_to(client: FlaskClient, town: Filled) -> None:
    assert post(client, "/staff/organisation", organisation=str(town.organisation_id)).status_code == 303


def test_each_page_is_of_one(towns: list[Filled], client: FlaskClient) -> None:
    homes = ("/casework/", "/manage/")
    for _ in range(2):
        for here, home, other in ((0, homes[0], homes[1]), (1, homes[1], homes[0])):
            go_to(client, towns[here])
            assert client.get("/staff/").location == home
            page = client.get(home)
            check_page(page)
            assert f"To Gemeente {('aalten', 'borne')[1 - here]}" in page.text
            assert client.get(other).status_code == 403
            assert not [canary for canary in towns[1 - here].canaries if canary in page.text]


def test_nothing_of_the_other_opens(towns: list[Filled], client: FlaskClient) -> None:
    go_to(client, towns[0])
    for town, status in ((towns[0], 200), (towns[1], 404)):
        person = town.keys["participant"][0]
        assert client.get(f"/casework/participants/{person}").status_code == status


@pytest.mark.parametrize("chosen", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_one_cannot_go_where_one_does_not_work(towns: list[Filled], client: FlaskClient, chosen: str) -> None:
    stranger = new_town(towns[0].town.app, "culemborg")
    before = client.get("/staff/account").text.count("To Gemeente")
    for organisation in (chosen, str(stranger.organisation_id)):
        assert post(client, "/staff/organisation", organisation=organisation).status_code == 404
    assert client.get("/staff/account").text.count("To Gemeente") == before == 1


def test_the_choice_is_checked_at_every_request(towns: list[Filled], client: FlaskClient) -> None:
    go_to(client, towns[1])
    with inside(towns[1].town):
        found = select(Membership).where(Membership.role == "coordinator")
        db.session.delete(db.session.scalars(found).one())
    assert client.get("/manage/").status_code == 403
    assert client.get("/casework/").status_code == 200
    assert "Gemeente borne" not in client.get("/staff/account").text


def test_who_signs_in_is_seen_where_they_work_only(towns: list[Filled], client: FlaskClient) -> None:
    """The administrator of one organisation does not learn when somebody worked for the other."""

    def seen(town: Filled) -> bool:
        with inside(town.town):
            rows = db.session.scalars(select(Membership).where(Membership.signed_in_at.is_not(None)))
            return bool(rows.all())

    assert sorted(map(seen, towns)) == [False, True]
    for town in towns:
        go_to(client, town)
    assert all(map(seen, towns))


def test_losing_a_role_in_one_leaves_the_other(towns: list[Filled], client: FlaskClient) -> None:
    with inside(towns[0].town):
        rows = db.session.scalars(select(Membership).where(Membership.staff.has(email="an@aalten.example")))
        staffing.take_role(rows.one())
    assert client.get("/staff/account").status_code == 303
    sign_in(client)
    assert client.get("/staff/").location == "/manage/"
