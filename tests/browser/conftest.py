"""A town whose questionnaire is served to a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from survey.database import db
from survey.fieldwork import override_language
from tests.fixtures.application import Town, new_town
from tests.fixtures.served import listening


@pytest.fixture
def town(app: Flask) -> Town:
    town = new_town(app)
    with app.app_context():
        override_language(town.inside(), "ar", None)
        db.session.commit()
    return town


@pytest.fixture
def address(town: Town) -> Iterator[str]:
    with listening(town.app) as address:
        yield address


@pytest.fixture
def code(town: Town) -> str:
    with town.app.app_context():
        return town.join()[2]
