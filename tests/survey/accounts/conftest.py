"""Colleagues: accounts with roles in a town, browsers with a clock, and a second worker on the same database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pyotp
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey.database import db
from survey.models import Membership, Organisation, Staff
from tests.fixtures.application import PASSWORD, Town, fresh_app, set_up_second_factor, token_in
from tests.survey.casework.conftest import inside, speaking

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
SIGN_IN = "/staff/sign-in"
Clock = time_machine.Traveller


@pytest.fixture
def clock() -> Iterator[Clock]:
    with time_machine.travel(START, tick=False) as travelled:
        yield travelled


@pytest.fixture
def other_worker(any_town: Town) -> Iterator[Flask]:
    """As good as another process: an application of its own on the same database and keys."""
    app = fresh_app(any_town.app.extensions["telvertel_settings"])
    yield app
    with app.app_context():
        db.engine.dispose()


def colleague(town: Town, *roles: str, email: str = "an@aalten.example", password: str = PASSWORD) -> UUID:
    """Somebody with these roles; an account that there is already gets them as well."""
    with inside(town):
        person = db.session.scalar(select(Staff).where(Staff.email == email))
        if person is None:
            person = Staff(email=email, name=email.split("@")[0].title(), password=hash_password(password))
            db.session.add(person)
            db.session.flush()
        for role in roles:
            db.session.add(Membership(staff=person, role=role))
        return person.id


def makes_real(town: Town) -> None:
    """From now on the people in it are not invented."""
    with inside(town):
        db.session.get_one(Organisation, town.organisation_id).fictitious = False


def browser(app: Flask) -> FlaskClient:
    return speaking("en", app.test_client())


def sign_in(
    client: FlaskClient, email: str = "an@aalten.example", password: str = PASSWORD, to: str = ""
) -> TestResponse:
    page = client.get(SIGN_IN + to)
    if page.status_code != 200:
        return page
    form = {"email": email, "password": password, "csrf_token": token_in(page.text)}
    return client.post(SIGN_IN + to, data=form)


def post(client: FlaskClient, address: str, seen_on: str = "/staff/account", **form: str) -> TestResponse:
    """Send a form of a page that one looked at."""
    return client.post(address, data={"csrf_token": token_in(client.get(seen_on).text), **form})


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/staff/account").status_code == 200


def second_factor(town: Town, staff_id: UUID) -> pyotp.TOTP:
    with town.app.app_context():
        secret = set_up_second_factor(db.session.get_one(Staff, staff_id))
        db.session.commit()
    return pyotp.TOTP(secret)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)
