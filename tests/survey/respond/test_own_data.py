"""A participant sees what is kept, takes it along, and takes it back."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from instruments import library
from instruments.translation import LANGUAGES, words
from survey import participation
from survey.clock import now
from survey.database import db
from survey.models import Consent, Enrolment, OpenAnswer, Page, Response, Story, TalkWish, Visit
from survey.privacy import erasure
from tests.fixtures.application import Town, new_town
from tests.fixtures.pages import parsed, words_of
from tests.fixtures.visitor import Visitor, count, said, saved, visits

DATA = "/survey/your-data"


@pytest.fixture
def short(any_app: Flask) -> Town:
    return new_town(any_app, instruments=("wellbeing",))


def visitor(town: Town, language: str = "en", careful: bool = False) -> Visitor:
    with town.app.app_context():
        person, _, code = town.join(language=language, gender="woman", birth_year=1985, household="alone")
        participation.set_identity(person, "Оксана Name", "06 12345678")
        db.session.commit()
        return Visitor(town, code, language, careful)


def finished(town: Town, language: str = "en", text: str = "My words") -> Visitor:
    person = visitor(town, language).begin().answer_all("4")
    person.send(text=text, may_quote="y", then="next")
    assert person.place == "/survey/done"
    person.go("/survey/pictures")
    person.choose_pictures()
    again = Visitor(town, person.code, language, careful=True).enter()
    again.send(language=language)
    again.go("/survey/your-answers/pictures")
    again.choose_pictures()
    assert again.place == "/survey/your-answers"
    again.go(DATA)
    return again


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_and_the_file_hold_everything(app: Flask, language: str) -> None:
    town = new_town(app, instruments=("wellbeing",), languages=(language,))
    person = finished(town, language)
    assert person.place == DATA
    person.go(f"{DATA}/document")
    assert person.document.get("dir") == LANGUAGES[language].direction
    read = words_of(person.document)
    file = person.client.get(f"{DATA}/file")
    assert file.mimetype == "application/json" and "attachment" in file.headers["Content-Disposition"]
    kept = json.loads(file.data)
    instrument = library.load("wellbeing")
    texts = words(instrument, language)
    for domain in instrument.domains:
        for item in domain.items:
            label = dict(texts.options(item.id))[4] or "4"
            assert f"{' '.join(texts.question(item.id).split())} {label}" in read
    asked = [
        answer for each in kept["rounds"][0]["questionnaires"][0]["domains"] for answer in each["answers"]
    ]
    assert [answer["answer"] for answer in asked] == [4] * 6
    assert asked[0]["question"] == texts.question("wellbeing_1")
    for told in (read, file.text):
        for known in ("Оксана Name", "06 12345678", "My words", "Pilot aalten", "1985"):
            assert known in told
    keys = ("purpose", "basis", "text_version", "language")
    assert [tuple(choice[key] for key in keys) for choice in kept["choices"]] == [
        ("taking_part", "consent", 1, language),
        ("quote", "consent", 1, language),
    ]
    assert kept["facts"]["language"] == language


def test_it_is_reached_from_every_page_and_loses_nothing(short: Town) -> None:
    person = visitor(short, careful=True).enter()
    for place in ("/survey/language", "/survey/about"):
        assert person.place == place
        assert person.client.get(DATA).status_code == 200
        assert f'href="{DATA}"' in person.page.text
        person.send(**({"language": "en"} if place.endswith("language") else {"take_part": "yes"}))
    while person.place != "/survey/last":
        here = person.place
        person.send(then="data", **dict.fromkeys(person.questions, "2"))
        assert person.place == DATA
        person.go("/survey/about")
        assert person.place == here, "what was saved on the way is not taken for a page that was passed"
        person.send(then="next", **dict.fromkeys(person.questions, "2"))
    person.send(then="data", text="half a thought")
    assert person.place == DATA and said(short) == [("half a thought", False)]
    assert visits(short) == [("agreed", "en")]
    person.go("/survey/about")
    assert person.place == "/survey/last"


def test_a_code_alone_opens_no_answers(short: Town) -> None:
    """Casemanagers make codes, and know who has which: with one they must not come to read what was answered."""
    person = finished(short)
    with short.app.app_context():
        short.inside()
        later = participation.new_access_code(db.session.scalars(select(Enrolment)).one()).grouped
        db.session.commit()
    assert person.client.get(DATA).status_code == 303, "the code before it works no more"
    other = Visitor(short, later).enter()
    other.send(language="en")
    assert other.place == DATA
    document, file = other.go(f"{DATA}/document").text, other.client.get(f"{DATA}/file").text
    question = words(library.load("wellbeing"), "en").question("wellbeing_1")
    for told in (document, file):
        assert "My words" not in told and question not in told
    assert "closed envelope" in document
    assert json.loads(file)["rounds"][0]["questionnaires"][0]["domains"] == []
    other.go("/survey/your-answers/pictures")
    other.choose_pictures()
    assert question in other.go(f"{DATA}/document").text, "whose pictures they are may come with any code"


def test_quotes_are_taken_back_in_one_tap(short: Town) -> None:
    person = finished(short)
    with short.app.app_context():
        wave = short.inside().waves[0]
        answer = db.session.scalars(select(OpenAnswer)).one()
        db.session.add(
            Story(
                programme_id=wave.programme_id, wave_id=wave.id, open_answer_id=answer.id, domain="work",
                text="Rewritten", language="nl", stance="typical", state="approved",
            )
        )  # fmt: skip
        db.session.commit()
    person.send(f"{DATA}/quotes")
    assert person.place == DATA and "Nobody may show your words" in person.page.text
    assert "Do not show my words" not in person.page.text
    assert said(short) == [("My words", False)]
    with short.app.app_context():
        short.inside()
        assert db.session.scalars(select(Story)).all() == []
        consents = {one.purpose: one.withdrawn_at for one in db.session.scalars(select(Consent))}
        assert consents["quote"] is not None and consents["taking_part"] is None


def test_taking_part_is_taken_back_in_one_tap(short: Town) -> None:
    person = finished(short)
    person.send(f"{DATA}/answers")
    assert person.place == "/goodbye/withdrawn"
    assert (count(short, Response), count(short, Page), count(short, OpenAnswer)) == (0, 0, 0)
    assert visits(short) == [("refused", "en")]
    assert Visitor(short, person.code).enter().page.status_code == 422
    with short.app.app_context():
        short.inside()
        assert all(consent.withdrawn_at for consent in db.session.scalars(select(Consent)))


def test_an_open_page_elsewhere_saves_nothing_any_more(short: Town) -> None:
    person = visitor(short).begin()
    other = Visitor(short, person.code).begin()
    other.go(DATA)
    other.send(f"{DATA}/answers")
    person.send(then="next", wellbeing_1="5")
    assert person.place == "/goodbye/over"
    assert saved(short) == {}


def test_one_can_change_ones_mind_with_a_new_invitation(short: Town) -> None:
    person = finished(short)
    person.send(f"{DATA}/answers")
    with short.app.app_context():
        short.inside()
        code = participation.new_access_code(db.session.scalars(select(Enrolment)).one()).grouped
        db.session.commit()
    again = Visitor(short, code).enter()
    again.send(language="en")
    assert again.place == "/survey/about", "asked again, from the beginning"
    again.send(take_part="yes")
    again.answer_all("1").send(text="", then="next")
    assert visits(short) == [("finished", "en")]
    again.go("/survey/your-answers")
    again.send(talk="wellbeing")
    with short.app.app_context():
        assert erasure.replay() == 0, "what was given since stays"
        assert _only(short, TalkWish)
    assert len(saved(short)) == 2


def test_a_backup_does_not_bring_back_what_was_taken_back(short: Town) -> None:
    person = finished(short)
    with short.app.app_context():
        enrolment_id = _only(short, Enrolment).id
    person.send(f"{DATA}/answers")
    with short.app.app_context():
        _bring_back(short, enrolment_id)
        assert erasure.replay() == 1
        assert erasure.replay() == 0
    assert saved(short) == {} and visits(short) == [("refused", "en")]
    assert Visitor(short, person.code).enter().page.status_code == 422


@pytest.mark.parametrize("weeks, kept", [(0, [("refused", "en")]), (5, [])], ids=["due", "missed"])
def test_a_backup_judges_an_unfinished_wave_by_the_day_of_withdrawal(
    short: Town, weeks: int, kept: list[tuple[str, str]]
) -> None:
    """Long after, its window has passed anyway: what counts is what staff saw on the day itself."""
    person = visitor(short).begin()
    with time_machine.travel(now() + timedelta(weeks=weeks), tick=False):
        again = Visitor(short, person.code).enter()
        again.go(DATA)
        again.send(f"{DATA}/answers")
    with time_machine.travel(now() + timedelta(weeks=30), tick=False), short.app.app_context():
        visit = _only(short, Visit) if kept else _visit_again(short)
        visit.state = "agreed"
        db.session.commit()
        assert erasure.replay() == 1
        assert erasure.replay() == 0
    assert visits(short) == kept


def _visit_again(town: Town) -> Visit:
    enrolment = _only(town, Enrolment)
    visit = Visit(enrolment=enrolment, wave=enrolment.programme.waves[0], language="en")
    db.session.add(visit)
    return visit


def _only(town: Town, model: Any) -> Any:
    town.inside()
    return db.session.scalars(select(model)).one()


def _bring_back(town: Town, enrolment_id: Any) -> None:
    """As it was in an older backup: answered, with a code that works."""
    enrolment = _only(town, Enrolment)
    visit, wave = _only(town, Visit), enrolment.programme.waves[0]
    visit.state, visit.finished_on = "finished", now().date()
    response = Response(
        enrolment=enrolment, wave=wave, instrument="wellbeing", version=1, language="en",
        answered_on=now().date(),
    )  # fmt: skip
    db.session.add(Page(response=response, domain="wellbeing", answers={"wellbeing_1": 4}, language="en"))
    for code in enrolment.codes:
        code.ended_at = None
    for consent in db.session.scalars(select(Consent)):
        consent.withdrawn_at = None
    db.session.commit()


def test_where_it_is_the_towns_task_it_says_so(short: Town) -> None:
    with short.app.app_context():
        short.inside().organisation.taking_part_basis = "public_task"
        db.session.commit()
    person = finished(short)
    assert "task of the municipality" in words_of(person.document)
    kept = json.loads(person.client.get(f"{DATA}/file").data)
    assert [choice["basis"] for choice in kept["choices"]] == ["public_task", "consent"]


def test_of_somebody_else_nothing_is_seen(short: Town) -> None:
    first, second = finished(short, text="first words"), finished(short, text="second words")
    told = second.go(f"{DATA}/document").text
    assert "second words" in told and "first words" not in told
    first.go(DATA)
    first.send(f"{DATA}/answers")
    assert said(short) == [("second words", True)]


def test_without_a_name_and_answers_it_is_a_short_page(short: Town) -> None:
    with short.app.app_context():
        code = short.join()[2]
    person = Visitor(short, code, careful=True).enter()
    person.go(DATA)
    assert "You have not given any answers." in person.page.text
    assert person.go(f"{DATA}/document").status_code == 200


def test_each_reads_it_in_their_own_language(short: Town) -> None:
    """One after the other from the same process: nothing of a page may be kept in the language before."""
    dutch, arabic = finished(short, "nl"), finished(short, "ar")
    for person, mine, other in ((dutch, "Meedoen", "المشاركة"), (arabic, "المشاركة", "Meedoen")):
        read = words_of(parsed(person.go(f"{DATA}/document").text))
        assert mine in read and other not in read
