"""The intake: both languages on one screen, saved as one goes, nobody's words lost, and none of it in a number."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import Babel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from instruments import library
from instruments.model import Domain, Item
from instruments.translation import words
from survey import fieldwork, opened
from survey.casework.intake import forms
from survey.clock import today
from survey.code_names import HOUSEHOLD_NAMES
from survey.codes import OBSERVED, SKILLS, SOURCES
from survey.database import db
from survey.models import Intake, IntakeSection, Participant, Response
from survey.privacy import erasure, own_data, removal
from tests.fixtures.application import Town, new_town, token_in
from tests.fixtures.pages import check_page, parsed
from tests.survey.casework.conftest import enrolment_of, inside, people, speaking
from tests.survey.casework.filling import differing, document, fields, send, text

INTAKE = library.load("intake")
ALONE = Flask("alone")
ALONE.secret_key = "for the marks of answers"
Babel(ALONE)
JSON = {"Accept": "application/json"}


class Together:
    """A casemanager and a person at one screen."""

    def __init__(self, town: Town, language: str = "ar", begin: bool = True) -> None:
        self.town, self.person = town, people(town, 1, language=language)[0]
        self.client: FlaskClient = speaking("nl", town.sign_in("casemanager"))
        with inside(town):
            self.address = f"/casework/enrolments/{enrolment_of(self.person).id}/intake"
        if begin:
            assert self.post("", language=language, interpreter="phone").status_code == 303

    def page(self) -> str:
        return self.client.get(self.address).text

    def post(self, below: str, headers: Any = None, **form: Any) -> Any:
        form["csrf_token"] = token_in(self.page())
        return self.client.post(self.address + below, data=form, headers=headers)

    def save(self, domain: str, version: int | str = 0, headers: Any = None, **answers: Any) -> Any:
        return self.save_all({domain: version}, headers, **answers)

    def save_all(self, versions: dict[str, Any], headers: Any = None, **answers: Any) -> Any:
        """Several sections at once, as those of a page that could not be saved by themselves."""
        seen = {f"version-{domain}": version for domain, version in versions.items()}
        return self.post("/sections", headers, part=list(versions), **seen, **answers)

    def stored(self, domain: str) -> tuple[int, dict[str, Any], str | None]:
        with inside(self.town):
            section = db.session.scalars(select(IntakeSection).where(IntakeSection.domain == domain)).one()
            return section.version, section.answers, section.words


@given(*[st.none() | st.dates(date(1990, 1, 1), today()) for _number in range(3)])
def test_days_of_one_life_are_in_order(arrived: date | None, until: date | None, since: date | None) -> None:
    """Nobody may stay until before they came, or lived here before that. What is wrong is said, and stays typed."""
    given = {"intake_arrived_on": arrived, "intake_stay_until": until, "intake_here_since": since}
    typed = {name: day.isoformat() for name, day in given.items() if day}
    arrival = next(one for one in INTAKE.domains if one.code == "arrival")
    with ALONE.test_request_context():
        sent = forms.read(INTAKE, arrival, MultiDict(typed))
    wrong = {name for name in typed if arrived and given[name] < arrived}  # type: ignore[operator]  # it was typed
    assert sent.errors.keys() == wrong
    assert {name: sent.typed[name] for name in typed} == typed
    assert not sent.answers.keys() & wrong


def test_each_line_stands_in_both_languages(town: Town) -> None:
    with_them = Together(town, "ar", begin=False)
    assert "intake_first" not in with_them.page() and "Is er een tolk bij?" in with_them.page()
    assert (
        with_them.page().count(">Nederlands</option>") == 0 and "Geen: alleen Nederlands" in with_them.page()
    )
    assert with_them.post("", language="ar").status_code == 422
    assert with_them.post("", language="ar", interpreter="phone").status_code == 303
    answer = with_them.client.get(with_them.address)
    document = check_page(answer)
    shown = {"".join(each.itertext()) for each in document.iter("span")}
    other = {
        "".join(each.itertext())
        for each in document.iter()
        if each.get("lang") == "ar" and each.get("dir") == "rtl"
    }
    for item in INTAKE.items:
        assert words(INTAKE, "nl").question(item.id) in shown
        assert words(INTAKE, "ar").question(item.id) in other
        assert {label for _code, label in words(INTAKE, "ar").options(item.id)} <= other
    assert "Niemand die العربية spreekt, heeft deze teksten al goedgekeurd." in answer.text
    with inside(town):
        intake = db.session.scalars(select(Intake)).one()
        assert (intake.mode, intake.interpreter, intake.language) == ("interpreter", "phone", "ar")


def test_what_each_question_is_for_is_there_to_be_asked(town: Town) -> None:
    page = Together(town, "nl").page()
    assert page.count('<details class="purpose">') == len(INTAKE.items)
    assert "Hulp bij schulden kan meteen beginnen." in page
    assert 'class="other"' not in page


def test_a_section_is_saved_by_itself_once_however_often_it_is_sent(any_town: Town) -> None:
    with_them = Together(any_town)
    form = {"intake_wish_first": "  een eigen winkel\r\nin Aalten ", "intake_help_with": ["5", "1"]}
    for _time in range(2):
        assert with_them.save("wishes", 0, **form).status_code == 303
    version, answers, kept = with_them.stored("wishes")
    assert (version, answers) == (1, {"intake_help_with": [1, 5]})
    assert json.loads(kept or "") == {"intake_wish_first": "een eigen winkel\nin Aalten"}
    page = with_them.page()
    assert "een eigen winkel\nin Aalten</textarea>" in page
    assert (
        page.count("checked") - page.count('-none" value="" checked') == 2 + 1
    )  # and that there is an interpreter
    assert with_them.save("wishes", 1, intake_help_with="1").status_code == 303
    assert with_them.stored("wishes") == (2, {"intake_help_with": [1]}, None)


def test_two_who_say_how_it_is_done_get_a_choice(any_town: Town) -> None:
    """Who begins it beside somebody else, too; what they left as it was follows the other."""
    with_them = Together(any_town, "ar", begin=False)
    other = speaking("en", any_town.sign_in("casemanager"))
    opened = other.get(with_them.address)
    assert with_them.post("", language="uk", interpreter="phone").status_code == 303
    clash = send(other, opened, with_them.address, interpreter="present")
    assert clash.status_code == 409
    assert list(differing(clash).values()) == [
        ("Yes, a professional, by telephone or screen", "Yes, a professional, here with us")
    ]
    assert how(any_town) == ("uk", "phone")
    assert send(other, opened, with_them.address, interpreter="phone").status_code == 303, "the same"
    assert send(other, clash, with_them.address).status_code == 303
    assert how(any_town) == ("uk", "present")
    opened = other.get(with_them.address)
    assert with_them.post("/finished").status_code == 303
    assert send(other, opened, with_them.address, language="so").status_code == 303, "that is no other answer"
    clash = send(other, opened, with_them.address, language="ti")
    assert list(differing(clash).values()) == [("Soomaali", "ትግርኛ")] and how(any_town) == ("so", "present")


def how(town: Town) -> tuple[str, str]:
    with inside(town):
        (intake,) = db.session.scalars(select(Intake))
        return intake.language, intake.interpreter


def test_nobody_overwrites_what_they_did_not_see(any_town: Town) -> None:
    with_them = Together(any_town)
    assert with_them.save("wishes", 0, intake_strengths="naaien").status_code == 303
    clash = with_them.save("wishes", 0, intake_strengths="koken")
    assert clash.status_code == 409
    assert "naaien" in clash.text and "koken" in clash.text
    assert with_them.stored("wishes")[0] == 1
    assert with_them.save("wishes", 0, JSON, intake_strengths="koken").status_code == 409
    assert (
        'name="version-wishes" value="1?' in clash.text
        and 'name="intake_strengths" value="koken"' in clash.text
    )
    assert with_them.save("wishes", 1, intake_strengths="koken").status_code == 303
    assert json.loads(with_them.stored("wishes")[2] or "") == {"intake_strengths": "koken"}


def test_a_question_that_was_left_follows_who_else_answered_it(town: Town) -> None:
    """Also where the other emptied it; only what both changed is asked."""
    with_them = Together(town)
    assert with_them.save("wishes", 0, intake_wish_first="zij", intake_help_with=["1"]).status_code == 303
    mine = seen(with_them, "wishes")
    theirs = {"intake_strengths": "naaien", "intake_help_with": ["5", "1"]}
    assert with_them.save("wishes", 1, **theirs).status_code == 303
    opened = {"intake_wish_first": "zij", "intake_help_with": ["1"]}
    assert with_them.save("wishes", mine, JSON, **opened).json == {"clash": True}, (
        "its page shows what stood there"
    )
    assert with_them.save("wishes", mine, **opened).status_code == 303, (
        "nothing was typed, so nothing to choose"
    )
    assert with_them.stored("wishes")[0] == 2
    speaking("en", with_them.client)
    clash = with_them.save("wishes", mine, **opened, intake_strengths="koken")
    assert list(differing(clash).values()) == [("naaien", "koken")]
    assert text(clash).count("Changed by somebody else") == 2, "and what one left is told"
    assert send(with_them.client, clash, f"{with_them.address}/sections").status_code == 303
    version, answers, words = with_them.stored("wishes")
    assert (version, answers) == (3, {"intake_help_with": [1, 5]})
    assert json.loads(words or "") == {"intake_strengths": "koken"}


#: Of some sections a question in words.
IN_WORDS = {"language": "intake_languages", "wishes": "intake_strengths", "work": "intake_occupation"}
STATES = st.sampled_from(["fits", "too long", "beside another"])


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(sorted(IN_WORDS)), STATES, min_size=1), st.data())
def test_each_of_several_parts_is_saved_or_still_on_the_page(
    app: Flask, parts: dict[str, str], data: st.DataObject
) -> None:
    """Whatever is wrong with one, and whoever wrote in another meanwhile. Nothing goes but by a choice."""
    with_them = Together(new_town(app, f"town-{uuid4().hex}"))
    client = speaking("en", with_them.client)
    theirs = {each: f"theirs of {each}" for each, state in parts.items() if state == "beside another"}
    for each, words_of_it in theirs.items():
        assert with_them.save(each, 0, **{IN_WORDS[each]: words_of_it}).status_code == 303
    mine = {
        each: f"mine of {each}" + ("x" * 2000 if state == "too long" else "") for each, state in parts.items()
    }
    waiting = [with_them.save_all(dict.fromkeys(parts, 0), **{IN_WORDS[each]: mine[each] for each in parts})]
    while waiting:
        page = waiting.pop()
        if page.status_code == 422:
            assert all(mine[each] in page.text for each in mine)
            mine = {each: words_of_it.strip("x") for each, words_of_it in mine.items()}
            waiting.append(_corrected(with_them, page))
        elif page.status_code == 409:
            (shown,) = (each for each in mine if f"mine of {each}" in str(differing(page)))
            keeps = data.draw(st.booleans())
            if not keeps:
                mine[shown] = theirs[shown]
            if keeps or is_among_others(page):
                button = None if keeps else ("leave", shown)
                waiting.append(send(client, page, f"{with_them.address}/sections", button))
        else:
            assert page.status_code == 303
    for each in parts:
        assert json.loads(with_them.stored(each)[2] or "") == {IN_WORDS[each]: mine[each]}


def _corrected(with_them: Together, page: TestResponse) -> TestResponse:
    """All of the page is sent once more."""
    (form,) = (form for form in document(page).iter("form") if form.get("data-by-part") is not None)
    sent = MultiDict((name, value.strip("x")) for name, value in fields(form).items(multi=True))
    return with_them.client.post(f"{with_them.address}/sections", data=sent)


def is_among_others(page: TestResponse) -> bool:
    return any(button.get("name") == "leave" for button in document(page).iter("button"))


@pytest.mark.parametrize("keeps", [True, False])
def test_an_intake_that_was_to_be_finished_is_after_the_choice(town: Town, keeps: bool) -> None:
    with_them = Together(town)
    client = speaking("en", with_them.client)
    page, target = client.get(with_them.address), f"{with_them.address}/finished"
    assert with_them.save("wishes", 0, intake_strengths="theirs").status_code == 303
    clash = send(client, page, target, intake_strengths="mine")
    assert list(differing(clash).values()) == [("theirs", "mine")]
    assert send(client, clash, target, None if keeps else ("leave", "wishes")).status_code == 303
    assert json.loads(with_them.stored("wishes")[2] or "") == {
        "intake_strengths": "mine" if keeps else "theirs"
    }
    with inside(town):
        assert db.session.scalars(select(Intake)).one().state == "finished"


def test_only_what_was_typed_waits_for_a_choice(town: Town) -> None:
    """Without scripts a page sends all of its parts."""
    with_them = Together(town)
    client = speaking("en", with_them.client)
    page = client.get(with_them.address)
    assert with_them.save("wishes", 0, intake_strengths="theirs").status_code == 303
    target = f"{with_them.address}/sections"
    clash = send(client, page, target, intake_strengths="mine")
    assert list(differing(clash).values()) == [("theirs", "mine")] and not is_among_others(clash)
    clash = send(client, page, target, intake_strengths="mine", intake_occupation="baker")
    assert is_among_others(clash) and "Work" in text(clash) and "Housing" not in text(clash)
    assert send(client, clash, target, button=("leave", "wishes")).status_code == 303
    assert with_them.save("wishes", 1, intake_strengths="theirs", intake_help_with=["1"]).status_code == 303
    assert list(differing(send(client, page, target, intake_wish_first="a shop")).values()) == [
        ("–", "a shop")
    ]
    assert json.loads(with_them.stored("work")[2] or "") == {"intake_occupation": "baker"}
    assert json.loads(with_them.stored("wishes")[2] or "") == {"intake_strengths": "theirs"}


def test_a_part_that_is_none_of_the_intake_is_not_there(town: Town) -> None:
    with_them = Together(town)
    assert with_them.save_all({"wishes": 0, "garden": 0}, intake_strengths="naaien").status_code == 404
    assert "naaien" not in with_them.page()


@given(st.sampled_from(INTAKE.domains), st.data())
def test_what_follows_a_colleague_fits_what_was_typed(domain: Domain, data: st.DataObject) -> None:
    """Three sets of answers that each fit: as opened, as sent, as it is now. None that was given anew is lost."""
    with ALONE.test_request_context():
        opened_as, sent, now = (_fitting(domain, data) for _time in range(3))
        marks = opened.written(1, opened.of_texts(opened_as.typed))
        part = forms.follow(INTAKE, forms.Part(domain, sent, marks), now.typed, "2")
    assert part.sent.errors == {}
    for item in domain.items:
        if sent.typed[item.id] != opened_as.typed[item.id]:
            assert part.sent.typed[item.id] == sent.typed[item.id]
        else:
            assert part.sent.typed[item.id] in (sent.typed[item.id], now.typed[item.id])


def _fitting(domain: Domain, data: st.DataObject) -> forms.Sent:
    """Answers to some of the questions of a section, without those that do not fit the others."""
    given = {item.id: data.draw(st.none() | st.sampled_from(_possible(item))) for item in domain.items}
    while True:
        pairs = [(name, one) for name, value in given.items() for one in value or []]
        sent = forms.read(INTAKE, domain, MultiDict(pairs))
        if not sent.errors:
            return sent
        given = {name: None if name in sent.errors else value for name, value in given.items()}


def _possible(item: Item) -> list[list[str]]:
    if item.scale:
        return [[str(code)] for code in INTAKE.scale_of(item.id).codes]
    days = [[day] for day in ("2021-05-06", "2023-04-05", "2025-03-04")]
    return {"date": days, "number": [[str(item.least)], [str(item.most)]]}.get(item.answer, [["a"], ["b"]])


def test_what_depends_on_an_answer_stays_with_it_beside_a_colleague(town: Town) -> None:
    with_them = Together(town)
    speaking("en", with_them.client)
    assert with_them.save("health", 0, intake_health_share="1").status_code == 303
    mine = seen(with_them, "health")
    assert with_them.save("health", 1, intake_health_share="0").status_code == 303
    clash = with_them.save("health", mine, intake_health_share="1", intake_health_words="an operation in May")
    yours = {answers[1] for answers in differing(clash).values()}
    assert "an operation in May" in yours and len(yours) == 2, "and the answer it depends on"
    assert send(with_them.client, clash, f"{with_them.address}/sections").status_code == 303
    assert with_them.stored("health")[1:] == (
        {"intake_health_share": 1}, '{"intake_health_words": "an operation in May"}'
    )  # fmt: skip


def seen(with_them: Together, domain: str) -> str:
    """What the form of a section carries of what it was opened with."""
    fields = parsed(with_them.page()).iter("input")
    return next(field.get("value", "") for field in fields if field.get("name") == f"version-{domain}")


WRONG = [
    ("arrival", {"intake_arrived_on": "31 december"}, "31 december"),
    ("arrival", {"intake_arrived_on": "0099-01-01"}, "0099-01-01"),
    ("family", {"intake_household": "3", "intake_children": "zes"}, "zes"),
    ("family", {"intake_household": "3", "intake_children": "21"}, "21"),
    ("family", {"intake_household": "1", "intake_children": "2"}, "2"),
    ("health", {"intake_health_share": "0", "intake_health_words": "een last"}, "een last"),
    ("wishes", {"intake_strengths": "x" * 2001}, "x" * 2001),
]


@pytest.mark.parametrize(("domain", "typed", "kept"), WRONG)
def test_what_does_not_fit_is_said_and_not_lost(
    town: Town, domain: str, typed: dict[str, str], kept: str
) -> None:
    with_them = Together(town)
    answer = with_them.save(domain, **typed)
    assert answer.status_code == 422
    assert "Nog niet bewaard" in answer.text and "field-error" in answer.text
    assert f'value="{kept}"' in answer.text or f">{kept}</textarea>" in answer.text
    assert list(with_them.save(domain, headers=JSON, **typed).json["errors"]) == [list(typed)[-1]]
    with inside(town):
        assert db.session.scalar(select(func.count(IntakeSection.id))) == 0


def test_a_script_is_told_what_it_needs(town: Town) -> None:
    with_them = Together(town)
    saved = with_them.save("family", headers=JSON, intake_household="1", intake_family_abroad="1")
    version = seen(with_them, "family")
    assert version.startswith("1?")
    assert saved.json == {"family": {"version": version, "answered": 2, "questions": 2}}
    assert "2 van 2" in with_them.page()


def answer_to(item: Item) -> Any:
    """One that fits, whatever stands above."""
    if item.answer == "words":
        return f"woorden van {item.id}"
    if item.answer == "date":
        return "2025-03-04"
    if item.answer == "number":
        return str(item.most)
    codes = [str(code) for code in INTAKE.scale_of(item.id).codes]
    depending = [one.shown_if.codes for one in INTAKE.items if one.shown_if and one.shown_if.item == item.id]
    return codes if item.answer == "several" else (str(depending[0][0]) if depending else codes[-1])


def test_all_of_it_is_given_back_to_the_person_and_counts_nowhere(town: Town) -> None:
    with_them = Together(town)
    for domain in INTAKE.domains:
        assert (
            with_them.save(domain.code, **{item.id: answer_to(item) for item in domain.items}).status_code
            == 303
        )
    assert with_them.post("/finished").status_code == 303
    with inside(town):
        assert (db.session.scalars(select(Intake)).one().state, db.session.scalar(select(Response.id))) == (
            "finished",
            None,
        )
        (whole,) = own_data.collect(with_them.person, "nl", None, True).intakes
        answered = [one for domain in whole.domains for one in domain.answers]
        assert [one.question for one in answered] == [
            words(INTAKE, "nl").question(item.id) for item in INTAKE.items
        ]
        assert all(one.label for one in answered)
        with_a_code = own_data.collect(with_them.person, "nl", lambda page: True, True, with_casework=False)
        assert (with_a_code.intakes, with_a_code.casework_closed) == ([], True)
    assert (
        "woorden van intake_wish_first"
        in with_them.client.get(f"/casework/participants/{with_them.person}/rights/document").text
    )
    coordinator = town.sign_in("coordinator").get(f"/manage/answers-of/{with_them.person}/document")
    assert coordinator.status_code == 200 and "woorden van" not in coordinator.text
    assert (
        f"{len(INTAKE.items)} van {len(INTAKE.items)} vragen beantwoord."
        in with_them.client.get(f"/casework/participants/{with_them.person}").text
    )


def test_it_stays_when_somebody_no_longer_takes_part_and_goes_with_the_person(any_town: Town) -> None:
    with_them = Together(any_town)
    with_them.save("wishes", intake_strengths="naaien")
    with inside(any_town):
        erasure.take_back_answers(enrolment_of(with_them.person), "nl")
    assert "naaien" in with_them.page()
    with inside(any_town):
        erasure.forget(db.session.get_one(Participant, with_them.person), keep_answers=True)
    with inside(any_town):
        assert [
            db.session.scalar(select(func.count()).select_from(one)) for one in (Intake, IntakeSection)
        ] == [0, 0]


def test_it_goes_with_other_casework_when_that_was_kept_long_enough(town: Town) -> None:
    with_them = Together(town)
    with inside(town):
        enrolment = enrolment_of(with_them.person)
        assert removal.last_written()[enrolment.id] == today()
        removal.remove("casework", enrolment)
        assert db.session.scalar(select(func.count(Intake.id))) == 0
        assert enrolment.id not in removal.what_is_there()["casework"]
    assert with_them.post("", language="ar", interpreter="none").status_code == 303
    with inside(town):
        assert enrolment_of(with_them.person).id in removal.what_is_there()["casework"]


def test_what_can_be_carried_over_is_called_as_it_is_there() -> None:
    homes = {"household": tuple(HOUSEHOLD_NAMES), "arrival_year": None, "source": SOURCES, **OBSERVED}
    carried = [item for item in INTAKE.items if item.records]
    assert {"household", "arrival_year", "work_status", "contract", "fit_level", *SKILLS} <= {
        item.records for item in carried
    }
    for item in carried:
        known = homes[item.records or ""]
        if known is not None:
            assert set(INTAKE.scale_of(item.id).values) <= set(known), item.id


def test_no_programme_can_ask_it_in_a_wave(town: Town) -> None:
    with inside(town), pytest.raises(fieldwork.Refused):
        fieldwork.add_programme("other", "Other", ["intake"], [fieldwork.WavePlan("before", 0, 4)])


@given(st.sampled_from(INTAKE.domains), st.data())
def test_nothing_that_is_sent_is_taken_for_something_else(domain: Any, data: st.DataObject) -> None:
    """Every answer either means what its question offers, or comes back with what is wrong: never an error page."""
    texts = st.one_of(
        st.text(max_size=8), st.sampled_from(["0", "1", "7", "٣", "2025-02-30", "2025-03-04", "-1", "1e3"])
    )
    sent = {item.id: data.draw(st.lists(texts, max_size=2)) for item in domain.items}
    with ALONE.test_request_context():
        pairs = [(name, one) for name, each in sent.items() for one in each]
        found = forms.read(INTAKE, domain, MultiDict(pairs))
    for item in domain.items:
        answer = found.all.get(item.id)
        if item.scale and answer is not None:
            assert set(answer if isinstance(answer, list) else [answer]) <= set(
                INTAKE.scale_of(item.id).codes
            )
        if item.answer == "number" and answer is not None:
            assert item.least <= int(str(answer)) <= item.most
        if item.answer == "date" and answer is not None:
            date.fromisoformat(str(answer))
        assert not (answer is not None and item.id in found.errors)


def test_another_town_has_nothing_to_open(app: Flask, town: Town) -> None:
    with_them, stranger = Together(town), new_town(app, "borne").sign_in("casemanager")
    assert stranger.get(with_them.address).status_code == 404
    assert town.sign_in("coordinator").get(with_them.address).status_code == 403
    assert isinstance(with_them.person, UUID)
