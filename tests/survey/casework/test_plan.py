"""A plan: in both languages, as it was signed, and never silently somebody else's."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey import participation
from survey.casework.plan import queries
from survey.clock import today
from survey.database import db
from survey.models import DomainLink, Enrolment, Goal, GoalStep, Participant, PlanVersion
from survey.privacy import erasure, own_data
from tests.fixtures.application import Town, new_town
from tests.survey.casework.conftest import enrolment_of, inside, people, speaking
from tests.survey.casework.filling import assert_strict, differing, document, send, submit, text

DAY = today().isoformat()
GOAL = {
    "domain": "work", "words": "Я хочу працювати зварником.", "language": "uk", "dutch": "Ik wil lasser worden.",
    "steps-0-dutch": "Inschrijven bij het uitzendbureau", "steps-0-words": "Записатися в агентство",
    "steps-0-actor": "other", "steps-0-other": "Olga, buddy", "steps-0-due_on": DAY,
}  # fmt: skip
LINK = {"from_domain": "housing", "to_domain": "work", "words": "Woont te ver weg"}


def plan_of(town: Town, person: UUID) -> str:
    with inside(town):
        return f"/casework/enrolments/{enrolment_of(person).id}/plan"


def add_goal(client: FlaskClient, plan: str, **other: str) -> None:
    answer = submit(client, f"{plan}/goals/new", **{**GOAL, **other})
    assert (answer.status_code, answer.location) == (303, plan), text(answer)


def rows(town: Town, model: Any) -> list[Any]:
    town.inside()
    return list(db.session.scalars(select(model)))


def test_a_goal_is_kept_sealed_in_both_languages_with_who_does_what(any_app: Flask) -> None:
    town = new_town(any_app)
    client = speaking("en", town.sign_in("casemanager"))
    plan = plan_of(town, people(town, 1)[0])
    add_goal(client, plan)
    assert submit(client, f"{plan}/links/new/obstacle", **LINK).status_code == 303
    with inside(town):
        goal, step, link = (rows(town, model)[0] for model in (Goal, GoalStep, DomainLink))
        assert (goal.words, goal.dutch) == (GOAL["words"], GOAL["dutch"])
        assert (step.other, step.due_on, step.actor) == ("Olga, buddy", today(), "other")
        assert (link.kind, link.words, link.until) == ("obstacle", LINK["words"], None)
        assert b"lasser" not in goal.dutch_sealed and b"Olga" not in step.other_sealed
    page = client.get(plan)
    assert_strict(page)
    assert GOAL["words"] in text(page) and "“Housing” holds up “Work”." in text(page)
    person = client.get(plan.split("/enrolments/")[0] + "/participants/" + person_id(town))
    assert "Ik wil lasser worden." in text(person)


def person_id(town: Town) -> str:
    with inside(town):
        return str(db.session.scalars(select(Participant.id)).first())


def printed(pdf: bytes) -> tuple[str, str]:
    """What stands on paper, and its title."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    return " ".join(" ".join(pages).split()), document.get_metadata_value("Title")


def test_bad_input_is_said_beside_the_field_and_nothing_typed_is_lost(
    town: Town, casemanager: FlaskClient
) -> None:
    plan = plan_of(town, people(town, 1)[0])
    wrong = {**GOAL, "domain": "", "steps-0-due_on": "31-31-2026", "steps-0-other": ""}
    answer = submit(casemanager, f"{plan}/goals/new", **wrong)
    assert answer.status_code == 422
    told = answer.get_data(as_text=True)
    assert "Choose a domain." in told and "Step 1: write who it is." in told and GOAL["steps-0-words"] in told
    answer = submit(casemanager, f"{plan}/links/new/breakthrough", **{**LINK, "to_domain": "housing"})
    assert answer.status_code == 422 and "Choose another domain" in text(answer)
    assert submit(casemanager, f"{plan}/goals/new", **{**GOAL, "language": "xx"}).status_code == 422
    with inside(town):
        assert rows(town, Goal) == rows(town, DomainLink) == []


@pytest.mark.parametrize(
    "begun",
    [{"actor": "casemanager"}, {"other": "Olga"}, {"due_on": DAY}, {"done_on": DAY}, {"due_on": "3 mei"}],
)
def test_a_step_without_words_is_not_dropped_silently(
    town: Town, casemanager: FlaskClient, begun: dict[str, str]
) -> None:
    plan = plan_of(town, people(town, 1)[0])
    steps = {f"steps-2-{name}": value for name, value in begun.items()}
    answer = submit(casemanager, f"{plan}/goals/new", **{**GOAL, **steps})
    assert answer.status_code == 422 and "Step 3: write what happens." in text(answer)
    assert all(f'value="{value}"' in answer.text for value in begun.values()), "it is still there"
    with inside(town):
        assert rows(town, Goal) == []
    assert send(casemanager, answer, f"{plan}/goals/new", **{"steps-2-words": "Подзвонити"}).status_code == (
        422 if "3 mei" in begun.values() else 303
    )


