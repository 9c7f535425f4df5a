"""What reviewers changed is what participants of their organisation read, as text, and nobody else does."""

from __future__ import annotations

from sqlalchemy import select

from survey.database import db
from survey.models import Page
from survey.wording import operations
from survey.wording.operations import Decision
from survey.wording.texts import all_texts
from tests.fixtures.application import MakeTown, Town
from tests.fixtures.visitor import Visitor
from tests.survey.wording.test_rule import staff

LANGUAGE = "ar"


def change(town: Town, source: str, *forms: str) -> None:
    with town.app.app_context():
        town.inside()
        every = [text for text in all_texts(LANGUAGE).by_key.values() if text.source[0] == source]
        text = min(
            every, key=lambda one: one.context.startswith("scale:")
        )  # an intake has words like the interface's
        operations.decide(
            LANGUAGE, text.key, Decision("approve", forms), staff(), operations.seen(text, None)
        )
        db.session.commit()


def come(town: Town) -> Visitor:
    with town.app.app_context():
        code = town.join(language=LANGUAGE)[2]
    return Visitor(town, code, LANGUAGE, careful=True).enter()


def test_texts_around_the_questions_change_at_once_and_here_only(town: Town, make_town: MakeTown) -> None:
    other = make_town(town.app, "borne")
    change(town, "Choose your language", "اختر لغتك هنا")
    change(town, "What do we ask?", "عن ماذا نسأل هنا؟")
    change(town, "I do not know", "لا أدري هنا")
    change(town, "The last question", "آخر سؤال هنا")
    for place, is_there in ((town, True), (other, False)):
        person = come(place)
        assert ("اختر لغتك هنا" in person.page.text) == is_there
        person.send(language=LANGUAGE)
        assert ("عن ماذا نسأل هنا؟" in person.page.text) == is_there
        person.send(take_part="yes")
        assert ("لا أدري هنا" in person.page.text) == is_there
        person.answer_all()
        assert ("آخر سؤال هنا" in person.page.text) == is_there


def test_what_somebody_wrote_is_text_and_never_markup(town: Town) -> None:
    change(town, "What do we ask?", "<img src=x onerror=alert(1)> & <b>")
    person = come(town)
    person.send(language=LANGUAGE)
    assert "<img src=x" not in person.page.text
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; &lt;b&gt;" in person.page.text


def test_names_are_put_in_and_stay_text(town: Town) -> None:
    source = "%(organisation)s wants to know what goes well and what does not. We ask the same again later."
    change(town, source, "<%(organisation)s> يسأل")
    person = come(town)
    person.send(language=LANGUAGE)
    assert "&lt;Gemeente aalten&gt; يسأل" in person.page.text


def test_who_reads_their_data_reads_the_question_as_it_was_asked(town: Town) -> None:
    with town.app.app_context():
        question = next(
            text for text in all_texts(LANGUAGE).by_key.values() if text.context == "item: work_1"
        )
    change(town, question.source[0], "كيف عملك هنا؟")
    person = come(town)
    person.send(language=LANGUAGE)
    person.send(take_part="yes")
    assert "كيف عملك هنا؟" in person.page.text
    person.send(then="data", work_1="3")
    person.go("/survey/your-data/document")
    assert "كيف عملك هنا؟" in person.page.text
    with town.app.app_context():
        town.inside()
        (page,) = db.session.scalars(select(Page)).all()
        assert page.language == LANGUAGE and page.wording


def test_each_page_remembers_the_words_of_its_language(town: Town) -> None:
    """Whoever changes language on the way was asked in the words of both."""
    person = come(town)
    person.send(language=LANGUAGE)
    person.send(take_part="yes")
    person.send(then="next", **dict.fromkeys(person.questions, "3"))
    person.go("/survey/language")
    person.send(language="en")
    person.send(then="next", **dict.fromkeys(person.questions, "3"))
    with town.app.app_context():
        town.inside()
        told = {page.language: page.wording for page in db.session.scalars(select(Page))}
    assert set(told) == {LANGUAGE, "en"} and len(set(told.values())) == 2 and all(told.values())
