"""Staff come in by a link: once, for a week, in the organisation that made it; and get in again by another."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey import staffing
from survey.accounts import operations
from survey.clock import now
from survey.database import db
from survey.models import Membership, Staff, StaffInvitation
from telvertel import commands
from tests.fixtures.application import PASSWORD, Town, new_town
from tests.fixtures.pages import check_page
from tests.survey.accounts.conftest import (
    Clock,
    browser,
    colleague,
    is_signed_in,
    makes_real,
    post,
    second_factor,
    sign_in,
)  # fmt: skip
from tests.survey.casework.conftest import inside
from tests.survey.casework.filling import text

NEW = "four new words are easy"
INVITE = "/manage/staff/invite"
LINK = "/staff/invitation/"
ACCEPT = "/staff/invitation/accept"
BO = "bo@aalten.example"
# Flask-Security makes choices in a way that WTForms will drop.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples is deprecated")


@pytest.fixture
def administrator(any_town: Town) -> FlaskClient:
    colleague(any_town, "administrator", email="beheer@aalten.example")
    client = browser(any_town.app)
    sign_in(client, "beheer@aalten.example")
    return client


def link_on(page: TestResponse) -> str:
    found = check_page_with_link(page)
    assert found.partition("#")[0] == f"http://localhost{LINK}"
    return found


def check_page_with_link(page: TestResponse) -> str:
    assert page.status_code == 200, text(page)
    (address,) = re.findall(r"<code[^>]*>([^<]+)</code>", page.text)
    return str(address)


def invited(administrator: FlaskClient, email: str = BO, role: str = "councillor") -> str:
    return link_on(post(administrator, INVITE, INVITE, email=email, role=role))


def new_link(administrator: FlaskClient, town: Town, email: str) -> str:
    with town.app.app_context():
        staff_id = db.session.scalars(select(Staff.id).where(Staff.email == email)).one()
    return link_on(post(administrator, f"/manage/staff/{staff_id}/link"))


def open_link(app: Flask, link: str, client: FlaskClient | None = None) -> tuple[FlaskClient, TestResponse]:
    """What a browser does with it: the part after # goes into the form."""
    client = client or browser(app)
    return client, post(client, LINK, LINK, token=urlsplit(link).fragment)


def fill_in(client: FlaskClient, name: str = "Bo", password: str = NEW, again: str = "") -> TestResponse:
    return post(client, ACCEPT, ACCEPT, name=name, password=password, again=again or password)


def roles_of(town: Town, email: str = BO) -> list[str]:
    with inside(town):
        return list(db.session.scalars(select(Membership.role).join(Staff).where(Staff.email == email)))


def test_a_link_makes_an_account_with_the_role(any_town: Town, administrator: FlaskClient) -> None:
    client, answer = open_link(any_town.app, invited(administrator))
    assert answer.location == ACCEPT
    check_page(client.get(ACCEPT))
    assert roles_of(any_town) == []
    assert fill_in(client).location == "/staff/"
    assert client.get("/staff/").location == "/dashboard/"
    assert roles_of(any_town) == ["councillor"]
    assert sign_in(browser(any_town.app), BO, NEW).status_code == 302


def test_what_is_filled_in_is_checked_and_not_lost(any_town: Town, administrator: FlaskClient) -> None:
    client, _ = open_link(any_town.app, invited(administrator))
    for password, again, said in (("short", "short", "too short"), (NEW, "another", "not the same")):
        answer = fill_in(client, "Bo <b>", password, again)
        check_page(answer)
        assert answer.status_code == 422 and said in text(answer)
        assert 'value="Bo &lt;b&gt;"' in answer.text
    assert fill_in(client).status_code == 303


def test_it_works_once(any_town: Town, administrator: FlaskClient) -> None:
    link = invited(administrator)
    first, second = open_link(any_town.app, link)[0], open_link(any_town.app, link)[0]
    assert fill_in(first).location == "/staff/"
    page = second.get(ACCEPT)
    assert page.location == LINK and "does not work" in text(second.get(LINK))
    third, answer = open_link(any_town.app, link)
    check_page(answer)
    assert answer.status_code == 422 and not is_signed_in(third)


def test_it_works_once_for_two_at_the_same_moment(any_town: Town) -> None:
    with inside(any_town):
        staffing.invite(BO, "councillor", None)
    with any_town.app.app_context():
        any_town.inside()
        both = [db.session.scalars(select(StaffInvitation)).one()]
        db.session.expunge_all()
        staffing.use(both[0])
        with pytest.raises(staffing.Refused):
            staffing.use(both[0])


def withdraw(town: Town, administrator: FlaskClient, clock: Clock) -> None:
    (page,) = re.findall(
        r"/manage/staff/invitations/[^/]+/withdraw", administrator.get("/manage/staff/").text
    )
    assert post(administrator, page).status_code == 303