def test_an_empty_step_is_no_step(town: Town, casemanager: FlaskClient) -> None:
    plan = plan_of(town, people(town, 1)[0])
    add_goal(casemanager, plan, **{"steps-1-dutch": "  ", "steps-2-actor": "person"})
    with inside(town):
        assert [step.dutch for step in rows(town, GoalStep)] == [GOAL["steps-0-dutch"]]


def test_what_is_settled_never_changes_and_can_be_read_and_printed_again(
    town: Town, casemanager: FlaskClient
) -> None:
    plan = plan_of(town, people(town, 1)[0])
    add_goal(casemanager, plan)
    assert submit(casemanager, plan, f"{plan}/versions").status_code == 303
    with inside(town):
        goal, version = str(rows(town, Goal)[0].id), str(rows(town, PlanVersion)[0].id)
    assert "Version 1 is kept." in text(casemanager.get(plan))
    before = text(casemanager.get(f"/casework/plan/versions/{version}"))
    submit(casemanager, f"/casework/plan/goals/{goal}", state="reached", dutch="Ik ben lasser.")
    casemanager.get(plan)  # which says once that it was saved
    assert text(casemanager.get(f"/casework/plan/versions/{version}")) == before
    assert submit(casemanager, plan, f"{plan}/versions").status_code == 303
    with inside(town):
        kept = sorted(rows(town, PlanVersion), key=lambda one: one.number)
        assert [one.number for one in kept] == [1, 2]
        assert [json.loads(one.document)["goals"][0]["state"] for one in kept] == ["open", "reached"]
        kept[0].signed_on = today().replace(year=2020)
        with pytest.raises(TypeError):
            db.session.flush()
        db.session.rollback()
    words, _title = printed(casemanager.get(f"/casework/plan/versions/{version}/paper.pdf").data)
    assert "Ik wil lasser worden." in words and "Name of P0000" in words and "Ik ben lasser" not in words


def test_nobody_settles_what_they_did_not_see(town: Town, casemanager: FlaskClient) -> None:
    plan = plan_of(town, people(town, 1)[0])
    add_goal(casemanager, plan)
    seen = casemanager.get(plan)
    add_goal(speaking("en", town.sign_in("casemanager")), plan, domain="housing")
    answer = send(casemanager, seen, f"{plan}/versions")
    assert answer.status_code == 409 and "Somebody changed this plan" in text(answer)
    with inside(town):
        assert rows(town, PlanVersion) == []


def test_two_people_who_edit_the_same_goal_get_a_choice(town: Town, casemanager: FlaskClient) -> None:
    plan = plan_of(town, people(town, 1)[0])
    add_goal(casemanager, plan)
    with inside(town):
        goal = f"/casework/plan/goals/{rows(town, Goal)[0].id}"
    mine = casemanager.get(goal)
    submit(speaking("en", town.sign_in("casemanager")), goal, dutch="THEIRS", state="busy")
    answer = send(casemanager, mine, goal, **{"dutch": "MINE", "steps-0-dutch": "MY STEP"})
    told = differing(answer)
    assert ("THEIRS", "MINE") in told.values()
    assert any("MY STEP" in yours and "MY STEP" not in theirs for theirs, yours in told.values())
    removed = send(casemanager, mine, goal, ("remove", "yes"), dutch="MINE")
    assert removed.status_code == 409, "who did not read what changed does not remove it either"
    assert "Not removed: somebody else changed this meanwhile" in text(removed)
    assert ("THEIRS", "MINE") in differing(removed).values(), "and what was typed beside it is not lost"
    looked = send(casemanager, mine, goal, ("remove", "yes"))
    assert looked.status_code == 409 and "THEIRS" in looked.text
    assert differing(looked) == {}, "nothing was typed, so nothing to choose"
    with inside(town):
        assert rows(town, Goal)[0].dutch == "THEIRS"
    assert send(casemanager, answer, goal).status_code == 303, "sent once more, it is a choice"
    with inside(town):
        assert rows(town, Goal)[0].dutch == "MINE"
    assert submit(casemanager, goal, button=("remove", "yes")).status_code == 303
    with inside(town):
        assert rows(town, Goal) == rows(town, GoalStep) == []
    gone = send(casemanager, mine, goal, dutch="MINE, after it was removed")
    assert gone.status_code == 404 and "Somebody may have removed it." in text(gone)
    assert [area.text for area in document(gone).iter("textarea")].count("MINE, after it was removed") == 1


