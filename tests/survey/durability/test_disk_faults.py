"""A disk that is full or broken: said honestly, nothing typed is lost, reading goes on, and it mends by itself."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw
import pytest
from flask import Flask
from sqlalchemy import event, text
from werkzeug.test import TestResponse

from survey.database import db
from survey.settings import Settings
from tests.fixtures.application import Town, fresh_app, new_town
from tests.fixtures.pages import check_page, words_of
from tests.fixtures.visitor import Visitor, said, saved
from tests.survey.durability import people
from tests.survey.durability.disk import Operation, put_on_disk
from tests.survey.durability.ledger import Ledger, copied, given_in

FIRST = "/survey/wellbeing/wellbeing"
MOST_OPERATIONS = 60


def io_error(kind: str) -> Exception:
    problem = apsw.IOError(f"the disk broke at {kind}")
    problem.extendedresult = {
        "write": apsw.SQLITE_IOERR_WRITE, "sync": apsw.SQLITE_IOERR_FSYNC, "truncate": apsw.SQLITE_IOERR_TRUNCATE,
        "delete": apsw.SQLITE_IOERR_DELETE, "open": apsw.SQLITE_CANTOPEN,
    }[kind]  # fmt: skip
    return problem


FAULTS: dict[str, Callable[[str], Exception]] = {
    "full": lambda kind: apsw.FullError("no space is left"),
    "broken": io_error,
}


@dataclass
class Faulty:
    """A disk that refuses: the operation with this number, or (`lasting`) that and all that follow."""

    fault: str
    at: int | None = None
    lasting: bool = False
    heard: int = 0
    refused: list[str] = field(default_factory=list)

    def hear(self, operation: Operation) -> None:
        if operation.file.endswith("-shm") or (self.fault == "full" and operation.kind in ("sync", "delete")):
            return
        self.heard += 1
        if self.at is not None and (self.heard == self.at or (self.lasting and self.heard > self.at)):
            self.refused.append(operation.kind)
            raise FAULTS[self.fault](operation.kind)

    def break_at(self, number: int | None, lasting: bool = False) -> None:
        self.at, self.lasting, self.heard, self.refused = number, lasting, 0, []


@pytest.fixture(params=FAULTS)
def faulty(request: pytest.FixtureRequest) -> Faulty:
    return Faulty(request.param)


@pytest.fixture
def short(faulty: Faulty, data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    put_on_disk(monkeypatch, faulty.hear, begin=["wal_autocheckpoint=8"])
    town = new_town(fresh_app(Settings(data=data, plain_http=True)), instruments=("wellbeing",))
    yield town
    faulty.break_at(None)
    with town.app.app_context():
        db.engine.dispose()


def posted_again(answer: TestResponse) -> dict[str, str]:
    """What the page would send if one pressed its button."""
    hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', answer.text)
    return {html.unescape(name): html.unescape(value) for name, value in hidden}


def refused(answer: TestResponse, form: dict[str, Any]) -> None:
    """An honest page, with everything that was sent on it, and no cookie changed."""
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["Retry-After"]) > 0
    assert posted_again(answer) == form
    assert "Set-Cookie" not in answer.headers
    check_page(answer)


def test_every_operation_of_saving_a_page(faulty: Faulty, short: Town, data: Path) -> None:
    ledger = Ledger()
    person = people.newcomer(short, "P1", ledger)
    people.post(person, ledger, people.agreeing(short, "P1"), take_part="yes")
    person.go(person.answer.location)
    at = refusals = 0
    while at < MOST_OPERATIONS:
        at += 1
        sent = people.answers(person.questions)
        given = people.page_given("P1", "wellbeing", sent)
        form = {**person.form, **sent, "then": "next"}
        faulty.break_at(at)
        ledger.send(given)
        answer = person.client.post(FIRST, data=form)
        faulty.break_at(None, lasting=bool(faulty.refused))
        if answer.status_code == 303 and not faulty.lasting:
            break
        if answer.status_code == 303:
            ledger.acknowledge(given)  # it broke while the log was emptied, after the answers were safe in it
        else:
            refused(answer, form)
            refusals += 1
        assert person.client.get(FIRST).status_code == 200
        assert person.client.post(FIRST, data=form).status_code == 303
        ledger.acknowledge(given)
        found = given_in(copied(data / "telvertel.sqlite", data / f"after{at}"))
        assert (ledger.lost(found), ledger.strange(found)) == ([], [])
    assert 1 < refusals < MOST_OPERATIONS


def test_while_it_lasts_one_reads_and_afterwards_one_writes(faulty: Faulty, short: Town) -> None:
    with short.app.app_context():
        person = Visitor(short, short.join()[2]).begin()
    form = {**person.form, "wellbeing_1": "5", "then": "next"}
    faulty.break_at(1, lasting=True)
    for _ in range(20):
        refused(person.client.post(FIRST, data=form), form)
        assert person.client.get(FIRST).status_code == 200
        assert person.client.get("/").status_code == 200
    faulty.break_at(None)
    assert person.client.post(FIRST, data=form).status_code == 303
    assert saved(short) == {"wellbeing": {"wellbeing_1": 5}}


def test_the_last_word_can_be_sent_again(faulty: Faulty, short: Town) -> None:
    """It ends the sitting in the browser too; not when it was not kept."""
    with short.app.app_context():
        person = Visitor(short, short.join()[2]).begin().answer_all()
    form = {**person.form, "text": 'two\r\nlines, "quoted" & <more>', "may_quote": "y", "then": "next"}
    faulty.break_at(1, lasting=True)
    answer = person.client.post("/survey/last", data=form)
    refused(answer, form)
    faulty.break_at(None)
    again = person.client.post("/survey/last", data=posted_again(answer))
    assert (again.status_code, again.location.partition("?")[0]) == (303, "/survey/done")
    assert said(short) == [(form["text"], True)]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Not saved yet"), ("nl", "Nog niet bewaard"), ("uk", "Ще не збережено"), ("ar", "لم يُحفظ بعد")],
)
def test_it_is_said_in_the_persons_language(app: Flask, language: str, words: str) -> None:
    town = new_town(app, instruments=("wellbeing",))
    with app.app_context():
        person = Visitor(town, town.join()[2], language).begin().answer_all()
    form = {**person.form, "text": "long " * 790}
    with no_room(town):
        answer = person.client.post("/survey/last", data=form)
        refused(answer, form)
        assert words in words_of(check_page(answer))
        assert person.client.get("/survey/last").status_code == 200
    assert person.client.post("/survey/last", data=posted_again(answer)).status_code == 303


class no_room:
    """SQLite's own driver is told that the file may not grow: what a full disk is to it."""

    def __init__(self, town: Town) -> None:
        self.town = town

    def __enter__(self) -> None:
        with self.town.app.app_context():
            self.engine = db.engine
            with self.engine.connect() as connection:
                pages = connection.scalar(text("PRAGMA page_count"))
        event.listen(self.engine, "checkout", self._limit)
        self.most = pages

    def _limit(self, connection: Any, *rest: Any) -> None:
        connection.execute(f"PRAGMA max_page_count={self.most}")
        connection.execute("PRAGMA cache_size=1")

    def __exit__(self, *rest: object) -> None:
        event.remove(self.engine, "checkout", self._limit)
        self.engine.dispose()
