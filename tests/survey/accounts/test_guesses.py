"""At every door: a wrong guess says so in the log, once and without what was typed; being right wipes the count."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pyotp
import pytest
from argon2 import extract_parameters
from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password, verify_password
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey.accounts import forms, lockout
from survey.database import db
from survey.models import AuditEvent, SignInAttempts
from tests.fixtures.application import PASSWORD, Town
from tests.fixtures.pages import parsed
from tests.survey.accounts.conftest import Clock, browser, colleague, post, second_factor, sign_in
from tests.survey.casework.conftest import inside
from tests.survey.casework.filling import text

# Flask-Security makes choices in a way that WTForms will drop.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples is deprecated")
EMAIL, WRONG = "an@aalten.example", "canary-guess"
CODE, RECOVERY, AGAIN, NEW = (
    "/staff/second-factor/code", "/staff/recovery", "/staff/verify", "/staff/password",
)  # fmt: skip


@dataclass
class Person:
    town: Town
    client: FlaskClient
    totp: pyotp.TOTP | None = None
    codes: tuple[str, ...] = ()

    def change(self, old: str) -> TestResponse:
        chosen = "four words are easy"
        return post(self.client, NEW, NEW, password=old, new_password=chosen, new_password_confirm=chosen)

    def code(self) -> str:
        assert self.totp is not None
        return self.totp.at(int(time.time()))

    def doors(self) -> list[tuple[str, int]]:
        with self.town.app.app_context():
            return [(row.door[:12], row.tries) for row in db.session.scalars(select(SignInAttempts))]


#: By door: what a person has to be to stand before it, how a wrong guess is sent, and the right one.
DOORS: dict[str, tuple[str, Callable[[Person], TestResponse], Callable[[Person], TestResponse]]] = {
    "password": (
        "a stranger",
        lambda who: sign_in(who.client, password=WRONG),
        lambda who: sign_in(who.client),
    ),
    "second step": (
        "half in",
        lambda who: post(who.client, CODE, CODE, code=WRONG),
        lambda who: post(who.client, CODE, CODE, code=who.code()),
    ),
    "recovery code": (
        "half in",
        lambda who: post(who.client, RECOVERY, RECOVERY, code=WRONG),
        lambda who: post(who.client, RECOVERY, RECOVERY, code=f"  {who.codes[0].upper()} "),
    ),
    "password again": (
        "in",
        lambda who: post(who.client, AGAIN, AGAIN, password=WRONG),
        lambda who: post(who.client, AGAIN, AGAIN, password=PASSWORD),
    ),
    "new password": ("in", lambda who: who.change(WRONG), lambda who: who.change(PASSWORD)),
}


@pytest.fixture(params=DOORS)
def door(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def person(town: Town, door: str, clock: Clock) -> Person:
    """Somebody who stands before this door, and went through no other one since."""
    standing = DOORS[door][0]
    staff_id = colleague(town, "casemanager" if standing == "half in" else "councillor")
    who = Person(town, browser(town.app))
    if standing == "half in":
        who.totp = second_factor(town, staff_id)
        sign_in(who.client)
        post(who.client, CODE, CODE, code=who.code())
        made = post(who.client, "/staff/recovery-codes", "/staff/recovery-codes")
        who.codes = tuple(code.text or "" for code in parsed(made.text).iter("code"))
        post(who.client, "/staff/sign-out")
        clock.shift(timedelta(seconds=60))
    if standing != "a stranger":
        sign_in(who.client)
    return who


def guesses(said: pytest.LogCaptureFixture) -> list[object]:
    """The doors that guesses are said to have been made at, in order."""
    noted = [record.__dict__["facts"] for record in said.records if record.msg == "turned away"]
    assert all(facts["by"] == "guess" for facts in noted)
    return [facts["door"] for facts in noted]


def test_a_wrong_guess_is_said_once_without_what_was_typed(
    person: Person, door: str, caplog: pytest.LogCaptureFixture
) -> None:
    _, wrong, right = DOORS[door]
    with caplog.at_level(logging.INFO, "telvertel"):
        assert wrong(person).status_code != 302
        assert guesses(caplog) == [name for name, _ in person.doors()] and len(guesses(caplog)) == 1
        assert WRONG not in str([record.__dict__ for record in caplog.records])
        assert right(person).status_code == 302
        assert len(guesses(caplog)) == 1, "being right is no guess"
    if door == "recovery code":
        with inside(person.town):
            actions = list(db.session.scalars(select(AuditEvent.action)))
            assert actions.count("staff.recovery_used") == 1
    assert person.doors() == [], "the owner got in: what was counted is forgotten"


def test_at_a_shut_door_nothing_is_looked_at(
    person: Person, door: str, caplog: pytest.LogCaptureFixture
) -> None:
    _, wrong, right = DOORS[door]
    for _ in range(lockout.FREE_TRIES):
        wrong(person)
    caplog.clear()
    with caplog.at_level(logging.INFO, "telvertel"):
        right(person)
        assert len(guesses(caplog)) == 1
    assert [tries for _, tries in person.doors()] == [lockout.FREE_TRIES]


@pytest.mark.parametrize("form", [{}, {"email": "an@aalten.example"}, {"email": "", "password": PASSWORD}])
def test_half_a_form_is_no_guess(town: Town, form: dict[str, str]) -> None:
    colleague(town, "councillor")
    client = browser(town.app)
    assert post(client, "/staff/sign-in", "/staff/sign-in", **form).status_code == 200
    assert Person(town, client).doors() == []


def test_who_has_no_account_takes_as_much_work_as_who_has(
    town: Town, dear_hashes: Callable[[Flask], None]
) -> None:
    """Otherwise the time it takes tells which addresses have one."""
    dear_hashes(town.app)
    with town.app.test_request_context():
        somebodys = hash_password(PASSWORD)
        assert extract_parameters(forms.NOBODYS) == extract_parameters(somebodys)
        assert len(forms.NOBODYS) == len(somebodys) and not verify_password("", forms.NOBODYS)


def test_a_new_password_that_will_not_do_is_no_guess_at_the_old_one(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    colleague(town, "councillor")
    client = browser(town.app)
    sign_in(client)
    with caplog.at_level(logging.INFO, "telvertel"):
        for chosen, again in (("short", "short"), ("four words are easy", "another")):
            form = {"password": PASSWORD, "new_password": chosen, "new_password_confirm": again}
            assert post(client, NEW, NEW, **form).status_code == 200
    assert guesses(caplog) == []


def test_in_the_last_second_the_right_password_still_waits(town: Town, clock: Clock) -> None:
    colleague(town, "councillor")
    client = browser(town.app)
    for _ in range(lockout.FREE_TRIES):
        sign_in(client, password=WRONG)
    clock.shift(timedelta(seconds=lockout.FIRST_WAIT - 0.4))
    waits = sign_in(client)
    assert waits.status_code == 200 and "Too many tries. Wait 1 minute" in text(waits)
    clock.shift(timedelta(seconds=1))
    assert sign_in(client).status_code == 302


def test_who_only_looks_at_the_page_does_not_guess(person: Person, door: str) -> None:
    address = {"password": "/staff/sign-in", "second step": CODE, "recovery code": RECOVERY,
               "password again": AGAIN, "new password": NEW}[door]  # fmt: skip
    assert person.client.get(address).status_code == 200
    assert person.doors() == []
