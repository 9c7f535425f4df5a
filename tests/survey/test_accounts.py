"""Staff sign in: password, second factor, recovery codes; who has an account is not told, nothing leads off."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin, urlsplit

import pyotp
import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey.accounts import operations
from survey.database import db
from survey.fieldwork import Refused
from survey.models import Membership, Staff
from tests.fixtures.application import Town, set_up_second_factor, token_in
from tests.fixtures.pages import check_page, masked

EMAIL = "an@aalten.example"
ELSEWHERE = [
    "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
    "http:evil.example", "/\t/evil.example", "/\n/evil.example", "https:///evil.example", " //evil.example",
    "/\x0b/evil.example", "\x01//evil.example", "evil.example", "",
]  # fmt: skip
# Flask-Security makes choices in a way that WTForms will drop.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples is deprecated")


@pytest.fixture
def password(town: Town) -> str:
    """Of a new colleague, a casemanager."""
    with town.app.app_context():
        town.inside()
        made = operations.add_staff(EMAIL, "casemanager", "An")
        db.session.commit()
    assert made is not None
    return made


@pytest.fixture
def client(town: Town) -> FlaskClient:
    return town.app.test_client()


def sign_in(client: FlaskClient, password: str, email: str = EMAIL, address: str = "") -> TestResponse:
    address = address or "/staff/sign-in"
    token = token_in(client.get("/staff/sign-in").text)
    return client.post(address, data={"email": email, "password": password, "csrf_token": token})


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/staff/account").status_code == 200


def test_signing_in_leads_to_ones_own_work(client: FlaskClient, password: str) -> None:
    assert not is_signed_in(client)
    answer = sign_in(client, password)
    assert (answer.status_code, answer.location) == (302, "/staff/")
    assert client.get("/staff/").location == "/casework/"
    assert is_signed_in(client)


def test_an_address_is_the_same_in_capitals(client: FlaskClient, password: str) -> None:
    assert sign_in(client, password, EMAIL.upper()).status_code == 302


@pytest.mark.parametrize("role", ["casemanager", "coordinator", "councillor", "administrator"])
def test_everyone_has_a_start_page(town: Town, role: str) -> None:
    client = town.sign_in(role)
    home = client.get("/staff/")
    assert home.status_code == 303
    assert client.get(home.location).status_code in (200, 303)
    check_page(client.get("/staff/account"))


def test_who_has_an_account_is_not_told(client: FlaskClient, password: str) -> None:
    wrong, unknown = sign_in(client, "wrong password"), sign_in(client, password, "bo@aalten.example")
    assert wrong.status_code == unknown.status_code == 200
    without_names = [
        masked(page.text).replace(EMAIL, "").replace("bo@aalten.example", "") for page in (wrong, unknown)
    ]
    assert without_names[0] == without_names[1]
    check_page(wrong)
    assert not is_signed_in(client)


def test_an_account_that_was_closed_does_not_open(client: FlaskClient, town: Town, password: str) -> None:
    with town.app.app_context():
        db.session.scalars(select(Staff)).one().active = False
        db.session.commit()
    sign_in(client, password)
    assert not is_signed_in(client)


def test_closing_an_account_ends_its_sessions(client: FlaskClient, town: Town, password: str) -> None:
    sign_in(client, password)
    with town.app.app_context():
        db.session.scalars(select(Staff)).one().active = False
        db.session.commit()
    assert not is_signed_in(client)


def test_signing_out_is_done_on_purpose(client: FlaskClient, password: str) -> None:
    sign_in(client, password)
    assert client.get("/staff/sign-out").status_code == 405
    assert client.post("/staff/sign-out").status_code == 403
    assert is_signed_in(client)
    token = token_in(client.get("/staff/account").text)
    assert client.post("/staff/sign-out", data={"csrf_token": token}).status_code == 302
    assert not is_signed_in(client)


def test_a_session_ends_by_itself(client: FlaskClient, password: str) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False) as clock:
        sign_in(client, password)
        assert is_signed_in(client)
        clock.shift(timedelta(hours=13))
        assert not is_signed_in(client)


def test_a_page_one_asked_for_is_shown_after_signing_in(client: FlaskClient, password: str) -> None:
    asked = client.get("/casework/?programme=aalten-pilot")
    assert (asked.status_code, asked.location) == (
        303, "/staff/sign-in?next=/casework/?programme%3Daalten-pilot",
    )  # fmt: skip
    assert sign_in(client, password, address=asked.location).location == "/casework/?programme=aalten-pilot"


def stays_here(location: str) -> bool:
    """Where a browser goes: it takes a backslash for a slash and passes over tabs and line ends."""
    as_browser = re.sub(r"[\t\r\n]", "", location.strip()).replace("\\", "/")
    return urlsplit(urljoin("http://localhost/staff/sign-in", as_browser))[:2] == ("http", "localhost")


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_signing_in_never_leads_away(client: FlaskClient, password: str, elsewhere: str) -> None:
    token = token_in(client.get("/staff/sign-in").text)
    form = {"email": EMAIL, "password": password, "csrf_token": token, "next": elsewhere}
    answer = client.post("/staff/sign-in", query_string={"next": elsewhere}, data=form)
    assert answer.status_code in (200, 302, 303)
    assert stays_here(answer.headers.get("Location", "/staff/"))


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_choosing_a_language_never_leads_away(client: FlaskClient, elsewhere: str) -> None:
    token = token_in(client.get("/staff/sign-in").text)
    answer = client.post("/staff/language", data={"language": "en", "back": elsewhere, "csrf_token": token})
    assert answer.status_code == 303
    assert stays_here(answer.location)
    assert client.get("/staff/sign-in").text.count('lang="en"') >= 1


def second_factor(town: Town) -> pyotp.TOTP:
    with town.app.app_context():
        secret = set_up_second_factor(db.session.scalars(select(Staff)).one())
        db.session.commit()
    return pyotp.TOTP(secret)


def give_code(client: FlaskClient, code: str) -> TestResponse:
    page = client.get("/staff/second-factor/code")
    check_page(page)
    return client.post("/staff/second-factor/code", data={"code": code, "csrf_token": token_in(page.text)})


def test_a_second_factor_is_asked_for(client: FlaskClient, town: Town, password: str) -> None:
    totp = second_factor(town)
    sign_in(client, password)
    assert not is_signed_in(client)
    wrong = f"{(int(totp.now()) + 1) % 1_000_000:06}"
    assert give_code(client, wrong).status_code == 200
    assert not is_signed_in(client)
    assert give_code(client, totp.now()).status_code == 302
    assert is_signed_in(client)


def test_recovery_codes_stand_in_for_a_lost_phone(town: Town, password: str) -> None:
    totp = second_factor(town)
    client = town.app.test_client()
    sign_in(client, password)
    give_code(client, totp.now())
    page = client.get("/staff/recovery-codes")
    check_page(page)
    made = client.post(
        "/staff/recovery-codes", data={"csrf_token": token_in(page.text), "generate_new_codes": "y"}
    )
    shown = re.findall(r"\b[0-9a-z]{4}(?:-[0-9a-z]{4}){2}\b", made.text)
    assert len(shown) >= 5
    with town.app.app_context():
        kept = db.session.scalars(select(Staff.mf_recovery_codes)).one()
        assert kept and not set(shown) & set(kept)
    for works in (True, False):
        lost = town.app.test_client()
        sign_in(lost, password)
        page = lost.get("/staff/recovery")
        check_page(page)
        lost.post("/staff/recovery", data={"csrf_token": token_in(page.text), "code": shown[0]})
        assert is_signed_in(lost) is works


def test_the_secret_of_a_second_factor_is_sealed(town: Town, password: str) -> None:
    totp = second_factor(town)
    with town.app.app_context():
        kept = db.session.scalars(select(Staff.tf_totp_secret)).one()
        assert kept and totp.secret not in kept


def test_one_person_two_roles(town: Town, password: str) -> None:
    with town.app.app_context():
        town.inside()
        assert operations.add_staff(EMAIL, "coordinator") is None
        with pytest.raises(Refused):
            operations.add_staff(EMAIL, "coordinator")
        assert set(db.session.scalars(select(Membership.role))) == {"casemanager", "coordinator"}


@pytest.mark.parametrize(
    "email", ["", "an", "an@", "an@@aalten.nl", "an@aalten", "a b@aalten.nl", "an@aalten.nl\x00"]
)
def test_what_is_no_address_is_refused(town: Town, email: str) -> None:
    with town.app.app_context():
        town.inside()
        with pytest.raises(Refused):
            operations.add_staff(email, "casemanager")


def test_a_role_ends_at_once(client: FlaskClient, town: Town, password: str) -> None:
    sign_in(client, password)
    assert client.get("/casework/").status_code == 200
    with town.app.app_context():
        town.inside()
        db.session.delete(db.session.scalars(select(Membership)).one())
        db.session.commit()
    assert client.get("/casework/").status_code == 403


def test_passwords_are_argon2(town: Town, password: str) -> None:
    with town.app.app_context():
        kept = db.session.scalars(select(Staff.password)).one()
    assert kept.startswith("$argon2id$")
    assert len(password) >= 12


def test_a_password_is_changed(client: FlaskClient, password: str) -> None:
    sign_in(client, password)
    page = client.get("/staff/password")
    check_page(page)
    new = "een heel ander wachtwoord"
    form = {"csrf_token": token_in(page.text), "password": password, "new_password": new}
    short = client.post(
        "/staff/password", data={**form, "new_password": "short", "new_password_confirm": "short"}
    )
    assert short.status_code == 200
    changed = client.post("/staff/password", data={**form, "new_password_confirm": new})
    assert changed.status_code == 302
    fresh = client.application.test_client()
    assert sign_in(fresh, password).status_code == 200
    assert sign_in(fresh, new).status_code == 302
