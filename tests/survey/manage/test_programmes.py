"""Programmes, their waves, and the languages they ask in."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from instruments import library
from instruments.asking import LOOKING_BACK
from survey import fieldwork, languages
from survey.clock import today
from survey.database import db
from survey.fieldwork import Refused
from survey.models import Programme, Staff
from survey.wording import rule
from tests.dashboard.people import enrol, respond
from tests.fixtures.application import MakeTown, Town, token_in
from tests.survey.casework.conftest import counted, inside, people, speaking, went
from tests.survey.casework.filling import assert_strict, differing, document, send, submit, text

NEW = "/manage/programmes/new"
FILLED = {"code": "samen", "name": "Samen", "instruments": ["wellbeing"]}


def page_of(town: Town) -> str:
    return f"/manage/programmes/{town.code}"


def cells(client: FlaskClient, town: Town) -> dict[str, list[str]]:
    """The tables of a programme's page: first column -> the others, as they read."""
    page = document(client.get(page_of(town)))
    rows = [
        [" ".join("".join(cell.itertext()).split()) for cell in row] for row in page.findall(".//tbody/tr")
    ]
    return {row[0]: row[1:] for row in rows}


def test_a_new_programme_has_what_was_filled_in(town: Town, coordinator: FlaskClient) -> None:
    made = submit(
        coordinator, NEW, code="samen-2026", name="Samen", instruments=["wellbeing", "integration-short"],
        before_weeks="1", other_used="y", other_key="year_later", other_weeks="52", other_window="8",
    )  # fmt: skip
    assert made.headers["Location"] == "/manage/programmes/samen-2026"
    with inside(town):
        programme = fieldwork.enter_programme("samen-2026")
        assert programme.organisation_id == town.organisation_id
        assert set(programme.instruments) == {"wellbeing", "integration-short"}
        waves = [(wave.key, wave.weeks, wave.window_weeks, wave.state) for wave in programme.waves]
    assert waves == [
        ("before", 1, 4, "planned"), ("after", 10, 4, "planned"),
        ("follow_up", 26, 6, "planned"), ("year_later", 52, 8, "planned"),
    ]  # fmt: skip
    assert "samen-2026" in text(coordinator.get("/manage/"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", ""), ("code", "Samen 2026"), ("code", "con"), ("code", "c" * 61), ("code", "../x"),
        ("code", "aalten-pilot"), ("code", "elders-pilot"), ("name", ""), ("name", "n" * 201),
        ("instruments", []), ("instruments", ["horoscope"]), ("before_weeks", ""), ("before_weeks", "-1"),
        ("before_weeks", "soon"), ("before_window", "0"), ("after_window", "1000"),
        ("after_weeks", "9" * 5000),
    ],
)  # fmt: skip
def test_a_mistake_is_said_and_nothing_typed_is_lost(
    town: Town, coordinator: FlaskClient, make_town: MakeTown, field: str, value: str | list[str]
) -> None:
    make_town(town.app, "elders")
    filled: dict[str, Any] = {
        "code": "samen",
        "name": "Samen",
        "instruments": ["wellbeing"],
        "after_weeks": "11",
    }
    page = submit(coordinator, NEW, **{**filled, field: value})
    assert page.status_code == 422
    summary = document(page).find(".//*[@role='alert']")
    assert summary is not None
    assert summary.findall(".//li")
    for name in ("code", "name", "after_weeks"):
        assert name == field or f'value="{filled[name]}"' in page.text
    with inside(town):
        assert len(db.session.query(Programme).all()) == 1


def test_a_wave_of_ones_own_needs_a_name_of_its_own(town: Town, coordinator: FlaskClient) -> None:
    filled: dict[str, Any] = {
        "code": "samen",
        "name": "Samen",
        "instruments": ["wellbeing"],
        "other_used": "y",
    }
    for key in ("", "before", "After", "jaar later"):
        page = submit(coordinator, NEW, **filled, other_key=key, other_weeks="52", other_window="4")
        assert page.status_code == 422, key


def test_a_programme_needs_a_wave(town: Town, coordinator: FlaskClient) -> None:
    filled: dict[str, Any] = FILLED
    left_out: dict[str, Any] = {f"{wave}_used": [] for wave in ("before", "after", "follow_up")}
    assert submit(coordinator, NEW, **filled, **left_out).status_code == 422
    left_out.pop("after_used")
    assert submit(coordinator, NEW, **filled, **left_out, before_weeks="").status_code == 303


