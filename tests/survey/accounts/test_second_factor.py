"""A second factor: for whoever sees anything personal; a code works once, whichever worker gets it."""

from __future__ import annotations

import time
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey.codes import ROLES
from survey.database import db
from survey.models import Membership, Staff
from tests.fixtures.application import Town, new_town
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
from tests.survey.accounts.test_own_pages import set_up_second_factor
from tests.survey.casework.conftest import inside
from tests.survey.casework.filling import text

SETUP = "/staff/second-factor"
CODE = "/staff/second-factor/code"
# Flask-Security makes choices in a way that WTForms will drop.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples is deprecated")


@pytest.mark.parametrize("role", ROLES)
def test_who_sees_anything_personal_sets_it_up_first(town: Town, role: str) -> None:
    colleague(town, role)
    makes_real(town)
    client = browser(town.app)
    sign_in(client)
    if role in ("councillor", "reviewer"):
        assert client.get("/dashboard/" if role == "councillor" else "/reviewing/").status_code == 200
        return
    for page in ("/staff/", "/staff/account", "/casework/", "/manage/", "/publish/", "/dashboard/"):
        assert client.get(page).location == SETUP
    assert post(client, "/staff/sessions/end", SETUP).status_code == 403
    assert "/manage/" not in client.get(SETUP).text
    assert post(client, SETUP, SETUP, setup="disable").status_code == 200
    set_up_second_factor(client)
    assert client.get("/staff/second-factor/changed").location == "/staff/recovery-codes"
    assert is_signed_in(client)


def test_it_cannot_be_turned_off_by_who_needs_it(town: Town) -> None:
    colleague(town, "coordinator")
    makes_real(town)
    client = browser(town.app)
    sign_in(client)
    set_up_second_factor(client)
    assert 'value="disable"' not in client.get(SETUP).text
    post(client, SETUP, setup="disable")
    with town.app.app_context():
        assert db.session.scalars(select(Staff.tf_primary_method)).one() == "authenticator"


def test_one_real_organisation_is_enough_to_need_it(town: Town) -> None:
    """Also while one works for the other, where everybody is invented."""
    colleague(town, "casemanager")
    client = browser(town.app)
    sign_in(client)
    assert client.get("/casework/").status_code == 200
    real = new_town(town.app, "borne")
    colleague(real, "casemanager")
    makes_real(real)
    assert client.get("/casework/").location == SETUP


def test_a_role_given_meanwhile_asks_for_it_at_once(town: Town) -> None:
    staff_id = colleague(town, "councillor")
    makes_real(town)
    client = browser(town.app)
    sign_in(client)
    assert client.get("/dashboard/").status_code == 200
    with inside(town):
        db.session.add(Membership(staff_id=staff_id, role="casemanager"))
    assert client.get("/dashboard/").location == SETUP


def with_code(client: FlaskClient, code: str) -> bool:
    """Whether password and code let one in."""
    sign_in(client)
    post(client, CODE, CODE, code=code)
    return is_signed_in(client)


def test_a_code_works_once_in_all_workers(clock: Clock, any_town: Town, other_worker: Flask) -> None:
    totp = second_factor(any_town, colleague(any_town, "casemanager"))
    code = totp.at(int(time.time()))
    assert with_code(browser(any_town.app), code)
    assert not with_code(browser(other_worker), code)
    assert not with_code(browser(other_worker), totp.at(int(time.time()) - 30))
    clock.shift(timedelta(seconds=30))
    assert not with_code(browser(any_town.app), code)
    assert with_code(browser(other_worker), totp.at(int(time.time())))


def test_a_code_for_setting_up_is_used_too(clock: Clock, town: Town) -> None:
    colleague(town, "casemanager")
    client = browser(town.app)
    sign_in(client)
    key = set_up_second_factor(client)
    assert not with_code(browser(town.app), pyotp.TOTP(key).at(int(time.time())))
    clock.shift(timedelta(seconds=30))
    assert with_code(browser(town.app), pyotp.TOTP(key).at(int(time.time())))


def test_an_old_code_does_not_work(clock: Clock, town: Town) -> None:
    totp = second_factor(town, colleague(town, "casemanager"))
    old = totp.at(int(time.time()))
    clock.shift(timedelta(seconds=90))
    assert not with_code(browser(town.app), old)


def test_changing_it_asks_for_the_password_again_after_a_while(clock: Clock, town: Town) -> None:
    colleague(town, "casemanager")
    client = browser(town.app)
    sign_in(client)
    assert client.get(SETUP).status_code == 200
    for _ in range(2):
        clock.shift(timedelta(minutes=20))
        client.get("/staff/account")
    asked = client.get(SETUP)
    assert asked.status_code == 302 and "/staff/verify" in asked.location
    assert "First type your password" in client.get(asked.location).text
    assert text(client.get("/staff/account"))


def test_a_code_is_looked_at_in_the_window_it_is_told_and_counted_for_one_person(
    clock: Clock, town: Town
) -> None:
    ids = [colleague(town, "councillor", email=email) for email in ("an@aalten.example", "bo@aalten.example")]
    totp = second_factor(town, ids[0])
    with town.app.app_context():
        an, bo = (db.session.get_one(Staff, staff_id) for staff_id in ids)
        step, factory = int(time.time()) // 30, town.app.extensions["security"].totp_factory

        def works(at: int, window: int) -> bool:
            worked = factory.verify_totp(totp.at(at * 30), an.tf_totp_secret, an, window)
            db.session.expire_all()
            return bool(worked)

        assert [works(step - 1, 0), works(step - 1, 30), works(step, 0)] == [False, True, True]
        assert (an.totp_step, bo.totp_step) == (step, None)


def test_who_goes_back_to_the_second_step_is_signed_out_and_the_cookie_is_empty(town: Town) -> None:
    colleague(town, "councillor")
    client = browser(town.app)
    sign_in(client)
    assert is_signed_in(client)
    client.get(CODE)
    with client.session_transaction() as kept:
        assert "staff" not in kept and "_user_id" not in kept
