"""Sessions of staff: short, listed, and over in every worker at the next request after they were ended."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey import staffing
from survey.accounts import sessions
from survey.database import db
from survey.models import Membership, Staff, StaffSession
from tests.fixtures.application import PASSWORD, Town
from tests.fixtures.pages import check_page
from tests.survey.accounts.conftest import (
    Clock,
    browser,
    colleague,
    is_signed_in,
    minutes,
    post,
    second_factor,
    sign_in,
)  # fmt: skip
from tests.survey.casework.conftest import inside
from tests.survey.casework.filling import text

# Flask-Security makes choices in a way that WTForms will drop.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples is deprecated")


@pytest.fixture
def an(any_town: Town) -> FlaskClient:
    colleague(any_town, "councillor")
    client = browser(any_town.app)
    assert sign_in(client).status_code == 302
    return client


def copied(client: FlaskClient, app: Flask) -> FlaskClient:
    """The same cookie in another browser or at another worker."""
    cookie = client.get_cookie("telvertel")
    assert cookie is not None
    other = app.test_client()
    other.set_cookie("telvertel", cookie.value)
    return other


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("telvertel")
    assert cookie is not None
    return cookie.value


def test_working_keeps_it_until_ten_hours(clock: Clock, any_town: Town) -> None:
    colleague(any_town, "councillor")
    client = browser(any_town.app)
    sign_in(client)
    end = sessions.LONGEST // minutes(29)
    for _ in range(end):
        clock.shift(minutes(29))
        assert is_signed_in(client)
    clock.shift(minutes(1) + sessions.LONGEST - end * minutes(29))
    assert not is_signed_in(client)


def test_doing_nothing_ends_it(clock: Clock, any_town: Town) -> None:
    colleague(any_town, "councillor")
    client = browser(any_town.app)
    sign_in(client)
    clock.shift(sessions.IDLE - timedelta(seconds=1))
    assert is_signed_in(client)
    clock.shift(sessions.IDLE + timedelta(seconds=1))
    asked = client.get("/dashboard/?a=b")
    assert asked.location == "/staff/sign-in?next=/dashboard/?a%3Db"
    assert "You are signed out" in text(client.get(asked.location))
    assert sign_in(client, to="?next=/dashboard/?a%3Db").location == "/dashboard/?a=b"


def test_what_was_typed_is_sent_again_after_signing_in(clock: Clock, any_town: Town) -> None:
    colleague(any_town, "administrator")
    client = browser(any_town.app)
    sign_in(client)
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/manage/staff/invite").text)[0]
    typed = {"email": '"bo"@<b>.example', "role": "councillor", "csrf_token": token, "password": "secret"}
    clock.shift(sessions.IDLE + minutes(1))
    kept = client.post("/manage/staff/invite", data=typed)
    assert kept.status_code == 401
    page = check_page(kept)
    fields = list(page.find(".//main//form").iter("input"))
    again = {field.get("name"): field.get("value") for field in fields}
    assert len(again) == len(fields), "the token from before is not sent again"
    assert {again["email"], again["role"]} == {typed["email"], "councillor"}
    assert "password" not in again and "secret" not in kept.text
    sign_in(client)
    answer = client.post("/manage/staff/invite", data={**again, "email": "bo@borne.example"})
    assert answer.status_code == 200 and "bo@borne.example" in text(answer)


def test_that_one_is_signed_out_is_said_once(clock: Clock, any_town: Town) -> None:
    """Asking for another page before signing in again does not say it twice."""
    colleague(any_town, "councillor")
    client = browser(any_town.app)
    sign_in(client)
    clock.shift(sessions.IDLE + minutes(1))
    for _ in range(2):
        assert client.get("/staff/account").status_code == 303
    assert text(client.get("/staff/sign-in")).count("You are signed out") == 1


def test_what_others_typed_is_not_sent_again(any_town: Town) -> None:
    """A form of another site, sent to us without its knowing a token."""
    answer = browser(any_town.app).post("/manage/staff/invite", data={"email": "evil@evil.example"})
    assert answer.status_code == 401 and "evil" not in answer.text


def test_all_are_listed_and_one_can_be_ended(an: FlaskClient, any_town: Town, other_worker: Flask) -> None:
    phone = other_worker.test_client()
    phone.environ_base["HTTP_USER_AGENT"] = (
        "Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0"
    )
    sign_in(phone)
    page = an.get("/staff/account")
    check_page(page)
    assert "Firefox Android" in page.text and page.text.count("this device") == 1
    ends = re.findall(r'action="(/staff/sessions/[^"]+/end)"', page.text)
    assert len(ends) == 2
    assert post(an, ends[0]).status_code == 303
    assert (is_signed_in(an), is_signed_in(phone)) == (True, False)


def test_nobody_ends_those_of_another(an: FlaskClient, any_town: Town) -> None:
    colleague(any_town, "councillor", email="bo@aalten.example")
    bo = browser(any_town.app)
    sign_in(bo, "bo@aalten.example")
    with any_town.app.app_context():
        ids = dict(iter(db.session.execute(select(Staff.email, StaffSession.id).join(StaffSession))))
    assert post(bo, f"/staff/sessions/{ids['an@aalten.example']}/end").status_code == 404
    assert is_signed_in(an)


def end_all(client: FlaskClient, town: Town) -> None:
    assert post(client, "/staff/sessions/end").status_code == 303


def sign_out(client: FlaskClient, town: Town) -> None:
    assert post(client, "/staff/sign-out").status_code == 302


def lose_role(client: FlaskClient, town: Town) -> None:
    with inside(town):
        staffing.take_role(db.session.scalars(select(Membership)).one())


def change_password(client: FlaskClient, town: Town) -> None:
    new = "four other words are easy"
    form = {"password": PASSWORD, "new_password": new, "new_password_confirm": new}
    assert post(client, "/staff/password", **form).status_code == 302


def close_account(client: FlaskClient, town: Town) -> None:
    with inside(town):
        db.session.scalars(select(Staff)).one().active = False


@pytest.mark.parametrize("end", [end_all, sign_out, lose_role, change_password, close_account])
def test_what_ends_a_session_ends_every_copy_of_it(
    an: FlaskClient, any_town: Town, other_worker: Flask, end: Callable[[FlaskClient, Town], None]
) -> None:
    stolen = copied(an, other_worker)
    assert is_signed_in(stolen)
    end(an, any_town)
    assert not is_signed_in(stolen)
    assert not is_signed_in(copied(stolen, any_town.app))


def test_who_changes_the_password_stays_signed_in_here_alone(an: FlaskClient, any_town: Town) -> None:
    elsewhere = browser(any_town.app)
    sign_in(elsewhere)
    change_password(an, any_town)
    assert (is_signed_in(an), is_signed_in(elsewhere)) == (True, False)


def test_a_second_factor_that_changes_ends_the_others(an: FlaskClient, any_town: Town) -> None:
    elsewhere = browser(any_town.app)
    sign_in(elsewhere)
    with any_town.app.app_context():
        (staff_id,) = db.session.scalars(select(Staff.id))
    second_factor(any_town, staff_id)
    assert post(an, "/staff/second-factor", setup="disable").status_code == 302
    assert (is_signed_in(an), is_signed_in(elsewhere)) == (True, False)


def test_signing_in_makes_a_new_one(any_town: Town) -> None:
    """What somebody put into a browser beforehand is not the session that comes of it."""
    colleague(any_town, "councillor")
    client = browser(any_town.app)
    sign_in(client)
    before = copied(client, any_town.app)
    post(client, "/staff/sign-out")
    sign_in(client)
    assert is_signed_in(client) and not is_signed_in(before)
    with any_town.app.app_context():
        assert len(db.session.scalars(select(StaffSession)).all()) == 1


def test_the_database_opens_no_session(an: FlaskClient, any_town: Town) -> None:
    with any_town.app.app_context():
        row = db.session.scalars(select(StaffSession)).one()
    with an.session_transaction() as kept:
        token = kept["staff"]["token"]
    assert token not in (row.token_hash, str(row.id)) and staffing.digest(token) == row.token_hash
    with an.session_transaction() as kept:
        kept["staff"] = {**kept["staff"], "token": row.token_hash}
    assert not is_signed_in(an)


def test_a_participant_s_visit_does_not_go_with_it(any_town: Town) -> None:
    colleague(any_town, "councillor")
    client = browser(any_town.app)
    with client.session_transaction() as kept:
        kept["visit"] = {"organisation": any_town.organisation_id.hex}
        kept |= {"organisation": any_town.organisation_id.hex, "fs_gexp": 4102444800}
    sign_in(client)
    with client.session_transaction() as kept:
        assert not {"visit", "organisation", "fs_gexp"} & kept.keys(), (
            "nor what another colleague chose or was let do"
        )
