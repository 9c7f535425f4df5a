"""A reviewer at work: what is on the page, and what is decided on it."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from survey.models import Staff
from survey.reviewing import queries
from survey.wording.texts import Text, all_texts
from tests.fixtures.application import Town, token_in

LANGUAGE = "ar"
NAME = "%(organisation)s would like to ask you some questions. They are about your life here."


@pytest.fixture
def reviewer(town: Town) -> FlaskClient:
    client = town.sign_in("reviewer")
    client.post("/staff/language", data={"csrf_token": token_of(client), "language": "en"})
    return client


def token_of(client: FlaskClient) -> str:
    return token_in(client.get("/staff/account").text)


def text_of(source: str, language: str = LANGUAGE) -> Text:
    return next(text for text in all_texts(language).by_key.values() if text.source[0] == source)


def row_of(town: Town, text: Text, language: str = LANGUAGE) -> queries.Row:
    with town.app.app_context():
        town.inside()
        return next(row for row in queries.rows(language) if row.text.key == text.key)


def decide(town: Town, client: FlaskClient, text: Text, *forms: str, **values: Any) -> Any:
    """Press a button under a text, with what stands in its fields; `forms` was typed over the translation."""
    seen = row_of(town, text).seen
    sent = {
        "csrf_token": token_of(client),
        "verdict": "approve",
        "text": list(forms or text.shipped),
        "seen": seen,
    }
    return client.post(f"/reviewing/{LANGUAGE}/texts/{text.key}", data={**sent, **values})


def name_of(town: Town, role: str) -> str:
    with town.app.app_context():
        from sqlalchemy import select

        from survey.database import db

        return db.session.scalars(select(Staff.name).where(Staff.email.startswith(role))).one()
