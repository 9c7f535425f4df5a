"""When the database does not take it: a page that says so, whatever state that leaves the request in."""

from __future__ import annotations

from re import findall
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from survey.casework import participants, queries
from survey.database import db
from survey.models import Participant
from survey.tenancy import OrganisationSession
from tests.fixtures.application import Town, token_in
from tests.fixtures.pages import check_page


def twice_the_same(*_arguments: Any, **_options: Any) -> Any:
    """A flush that fails in the middle of a request."""
    known = db.session.scalars(select(Participant.id)).first()
    db.session.add_all([Participant(id=known, pseudonym="X")])
    db.session.flush()


def gone(*_arguments: Any, **_options: Any) -> Any:
    raise OperationalError(None, None, OSError("gone"))


def test_a_failed_flush_is_said_on_a_page(any_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    with any_town.app.app_context():
        any_town.join()
    client = any_town.sign_in("casemanager")
    token = token_in(client.get("/casework/participants/new").text)
    monkeypatch.setattr(queries, "programmes", twice_the_same)
    answer = client.post("/casework/participants/new", data={"csrf_token": token})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    check_page(answer)


def test_the_page_needs_no_database(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even for saying who is signed in."""
    client = town.sign_in("coordinator")
    monkeypatch.setattr(OrganisationSession, "get", gone)
    answer = client.get("/manage/")
    assert answer.status_code == 503
    check_page(answer)


def test_every_word_that_was_typed_is_given_back_where_its_place_is_gone(town: Town) -> None:
    """A single one in small letters too, also one that is spelled like a code; a day written out, and a number.
    What was chosen is not, nor what the page sent along unseen.
    """
    client = town.sign_in("casemanager")
    token = token_in(client.get("/casework/notes/new").text)
    gone = uuid4()
    chosen = {
        "id": str(gone),
        "version": "1?kind=_94WqJk0&text=Zx_1-QpLm",
        "seen": "Kd_81xWq",
        "channel": "telephone",
        "labels": gone.hex,
    }
    typed = {
        "text": "partner",
        "words": "verhuisd",
        "steps-0-words": "bellen",
        "name": "van-dam",
        "other": "Iets anders",
        "happened_on": "2026-11-01",
        "steps-0-due_on": "31 juni",
        "minutes": "45",
    }
    answer = client.post(f"/casework/notes/{gone}", data={"csrf_token": token, **chosen, **typed})
    assert answer.status_code == 404
    given_back = findall(r"<textarea[^>]*>([^<]*)</textarea>", answer.text)
    assert given_back == list({**typed, "happened_on": "1 november 2026"}.values())


@pytest.mark.parametrize(
    ("address", "chosen"),
    [
        ("/casework/participants/{gone}/observations", {"source": "conversation"}),
        ("/casework/enrolments/{gone}/stop", {"reason": "own_wish", "ended_on": ""}),
        ("/manage/stories/{gone}", {"decision": "approve", "looked": "number", "stance": "as_is"}),
    ],
)
def test_no_code_is_given_back(town: Town, address: str, chosen: dict[str, str]) -> None:
    """Also where another form asks for words under the same name."""
    client = town.sign_in("coordinator" if address.startswith("/manage") else "casemanager")
    token = token_in(client.get(f"/{address.split('/')[1]}/").text)
    answer = client.post(address.format(gone=uuid4()), data={"csrf_token": token, **chosen})
    assert answer.status_code == 404
    assert not findall("<textarea", answer.text)


@pytest.mark.parametrize("name", ["password", "again"])
def test_no_password_is_given_back(town: Town, name: str) -> None:
    client = town.sign_in("casemanager")
    token = token_in(client.get("/casework/").text)
    typed = {"csrf_token": token, name: "Not To Be Shown", "text": "given back"}
    answer = client.post(f"/casework/notes/{uuid4()}", data=typed)
    assert answer.status_code == 404
    assert findall(r"<textarea[^>]*>([^<]*)</textarea>", answer.text) == ["given back"]


def test_what_was_filled_in_can_be_sent_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """In each part of casework; not where a password is typed."""
    with town.app.app_context():
        enrolment = town.join()[1].id
    client = town.sign_in("casemanager")
    new_goal = f"/casework/enrolments/{enrolment}/plan/goals/new"
    token = token_in(client.get(new_goal).text)
    monkeypatch.setattr(participants, "enrolment", gone)
    answer = client.post(new_goal, data={"csrf_token": token, "words": "Мрію працювати"})
    assert answer.status_code == 503 and 'value="Мрію працювати"' in answer.text
    monkeypatch.setattr(OrganisationSession, "scalar", gone)
    monkeypatch.setattr(OrganisationSession, "execute", gone)
    answer = client.post("/staff/sign-in", data={"csrf_token": token, "password": "Not To Be Shown"})
    assert answer.status_code == 503 and "Not To Be Shown" not in answer.text
