"""Guessing is slowed down in all workers; the owner still gets in, and so does everybody else behind the address."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey.accounts import forms, lockout
from survey.database import db
from survey.models import SignInAttempts, Staff
from tests.fixtures.application import PASSWORD, Town
from tests.fixtures.pages import masked
from tests.survey.accounts.conftest import (
    Clock,
    browser,
    colleague,
    is_signed_in,
    post,
    second_factor,
    sign_in,
)  # fmt: skip
from tests.survey.casework.conftest import inside
from tests.survey.casework.filling import text

AN, BO = "an@aalten.example", "bo@aalten.example"
SHUT = "Too many tries"
# Flask-Security makes choices in a way that WTForms will drop.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples is deprecated")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Passwords compared at once, and which hash they were compared with."""
    compared: list[str] = []
    verify = forms.verify_password

    def note(typed: str, stored: str) -> bool:
        compared.append(stored)
        return typed == PASSWORD and bool(verify(typed, stored))

    monkeypatch.setattr(forms, "verify_password", note)
    return compared


def guess(app: Flask, times: int, email: str = AN) -> list[bool]:
    """Wrong passwords from a strange device each; after which of them one was told to wait."""
    return [SHUT in sign_in(browser(app), email, f"guess {one}").text for one in range(times)]


def test_the_wait_grows_and_passes_in_all_workers(
    clock: Clock, any_town: Town, other_worker: Flask, quick: list[str]
) -> None:
    colleague(any_town, "councillor")
    assert guess(any_town.app, lockout.FREE_TRIES) == [False] * lockout.FREE_TRIES
    stranger = browser(other_worker)
    assert SHUT in sign_in(stranger).text and not is_signed_in(stranger)
    for wait in (lockout.FIRST_WAIT, 2 * lockout.FIRST_WAIT):
        clock.shift(timedelta(seconds=wait - 1))
        assert guess(other_worker, 1) == [True]
        clock.shift(timedelta(seconds=2))
        assert guess(any_town.app, 1) == [False]
    clock.shift(timedelta(seconds=lockout.LONGEST_WAIT))
    assert sign_in(stranger).status_code == 302


def test_a_known_device_is_let_in_whatever_strangers_do(
    clock: Clock, any_town: Town, quick: list[str]
) -> None:
    colleague(any_town, "councillor")
    own = browser(any_town.app)
    sign_in(own)
    post(own, "/staff/sign-out")
    guess(any_town.app, lockout.FREE_TRIES + 3)
    assert sign_in(own).status_code == 302


def test_a_known_device_is_slowed_down_too_and_by_itself(
    clock: Clock, any_town: Town, quick: list[str]
) -> None:
    colleague(any_town, "councillor")
    own, stranger = browser(any_town.app), browser(any_town.app)
    sign_in(own)
    post(own, "/staff/sign-out")
    told = [SHUT in sign_in(own, AN, f"guess {one}").text for one in range(lockout.FREE_TRIES + 1)]
    assert told == [False] * lockout.FREE_TRIES + [True]
    assert SHUT in sign_in(own).text
    assert sign_in(stranger).status_code == 302


def test_a_device_is_known_for_one_account_with_one_password(any_town: Town, quick: list[str]) -> None:
    """A cookie of one's own account, or from before the password was changed, helps against no other door."""
    colleague(any_town, "councillor")
    colleague(any_town, "councillor", email=BO)
    thief, lost = browser(any_town.app), browser(any_town.app)
    sign_in(thief, BO)
    post(thief, "/staff/sign-out")
    sign_in(lost)
    post(lost, "/staff/sign-out")
    _rename_cookie(thief)
    with inside(any_town):
        db.session.scalars(select(Staff).where(Staff.email == AN)).one().fs_uniquifier = "another"
    guess(any_town.app, lockout.FREE_TRIES)
    assert SHUT in sign_in(thief, AN).text
    assert SHUT in sign_in(lost, AN).text


def _rename_cookie(client: FlaskClient) -> None:
    """What is signed for Bo, under the name that An's cookie has."""
    cookies = {cookie.key: cookie.value for cookie in client._cookies.values() if "device" in cookie.key}
    ((_, value),) = cookies.items()
    an = browser(client.application)
    sign_in(an)
    (name,) = [cookie.key for cookie in an._cookies.values() if "device" in cookie.key]
    client.set_cookie(name, value, path="/staff")


def test_others_at_the_same_address_notice_nothing(any_town: Town, quick: list[str]) -> None:
    colleague(any_town, "councillor")
    colleague(any_town, "councillor", email=BO)
    guess(any_town.app, 2 * lockout.FREE_TRIES)
    assert sign_in(browser(any_town.app), BO).status_code == 302