def test_what_one_left_in_a_goal_stays_as_the_other_made_it(town: Town, casemanager: FlaskClient) -> None:
    """Of each question, and of each step as a whole; steps that the other added or took out too."""
    plan = plan_of(town, people(town, 1)[0])
    add_goal(casemanager, plan, **{"steps-1-dutch": "Second", "steps-2-dutch": "Third"})
    with inside(town):
        goal = f"/casework/plan/goals/{rows(town, Goal)[0].id}"
    mine = casemanager.get(goal)
    theirs = {"state": "busy", "steps-1-dutch": "", "steps-3-dutch": "Fourth"}
    submit(speaking("en", town.sign_in("casemanager")), goal, **theirs)
    answer = send(casemanager, mine, goal, **{"dutch": "MINE", "steps-0-dutch": "First, MINE"})
    assert list(differing(answer)) == ["The same in Dutch", "Step 1"]
    assert "Somebody else changed other answers too" in text(answer)
    assert send(casemanager, answer, goal).status_code == 303
    with inside(town):
        kept = rows(town, Goal)[0]
        assert (kept.dutch, kept.state) == ("MINE", "busy")
        assert [step.dutch for step in kept.steps] == ["First, MINE", "Third", "Fourth"]


FIRST, SECOND, THIRD, FOURTH = (f"steps-{number}-dutch" for number in range(4))


@pytest.mark.parametrize(
    ("theirs", "mine", "asks", "kept"),
    [
        ({SECOND: ""}, {SECOND: ""}, False, ["A", "C"]),
        ({FIRST: ""}, {SECOND: ""}, True, ["C"]),
        ({SECOND: ""}, {SECOND: "B, mine"}, True, ["A", "B, mine", "C"]),
        ({FIRST: ""}, {FIRST: "A, mine"}, True, ["A, mine", "B", "C"]),
        ({FIRST: ""}, {THIRD: "C, mine"}, True, ["B", "C, mine"]),
        ({FIRST: ""}, {"steps-1-done_on": DAY}, True, ["B", "C"]),
        ({FOURTH: "D, theirs"}, {FOURTH: "D, mine"}, True, ["A", "B", "C", "D, mine", "D, theirs"]),
    ],
)
def test_no_step_takes_the_place_of_another(
    town: Town,
    casemanager: FlaskClient,
    theirs: dict[str, str],
    mine: dict[str, str],
    asks: bool,
    kept: list[str],
) -> None:
    """Whatever was taken out, reworded or added by each of two people."""
    plan = plan_of(town, people(town, 1)[0])
    plain = {"steps-0-words": "", "steps-0-actor": "person", "steps-0-other": "", "steps-0-due_on": ""}
    add_goal(casemanager, plan, **{**plain, FIRST: "A", SECOND: "B", THIRD: "C"})
    with inside(town):
        goal = f"/casework/plan/goals/{rows(town, Goal)[0].id}"
    opened = casemanager.get(goal)
    submit(speaking("en", town.sign_in("casemanager")), goal, **theirs)
    answer = send(casemanager, opened, goal, **mine)
    assert answer.status_code == (409 if asks else 303)
    if asks:
        assert send(casemanager, answer, goal).status_code == 303
    with inside(town):
        assert [step.dutch for step in rows(town, Goal)[0].steps] == kept


def test_a_step_that_somebody_else_took_out_is_told(town: Town, casemanager: FlaskClient) -> None:
    plan = plan_of(town, people(town, 1)[0])
    add_goal(casemanager, plan, **{FIRST: "A", SECOND: "B"})
    with inside(town):
        goal = f"/casework/plan/goals/{rows(town, Goal)[0].id}"
    opened = casemanager.get(goal)
    submit(speaking("en", town.sign_in("casemanager")), goal, **{SECOND: ""})
    answer = send(casemanager, opened, goal, dutch="MINE")
    assert list(differing(answer)) == ["The same in Dutch"]
    assert text(answer).count("Changed by somebody else") == 1


def test_a_step_of_another_goal_is_not_taken_over(town: Town, casemanager: FlaskClient) -> None:
    plan = plan_of(town, people(town, 1)[0])
    add_goal(casemanager, plan, **{FIRST: "A"})
    add_goal(casemanager, plan, **{FIRST: "B"})
    with inside(town):
        (one, other), steps = rows(town, Goal), {step.id: step.dutch for step in rows(town, GoalStep)}
        address, foreign = f"/casework/plan/goals/{one.id}", str(other.steps[0].id)
    assert submit(casemanager, address, **{"steps-0-key": foreign}).status_code == 303
    with inside(town):
        assert sorted(step.dutch for step in rows(town, GoalStep)) == sorted(steps.values())
        (still,) = (step for step in rows(town, GoalStep) if str(step.id) == foreign)
        assert str(still.goal_id) != address.rpartition("/")[2]


