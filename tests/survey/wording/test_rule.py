"""The language rule: a programme asks in a language that is approved or that a coordinator opened, in fixed words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from survey import fieldwork, languages
from survey.clock import today
from survey.database import db
from survey.models import Page, Programme, ProgrammeWording, Staff, StringReview, Wording
from survey.wording import kept, operations
from survey.wording.operations import Decision
from survey.wording.rule import Words
from survey.wording.texts import Text, all_texts
from tests.fixtures.application import Town, new_town
from tests.fixtures.visitor import Visitor

LANGUAGE = "uk"
ASKED = "item: wellbeing_1"


@pytest.fixture
def town(app: Flask) -> Town:
    return new_town(app, instruments=("wellbeing",), languages=())


@pytest.fixture
def both(any_app: Flask) -> Town:
    """On either database."""
    return new_town(any_app, instruments=("wellbeing",), languages=())


def staff() -> Staff:
    person = Staff(email=f"r{len(db.session.scalars(select(Staff)).all())}@r.example", password="-")
    db.session.add(person)
    db.session.flush()
    return person


def decide(text: Text, by: Staff, verdict: Any = "approve", *forms: str) -> None:
    review = db.session.scalar(
        select(StringReview).where(StringReview.key == text.key, StringReview.language == LANGUAGE)
    )
    decision = Decision(verdict, forms or text.shipped)
    operations.decide(LANGUAGE, text.key, decision, by, operations.seen(text, review))


def read_by_participants(programme: Programme) -> list[Text]:
    texts = all_texts(LANGUAGE)
    return [texts.by_key[key] for key in dict.fromkeys((*Words(programme).questions, *texts.interface))]


def text_in(context: str) -> Text:
    return next(text for text in all_texts(LANGUAGE).by_key.values() if text.context == context)


def is_open(programme: Programme) -> bool:
    db.session.expire(programme)
    return LANGUAGE in {language.code for language in languages.open_languages(programme)}


def approve_all(programme: Programme) -> Staff:
    by = staff()
    for text in read_by_participants(programme):
        decide(text, by)
    return by


def test_it_opens_with_the_last_text_that_is_approved(both: Town) -> None:
    with both.app.app_context():
        programme, by = both.inside(), staff()
        *most, last = read_by_participants(programme)
        for text in most:
            decide(text, by)
        assert not is_open(programme)
        decide(last, by, "approve", f"{last.shipped[0]} ")
        assert is_open(programme)


def test_what_another_programme_asks_does_not_matter(town: Town) -> None:
    with town.app.app_context():
        programme = town.inside()
        approve_all(programme)
        assert is_open(programme)
        other = fieldwork.add_programme("other", "Other", ["integration"], [fieldwork.parse_wave("before")])
        assert not is_open(other)


def test_a_refusal_closes_it_and_a_coordinator_can_open_it_all_the_same(town: Town) -> None:
    with town.app.app_context():
        programme = town.inside()
        by = approve_all(programme)
        decide(text_in(ASKED), by, "refuse")
        assert not is_open(programme) and Words(programme).is_refused(LANGUAGE)
        fieldwork.override_language(programme, LANGUAGE, by)
        db.session.flush()
        assert is_open(programme)
        fieldwork.withdraw_override(programme, LANGUAGE)
        db.session.flush()
        decide(text_in(ASKED), by)
        assert is_open(programme)


def test_dutch_and_english_need_no_review_but_can_be_refused(town: Town) -> None:
    with town.app.app_context():
        programme, by = town.inside(), staff()
        assert {"nl", "en"} == {language.code for language in languages.open_languages(programme)}
        text = all_texts("nl").by_key[text_in(ASKED).key]
        operations.decide("nl", text.key, Decision("refuse", text.shipped), by, operations.seen(text, None))
        assert {"en"} == {language.code for language in languages.open_languages(programme)}


def sits(town: Town, weeks_ago: int = 0) -> Visitor:
    """Somebody answers the first page."""
    with town.app.app_context():
        code = town.join(today() - timedelta(weeks=weeks_ago))[2]
    person = Visitor(town, code, LANGUAGE).begin()
    person.send(then="next", **dict.fromkeys(person.questions, "3"))
    return person


def change(town: Town, *forms: str) -> None:
    with town.app.app_context():
        programme = town.inside()
        by = staff()
        decide(text_in(ASKED), by, "approve", *forms)
        fieldwork.override_language(programme, LANGUAGE, by)
        db.session.commit()


def asked_in(town: Town) -> list[str]:
    """The question as it stands in the words that each page was asked in."""
    with town.app.app_context():
        town.inside()
        key = text_in(ASKED).key
        pages = db.session.scalars(select(Page).order_by(Page.response_id)).all()
        return sorted(kept.texts_of(page.wording or "")[key][0] for page in pages)


def test_words_are_fixed_at_the_first_sitting_until_a_coordinator_moves_on(both: Town) -> None:
    shipped = text_in(ASKED).shipped[0]
    change(both, "Перше питання?")
    change(both, "Друге питання?")  # nobody was asked in between
    assert "Друге питання?" in sits_and_sees(both)
    change(both, "Третє питання?")
    assert "Друге питання?" in sits_and_sees(both)
    with both.app.app_context():
        programme = both.inside()
        assert len(Words(programme).newer(LANGUAGE)) == 1
        operations.move_on(programme, LANGUAGE)
        db.session.commit()
    assert "Третє питання?" in sits_and_sees(both)
    assert asked_in(both) == sorted(["Друге питання?", "Друге питання?", "Третє питання?"])
    assert shipped not in asked_in(both)
    with both.app.app_context():
        both.inside()
        kept_rows = db.session.scalars(select(Wording).where(Wording.language == LANGUAGE)).all()
        assert all(kept.hash_of(LANGUAGE, _forms(row)) == row.hash for row in kept_rows)


def sits_and_sees(town: Town) -> str:
    """What somebody new reads on their first page, who then answers it."""
    with town.app.app_context():
        code = town.join()[2]
    person = Visitor(town, code, LANGUAGE).begin()
    seen = person.page.text
    person.send(then="next", **dict.fromkeys(person.questions, "3"))
    return seen


def _forms(row: Wording) -> dict[str, tuple[str, ...]]:
    return {key: tuple(forms) for key, forms in row.texts.items()}


def test_one_sitting_is_held_in_one_wording(town: Town) -> None:
    change(town, "Перше питання?")
    with town.app.app_context():
        code = town.join()[2]
    person = Visitor(town, code, LANGUAGE).begin()
    change(town, "Друге питання?")
    with town.app.app_context():
        operations.move_on(town.inside(), LANGUAGE)
        db.session.commit()
    person.send(then="next", **dict.fromkeys(person.questions, "3"))
    assert asked_in(town) == ["Перше питання?"]
    assert "Друге питання?" in sits_and_sees(town)


def test_approved_words_stay_approved_while_newer_ones_wait(town: Town) -> None:
    """A programme that goes on in words that were approved is not closed by a newer text nobody looked at."""
    with town.app.app_context():
        by = approve_all(town.inside())
        db.session.commit()
        staff_id = by.id
    sits(town)
    with town.app.app_context():
        programme = town.inside()
        fixed = db.session.scalars(select(ProgrammeWording)).one()
        assert fixed.approved
        decide(text_in(ASKED), db.session.get_one(Staff, staff_id), "approve", "Новіше?")
        assert is_open(programme)
        decide(text_in(ASKED), db.session.get_one(Staff, staff_id), "refuse")
        assert not is_open(programme)


def test_draft_words_are_not_approved_by_approving_others(town: Town) -> None:
    """What is asked must be approved, not what would be asked."""
    with town.app.app_context():
        programme = town.inside()
        fieldwork.override_language(programme, LANGUAGE, None)
        db.session.commit()
    sits(town)
    with town.app.app_context():
        programme = town.inside()
        by = approve_all(programme)
        decide(text_in(ASKED), by, "approve", "Інакше?")
        fieldwork.withdraw_override(programme, LANGUAGE)
        db.session.flush()
        assert not is_open(programme)
        operations.move_on(programme, LANGUAGE)
        assert is_open(programme)
