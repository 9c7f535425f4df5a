"""Answers given back to the person who gave them: what is shown, to whom, and what a casemanager gets to see."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from babel.dates import format_date
from flask import Flask
from sqlalchemy import select

from instruments import library
from instruments.translation import words
from survey.clock import now, today
from survey.database import db
from survey.models import Enrolment, Page, PictureLock, Response, TalkWish
from survey.privacy import erasure
from tests.fixtures.application import Town, new_town, token_in
from tests.fixtures.pages import words_of
from tests.fixtures.visitor import FOUR, Visitor

ANSWERS = "/survey/your-answers"
CHOOSE = "/survey/pictures"
OPEN = f"{ANSWERS}/pictures"
LATER = timedelta(weeks=10)


@pytest.fixture
def town(any_app: Flask) -> Town:
    """Asks two pages, in two waves."""
    return new_town(any_app, instruments=("wellbeing",), waves=("before", "after"))


def visitor(town: Town) -> Visitor:
    with town.app.app_context():
        return Visitor(town, town.join()[2], careful=True)


def again(person: Visitor) -> Visitor:
    return Visitor(person.town, person.code, careful=True)


def answered(person: Visitor, value: str, text: str = "") -> Visitor:
    person.begin().answer_all(value).send(text=text, then="next")
    assert person.place == "/survey/done"
    return person


def levels(person: Visitor) -> list[list[str]]:
    """By subject, what is shown of each moment, the latest first."""
    return [
        [words_of(moment) for moment in subject.findall(".//dl[@class='moments']/div")]
        for subject in person.document.iterfind(".//section[@class='subject']")
    ]


def test_what_was_answered_now_is_seen_at_once_and_in_words(town: Town) -> None:
    person = answered(visitor(town), "4")
    assert "4 of 5" not in words_of(person.document), "somebody may be looking along"
    person.go(ANSWERS)
    assert levels(person) == [["Now 4 of 5"], ["Now 4 of 10"]]
    read = words_of(person.document)
    asked = words(library.load("wellbeing"), "en")
    assert f"{asked.question('wellbeing_1')} {dict(asked.options('wellbeing_1'))[4]}" in read
    for judging in ("better", "worse", "improved", "score"):
        assert judging not in read.lower()


def test_what_was_skipped_is_not_judged(town: Town) -> None:
    person = visitor(town).begin()
    while person.place != "/survey/last":
        person.send(then="next")
    person.send(text="", then="next")
    person.go(ANSWERS)
    assert levels(person) == [["Now No answer"], ["Now No answer"]]


def test_a_later_visit_shows_what_was_before_only_with_the_pictures(town: Town) -> None:
    person = answered(visitor(town), "2")
    person.go(CHOOSE)
    person.choose_pictures()
    assert person.place == f"{CHOOSE}/chosen"
    day = today()
    with time_machine.travel(now() + LATER, tick=False):
        person = answered(again(person), "4")
        person.go(ANSWERS)
        assert levels(person) == [["Now 4 of 5"], ["Now 4 of 10"]]
        assert "Show what I answered before" in person.page.text
        person.go(OPEN)
        person.choose_pictures()
        assert person.place == ANSWERS
        then = format_date(day, "long", "en_GB")
        assert levels(person) == [["Now 4 of 5", f"{then} 2 of 5"], ["Now 4 of 10", f"{then} 2 of 10"]]
        assert "Show what I answered before" not in person.page.text


@pytest.mark.parametrize(
    "wrong", [("sun", "fish", "key", "cat"), ("fish", "sun", "key", "cup"), ("cat", "key", "sun", "fish")]
)
def test_other_pictures_or_another_order_open_nothing(town: Town, wrong: tuple[str, ...]) -> None:
    person = answered(visitor(town), "2")
    person.go(CHOOSE)
    person.choose_pictures()
    other = again(person).enter()
    other.send(language="en")
    assert other.go(ANSWERS) and other.place == OPEN
    other.choose_pictures(*wrong)
    assert other.page.status_code == 422 and "not your pictures" in other.page.text
    assert other.go(ANSWERS) and other.place == OPEN


def test_guessing_waits_longer_each_time_and_the_owner_still_answers(town: Town) -> None:
    person = answered(visitor(town), "2")
    person.go(CHOOSE)
    person.choose_pictures()
    other = again(person).enter()
    other.send(language="en")
    other.go(OPEN)
    wrong = ("cup", "key", "sun", "fish")
    for _ in range(3):
        other.choose_pictures(*wrong)
        assert "not your pictures" in other.page.text
    waits, moment = [], now()
    for _ in range(13):
        with time_machine.travel(moment, tick=False):
            other = again(person).enter()
            other.send(language="en")
            other.go(OPEN)
            other.choose_pictures(*wrong)
            other.choose_pictures(*FOUR)
            assert other.page.status_code == 422 and "Too many wrong pictures" in other.page.text
            with town.app.app_context():
                town.inside()
                blocked = db.session.scalars(select(PictureLock)).one().blocked_until
            waits.append(round(blocked - moment.timestamp()))
            moment += timedelta(seconds=waits[-1] + 1)
    assert waits[:4] == [60, 120, 240, 480] and waits[-1] == max(waits) == 24 * 3600
    with time_machine.travel(moment, tick=False):
        other = again(person).enter()
        other.send(language="en")
        other.go(OPEN)
        other.choose_pictures(*FOUR)
        assert other.place == ANSWERS


@pytest.mark.parametrize(
    "pictures",
    [("fish", "fish", "sun", "key"), ("fish", "sun", "key"), ("fish", "sun", "key", "moon"), ()],
    ids=["twice the same", "three", "not one of them", "none"],
)
def test_four_different_pictures_are_chosen_or_none(town: Town, pictures: tuple[str, ...]) -> None:
    person = answered(visitor(town), "2")
    person.go(CHOOSE)
    person.send(**{f"picture_{number}": one for number, one in enumerate(pictures, start=1)})
    assert person.page.status_code == 422 and "four different pictures" in person.page.text
    with town.app.app_context():
        town.inside()
        assert db.session.scalars(select(PictureLock)).all() == []


def test_pictures_are_chosen_only_by_who_has_just_answered(town: Town) -> None:
    """Else whoever holds the letter chooses some, and waits."""
    person = answered(visitor(town), "2")
    other = again(person).enter()
    other.send(language="en")
    assert other.go(CHOOSE) and other.place == "/survey/your-data"
    halfway = visitor(town).begin()
    assert halfway.go(CHOOSE) and halfway.place == "/survey/your-data"


def test_who_came_in_earlier_and_waited_opens_nothing(town: Town) -> None:
    """A casemanager tries the code, keeps the page open, lets the person answer, and then chooses pictures."""
    waiting = visitor(town).begin()
    person = again(waiting).begin()
    person.answer_all("2").send(text="my words", then="next")
    for address in ("/survey/done", ANSWERS, CHOOSE):
        waiting.go(address)
        assert "2 of 5" not in waiting.page.text
    waiting.choose_pictures()
    waiting.go(ANSWERS)
    assert levels(waiting) == []
    assert "my words" not in waiting.go("/survey/your-data/document").text
    back = again(waiting).enter()
    back.send(language="en")
    back.go(OPEN)
    back.choose_pictures()
    assert "my words" not in back.go("/survey/your-data/document").text
    assert back.go(ANSWERS) and levels(back) == []


def test_answers_of_an_earlier_sitting_stay_closed_without_pictures(town: Town) -> None:
    """Somebody stops, and the wave is finished by another who has the letter."""
    first = visitor(town).begin()
    first.send(then="next", **dict.fromkeys(first.questions, "1"))
    second = again(first).begin()
    assert second.place.endswith("life_satisfaction")
    second.answer_all("9").send(text="", then="next")
    second.go(ANSWERS)
    assert levels(second) == [["Now 9 of 10"]]


def test_new_pictures_of_who_knew_the_old_ones_open_all(town: Town) -> None:
    person = answered(visitor(town), "2")
    person.go(CHOOSE)
    person.choose_pictures()
    with time_machine.travel(now() + LATER, tick=False):
        person = answered(again(person), "4")
        person.go(OPEN)
        person.choose_pictures()
        person.go(CHOOSE)
        person.choose_pictures("cup", "clock", "bird", "boat")
        other = again(person).enter()
        other.send(language="en")
        other.go(OPEN)
        other.choose_pictures("cup", "clock", "bird", "boat")
        assert [len(subject) for subject in levels(other)] == [2, 2]


def test_new_pictures_of_who_forgot_the_old_ones_open_what_came_since(town: Town) -> None:
    person = answered(visitor(town), "2")
    person.go(CHOOSE)
    person.choose_pictures()
    with time_machine.travel(now() + LATER, tick=False):
        person = answered(again(person), "4")
        person.go(CHOOSE)
        person.choose_pictures("cup", "clock", "bird", "boat")
        other = again(person).enter()
        other.send(language="en")
        other.go(OPEN)
        other.choose_pictures("cup", "clock", "bird", "boat")
        assert levels(other) == [["Now 4 of 5"], ["Now 4 of 10"]]


def test_a_casemanager_sees_what_was_ticked_and_nothing_else(town: Town) -> None:
    person = answered(visitor(town), "2", "my words")
    person.go(ANSWERS)
    person.send(talk="wellbeing")
    assert person.place == CHOOSE
    client = town.sign_in("casemanager")
    assert client.get("/casework/").text.count("Wil praten") == 2, "in the filter, and of this person"
    page = client.get(f"/casework/participants/{participant_of(town)}").text
    assert "Wil praten over" in page and words(library.load("wellbeing"), "nl").domain("wellbeing") in page
    assert "my words" not in page and "2 of 5" not in page
    with town.app.app_context():
        town.inside()
        wish = db.session.scalars(select(TalkWish)).one()
        address = f"/casework/wishes/{wish.id}/talked"
        answers = db.session.scalars(select(Page.answers)).all()
        assert wish.domain == "wellbeing" and wish.talked_on is None
    assert client.post(address, data={"csrf_token": token_in(page)}).status_code == 303
    assert client.get("/casework/").text.count("Wil praten") == 1
    with town.app.app_context():
        town.inside()
        assert db.session.scalars(select(TalkWish)).one().talked_on == today()
        assert db.session.scalars(select(Page.answers)).all() == answers


def participant_of(town: Town) -> str:
    with town.app.app_context():
        town.inside()
        return str(db.session.scalars(select(Enrolment)).one().participant_id)


def test_a_tick_is_taken_back_and_asked_again(town: Town) -> None:
    person = answered(visitor(town), "2")
    for ticked, left in (
        ("wellbeing", ["wellbeing"]),
        ("", []),
        ("life_satisfaction", ["life_satisfaction"]),
    ):
        person.go(ANSWERS)
        person.send(talk=ticked)
        assert wishes(town) == left
    person.go(ANSWERS)
    person.send(talk=["wellbeing", "life_satisfaction", "no-such-subject", "work"])
    assert wishes(town) == ["life_satisfaction", "wellbeing"]


def wishes(town: Town) -> list[str]:
    with town.app.app_context():
        town.inside()
        return sorted(db.session.scalars(select(TalkWish.domain)))


def test_who_sees_no_answers_ticks_nothing(town: Town) -> None:
    person = visitor(town).enter()
    person.send(language="en")
    person.send(ANSWERS, talk="wellbeing")
    assert wishes(town) == []


def test_taking_back_takes_the_ticks_and_the_pictures_and_so_does_being_erased(town: Town) -> None:
    for way in ("withdraws", "is erased"):
        person = answered(visitor(town), "2")
        person.go(ANSWERS)
        person.send(talk="wellbeing")
        person.choose_pictures()
        if way == "withdraws":
            person.go(ANSWERS)
            person.send("/survey/your-data/answers")
            assert person.place == "/goodbye/withdrawn"
        else:
            with town.app.app_context():
                town.inside()
                [someone] = [
                    one.participant for one in db.session.scalars(select(Enrolment)) if len(_own(one))
                ]
                erasure.forget(someone)
                db.session.commit()
        with town.app.app_context():
            town.inside()
            for model in (TalkWish, PictureLock, Response):
                assert db.session.scalars(select(model)).all() == [], way


def _own(enrolment: Enrolment) -> list[Response]:
    return list(db.session.scalars(select(Response).where(Response.enrolment_id == enrolment.id)))


def test_pictures_stand_nowhere_in_the_open(town: Town) -> None:
    person = answered(visitor(town), "2")
    person.go(CHOOSE)
    person.choose_pictures()
    with town.app.app_context():
        town.inside()
        lock = db.session.scalars(select(PictureLock)).one()
        assert lock.pictures == " ".join(FOUR)
        assert not any(picture.encode() in (lock.pictures_sealed or b"") for picture in FOUR)
    told = person.go("/survey/your-data/document").text
    assert "You chose four pictures" in told and "fish" not in told


def test_after_closing_nobody_sees_the_chosen_pictures(town: Town) -> None:
    person = answered(visitor(town), "2")
    person.go(CHOOSE)
    person.choose_pictures()
    assert all(picture in person.page.text for picture in FOUR)
    person.send("/survey/close")
    assert person.place == "/goodbye/thanks"
    for address in (f"{CHOOSE}/chosen", ANSWERS, "/survey/done"):
        assert person.go(address) and person.place == "/"
    other = again(person).enter()
    other.send(language="en")
    assert other.go(f"{CHOOSE}/chosen") and other.place == "/survey/your-data"


def test_a_page_of_questions_leads_on_once_all_is_finished(town: Town) -> None:
    """The back button after the last page: nothing is lost, and nothing of it is shown."""
    person = answered(visitor(town), "2")
    assert person.go("/survey/wellbeing/wellbeing") and person.place == "/survey/done"


def test_an_imported_answer_is_opened_by_nobody_here(town: Town) -> None:
    """What staff typed or imported has no sitting: the organisation gives it on paper."""
    person = answered(visitor(town), "2")
    with town.app.app_context():
        town.inside()
        for page in db.session.scalars(select(Page)):
            page.given = page.sitting = None
        db.session.commit()
    person.go(CHOOSE)
    person.choose_pictures()
    other = again(person).enter()
    other.send(language="en")
    other.go(OPEN)
    other.choose_pictures()
    assert other.place != ANSWERS or levels(other) == []