def make_another(town: Town, administrator: FlaskClient, clock: Clock) -> None:
    invited(administrator)


def wait_a_week(town: Town, administrator: FlaskClient, clock: Clock) -> None:
    clock.shift(timedelta(days=staffing.LINK_DAYS))


@pytest.mark.parametrize("end", [withdraw, make_another, wait_a_week])
def test_it_ends_before_it_was_used(
    clock: Clock, any_town: Town, administrator: FlaskClient, end: Callable[[Town, FlaskClient, Clock], None]
) -> None:
    link = invited(administrator)
    opened, _ = open_link(any_town.app, link)
    end(any_town, administrator, clock)
    assert open_link(any_town.app, link)[1].status_code == 422
    assert opened.get(ACCEPT).location == LINK
    with opened.session_transaction() as kept:
        assert "invitation" not in kept


@pytest.mark.parametrize("token", ["", "x", "a.b", "../..", "0" * 32, "0" * 32 + ".x", "\x00.", "x" * 300])
def test_what_is_no_link_opens_nothing(any_town: Town, token: str) -> None:
    answer = post(browser(any_town.app), LINK, LINK, token=token)
    assert answer.status_code == 422
    check_page(answer)


def test_a_link_of_one_town_is_none_of_another(any_town: Town, administrator: FlaskClient) -> None:
    other = new_town(any_town.app, "borne")
    token = urlsplit(invited(administrator)).fragment
    moved = f"{other.organisation_id.hex}.{token.partition('.')[2]}"
    assert post(browser(any_town.app), LINK, LINK, token=moved).status_code == 422


def test_only_its_hash_is_kept(any_town: Town, administrator: FlaskClient) -> None:
    token = urlsplit(invited(administrator)).fragment
    with inside(any_town):
        row = db.session.scalars(select(StaffInvitation)).one()
        assert row.token_hash == staffing.digest(token)
        assert token.partition(".")[2] not in repr(vars(row))
        assert row.expires_at - now() <= timedelta(days=7)


def test_the_token_stands_in_no_address_that_is_asked_for(any_town: Town, administrator: FlaskClient) -> None:
    """It is behind #, which browsers keep to themselves; the page that takes it passes it on in a form."""
    link = invited(administrator)
    client, answer = open_link(any_town.app, link)
    assert urlsplit(link).query == "" and urlsplit(link).path == LINK
    assert urlsplit(link).fragment not in answer.location
    assert urlsplit(link).fragment not in client.get(ACCEPT).text


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "X-Host", "Forwarded"])
def test_a_forged_host_gets_into_no_link(any_town: Town, administrator: FlaskClient, header: str) -> None:
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', administrator.get(INVITE).text)[0]
    value = "host=evil.example" if header == "Forwarded" else "evil.example"
    form = {"csrf_token": token, "email": BO, "role": "councillor"}
    answer = administrator.post(INVITE, data=form, headers={header: value})
    assert "evil.example" not in answer.text
    if header.endswith("Host") and header != "X-Host":
        assert answer.status_code == 400
    else:
        link_on(answer)


def test_an_account_gets_the_role_after_signing_in(any_town: Town, administrator: FlaskClient) -> None:
    other = new_town(any_town.app, "borne")
    colleague(other, "councillor", email=BO)
    client, _ = open_link(any_town.app, invited(administrator))
    refused = fill_in(client)
    assert refused.status_code == 422 and "already" in text(refused)
    assert sign_in(browser(any_town.app), BO, PASSWORD).status_code == 302
    assert sign_in(client, BO, to=f"?next={ACCEPT}").location == ACCEPT
    assert roles_of(any_town) == []
    assert post(client, "/staff/invitation/accept/here", ACCEPT).location == "/staff/"
    assert roles_of(any_town) == ["councillor"]
    assert "Gemeente aalten" in client.get("/staff/account").text


def test_somebody_else_cannot_take_it(any_town: Town, administrator: FlaskClient) -> None:
    other = new_town(any_town.app, "borne")
    colleague(other, "councillor")
    thief = browser(any_town.app)
    sign_in(thief)
    open_link(any_town.app, invited(administrator), thief)
    assert "Sign out first" in text(thief.get(ACCEPT))
    post(thief, "/staff/invitation/accept/here", ACCEPT)
    assert fill_in(thief).status_code == 303
    assert roles_of(any_town) == roles_of(any_town, "an@aalten.example") == []


def test_who_works_here_is_not_invited(any_town: Town, administrator: FlaskClient) -> None:
    colleague(any_town, "councillor", email=BO)
    for email in (BO.upper(), "no address"):
        answer = post(administrator, INVITE, INVITE, email=email, role="coordinator")
        assert answer.status_code == 422 and email.partition("@")[0] in answer.text
        check_page(answer)