def test_who_has_no_account_is_told_the_same_for_the_same_work(
    clock: Clock, any_town: Town, quick: list[str]
) -> None:
    colleague(any_town, "councillor")
    colleague(any_town, "councillor", email="closed@aalten.example")
    with inside(any_town):
        db.session.scalars(select(Staff).where(Staff.email.like("closed%"))).one().active = False
    told = []
    for email in (AN, "closed@aalten.example", "nobody@aalten.example"):
        quick.clear()
        pages = [sign_in(browser(any_town.app), email, "wrong") for _ in range(lockout.FREE_TRIES + 2)]
        assert len(quick) == lockout.FREE_TRIES
        told.append([(page.status_code, masked(page.text).replace(email, "")) for page in pages])
    assert told[0] == told[1] == told[2]


def test_the_hash_of_nobody_costs_as_much_as_any(
    any_town: Town, dear_hashes: Callable[[Flask], None]
) -> None:
    dear_hashes(any_town.app)
    colleague(any_town, "councillor")
    with any_town.app.app_context():
        stored = db.session.scalars(select(Staff.password)).one()
    assert stored.rsplit("$", 2)[0] == forms.NOBODYS.rsplit("$", 2)[0]
    assert [len(part) for part in stored.split("$")] == [len(part) for part in forms.NOBODYS.split("$")]


def test_many_at_once_are_no_more_tries(any_town: Town, quick: list[str]) -> None:
    colleague(any_town, "councillor")
    browsers = [browser(any_town.app) for _ in range(3 * lockout.FREE_TRIES)]
    with ThreadPoolExecutor(len(browsers)) as pool:
        list(pool.map(lambda client: sign_in(client, AN, "wrong"), browsers))
    assert len(quick) == lockout.FREE_TRIES


def test_codes_of_the_second_step_are_not_guessed(clock: Clock, any_town: Town, quick: list[str]) -> None:
    """Whoever knows the password gets five tries; the owner, on a device of their own, is not kept out by it."""
    staff_id = colleague(any_town, "casemanager")
    totp = second_factor(any_town, staff_id)
    own = browser(any_town.app)
    code = "/staff/second-factor/code"
    sign_in(own)
    assert post(own, code, code, code=totp.at(int(time.time()))).status_code == 302
    post(own, "/staff/sign-out")
    thief = browser(any_town.app)
    for page in (code, "/staff/recovery"):
        for one in range(lockout.FREE_TRIES):
            sign_in(thief)
            wrong = post(thief, page, page, code=f"{one:06}")
            assert (SHUT in wrong.text) == (page != code)
    clock.shift(timedelta(seconds=29))
    sign_in(thief)
    assert SHUT in post(thief, code, code, code=totp.at(int(time.time()))).text
    assert not is_signed_in(thief)
    clock.shift(timedelta(seconds=30))
    sign_in(own)
    assert post(own, code, code, code=totp.at(int(time.time()))).status_code == 302


@pytest.mark.parametrize(
    ("page", "form"),
    [
        ("/staff/verify", {"password": "wrong"}),
        (
            "/staff/password",
            {"password": "wrong", "new_password": "x" * 14, "new_password_confirm": "x" * 14},
        ),
    ],
)
def test_nobody_guesses_at_a_session_left_open(
    clock: Clock, any_town: Town, page: str, form: dict[str, str]
) -> None:
    colleague(any_town, "councillor")
    client = browser(any_town.app)
    sign_in(client)
    told = [SHUT in post(client, page, page, **form).text for _ in range(lockout.FREE_TRIES + 1)]
    assert told == [False] * lockout.FREE_TRIES + [True]
    assert SHUT in text(post(client, "/staff/verify", "/staff/verify", password=PASSWORD))
    elsewhere = browser(any_town.app)
    assert sign_in(elsewhere).status_code == 302


def test_what_is_counted_names_nobody(any_town: Town, quick: list[str]) -> None:
    colleague(any_town, "councillor")
    guess(any_town.app, 1)
    with any_town.app.app_context():
        (row,) = db.session.scalars(select(SignInAttempts))
        assert len(row.door) == 64
        assert {column.key for column in SignInAttempts.__mapper__.column_attrs} == {
            "door", "tries", "shut_until", "last_try",
        }  # fmt: skip


def test_it_is_forgotten_after_a_day(clock: Clock, any_town: Town, quick: list[str]) -> None:
    guess(any_town.app, 2)
    clock.shift(timedelta(seconds=lockout.FORGET_AFTER + 1))
    guess(any_town.app, 1, "another@aalten.example")
    with any_town.app.app_context():
        assert len(db.session.scalars(select(SignInAttempts)).all()) == 1
