"""What a casemanager does about someone's data: without reading answers, and without losing what was typed."""

from __future__ import annotations

import json
import re
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey import participation
from survey.database import db
from survey.models import AuditEvent, Consent, ErasureRequest, OpenAnswer, Participant
from survey.privacy import audit
from tests.fixtures.application import Town, new_town, token_in
from tests.fixtures.pages import check_page
from tests.fixtures.visitor import Visitor, said, saved, visits

WORDS = "Only I know this"


@pytest.fixture
def short(any_app: Flask) -> Town:
    return new_town(any_app, instruments=("wellbeing",))


@pytest.fixture
def someone(short: Town) -> tuple[UUID, UUID, str]:
    """Someone who answered: ids of person and enrolment, and the code."""
    with short.app.app_context():
        person, enrolment, code = short.join(language="ar", pseudonym="PERSON")
        participation.set_identity(person, "Name of person", "06 1234")
        db.session.commit()
        found = person.id, enrolment.id, code
    Visitor(short, code, "ar").begin().answer_all("5").send(text=WORDS, may_quote="y", then="next")
    return found


def post(client: FlaskClient, page: str, address: str, **values: str) -> str:
    """The page that follows on a form."""
    answer = client.post(address, data={"csrf_token": token_in(client.get(page).text), **values})
    if answer.status_code == 303:
        return client.get(answer.location).text
    return answer.text


def test_what_is_handed_out_has_no_answers(short: Town, someone: tuple[UUID, UUID, str]) -> None:
    client = short.sign_in("casemanager")
    document = client.get(f"/casework/participants/{someone[0]}/rights/document")
    assert check_page(document).get("lang") == "ar"
    file = client.get(f"/casework/participants/{someone[0]}/rights/file")
    for told in (document.text, file.text):
        assert "Name of person" in told and "06 1234" in told and "PERSON" in told
        assert WORDS not in told
    kept = json.loads(file.data)
    assert (kept["rounds"], kept["choices"]) == ([], [])


def test_a_coordinator_hands_out_answers_without_a_name(short: Town, someone: tuple[UUID, UUID, str]) -> None:
    client = short.sign_in("coordinator")
    looked_up = client.get("/manage/answers-of?number=person")
    assert looked_up.status_code == 200 and str(someone[0]) in looked_up.text
    document = client.get(f"/manage/answers-of/{someone[0]}/document")
    assert check_page(document).get("lang") == "ar"
    file = client.get(f"/manage/answers-of/{someone[0]}/file")
    for told in (document.text, file.text):
        assert WORDS in told and "Name of person" not in told and "06 1234" not in told
    nobody = client.get("/manage/answers-of?number=NOBODY")
    assert nobody.status_code == 404 and 'value="NOBODY"' in nobody.text


def test_on_someones_behalf_taking_part_is_taken_back(short: Town, someone: tuple[UUID, UUID, str]) -> None:
    client = short.sign_in("casemanager")
    page = f"/casework/participants/{someone[0]}/rights"
    address = f"/casework/enrolments/{someone[1]}/withdrawal"
    assert "Er is niets veranderd" in post(client, page, address)
    assert len(saved(short)) == 2
    assert "is gewist" in post(client, page, address, asked="y")
    assert saved(short) == {} and said(short) == [] and visits(short) == [("refused", "ar")]
    assert Visitor(short, someone[2]).enter().page.status_code == 422
    assert "is gewist" in post(client, page, address, asked="y"), "said again, it is the same"


def test_on_someones_behalf_quotes_are_taken_back(short: Town, someone: tuple[UUID, UUID, str]) -> None:
    client = short.sign_in("casemanager")
    page = f"/casework/participants/{someone[0]}/rights"
    post(client, page, f"/casework/enrolments/{someone[1]}/no-quotes")
    assert said(short) == [(WORDS, False)]
    assert len(saved(short)) == 2


def test_erasure_is_asked_and_carried_out_by_two(short: Town, someone: tuple[UUID, UUID, str]) -> None:
    casemanager, administrator = short.sign_in("casemanager"), short.sign_in("administrator")
    page = f"/casework/participants/{someone[0]}/rights"
    refused = post(casemanager, page, f"{page}/erasure", keep_answers="y")
    assert re.search(r'<input[^>]* checked[^>]* id="keep_answers"', refused), "what was ticked stays ticked"
    post(casemanager, page, f"{page}/erasure", asked="y")
    listed = administrator.get("/manage/erasures").text
    assert "PERSON" in listed and "Name of person" not in listed
    with short.app.app_context():
        short.inside()
        address = f"/manage/erasures/{db.session.scalars(select(ErasureRequest.id)).one()}"
    preview = administrator.get(address)
    check_page(preview)
    assert administrator.post(address, data={"csrf_token": token_in(preview.text)}).status_code == 422
    assert len(saved(short)) == 2, "not without saying that one is sure"
    post(administrator, address, address, sure="y")
    with short.app.app_context():
        short.inside()
        person = db.session.scalars(select(Participant)).one()
        assert person.erased_on is not None and person.pseudonym != "PERSON"
        assert db.session.scalars(select(Consent)).all() == []
    assert saved(short) == {}
    assert casemanager.get(page).status_code == 404


def test_who_lets_answers_count_on_is_heard(short: Town, someone: tuple[UUID, UUID, str]) -> None:
    casemanager, administrator = short.sign_in("casemanager"), short.sign_in("administrator")
    page = f"/casework/participants/{someone[0]}/rights"
    post(casemanager, page, f"{page}/erasure", asked="y", keep_answers="y")
    with short.app.app_context():
        short.inside()
        address = f"/manage/erasures/{db.session.scalars(select(ErasureRequest.id)).one()}"
    post(administrator, address, address, sure="y")
    assert len(saved(short)) == 2
    with short.app.app_context():
        short.inside()
        assert db.session.scalars(select(OpenAnswer)).all() == []


def test_what_was_asked_can_be_taken_back(short: Town, someone: tuple[UUID, UUID, str]) -> None:
    casemanager = short.sign_in("casemanager")
    page = f"/casework/participants/{someone[0]}/rights"
    post(casemanager, page, f"{page}/erasure", asked="y")
    post(casemanager, page, f"{page}/erasure/taken-back")
    assert "PERSON" not in short.sign_in("administrator").get("/manage/erasures").text


def test_who_does_it_is_in_the_log(short: Town, someone: tuple[UUID, UUID, str]) -> None:
    client = short.sign_in("casemanager")
    client.get(f"/casework/participants/{someone[0]}/rights/document")
    page = f"/casework/participants/{someone[0]}/rights"
    post(client, page, f"/casework/enrolments/{someone[1]}/withdrawal", asked="y")
    with short.app.app_context():
        short.inside()
        told = db.session.scalars(select(AuditEvent).where(AuditEvent.participant_id == someone[0])).all()
        assert {"data.handed_out", "consent.withdrawn"} <= {event.action for event in told} <= audit.ACTIONS