def test_a_new_link_renews_password_and_second_factor_when_used(
    any_town: Town, administrator: FlaskClient
) -> None:
    staff_id = colleague(any_town, "casemanager", email=BO)
    bo = browser(any_town.app)
    sign_in(bo, BO)
    second_factor(any_town, staff_id)
    client, _ = open_link(any_town.app, new_link(administrator, any_town, BO))
    assert 'value="Bo"' in client.get(ACCEPT).text
    assert is_signed_in(bo) and "second-factor/code" in sign_in(browser(any_town.app), BO).location
    assert fill_in(client).location == "/staff/"
    assert is_signed_in(client) and not is_signed_in(bo)
    assert sign_in(browser(any_town.app), BO).status_code == 200
    assert sign_in(browser(any_town.app), BO, NEW).location == "/staff/"


def test_a_renewed_account_sets_up_its_second_factor_first(
    any_town: Town, administrator: FlaskClient
) -> None:
    staff_id = colleague(any_town, "casemanager", email=BO)
    second_factor(any_town, staff_id)
    link = new_link(administrator, any_town, BO)
    makes_real(any_town)
    client, _ = open_link(any_town.app, link)
    fill_in(client)
    assert client.get("/casework/").location == "/staff/second-factor"


def test_one_organisation_cannot_get_into_another_by_a_link(
    any_town: Town, administrator: FlaskClient
) -> None:
    """Whoever uses the link, roles elsewhere sleep until somebody there says that it was the colleague."""
    other = new_town(any_town.app, "borne")
    staff_id = colleague(any_town, "councillor", email=BO)
    colleague(other, "casemanager", email=BO)
    colleague(other, "administrator", email="beheer@borne.example")
    client, _ = open_link(any_town.app, new_link(administrator, any_town, BO))
    fill_in(client)
    assert client.get("/staff/").location == "/dashboard/"
    assert "borne" not in client.get("/staff/account").text
    assert post(client, "/staff/organisation", organisation=str(other.organisation_id)).status_code == 404
    theirs = browser(any_town.app)
    sign_in(theirs, "beheer@borne.example")
    page = theirs.get(f"/manage/staff/{staff_id}")
    check_page(page)
    assert "new password elsewhere" in text(page) and "aalten" not in text(page).replace(BO, "")
    assert post(theirs, f"/manage/staff/{staff_id}/vouch").status_code == 303
    assert post(client, "/staff/organisation", organisation=str(other.organisation_id)).status_code == 303
    assert client.get("/casework/").status_code == 200


def test_who_lost_the_role_meanwhile_is_not_let_in(any_town: Town, administrator: FlaskClient) -> None:
    colleague(any_town, "councillor", email=BO)
    client, _ = open_link(any_town.app, new_link(administrator, any_town, BO))
    with inside(any_town):
        staffing.take_role(
            db.session.scalars(select(Membership).where(Membership.role == "councillor")).one()
        )
    assert fill_in(client).status_code == 422
    assert not is_signed_in(client)


def test_who_claims_an_address_does_not_get_the_role_that_is_meant_for_its_owner(
    any_town: Town, administrator: FlaskClient
) -> None:
    """An administrator can invite any address and use the link; another organisation must not believe it."""
    squatter, _ = open_link(any_town.app, invited(administrator, "boss@borne.example"))
    fill_in(squatter)
    other = new_town(any_town.app, "borne")
    place = any_town.app.extensions["telvertel_settings"]
    environment = {"TELVERTEL_DATABASE_URL": place.database_url, "TELVERTEL_DATA": None}
    command = ["staff", "add", "boss@borne.example", "--organisation", "borne", "--role", "coordinator"]
    result = CliRunner().invoke(commands(), [*command, "--data", str(place.data)], env=environment)
    assert result.exit_code == 0, result.stderr
    assert roles_of(other, "boss@borne.example") == []
    assert post(squatter, "/staff/organisation", organisation=str(other.organisation_id)).status_code == 404
    open_link(any_town.app, result.stdout.strip(), squatter)  # had they got the link as well
    assert squatter.get(ACCEPT).status_code == 200
    post(squatter, f"{ACCEPT}/here", ACCEPT)
    assert roles_of(other, "boss@borne.example") == ["coordinator"]


def test_the_operator_goes_on_giving_roles_to_whom_the_operator_let_in(any_town: Town) -> None:
    other = new_town(any_town.app, "borne")
    for town in (any_town, other):
        with inside(town):
            operations.add_staff(BO, "coordinator", "Bo")
    assert roles_of(any_town) == roles_of(other) == ["coordinator"]