def test_two_days_of_one_step_are_told_apart_and_both_stay(town: Town, casemanager: FlaskClient) -> None:
    plan = plan_of(town, people(town, 1)[0])
    add_goal(casemanager, plan)
    with inside(town):
        goal = f"/casework/plan/goals/{rows(town, Goal)[0].id}"
    mine, day = casemanager.get(goal), today().isoformat()
    submit(speaking("en", town.sign_in("casemanager")), goal, **{"steps-0-due_on": "2026-01-02"})
    answer = send(casemanager, mine, goal, **{"steps-0-done_on": day})
    ((theirs, yours),) = differing(answer).values()
    assert "By which day: 2 January 2026" in theirs and "Done on" not in theirs
    assert "By which day: 2 January 2026" in yours and "Done on: " in yours
    assert send(casemanager, answer, goal).status_code == 303
    with inside(town):
        step = rows(town, GoalStep)[0]
        assert (step.due_on, step.done_on) == (date(2026, 1, 2), today())


@pytest.mark.parametrize("day", ["due_on", "done_on"])
def test_a_step_is_of_our_time(town: Town, casemanager: FlaskClient, day: str) -> None:
    plan = plan_of(town, people(town, 1)[0])
    answer = submit(casemanager, f"{plan}/goals/new", **{**GOAL, f"steps-0-{day}": "0002-05-01"})
    assert answer.status_code == 422 and "Check the year." in text(answer)


@pytest.mark.parametrize(
    ("language", "title"), [("ar", "خطتك"), ("uk", "Ваш план"), ("ti", "መደብኩም"), ("nl", "")]
)
def test_the_paper_is_in_both_languages(
    town: Town, casemanager: FlaskClient, language: str, title: str
) -> None:
    plan = plan_of(town, people(town, 1, language=language)[0])
    add_goal(casemanager, plan, language=language, words="عمل" if language == "ar" else "A")
    submit(casemanager, f"{plan}/links/new/breakthrough", **LINK)
    answer = casemanager.get(f"{plan}/paper.pdf")
    assert answer.mimetype == "application/pdf"
    words, told = printed(answer.data)
    # Lines that run from right to left are read from their end.
    assert words.count("Uw plan") + words.count("plan Uw") == 1 and words.count("lasser") == (
        language != "nl"
    )
    assert told == (title or "Uw plan")


def test_a_letter_that_no_font_has_is_said_and_the_plan_stays(town: Town, casemanager: FlaskClient) -> None:
    plan = plan_of(town, people(town, 1)[0])
    add_goal(casemanager, plan, dutch="Werk 中")
    answer = casemanager.get(f"{plan}/paper.pdf", follow_redirects=True)
    assert answer.status_code == 200 and "cannot be printed" in text(answer) and "中" in text(answer)


def test_a_person_reads_their_own_plan(town: Town, casemanager: FlaskClient) -> None:
    person = people(town, 1)[0]
    plan = plan_of(town, person)
    add_goal(casemanager, plan)
    submit(casemanager, plan, f"{plan}/versions")
    document = casemanager.get(f"/casework/participants/{person}/rights/document").text
    assert GOAL["words"] in document and "Olga, buddy" in document
    told = casemanager.get(f"/casework/participants/{person}/rights/file").json["plans"][0]
    assert told["goals"][0]["words"] == GOAL["words"]
    assert told["versions"][0]["plan"]["goals"][0]["dutch"] == GOAL["dutch"]
    with inside(town):
        without = own_data.collect(person, "uk", None, with_identity=False, with_casework=False)
        assert without.casework_closed and (without.plans, without.notes) == ([], [])


def test_plans_of_who_was_erased_are_gone(town: Town, casemanager: FlaskClient) -> None:
    person = people(town, 1)[0]
    plan = plan_of(town, person)
    add_goal(casemanager, plan)
    with inside(town):
        enrolment = db.session.scalars(select(Enrolment)).one()
        participation.new_access_code(enrolment)
        erasure.forget(enrolment.participant, keep_answers=True)
    assert casemanager.get(plan).status_code == 404
    with inside(town):
        assert rows(town, Goal) == rows(town, GoalStep) == []
        assert queries.plan(db.session.scalars(select(Enrolment)).one()).goals == []
