"""Later waves may ask how the start is seen now, and whether it is better or worse: apart from all the rest."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from instruments import library
from instruments.asking import LOOKING_BACK
from instruments.translation import words
from survey import aloud, fieldwork
from survey.clock import now
from survey.database import db
from survey.models import Page, Programme, Response, Staff, Wave
from survey.wording import operations, rule
from survey.wording.operations import Decision
from survey.wording.texts import all_texts
from tests.fixtures.application import Town, new_town
from tests.fixtures.pages import words_of
from tests.fixtures.visitor import Visitor, newcomer
from tests.survey.casework.conftest import counted

LATER = timedelta(weeks=10)
BOTH = ("then_now", "anchor")
OWN = ("wellbeing", "integration-short")
ITEMS = (("then-now", "wellbeing_then"), ("then-now", "wellbeing_now"), ("anchor", "wellbeing_anchor"))


def answered(town: Town) -> dict[tuple[str, str, str], tuple[dict[str, Any], float | None]]:
    """By wave, instrument and domain: answers and score."""
    statement = (
        select(Wave.key, Response.instrument, Page.domain, Page.answers, Page.score)
        .join(Response, Response.id == Page.response_id)
        .join(Wave, Wave.id == Response.wave_id)
    )
    with town.app.app_context():
        town.inside()
        return {
            (wave, key, domain): (found, score)
            for wave, key, domain, found, score in db.session.execute(statement)
        }


def asked(town: Town, wave: str) -> list[str]:
    return list(dict.fromkeys(key for at, key, _ in answered(town) if at == wave))


def goes_through_both(town: Town, language: str = "en") -> list[str]:
    """Somebody answers the first wave and, ten weeks on, the second; the pages of the second in order."""
    with town.app.app_context():
        code = town.join()[2]
    first = Visitor(town, code, language).begin().answer_all("2")
    first.send(then="next", text="")
    seen = []
    with time_machine.travel(now() + LATER, tick=False):
        person = Visitor(town, code, language, careful=True).begin()
        while person.place != "/survey/last":
            seen.append(person.place)
            person.send(then="next", **dict.fromkeys(person.questions, "4"))
        person.send(then="next", text="")
        assert person.place == "/survey/done"
    return seen


@pytest.mark.parametrize(("then_now", "anchor"), list(product([False, True], repeat=2)))
def test_it_is_asked_in_later_waves_alone_and_where_it_was_chosen(
    app: Flask, then_now: bool, anchor: bool
) -> None:
    chosen = [name for name, is_on in zip(BOTH, (then_now, anchor), strict=True) if is_on]
    town = new_town(app, instruments=OWN, looking_back=tuple(chosen))
    pages = goes_through_both(town)
    assert set(asked(town, "before")) == set(OWN)
    assert set(asked(town, "after")) == {*OWN, *(key.replace("_", "-") for key in chosen)}
    order = list(dict.fromkeys(page.split("/")[2] for page in pages))
    assert order == [*OWN, *(key.replace("_", "-") for key in chosen)], "after all other questions"


def test_each_subject_is_asked_about_once_and_no_other(any_app: Flask) -> None:
    town = new_town(any_app, instruments=("wellbeing",), looking_back=BOTH)
    goes_through_both(town)
    found = {key: kept for key, kept in answered(town).items() if key[1] in LOOKING_BACK}
    assert found == {
        ("after", "then-now", "wellbeing"): ({"wellbeing_then": 4, "wellbeing_now": 4}, None),
        ("after", "anchor", "wellbeing"): ({"wellbeing_anchor": 4}, None),
    }


def test_other_scores_are_what_they_are_without(app: Flask) -> None:
    towns = [new_town(app, "with", looking_back=BOTH), new_town(app, "without")]
    for town in towns:
        goes_through_both(town)
    found, without = map(answered, towns)
    assert {key: kept for key, kept in found.items() if key[1] not in LOOKING_BACK} == without
    assert {score for key, (_, score) in found.items() if key[1] in LOOKING_BACK} == {None}


def test_an_answer_means_the_same_in_arabic_and_dutch(app: Flask) -> None:
    towns = [new_town(app, "arabic", OWN, looking_back=BOTH), new_town(app, "dutch", OWN, looking_back=BOTH)]
    pages = [goes_through_both(town, language) for town, language in zip(towns, ("ar", "nl"), strict=True)]
    assert pages[0] == pages[1]
    assert answered(towns[0]) == answered(towns[1])


def test_a_change_is_shown_by_arrows_and_not_by_moods(app: Flask) -> None:
    town = new_town(app, instruments=("wellbeing",), looking_back=BOTH)
    code = newcomer(town).code
    with time_machine.travel(now() + LATER, tick=False):
        person = Visitor(town, code, careful=True).begin()
        person.go("/survey/then-now/wellbeing")
        faces = person.page.text.count('<circle cx="12" cy="12" r="10"/>')
        assert faces == 10, "how it is can be a good or a bad feeling"
        person.go("/survey/anchor/wellbeing")
        assert '<circle cx="12" cy="12" r="10"/>' not in person.page.text
        assert (
            len(set(re.findall(r'<label for="wellbeing_anchor-\d">(<svg.*?</svg>)', person.page.text))) == 5
        )
        assert "The start: when you first got these questions." in words_of(person.document)


def test_a_page_that_looks_back_costs_what_any_other_costs(app: Flask) -> None:
    town = new_town(app, looking_back=BOTH)
    code = newcomer(town).code
    costs = {}
    with time_machine.travel(now() + LATER, tick=False):
        person = Visitor(town, code).begin()
        for place in ("integration/work", "then-now/work", "anchor/work"):
            person.go(f"/survey/{place}")
            with counted(app) as statements:
                person.go(f"/survey/{place}")
                person.client.post(f"/survey/{place}", data={**person.form, "then": "next"})
            costs[place] = len(statements)
    assert len(set(costs.values())) == 1, costs


def test_in_a_wave_that_does_not_ask_it_there_is_no_such_page(app: Flask) -> None:
    person = newcomer(new_town(app, looking_back=BOTH)).begin()
    sent = {**person.form, "then": "next"}
    assert person.client.post("/survey/then-now/work", data=sent).status_code == 404
    assert person.go("/survey/anchor/work").status_code == 404


def test_it_is_left_out_of_answers_given_back_and_stands_in_ones_own_data(app: Flask) -> None:
    town = new_town(app, instruments=("wellbeing",), waves=("before", "after"), looking_back=BOTH)
    code = newcomer(town).code
    question = words(library.load("anchor"), "en").question("wellbeing_anchor")
    with time_machine.travel(now() + LATER, tick=False):
        person = Visitor(town, code, careful=True).begin().answer_all("4")
        person.send(then="next", text="")
        person.go("/survey/your-answers")
        shown = words_of(person.document)
        assert (
            question not in shown and words(library.load("wellbeing"), "en").question("wellbeing_1") in shown
        )
        assert len(person.document.findall(".//section[@class='subject']")) == 2
        person.go("/survey/your-data/document")
        assert question in words_of(person.document)
        assert question in person.client.get("/survey/your-data/file").get_data(as_text=True)


def test_what_was_fixed_when_the_wave_opened_stays(app: Flask) -> None:
    town = new_town(app, instruments=("wellbeing",), looking_back=("anchor",))
    with app.app_context():
        programme: Programme = town.inside()
        assert [wave.versions for wave in programme.waves] == [
            {"wellbeing": 1},
            {"wellbeing": 1, "anchor": 1},
        ]
        programme.anchor, programme.then_now = False, True
        assert dict(programme.waves[1].asked) == {"wellbeing": 1, "anchor": 1}


def test_its_pages_go_on_without_a_network_too(app: Flask) -> None:
    town = new_town(app, instruments=("wellbeing",), looking_back=BOTH)
    person = newcomer(town).begin()
    now_kept = set(person.client.get("/survey/ahead").get_json()["pages"])
    with time_machine.travel(now() + LATER, tick=False):
        later = Visitor(town, person.code).begin()
        later_kept = set(later.client.get("/survey/ahead").get_json()["pages"])
    assert later_kept - now_kept == {"/survey/then-now/wellbeing", "/survey/anchor/wellbeing"}


def test_without_words_it_must_be_heard_as_well(app: Flask) -> None:
    """From when it was chosen on: before the wave opens there is time to record it."""
    town = new_town(app)
    with app.test_request_context(method="POST"):
        town.inside()
        plans = [fieldwork.parse_wave(wave) for wave in ("before", "after")]
        programme = fieldwork.add_programme("later", "Later", ["wellbeing"], plans)
        said = [words(library.load(key), "nl").question(item) for key, item in ITEMS]
        assert not set(said) & set(heard(programme))
        fieldwork.look_back(programme, then_now=True, anchor=True)
        assert set(said) <= set(heard(programme))
        assert not any("Werk:" in text for text in heard(programme))


def heard(programme: Programme) -> tuple[str, ...]:
    return aloud.texts(aloud.asker_of(programme.organisation), programme, "nl")


def test_a_refused_question_closes_the_language_only_where_it_is_asked(app: Flask) -> None:
    key = next(
        key for key, text in all_texts("nl").by_key.items() if text.context == "item: wellbeing_anchor"
    )
    with app.app_context():
        for slug, chosen, asks in (("with", ("anchor",), True), ("without", ("then_now",), False)):
            programme = new_town(app, slug, ("wellbeing",), looking_back=chosen).inside()
            assert rule.is_approved(programme, "nl")
            by = db.session.merge(Staff(email=f"{slug}@example.nl", name="R", password="-"))
            db.session.flush()
            text = all_texts("nl").by_key[key]
            operations.decide(
                "nl", key, Decision("refuse", text.shipped, "", "no"), by, operations.seen(text, None)
            )
            assert rule.Words(programme).is_refused("nl") is asks
            assert rule.is_approved(programme, "nl") is not asks
            db.session.commit()
