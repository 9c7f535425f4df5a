"""The administrator's list of who works here: roles given and taken, and one administrator who always stays."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from survey.codes import ROLES
from survey.database import db
from survey.models import Membership, Staff
from tests.fixtures.application import Town
from tests.fixtures.pages import check_page
from tests.survey.accounts.conftest import browser, colleague, is_signed_in, post, second_factor, sign_in
from tests.survey.casework.conftest import inside, speaking
from tests.survey.casework.filling import assert_strict, text

STAFF = "/manage/staff/"
ADMINISTRATOR = "beheer@aalten.example"
LAST = "This is the last administrator"


@pytest.fixture
def administrator(any_town: Town) -> FlaskClient:
    colleague(any_town, "administrator", email=ADMINISTRATOR)
    client = browser(any_town.app)
    sign_in(client, ADMINISTRATOR)
    return client


def id_of(town: Town, email: str) -> UUID:
    with town.app.app_context():
        return db.session.scalars(select(Staff.id).where(Staff.email == email)).one()


def roles(town: Town, staff_id: UUID) -> set[str]:
    with inside(town):
        return set(db.session.scalars(select(Membership.role).where(Membership.staff_id == staff_id)))


def take(client: FlaskClient, staff_id: UUID, role: str) -> str:
    answer = post(client, f"{STAFF}{staff_id}/roles/{role}/take", STAFF)
    assert answer.status_code == 303
    return text(client.get(answer.location, follow_redirects=True))


def test_the_list_says_who_works_here_and_how(any_town: Town, administrator: FlaskClient) -> None:
    an = colleague(any_town, "casemanager", "coordinator")
    colleague(any_town, "councillor", email="bo@aalten.example")
    second_factor(any_town, an)
    page = administrator.get(STAFF)
    rows = [" ".join("".join(row.itertext()).split()) for row in check_page(page).iter("tr")]
    (of_an,) = [row for row in rows if row.startswith("An")]
    (of_bo,) = [row for row in rows if row.startswith("Bo")]
    assert "casemanager" in of_an and "coordinator" in of_an and of_an.endswith("Never On")
    assert of_bo.endswith("Off")


def test_a_role_is_given_and_taken_at_once(any_town: Town, administrator: FlaskClient) -> None:
    an = colleague(any_town, "councillor")
    client = browser(any_town.app)
    sign_in(client)
    assert post(administrator, f"{STAFF}{an}/roles", STAFF, role="casemanager").status_code == 303
    assert client.get("/casework/").status_code == 200
    assert "taken away" in take(administrator, an, "casemanager")
    assert roles(any_town, an) == {"councillor"}
    assert not is_signed_in(client)
    sign_in(client)
    assert client.get("/casework/").status_code == 403


@pytest.mark.parametrize("role", ["", "king", "casemanager\x00"])
def test_there_are_no_other_roles(any_town: Town, administrator: FlaskClient, role: str) -> None:
    an = colleague(any_town, "councillor")
    assert post(administrator, f"{STAFF}{an}/roles", STAFF, role=role).status_code == 400
    assert post(administrator, f"{STAFF}{an}/roles/king/take", STAFF).status_code == 404
    assert roles(any_town, an) == {"councillor"}


def test_the_last_administrator_stays(any_town: Town, administrator: FlaskClient) -> None:
    own, an = id_of(any_town, ADMINISTRATOR), colleague(any_town, "councillor")
    assert LAST in take(administrator, own, "administrator")
    post(administrator, f"{STAFF}{an}/roles", STAFF, role="administrator")
    take(administrator, own, "administrator")
    assert (roles(any_town, own), roles(any_town, an)) == (set(), {"councillor", "administrator"})
    assert not is_signed_in(administrator)


def test_an_administrator_who_cannot_sign_in_is_none(any_town: Town, administrator: FlaskClient) -> None:
    own, an = id_of(any_town, ADMINISTRATOR), colleague(any_town, "administrator")
    with inside(any_town):
        db.session.get_one(Staff, an).active = False
    assert LAST in take(administrator, own, "administrator")


def test_two_administrators_cannot_take_each_other_away(any_town: Town, administrator: FlaskClient) -> None:
    own, an = id_of(any_town, ADMINISTRATOR), colleague(any_town, "administrator")
    other = browser(any_town.app)
    sign_in(other)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda pair: post(pair[0], f"{STAFF}{pair[1]}/roles/administrator/take", STAFF),
                      [(administrator, an), (other, own)]))  # fmt: skip
    assert sorted(map(len, (roles(any_town, own), roles(any_town, an)))) == [0, 1]


def test_a_lost_device_is_signed_out(any_town: Town, administrator: FlaskClient) -> None:
    an = colleague(any_town, "councillor")
    lost = browser(any_town.app)
    sign_in(lost)
    assert post(administrator, f"{STAFF}{an}/sessions/end", STAFF).status_code == 303
    assert not is_signed_in(lost)


@pytest.mark.parametrize("role", ROLES)
def test_administrators_only(town: Town, role: str) -> None:
    client = town.sign_in(role)
    assert client.get(STAFF).status_code == (200 if role == "administrator" else 403)
    assert (STAFF in client.get("/staff/account").text) is (role == "administrator")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_pages_are_in_our_frame(town: Town, language: str) -> None:
    client = speaking(language, town.sign_in("administrator"))
    an = colleague(town, "casemanager", email="klant@aalten.example")
    for page in (STAFF, f"{STAFF}invite", f"{STAFF}{an}", "/staff/invitation/", "/staff/account"):
        answer = client.get(page)
        check_page(answer)
        assert_strict(answer)
        assert f'lang="{language}"' in answer.text
