"""Wherever one is, there is a way out that says so."""

from __future__ import annotations

import pytest

from tests.fixtures.application import Town
from tests.fixtures.visitor import Visitor
from tests.survey.casework.filling import document


@pytest.mark.parametrize("role", ["casemanager", "coordinator", "councillor", "administrator", "reviewer"])
def test_staff_sign_out_from_every_page(town: Town, role: str) -> None:
    client = town.sign_in(role)
    for address in (client.get("/staff/").location, "/staff/account", "/staff/password"):
        page = client.get(address, follow_redirects=True)
        assert document(page).find(".//form[@action='/staff/sign-out']") is not None, address


def test_a_participant_stops_at_any_question(town: Town) -> None:
    with town.app.app_context():
        code = town.join()[2]
    person = Visitor(town, code).begin()
    for _ in range(3):
        ways = [element.get("formaction") or element.get("action") for element in person.document.iter()]
        stops = [element for element in person.document.iter("button") if element.get("value") == "stop"]
        assert stops or "/survey/stop" in ways
        person.send(then="next")