def test_the_counts_tell_who_is_due_and_who_is_done_but_not_how(town: Town, coordinator: FlaskClient) -> None:
    before = cells(coordinator, town)["Before"]
    assert before[2:4] == ["0", "0"]
    first, second, *_ = people(town, 4)
    people(town, 2, days_ago=40, prefix="Q")
    went(town, first, "refused")
    assert cells(coordinator, town)["Before"][2:4] == ["3", "1"]
    went(town, second, "finished")
    assert cells(coordinator, town)["Before"][2:4] == ["2", "2"]
    assert cells(coordinator, town)["After"][2:4] == ["0", "0"]


def test_a_wave_opens_with_a_button_and_closes_after_a_second_thought(
    town: Town, coordinator: FlaskClient
) -> None:
    with inside(town):
        fieldwork.add_programme("samen", "Samen", ["wellbeing"], [fieldwork.parse_wave("before")])
    page = "/manage/programmes/samen"
    assert submit(coordinator, page, f"{page}/waves/before/open").status_code == 303
    with inside(town):
        wave = fieldwork.enter_programme("samen").waves[0]
        assert (wave.state, wave.opened_on, wave.versions) == ("open", today(), {"wellbeing": 1})
    close = f"{page}/waves/before/close"
    unsure = submit(coordinator, close)
    assert unsure.status_code == 422
    assert "Tick the box" in text(unsure)
    assert submit(coordinator, close, sure="y").status_code == 303
    assert submit(coordinator, close, sure="y").status_code == 303, "closing twice is closing once"
    with inside(town):
        assert fieldwork.enter_programme("samen").waves[0].state == "closed"
    assert "Open" not in [button.text for button in document(coordinator.get(page)).iter("button")]


def test_what_cannot_be_done_is_said(town: Town, coordinator: FlaskClient) -> None:
    with inside(town):
        programme = fieldwork.add_programme("samen", "Samen", ["wellbeing"], [fieldwork.parse_wave("before")])
        assert programme.waves[0].state == "planned"
    close = "/manage/programmes/samen/waves/before/close"
    assert submit(coordinator, close, sure="y").status_code == 303
    assert "was never open" in text(coordinator.get("/manage/programmes/samen"))


def test_an_unchecked_language_opens_in_the_coordinators_own_name(
    town: Town, coordinator: FlaskClient
) -> None:
    with inside(town):
        fieldwork.withdraw_override(town.inside(), "ar")
    page = f"{page_of(town)}/languages/ar"
    assert cells(coordinator, town)["العربية"][0] == "Not checked"
    assert submit(coordinator, page).status_code == 422
    assert "ar" not in open_in(town)
    assert submit(coordinator, page, sure="y").status_code == 303
    assert "ar" in open_in(town)
    with inside(town):
        name = db.session.query(Staff).one().name
    state, opened_by, *_ = cells(coordinator, town)["العربية"]
    assert state == "Not checked, but open"
    assert name in opened_by
    assert submit(coordinator, page_of(town), f"{page}/close").status_code == 303
    assert "ar" not in open_in(town)


