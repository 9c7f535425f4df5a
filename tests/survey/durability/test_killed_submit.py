"""A worker killed at any step of what somebody sends: acknowledged is there, and nothing is there by halves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import make_url
from werkzeug.test import TestResponse

from survey.casework.once import id_from_form
from survey.database import db
from survey.settings import Settings
from tests.fixtures.application import Town, _empty, fresh_app, new_town
from tests.fixtures.letters import Sealed, deliver, outbox, receipt
from tests.fixtures.visitor import Visitor
from tests.survey.casework import filling
from tests.survey.durability import people
from tests.survey.durability.disk import put_on_disk
from tests.survey.durability.killed import ACKNOWLEDGED, Killer, forked
from tests.survey.durability.ledger import Given, Ledger, given_in, given_on
from tests.survey.durability.thorough import THOROUGH

FEWEST_KILLS = 5
INTAKE = "/casework/participants/new"
PERSON = {"name": "Anna Kovalenko", "language": "uk"}


@dataclass
class Place:
    """A town whose worker is killed at the Nth step: statement or (SQLite) operation on the disk."""

    town: Town
    killer: Killer
    look: Callable[[], Given]
    ledger: Ledger = field(default_factory=Ledger)

    def kill_everywhere(self, given: Callable[[], Given], send: Callable[[], bool], stride: int = 1) -> int:
        """Send again and again, killed one step (in short, `stride` steps) later every time; the last such step."""
        for at in count(1, 1 if THOROUGH else stride):
            expected = given()
            self.ledger.send(expected)
            with self.town.app.app_context():
                db.engine.dispose()
            self.killer.at, self.killer.counted = at, 0
            outcome = forked(send)
            self.killer.at = 0
            if outcome is not None:
                assert outcome == ACKNOWLEDGED
                self.ledger.acknowledge(expected)
            found = self.look()
            assert (self.ledger.lost(found), self.ledger.strange(found)) == ([], [])
            there = {name for name, content in expected.items() if found.get(name) == content}
            assert there in (set(), set(expected)) or self.was_there(expected, there), there
            if outcome is not None:
                return at - 1
        raise AssertionError("never")

    def was_there(self, expected: Given, there: set[str]) -> bool:
        """Whether the part that is there was acknowledged before, so that it is no half of this."""
        return all(self.ledger.sent[name][:-1].count(expected[name]) for name in there)


@pytest.fixture
def on_sqlite(data: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    killer = Killer()
    put_on_disk(monkeypatch, killer.step, killer.step, begin=["wal_autocheckpoint=8"])
    town = new_town(fresh_app(Settings(data=data, plain_http=True)), instruments=("wellbeing",))
    return Place(town, killer, partial(given_in, data / "telvertel.sqlite"))


@pytest.fixture
def on_postgresql(
    data: Path, postgres: str, postgres_schema: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    killer = Killer()
    for owner, name in ((psycopg.Cursor, "execute"), (psycopg.Connection, "commit")):
        monkeypatch.setattr(owner, name, stepping(getattr(owner, name), killer))
    app = fresh_app(Settings(data=data, plain_http=True, database_url=postgres_schema))
    _empty(app)
    town = new_town(app, instruments=("wellbeing",))
    database = make_url(postgres_schema).database
    with psycopg.connect(postgres, dbname=database) as superuser:
        yield Place(town, killer, partial(given_on, superuser))
    with app.app_context():
        db.engine.dispose()


def stepping(function: Callable[..., Any], killer: Killer) -> Callable[..., Any]:
    def stepped(*arguments: Any, **named: Any) -> Any:
        result = function(*arguments, **named)
        killer.step()
        return result

    return stepped


@pytest.fixture(params=["on_sqlite", pytest.param("on_postgresql", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(request.param)
    return found


def sent(client: FlaskClient, address: str, form: dict[str, str]) -> bool:
    return client.post(address, data=form).status_code in (200, 303)


def test_agreeing(place: Place) -> None:
    names = (f"A{number}" for number in count())
    name = ""
    newcomers: list[Visitor] = []

    def agreeing() -> Given:
        nonlocal name
        if not name or f"{name} visit" in place.look():
            name = next(names)
            newcomers.append(people.newcomer(place.town, name, place.ledger))
        return people.agreeing(place.town, name)

    def send() -> bool:
        person = newcomers[-1]
        return sent(person.client, person.place, {**person.form, "take_part": "yes"})

    assert place.kill_everywhere(agreeing, send, stride=4) >= FEWEST_KILLS


def test_a_page(place: Place) -> None:
    person = people.newcomer(place.town, "P1", place.ledger)
    people.post(person, place.ledger, people.agreeing(place.town, "P1"), take_part="yes")
    person.go(person.answer.location)
    form: dict[str, str] = {}

    def answering() -> Given:
        form.update(person.form | people.answers(person.questions))
        chosen = {name: value for name, value in form.items() if name in person.questions}
        return people.page_given("P1", "wellbeing", chosen)

    kills = place.kill_everywhere(answering, lambda: sent(person.client, person.place, form))
    assert kills >= FEWEST_KILLS


def test_the_last_word(place: Place) -> None:
    names = (f"L{number}" for number in count())
    name = ""
    people_so_far: list[Visitor] = []

    def ending() -> Given:
        nonlocal name
        if not name or place.look()[f"{name} visit"] == "finished":
            name = next(names)
            people_so_far.extend(people.answering(place.town, name, place.ledger))
        return people.ending(name)

    def send() -> bool:
        person = people_so_far[-1]
        form = {**person.form, "text": "words", "may_quote": "y", "then": "next"}
        return sent(person.client, "/survey/last", form)

    assert place.kill_everywhere(ending, send, stride=4) >= FEWEST_KILLS


def test_an_envelope(place: Place) -> None:
    """What a tablet kept: the same envelope is sent again until there is a receipt for it."""
    person = people.newcomer(place.town, "E1", place.ledger)
    people.post(person, place.ledger, people.agreeing(place.town, "E1"), take_part="yes")
    person.go(person.answer.location)
    tablet, client = outbox(person), place.town.app.test_client()
    letters: list[Sealed] = []

    def answering() -> Given:
        chosen = people.answers(person.questions)
        letters.append(tablet.seal(["wellbeing", "wellbeing"], **chosen))
        return people.page_given("E1", "wellbeing", chosen)

    kills = place.kill_everywhere(
        answering, lambda: receipt(deliver(client, letters[-1].envelope)) == letters[-1].kept
    )
    assert kills >= FEWEST_KILLS
    for letter in letters:
        assert receipt(deliver(client, letter.envelope)) == letter.kept
    assert (place.ledger.lost(place.look()), place.ledger.strange(place.look())) == ([], [])


def test_an_envelope_with_the_last_word(place: Place) -> None:
    names = (f"W{number}" for number in count())
    name = ""
    letters: list[Sealed] = []

    def ending() -> Given:
        nonlocal name
        if not name or place.look()[f"{name} visit"] == "finished":
            name = next(names)
            [*_, person] = people.answering(place.town, name, place.ledger)
            letters.append(outbox(person).seal(["last"], text="words", may_quote="y"))
        return people.ending(name)

    client = place.town.app.test_client()
    kills = place.kill_everywhere(
        ending, lambda: receipt(deliver(client, letters[-1].envelope)) == letters[-1].kept, stride=4
    )
    assert kills >= FEWEST_KILLS


def test_an_intake(place: Place) -> None:
    client = place.town.sign_in("casemanager")
    pages: list[TestResponse] = []

    def intake() -> Given:
        pages.append(client.get(INTAKE))
        found = re.search(r'name="id"[^>]* value="([^"]+)"', pages[-1].text)
        assert found
        with place.town.app.app_context():
            place.town.inside()
            return people.enrolled(id_from_form(UUID(found[1])), named=True)

    def send() -> bool:
        return filling.send(client, pages[-1], INTAKE, **PERSON).status_code == 200

    assert place.kill_everywhere(intake, send, stride=4) >= FEWEST_KILLS
