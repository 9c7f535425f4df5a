"""A casemanager hands a tablet over: who can do what from then on, and what it gives away."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from time_machine import Traveller as Clock

from survey import shared_tablet
from survey.clock import now, today
from survey.database import db
from survey.models import AccessCode, Enrolment, StaffSession, Visit
from survey.privacy import erasure
from tests.fixtures.application import Town, new_town, token_in
from tests.fixtures.audit import events
from tests.fixtures.pages import masked
from tests.fixtures.visitor import Visitor, newcomer, saved, visits

# Flask-Security makes choices in a way that WTForms will drop.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples is deprecated")
FIRST = "/survey/wellbeing/wellbeing"
BUTTON = "Give this tablet to"
BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def short(any_app: Flask) -> Town:
    """A town that asks two pages only."""
    return new_town(any_app, instruments=("wellbeing",))


def enrolment(town: Town) -> Enrolment:
    town.inside()
    return db.session.scalars(select(Enrolment)).one()


def page_of_person(client: FlaskClient, town: Town) -> str:
    with town.app.app_context():
        address = f"/casework/participants/{enrolment(town).participant_id}?language=en"
    return client.get(address).text


def handed_over(town: Town, client: FlaskClient | None = None) -> Visitor:
    """Whoever is in front of the tablet after a casemanager pressed the button."""
    client = client or town.sign_in("casemanager")
    with town.app.app_context():
        address = f"/casework/enrolments/{enrolment(town).id}/tablet"
    visitor = Visitor(town, "")
    visitor.client = client
    token = token_in(client.get("/staff/account").text)
    answer = client.post(address, data={"csrf_token": token})
    visitor.go(answer.location)
    return visitor


def begun(town: Town, client: FlaskClient | None = None) -> Visitor:
    visitor = handed_over(town, client)
    visitor.send(language="en")
    if visitor.place == "/survey/about":
        visitor.send(take_part="yes")
    return visitor


def test_from_then_on_it_is_the_persons_and_not_the_casemanagers(short: Town) -> None:
    newcomer(short)
    client = short.sign_in("casemanager")
    assert BUTTON in page_of_person(client, short)
    copy = client.get_cookie("telvertel")
    assert copy
    person = handed_over(short, client)
    assert person.place == "/survey/language"
    assert "/staff/sign-in" in client.get("/casework/").location
    other = short.app.test_client()
    other.set_cookie("telvertel", copy.value)
    assert "/staff/sign-in" in other.get("/casework/").location, "nor with a copy of the cookie"
    with short.app.app_context():
        assert db.session.scalars(select(StaffSession)).all() == []
    person.send(language="en")
    person.send(take_part="yes")
    person.answer_all("4").send(text="", then="next")
    assert visits(short) == [("finished", "en")]
    told = [event for event in events(short.app) if event["action"] == "participant.tablet_handed_over"]
    assert [event["actor"] for event in told] == ["staff"]


def test_the_letter_goes_on_working_and_a_new_one_ends_no_sitting(short: Town) -> None:
    letter = newcomer(short)
    person = begun(short)
    assert Visitor(short, letter.code).enter().place == "/survey/language"
    client = short.sign_in("casemanager")
    with short.app.app_context():
        own = enrolment(short).id
    token = token_in(client.get("/staff/account").text)
    client.post(f"/casework/enrolments/{own}/invitation", data={"csrf_token": token, "made": "1"})
    person.send(then="stay", wellbeing_1="5")
    assert saved(short) == {"wellbeing": {"wellbeing_1": 5}}
    client.post(f"/casework/enrolments/{own}/revocation", data={"csrf_token": token})
    person.send(then="stay", wellbeing_1="1")
    assert person.place == "/goodbye/over"
    assert saved(short) == {"wellbeing": {"wellbeing_1": 5}}


def test_nobody_can_come_in_with_the_code_of_a_sitting(short: Town) -> None:
    newcomer(short)
    handed_over(short)
    with short.app.app_context():
        short.inside()
        code = db.session.scalars(select(AccessCode).where(AccessCode.handed_over)).one()
        selector = code.selector
    assert Visitor(short, f"{selector}-0000-0000").enter().page.status_code == 422
    assert selector not in page_of_person(short.sign_in("casemanager"), short)


def test_it_opens_nothing_that_was_answered_before(short: Town) -> None:
    """Neither on the page nor among one's own answers: whoever hands over could be the one who looks."""
    letter = newcomer(short).begin()
    letter.send(then="stop", wellbeing_1="5")
    person = begun(short)
    assert person.place == FIRST and person.chosen == {}
    person.go("/survey/your-answers")
    assert person.place == "/survey/your-data"
    person.go(FIRST)
    person.send(then="data", wellbeing_2="1")
    person.go("/survey/your-answers")
    assert person.place == "/survey/your-data", "there is more on that page than was given now"