def test_a_language_without_all_questions_does_not_open(
    town: Town, coordinator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with inside(town):
        fieldwork.withdraw_override(town.inside(), "ar")
    page = f"{page_of(town)}/languages/ar"
    form = coordinator.get(page)
    monkeypatch.setattr(rule.Words, "is_complete", lambda words, language: language != "ar")
    assert send(coordinator, form, page, sure="y").status_code == 303
    assert "ar" not in open_in(town)
    monkeypatch.undo()
    assert "Not every question exists" in text(coordinator.get(page_of(town)))


def open_in(town: Town) -> list[str]:
    with inside(town):
        return [language.code for language in languages.open_languages(town.inside())]


def test_an_administrator_reads_and_changes_nothing(town: Town) -> None:
    client = speaking("en", town.sign_in("administrator"))
    for address in ("/manage/", page_of(town)):
        page = client.get(address)
        assert page.status_code == 200
        main = document(page).find(".//main")
        assert main is not None
        assert main.find(".//form") is None
    for address in (NEW, f"{page_of(town)}/waves/before/close", "/manage/quotes", "/manage/answers"):
        assert client.get(address).status_code == 403


@pytest.mark.parametrize("role", ["casemanager", "councillor"])
def test_others_are_refused(town: Town, role: str) -> None:
    client = town.sign_in(role)
    for address in ("/manage/", page_of(town), "/manage/quotes"):
        assert client.get(address).status_code == 403


def test_another_towns_programme_is_not_there(
    town: Town, coordinator: FlaskClient, make_town: MakeTown
) -> None:
    other = make_town(town.app, "elders")
    assert other.code not in coordinator.get("/manage/").text
    for address in ("", "/waves/before/close", "/languages/ar"):
        assert coordinator.get(page_of(other) + address).status_code == 404
    own = document(coordinator.get(NEW))
    token = next(field.get("value") for field in own.iter("input") if field.get("name") == "csrf_token")
    for address in ("/waves/before/open", "/waves/before/close", "/languages/ar", "/languages/ar/close"):
        answer = coordinator.post(page_of(other) + address, data={"csrf_token": token, "sure": "y"})
        assert answer.status_code == 404
    for address in ("/waves/never/close", "/languages/xx"):
        assert coordinator.get(page_of(town) + address).status_code == 404


def test_more_people_take_no_more_statements(town: Town, coordinator: FlaskClient) -> None:
    people(town, 3)
    coordinator.get(page_of(town))
    with counted(town.app) as few:
        coordinator.get(page_of(town))
    people(town, 30, prefix="Q")
    with counted(town.app) as many:
        coordinator.get(page_of(town))
    assert len(many) == len(few)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_staff_read_it_in_their_language(town: Town, language: str) -> None:
    client = speaking(language, town.sign_in("coordinator"))
    close, open_language = f"{page_of(town)}/waves/before/close", f"{page_of(town)}/languages/uk"
    for address in ("/manage/", NEW, page_of(town), close, open_language):
        answer = client.get(address)
        assert_strict(answer)
        page = document(answer)
        assert page.get("lang") == language
        assert len(page.findall(".//h1")) == 1
    name = library.load("wellbeing").name
    assert (name in client.get(NEW).text) == (language == "en")


def looking_back(town: Town, code: str = "terug") -> tuple[bool, bool]:
    with inside(town):
        programme = fieldwork.enter_programme(code)
        return programme.then_now, programme.anchor


def test_a_coordinator_lets_people_look_back_until_a_later_wave_opens(
    town: Town, coordinator: FlaskClient
) -> None:
    submit(coordinator, NEW, **{**FILLED, "code": "terug"})
    page = "/manage/programmes/terug"
    for what, asked, then in (
        ("then_now", "yes", (True, False)), ("anchor", "yes", (True, True)), ("then_now", "no", (False, True)),
    ):  # fmt: skip
        values = {"csrf_token": token_in(coordinator.get(page).text), "asked": asked}
        assert coordinator.post(f"{page}/looking-back/{what}", data=values).location == page
        assert looking_back(town) == then
    for wave in ("before", "after"):
        assert "Ask this" in text(coordinator.get(page))
        submit(coordinator, page, f"{page}/waves/{wave}/open")
    shown = text(coordinator.get(page))
    assert "A later wave was opened" in shown and "Ask this" not in shown
    coordinator.post(f"{page}/looking-back/anchor", data=values)
    assert "does not change any more" in coordinator.get(page).text
    assert looking_back(town) == (False, True)
    with inside(town):
        versions = {wave.key: wave.versions for wave in fieldwork.enter_programme("terug").waves}
    assert versions == {"before": {"wellbeing": 1}, "after": {"wellbeing": 1, "anchor": 1}, "follow_up": {}}


def test_how_many_questions_that_adds_is_said_beforehand(town: Town, coordinator: FlaskClient) -> None:
    found = cells(coordinator, town)
    assert (found["Then and now"][1:], found["Better or worse"][1:]) == (
        ["30", "Not asked"],
        ["15", "Not asked"],
    )


def named(town: Town, code: str) -> tuple[list[str], str | None, float | None, float | None]:
    with inside(town):
        found = fieldwork.enter_programme(code)
        return found.primary_domains, found.chosen_on, found.chosen_from_mean, found.retest_r


def test_domains_are_named_in_advance_until_a_later_wave_is_answered(
    town: Town, coordinator: FlaskClient
) -> None:
    submit(coordinator, NEW, code="vooraf", name="Vooraf", instruments=["integration", "wellbeing"])
    page = "/manage/programmes/vooraf/in-advance"
    assert page in coordinator.get("/manage/programmes/vooraf").text
    filled = {
        "domains": ["work", "wellbeing"],
        "chosen_on": "work",
        "chosen_from_mean": "3,4",
        "retest_r": "",
    }
    submit(coordinator, page, **filled)
    assert named(town, "vooraf") == (["work", "wellbeing"], "work", 3.4, None)
    for wrong in (
        {"domains": ["work", "wellbeing", "health", "language"]},
        {"chosen_from_mean": ""},
        {"chosen_from_mean": "11"},
        {"retest_r": "2"},
        {"domains": ["nothing"]},
    ):
        refused = submit(coordinator, page, **(filled | wrong))
        assert (
            refused.status_code == 422 and document(refused).find(".//*[@class='error-summary']") is not None
        )
        assert named(town, "vooraf") == (["work", "wellbeing"], "work", 3.4, None)
    submit(coordinator, page, domains=["work"], chosen_on="", chosen_from_mean="3")
    assert named(town, "vooraf") == (["work"], None, None, None)
    values = {"csrf_token": token_in(coordinator.get(page).text), "domains": "health", "chosen_on": ""}
    with inside(town):
        programme = fieldwork.enter_programme("vooraf")
        (person,) = enrol(programme, 1)
        respond(person, programme.waves[1], lambda instrument, domain: {})
        db.session.commit()
    late = coordinator.post(page, data=values)
    assert late.status_code == 409 and "a later wave was answered" in text(late)
    assert "Health and social care" in text(late), "what was typed is not lost"
    assert named(town, "vooraf")[0] == ["work"]
    closed = coordinator.get(page)
    assert closed.status_code == 200 and "<form" not in document_main(closed.text)
    assert "Work" in text(closed)


def test_two_people_who_name_something_in_advance_get_a_choice(town: Town, coordinator: FlaskClient) -> None:
    page = f"{page_of(town)}/in-advance"
    mine = coordinator.get(page)
    filled = {"domains": ["work"], "chosen_on": "work", "chosen_from_mean": "3,4", "retest_r": ""}
    for _ in range(2):
        assert send(coordinator, mine, page, **filled).status_code == 303, "sent twice it is the same"
    late = send(coordinator, mine, page, domains=["health"])
    assert list(differing(late).values()) == [("Work", "Health and social care")], (
        "the rest was left as it was"
    )
    assert named(town, town.code) == (["work"], "work", 3.4, None)
    assert send(coordinator, late, page).status_code == 303
    assert named(town, town.code) == (["health"], "work", 3.4, None)


def document_main(page: str) -> str:
    """What stands between header and footer."""
    return page.partition("<main")[2].partition("</main>")[0]


def test_an_unknown_way_of_looking_back_is_refused(town: Town, coordinator: FlaskClient) -> None:
    token = token_in(coordinator.get(page_of(town)).text)
    for what in ("", "word_free", "looks_back_with"):
        values = {"csrf_token": token, "asked": "yes"}
        assert coordinator.post(f"{page_of(town)}/looking-back/{what}", data=values).status_code == 404


def test_without_a_later_wave_nobody_can_look_back(
    town: Town, make_town: MakeTown, coordinator: FlaskClient
) -> None:
    with inside(town):
        plans = [fieldwork.parse_wave("before")]
        once = fieldwork.add_programme("once", "Once", ["wellbeing"], plans)
        with pytest.raises(Refused):
            fieldwork.look_back(once, anchor=True)
        assert not once.anchor
    assert "Looking back" not in text(coordinator.get("/manage/programmes/once"))


@pytest.mark.parametrize("key", LOOKING_BACK)
def test_what_looks_back_is_no_questionnaire_by_itself(
    town: Town, coordinator: FlaskClient, key: str
) -> None:
    assert f'value="{key}"' not in coordinator.get(NEW).text
    with inside(town), pytest.raises(Refused):
        fieldwork.add_programme("alone", "Alone", ["wellbeing", key], [fieldwork.parse_wave("before")])
