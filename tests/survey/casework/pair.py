"""A person with a code, and their own casemanager."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from instruments import library
from survey.database import db
from survey.models import Enrolment, Staff
from tests.fixtures.application import Town, token_in
from tests.fixtures.visitor import Visitor
from tests.survey.casework.conftest import inside, speaking

SHORT = library.load("integration-short")


class Pair:
    def __init__(self, town: Town) -> None:
        self.town = town
        with town.app.app_context():
            person, enrolment, self.code = town.join(pseudonym="SAMEPERSON", language="en")
            self.person, self.enrolment = person.id, enrolment.id
        self.client = speaking("nl", town.sign_in("casemanager"))
        with inside(town):
            own = db.session.scalars(select(Staff).where(Staff.email.endswith(f"@{town.code}.example"))).one()
            db.session.get_one(Enrolment, self.enrolment).casemanager_id = own.id
        self.address = f"/casework/enrolments/{self.enrolment}/lens/before"

    def visitor(self) -> Visitor:
        return Visitor(self.town, self.code)

    def answer(self) -> Visitor:
        return_to = self.visitor()
        return_to.begin().answer_all("5").send(text="", then="next")
        return return_to

    def fill_in(
        self, client: FlaskClient | None = None, code: str = "2", seen: str | None = None, only: Any = None
    ) -> Any:
        client = client or self.client
        page = client.get(self.address).text
        seen = seen or seen_on(page)
        form = {item.id: code for item in SHORT.items if only is None or item.id in only}
        return client.post(self.address, data={**form, "seen": seen, "csrf_token": token_in(page)})

    def page(self, client: FlaskClient | None = None) -> str:
        return (client or self.client).get(self.address).text


def seen_on(page: str) -> str:
    """What the form carries of what it was opened with."""
    return unescape(re.findall(r'name="seen" value="([^"]+)"', page)[0])


def say_yes(visitor: Visitor) -> Visitor:
    assert visitor.address == "/survey/done" and "May your casemanager see your answers?" in visitor.page.text
    visitor.send()
    assert visitor.address == "/survey/done" and "Your casemanager may see your answers." in visitor.page.text
    return visitor
