"""A coordinator who reads English, and what people said."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from survey.database import db
from survey.models import OpenAnswer, Visit
from tests.fixtures.application import Town
from tests.survey.casework.conftest import enrolment_of, inside, people, speaking, went


@pytest.fixture
def coordinator(town: Town) -> FlaskClient:
    return speaking("en", town.sign_in("coordinator"))


def said(
    town: Town,
    words: str,
    may_quote: bool = True,
    language: str = "uk",
    state: str = "finished",
    prefix: str = "P",
) -> UUID:
    """Someone finished the first wave with these words; the id of their answer."""
    (person,) = people(town, 1, prefix=prefix)
    went(town, person, state)
    with inside(town):
        enrolment = enrolment_of(person)
        visit = db.session.scalars(select(Visit).where(Visit.enrolment_id == enrolment.id)).one()
        answer = OpenAnswer(
            organisation_id=town.organisation_id, visit_id=visit.id, participant=enrolment.participant,
            language=language, may_quote=may_quote,
        )  # fmt: skip
        answer.text = words
        db.session.add(answer)
        db.session.flush()
        return answer.id