def test_what_is_answered_on_it_is_given_back_on_it(short: Town) -> None:
    newcomer(short)
    person = begun(short)
    person.answer_all("4").send(text="", then="next")
    person.go("/survey/your-answers")
    assert person.place == "/survey/your-answers"


def finish(person: Visitor) -> None:
    person.begin().answer_all("3").send(text="", then="next")


def refuse(person: Visitor) -> None:
    person.enter().send(language="en")
    person.send(take_part="no")


def withdraw(person: Visitor) -> None:
    finish(person)
    with person.town.app.app_context():
        erasure.take_back_answers(enrolment(person.town), "en")
        db.session.commit()


def end(person: Visitor) -> None:
    with person.town.app.app_context():
        enrolment(person.town).ended_on = today() - timedelta(days=1)
        db.session.commit()


@pytest.mark.parametrize("way", [finish, refuse, withdraw, end], ids=lambda way: way.__name__)
def test_who_has_nothing_to_answer_gets_no_tablet(short: Town, way: Callable[[Visitor], None]) -> None:
    way(newcomer(short))
    before = visits(short)
    client = short.sign_in("casemanager")
    assert BUTTON not in page_of_person(client, short)
    page = handed_over(short, client)
    assert page.place.startswith("/casework/participants/")
    assert "Deze deelnemer heeft nu niets in te vullen." in page.page.text
    assert visits(short) == before
    with short.app.app_context():
        assert not any(code.handed_over for code in enrolment(short).codes)


@pytest.mark.parametrize("way", [refuse, withdraw], ids=lambda way: way.__name__)
def test_at_the_next_wave_it_tells_not_what_somebody_chose(
    any_app: Flask, way: Callable[[Visitor], None]
) -> None:
    """Neither what the tablet shows to who holds it, nor the casemanager's page afterwards."""
    told = []
    for slug, how in (("aalten", finish), ("borne", way)):
        town = new_town(any_app, slug, instruments=("wellbeing",))
        with time_machine.travel(BEGIN, tick=False) as clock:
            with town.app.app_context():
                person, own, code = town.join(pseudonym="SAMEPERSON", language="en")
                ids = [str(person.id), str(own.id)]
            how(Visitor(town, code))
            clock.shift(timedelta(weeks=10))
            tablet = handed_over(town)
            seen = [tablet.page.text, tablet.send(language="en").text, tablet.send(take_part="yes").text]
            seen.append(town.sign_in("casemanager").get(f"/casework/participants/{person.id}").text)
        varies = re.compile("|".join([*ids, slug, r"casemanager\d+", r'data-(shared|sitting)="[^"]*"']))
        told.append([varies.sub("", masked(page)) for page in seen])
    assert told[0] == told[1]


@pytest.fixture
def clock() -> Clock:
    with time_machine.travel(now(), tick=False) as clock:
        yield clock


def test_nobody_there_for_long_is_nobody(clock: Clock, short: Town) -> None:
    """Where no script asked before."""
    newcomer(short)
    person = begun(short)
    for address in (FIRST, "/survey/last", "/survey/language"):
        clock.shift(shared_tablet.IDLE - timedelta(minutes=2))
        assert person.client.get(address).status_code == 200
    person.go(FIRST)
    person.send(then="back", wellbeing_1="5")
    clock.shift(shared_tablet.IDLE - timedelta(minutes=2))
    person.client.post("/survey/here")
    clock.shift(shared_tablet.IDLE - timedelta(minutes=2))
    person.go(FIRST)
    assert person.chosen == {"wellbeing_1": "5"}
    clock.shift(shared_tablet.IDLE + timedelta(seconds=1))
    assert person.client.get(FIRST).location == "/"
    with person.client.session_transaction() as kept:
        assert not kept, "nothing of the person stays in the browser"
    assert person.client.get("/survey/language").location == "/"


def test_a_device_of_ones_own_waits_as_long_as_ever(clock: Clock, short: Town) -> None:
    person = newcomer(short).begin()
    clock.shift(shared_tablet.IDLE + timedelta(hours=2))
    assert person.client.get(FIRST).status_code == 200


def test_what_is_fetched_beside_a_page_brings_no_session_back(clock: Clock, short: Town) -> None:
    newcomer(short)
    person = begun(short)
    clock.shift(timedelta(minutes=5))
    aside = person.client.get("/survey/ahead", headers={"Sec-Fetch-Mode": "cors"})
    assert aside.status_code == 200 and "Set-Cookie" not in aside.headers
    assert "Set-Cookie" in person.client.get(FIRST, headers={"Sec-Fetch-Mode": "navigate"}).headers


def test_each_sitting_counts(short: Town) -> None:
    """So that of two answers to a question the later one stays."""
    letter = newcomer(short)
    numbers = []
    for _ in range(2):
        handed_over(short)
        with short.app.app_context():
            numbers.append(enrolment(short).sittings)
    letter.enter()
    with short.app.app_context():
        numbers.append(enrolment(short).sittings)
        assert db.session.scalars(select(Visit)).all() == []
    assert numbers == [1, 2, 3]
