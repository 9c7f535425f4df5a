"""What a device could not send: a casemanager hears whose it is and why, and may let it in; never what is in it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey import fieldwork, participation
from survey.clock import now
from survey.database import db
from survey.models import Enrolment, Visit
from survey.privacy import erasure
from survey.respond import permits
from tests.fixtures.application import Town, new_town, token_in
from tests.fixtures.audit import events
from tests.fixtures.letters import ENVELOPES, Sealed, outbox, receipt
from tests.fixtures.visitor import Visitor, saved

# Flask-Security makes choices in a way that WTForms will drop.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples is deprecated")
NAME = "Kanariya Vogelzang"
ANSWERS = {"wellbeing": {"wellbeing_1": 5}}


@pytest.fixture
def short(any_app: Flask) -> Town:
    return new_town(any_app, instruments=("wellbeing",))


@pytest.fixture
def sealed(short: Town) -> Sealed:
    """What somebody with a name answered, while there was no network."""
    with short.app.app_context():
        person, _enrolment, code = short.join()
        participation.set_identity(person, NAME, "")
        db.session.commit()
    return outbox(Visitor(short, code).begin()).seal(["wellbeing", "wellbeing"], wellbeing_1="5")


def change(town: Town, what: Callable[[Enrolment], object]) -> None:
    with town.app.app_context():
        town.inside()
        what(db.session.scalars(select(Enrolment)).one())
        db.session.commit()


def ask(client: FlaskClient, envelope: bytes | str, where: str = "waiting") -> dict[str, Any]:
    sent = envelope if isinstance(envelope, str) else base64.b64encode(envelope).decode()
    with client.session_transaction() as session:
        session["language"] = "en"
    token = token_in(client.get("/staff/account").text)
    answer = client.post(f"/casework/tablet/{where}", data={"csrf_token": token, "envelope": sent})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json
    assert "wellbeing" not in answer.text
    return told


def send(town: Town, one: Sealed, permit: str = "") -> Any:
    headers = {permits.HEADER: permit} if permit else {}
    return town.app.test_client().post(ENVELOPES, data=one.envelope, headers=headers)


def new_code(enrolment: Enrolment) -> None:
    participation.new_access_code(enrolment)


def close(enrolment: Enrolment) -> None:
    fieldwork.close_wave(enrolment.programme.waves[0])


def close_and_new_code(enrolment: Enrolment) -> None:
    new_code(enrolment)
    close(enrolment)


def lose_visit(enrolment: Enrolment) -> None:
    for visit in db.session.scalars(select(Visit)):
        db.session.delete(visit)


OBSTACLES: dict[str, tuple[Callable[[Enrolment], object], str, bool]] = {
    "another code": (new_code, "the code is replaced", True),
    "a closed wave": (close, "the wave is closed", False),
    "both": (close_and_new_code, "the wave is closed", False),
    "an older backup": (lose_visit, "comes in once more", False),
}


@pytest.mark.parametrize("what", OBSTACLES)
def test_one_hears_whose_it_is_and_what_is_in_the_way(short: Town, sealed: Sealed, what: str) -> None:
    obstacle, words, may_let_in = OBSTACLES[what]
    change(short, obstacle)
    before = len(events(short.app))
    told = ask(short.sign_in("casemanager"), sealed.envelope)
    assert NAME in told["told"] and words in told["told"]
    assert told["may_let_in"] == may_let_in
    assert "/casework/participants/" in told["address"]
    assert "participant.seen" in {event["action"] for event in events(short.app)[before:]}
    if not may_let_in:
        assert "permit" not in ask(short.sign_in("casemanager"), sealed.envelope, "let-in")


def test_what_was_answered_in_time_is_let_in(short: Town, sealed: Sealed) -> None:
    change(short, new_code)
    assert send(short, sealed).json == {"refused": "code"}
    permit = ask(short.sign_in("casemanager"), sealed.envelope, "let-in")["permit"]
    assert receipt(send(short, sealed, permit)) == sealed.kept
    assert saved(short) == ANSWERS
    assert "participant.answers_let_in" in {event["action"] for event in events(short.app)}


def test_a_permit_is_for_one_person_and_one_wave_and_not_for_long(short: Town, sealed: Sealed) -> None:
    change(short, new_code)
    permit = ask(short.sign_in("casemanager"), sealed.envelope, "let-in")["permit"]
    with short.app.app_context():
        _person, other, code = short.join()
        theirs = outbox(Visitor(short, code).begin()).seal(["wellbeing", "wellbeing"], wellbeing_1="1")
        short.inside()
        new_code(db.session.get_one(Enrolment, other.id))
        db.session.commit()
    assert send(short, theirs, permit).json == {"refused": "code"}
    for wrong in ("x", permit[:-4] + "AAA=", "AQ=="):
        assert send(short, sealed, wrong).json == {"refused": "code"}
    with time_machine.travel(now() + permits.GOOD_FOR + timedelta(seconds=1)):
        assert send(short, sealed, permit).json == {"refused": "code"}
    assert saved(short) == {}


def test_a_permit_lets_in_nothing_that_nobody_wants(short: Town, sealed: Sealed) -> None:
    """And whoever asks does not hear that it was taken back."""
    change(short, new_code)
    client = short.sign_in("casemanager")
    permit = ask(client, sealed.envelope, "let-in")["permit"]
    change(short, lambda enrolment: erasure.take_back_answers(enrolment, "en"))
    for where in ("waiting", "let-in"):
        told = ask(client, sealed.envelope, where)
        assert told["told"] == "" and "permit" not in told
    assert receipt(send(short, sealed, permit)) == sealed.gone
    assert saved(short) == {}


def test_a_permit_ends_with_the_wave(short: Town, sealed: Sealed) -> None:
    change(short, new_code)
    permit = ask(short.sign_in("casemanager"), sealed.envelope, "let-in")["permit"]
    change(short, close)
    assert send(short, sealed, permit).json == {"refused": "wave"}


def test_what_is_another_organisations_is_told_without_a_name(
    any_app: Flask, short: Town, sealed: Sealed
) -> None:
    change(short, new_code)
    client = new_town(any_app, "borne").sign_in("casemanager")
    for where in ("waiting", "let-in"):
        told = ask(client, sealed.envelope, where)
        assert told["told"] == "Of somebody at another organisation."
        assert not told.get("address") and "permit" not in told


@pytest.mark.parametrize("sent", ["", "x", "é", "A" * 100_000, base64.b64encode(b"\x01" * 500).decode()])
def test_what_is_no_envelope_is_nobodys(short: Town, sent: str) -> None:
    client = short.sign_in("casemanager")
    for where in ("waiting", "let-in"):
        told = ask(client, sent, where)
        assert told["told"].startswith("Nobody can tell") and "permit" not in told


def test_what_can_be_sent_is_not_held_up(short: Town, sealed: Sealed) -> None:
    assert ask(short.sign_in("casemanager"), sealed.envelope)["told"] == ""
    assert receipt(send(short, sealed)) == sealed.kept
