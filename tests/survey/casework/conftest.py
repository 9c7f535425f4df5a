"""What the tests of staff pages share: people in a town, and staff who read English."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from survey import participation
from survey.clock import today
from survey.database import db
from survey.models import Enrolment, Participant, Visit
from tests.fixtures.application import Town


@pytest.fixture
def casemanager(town: Town) -> FlaskClient:
    return speaking("en", town.sign_in("casemanager"))


def speaking(language: str, client: FlaskClient) -> FlaskClient:
    with client.session_transaction() as session:
        session["language"] = language
    return client


@contextmanager
def inside(town: Town) -> Iterator[None]:
    """Work in a town as a command would, and commit."""
    with town.app.app_context():
        town.inside()
        yield
        db.session.commit()


def people(town: Town, number: int, days_ago: int = 0, prefix: str = "P", **facts: Any) -> list[UUID]:
    """People who started some days ago, with names and without codes."""
    with inside(town):
        programme = town.inside()
        made = []
        for one in range(number):
            person = participation.new_participant(f"{prefix}{one:04}", **{"language": "uk", **facts})
            participation.set_identity(person, f"Name of {prefix}{one:04}", "")
            participation.enrol(person, programme, today() - timedelta(days=days_ago))
            made.append(person.id)
    return made


def went(town: Town, person: UUID, state: str, wave: str = "before") -> None:
    """That person finished a wave, refused it, or began it."""
    with inside(town):
        enrolment = enrolment_of(person)
        asked = enrolment.programme.wave(wave)
        assert asked is not None
        finished = today() if state == "finished" else None
        db.session.add(
            Visit(
                enrolment_id=enrolment.id, wave_id=asked.id, state=state, language="uk", finished_on=finished
            )
        )


def enrolment_of(person: UUID) -> Enrolment:
    return db.session.get_one(Participant, person).enrolments[0]


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile."""
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
