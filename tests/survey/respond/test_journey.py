"""One participant's way through the questionnaire, in each language, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from dashboard.reading import source
from instruments import library
from instruments.translation import LANGUAGES, words
from survey import languages
from survey.casework import courses
from survey.clock import today
from survey.database import db
from survey.models import Consent, Enrolment, Page, Response, Visit
from tests.fixtures.application import Town, new_town
from tests.fixtures.pages import words_of
from tests.fixtures.visitor import Visitor, count, said, saved, visits

DAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def short(any_app: Flask) -> Town:
    """A town that asks two pages only."""
    return new_town(any_app, instruments=("wellbeing",))


def visitor(town: Town, language: str = "en", careful: bool = False) -> Visitor:
    with town.app.app_context():
        return Visitor(town, town.join()[2], language, careful)


@pytest.fixture
def polyglot(app: Flask) -> Town:
    """A town that asks in every language there is."""
    return new_town(app, languages=tuple(code for code in LANGUAGES if code not in ("nl", "en")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_comes_with_a_letter_is_asked_in_their_own_language(polyglot: Town, language: str) -> None:
    with polyglot.app.app_context():
        person = Visitor(polyglot, polyglot.join(language=language)[2], "en")
    person.enter()
    assert person.place == "/survey/language"
    assert person.document.get("lang") == language.replace("_", "-")
    assert person.document.get("dir") == LANGUAGES[language].direction


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_the_letter_to_thanks(polyglot: Town, language: str) -> None:
    whole_way(polyglot, language)


@pytest.mark.parametrize("language", ["nl", "ar"])
def test_from_the_letter_to_thanks_on_both_databases(any_town: Town, language: str) -> None:
    whole_way(any_town, language)


def whole_way(town: Town, language: str) -> None:
    tag = language.replace("_", "-")
    person = visitor(town, language, careful=True)
    assert person.document.get("lang") == tag
    person.enter()
    with town.app.app_context():
        offered = languages.open_languages(town.inside())
    for choice in offered:
        assert f'lang="{choice.code.replace("_", "-")}" dir="{choice.direction}"' in person.page.text
    person.send(language=language)
    assert "Gemeente aalten" in words_of(person.document)
    person.send(take_part="yes")
    for instrument in (library.load("integration"), library.load("wellbeing")):
        texts = words(instrument, language)
        for domain in instrument.domains:
            assert person.place == f"/survey/{instrument.key}/{domain.code}"
            assert person.questions == [item.id for item in domain.items]
            read = words_of(person.document)
            for item in domain.items:
                assert " ".join(texts.question(item.id).split()) in read
            assert "000 000" in read
            assert person.document.get("lang") == tag
            person.send(then="next", **dict.fromkeys(person.questions, "2"))
    assert person.place == "/survey/last"
    person.send(text="Дякую, شكرا", may_quote="y", then="next")
    assert person.place == "/survey/done"
    assert person.document.get("lang") == tag
    assert visits(town) == [("finished", language)]
    assert said(town) == [("Дякую, شكرا", True)]
    assert len(saved(town)) == 16
    assert {value for answers in saved(town).values() for value in answers.values()} == {2}


def test_what_is_kept_about_how_it_was_asked(short: Town) -> None:
    visitor(short, "uk").begin().answer_all().send(text="", then="next")
    with short.app.app_context():
        short.inside()
        response = db.session.scalars(select(Response)).one()
        assert (response.instrument, response.version, response.respondent) == ("wellbeing", 1, "self")
        assert (response.mode, response.language, response.answered_on) == ("self", "uk", today())
        page = db.session.scalars(select(Page).where(Page.domain == "wellbeing")).one()
        assert (page.score, page.language) == (3.0, "uk")
        consent = db.session.scalars(select(Consent)).one()
        assert (consent.purpose, consent.language, consent.text_version) == ("taking_part", "uk", 1)
        assert consent.withdrawn_at is None
        assert db.session.scalars(select(Visit)).one().finished_on == today()


def test_everything_can_be_skipped(any_town: Town) -> None:
    person = visitor(any_town).begin()
    while person.place != "/survey/last":
        person.send(then="next")
    person.send(text="", then="next")
    assert person.place == "/survey/done"
    assert set(map(str, saved(any_town).values())) == {"{}"}
    assert len(saved(any_town)) == 16
    with any_town.app.app_context():
        any_town.inside()
        assert set(db.session.scalars(select(Page.score))) == {None}


@pytest.mark.parametrize("value", ["dk", "pna"])
def test_no_score_without_an_answer(short: Town, value: str) -> None:
    visitor(short).begin().answer_all(value)
    with short.app.app_context():
        short.inside()
        assert set(db.session.scalars(select(Page.score))) == {None}


def test_refusing_looks_like_having_answered_and_counts_nowhere(short: Town) -> None:
    refuser, answerer = visitor(short), visitor(short)
    answerer.begin().answer_all().send(text="", then="next")
    refuser.begin().answer_all("1")
    again = Visitor(short, refuser.code).enter()
    again.send(language="en")
    again.client.post("/survey/about", data={**again.form, "take_part": "no"})
    assert sorted(visits(short)) == [("finished", "en"), ("refused", "en")]
    with short.app.app_context():
        programme = short.inside()
        states = set()
        for enrolment in db.session.scalars(select(Enrolment)):
            (course,) = courses.courses(enrolment.participant)
            states.add(course.standings[0].state)
        assert states == {"handled"}
        assert int(source.compare(programme).has_before.sum()) == 1
        consents = db.session.scalars(select(Consent.withdrawn_at)).all()
        assert [given is None for given in sorted(consents, key=str)].count(True) == 1


def test_one_can_change_ones_mind(short: Town) -> None:
    person = visitor(short).enter()
    person.send(language="en")
    person.send(take_part="no")
    assert person.place == "/goodbye/refused"
    assert visits(short) == [("refused", "en")]
    again = Visitor(short, person.code, "uk").enter()
    again.send(language="uk")
    assert again.place == "/survey/about"
    again.send(take_part="yes")
    again.answer_all().send(text="", then="next")
    assert visits(short) == [("finished", "uk")]


def test_neither_yes_nor_no_is_asked_again(short: Town) -> None:
    person = visitor(short).enter()
    person.send(language="en")
    assert person.send(take_part="perhaps").status_code == 422
    assert person.send().status_code == 422
    assert visits(short) == []


def test_who_finished_has_nothing_to_answer(short: Town) -> None:
    person = visitor(short).begin().answer_all()
    person.send(text="", then="next")
    again = Visitor(short, person.code).enter()
    again.send(language="en")
    assert again.place == "/survey/your-data"


def test_weeks_later_the_next_wave_is_asked(short: Town) -> None:
    with time_machine.travel(DAY, tick=False) as clock:
        person = visitor(short).begin().answer_all("2")
        before = words_of(person.document)
        person.send(text="before", then="next")
        clock.shift(timedelta(weeks=9))
        early = Visitor(short, person.code).enter()
        early.send(language="en")
        assert early.place == "/survey/your-data"
        clock.shift(timedelta(weeks=1))
        later = Visitor(short, person.code).begin().answer_all("4")
        assert words_of(later.document) != before
        later.send(text="after", then="next")
    assert visits(short) == [("finished", "en")] * 2
    assert sorted(said(short)) == [("after", False), ("before", False)]
    assert (count(short, Response), count(short, Page)) == (2, 4)


def test_the_code_is_never_in_an_address(short: Town) -> None:
    person = visitor(short)
    person.begin()
    bare = person.code.replace("-", "").lower()
    for text in (person.address, person.page.text):
        assert bare not in text.lower().replace("-", "")


def test_an_empty_text_with_a_tick_gives_no_consent(short: Town) -> None:
    person = visitor(short).begin().answer_all()
    person.send(text="  \n", may_quote="y", then="next")
    assert said(short) == []
    with short.app.app_context():
        short.inside()
        assert db.session.scalars(select(Consent.purpose)).all() == ["taking_part"]


def test_consent_to_quote_follows_the_latest_choice(short: Town) -> None:
    person = visitor(short).begin().answer_all()
    person.send(text="words", may_quote="y", then="stop")
    again = Visitor(short, person.code).begin()
    again.send(text="", then="next")
    assert said(short) == [("words", False)]
    with short.app.app_context():
        short.inside()
        (quote,) = db.session.scalars(select(Consent).where(Consent.purpose == "quote"))
        assert quote.withdrawn_at is not None
