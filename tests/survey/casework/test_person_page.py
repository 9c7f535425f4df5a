"""A person's page says first what is to be done next."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from survey.casework.sections import NextStep, in_order
from survey.clock import now, today
from survey.database import db
from survey.models import Goal, GoalStep, TalkWish
from tests.fixtures.application import Town
from tests.survey.casework.conftest import enrolment_of, inside, people, went
from tests.survey.casework.filling import document

NOW = now()
STEPS = st.builds(NextStep, st.text(), st.just("/"), st.none() | st.dates())


@given(st.lists(STEPS))
def test_the_first_day_comes_first_and_what_has_no_day_last(steps: list[NextStep]) -> None:
    found = in_order(steps)
    days = [step.day for step in found if step.day]
    assert days == sorted(days) and all(step.day is None for step in found[len(days) :])
    assert sorted(map(id, found)) == sorted(map(id, steps))


def next_steps(client: FlaskClient, person: UUID) -> list[str]:
    page = document(client.get(f"/casework/participants/{person}"))
    section = page.find(".//section[@aria-labelledby='next']")
    assert section is not None
    return [" ".join("".join(line.itertext()).split()) for line in section.iter("li")]


def plan(town: Town, person: UUID) -> None:
    """Two steps of a running goal, one of which was due last week; one done; one of a goal that was dropped."""
    with inside(town):
        enrolment = enrolment_of(person)
        for state, words, due, done in (
            ("busy", "Naar de huisarts", today() - timedelta(days=7), None),
            ("busy", "Bellen met school", None, None),
            ("busy", "Formulier halen", today(), today()),
            ("dropped", "Rijles nemen", today(), None),
        ):
            own = enrolment.organisation_id
            goal = Goal(
                organisation_id=own, enrolment=enrolment, domain="health", language="nl", state=state,
                state_on=today(), made_at=NOW, changed_at=NOW,
            )  # fmt: skip
            step = GoalStep(organisation_id=own, goal=goal, place=1, actor="person", due_on=due, done_on=done)
            db.session.add_all([goal, step])
            db.session.flush()
            goal.words, step.words = "Doel", words


def test_waves_wishes_and_steps_of_the_plan(town: Town, casemanager: FlaskClient) -> None:
    (person,) = people(town, 1)
    assert [line.split(":")[0] for line in next_steps(casemanager, person)] == ["Questionnaire"]
    plan(town, person)
    with inside(town):
        wish = TalkWish(enrolment_id=enrolment_of(person).id, domain="housing", asked_on=today())
        db.session.add(wish)
    steps = next_steps(casemanager, person)
    assert steps[0].startswith("Naar de huisarts Was due")
    assert steps[1].startswith("Questionnaire: ") and "Until" in steps[1]
    assert sorted(steps[2:]) == ["Bellen met school", "Wants to talk about: Housing"]
    went(town, person, "finished")
    assert "Questionnaire" not in " ".join(next_steps(casemanager, person))
