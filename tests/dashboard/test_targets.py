"""Each measure says what was written down, and of whom."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from dashboard import operations
from dashboard.reading.states import STATES, full_months
from survey import targets
from survey.clock import now, today
from survey.codes import MEASURES as CODES
from survey.database import db
from survey.manage.targets import operations as aims
from survey.measures import MEASURES, choices
from survey.models import (
    Activity,
    Deadline,
    Enrolment,
    Figure,
    Goal,
    Household,
    HouseholdMember,
    Observation,
    PlanVersion,
    Programme,
    Target,
)
from tests.dashboard.people import enrol, respond
from tests.fixtures.application import Town

#: Five people: what holds of them before and now, per measure.
WEEKS = 10


def began_before(programme: Programme) -> list[Enrolment]:
    enrolments = enrol(programme, 5)
    for enrolment, group in zip(
        enrolments, ("newcomer", "newcomer", None, "displaced", "newcomer"), strict=True
    ):
        enrolment.started_on = today() - timedelta(weeks=WEEKS)
        enrolment.participant.group = group
    return enrolments


def observed(enrolment: Enrolment, what: str, before: str | None, after: str | None) -> None:
    for value, day in ((before, enrolment.started_on), (after, today())):
        if value is not None:
            db.session.add(
                Observation(
                    participant_id=enrolment.participant_id, what=what, value=value, observed_on=day, source="test",
                    recorded_at=now(),
                )
            )  # fmt: skip


def aim(programme: Programme, measure: str, **values: Any) -> dict[str, Any]:
    """One target, alone in a programme, and what the analysis says of it."""
    result = aims.add_result(programme, f"{measure} {values}", "")
    set_ = {"about": None, "comparator": "at_least", "value": 0.5, "group": None, "unit": "person", **values}
    aims.add_target(result, measure, set_)
    entry: dict[str, Any] = operations.analyse(programme)["targets"][-1]
    assert json.loads(json.dumps(entry, allow_nan=False)) == entry
    return entry


def told(entry: dict[str, Any]) -> tuple[Any, ...]:
    return entry["count"], entry["n"], entry["before"], entry["reached"]


def test_what_was_observed_at_the_two_waves(any_town: Town) -> None:
    with any_town.app.app_context():
        programme = any_town.inside()
        one, two, three, four, _five = began_before(programme)
        for enrolment, before, after in (
            (one, "2", "3"),
            (two, "3", "3"),
            (three, "4", "2"),
            (four, None, "6"),
        ):
            observed(enrolment, "ladder", before, after)
        assert told(aim(programme, "ladder_at_least", about="3")) == (3, 4, 2 / 3, True)
        assert told(aim(programme, "ladder_at_least", about="3", comparator="more", value=None))[:3] == (
            2,
            3,
            2 / 3,
        )
        assert told(aim(programme, "ladder_up")) == (1, 3, None, False)
        assert told(aim(programme, "ladder_at_least", about="3", group="newcomer")) == (2, 2, 0.5, True)
        observed(one, "work_status", "looking", "self_employed")
        observed(two, "work_status", "looking", "looking")
        assert told(aim(programme, "paid_work", comparator="more", value=None)) == (1, 2, 0.0, True)
        observed(one, "speaking", "a1", "a2")
        observed(two, "speaking", "alfa", "a1")
        assert told(aim(programme, "cefr", about="speaking.a2")) == (1, 2, 0.0, True)
        observed(one, "exam", "failed", "passed")
        observed(two, "exam", None, "not_yet")
        assert told(aim(programme, "exam_passed")) == (1, 2, None, True)


def test_activities_plans_and_goals(town: Town) -> None:
    with town.app.app_context():
        programme = town.inside()
        one, two, three, four, five = began_before(programme)
        started = one.started_on - timedelta(days=1)
        for enrolment, kind, began_on, ended_on in (
            (one, "paid_work", started - timedelta(days=200), None),
            (two, "part_time_work", started - timedelta(days=60), None),
            (three, "paid_work", started - timedelta(days=200), started),
            (four, "volunteering", started - timedelta(days=400), None),
        ):
            person = enrolment.participant_id
            facts = {"started_on": began_on, "ended_on": ended_on, "recorded_at": now()}
            db.session.add(Activity(participant_id=person, standard=kind, **facts))
        assert told(aim(programme, "sustained_work", about="3")) == (2, 5, 1 / 5, False)
        assert told(aim(programme, "activity", about="volunteering")) == (1, 5, None, False)
        for enrolment, met, due in ((one, 3, 70), (two, 80, 70), (three, None, 60), (four, None, 99)):
            days = {"started_on": started, "due_on": started + timedelta(days=due)}
            met_on = None if met is None else started + timedelta(days=met)
            db.session.add(
                Deadline(participant_id=enrolment.participant_id, rule="plan", met_on=met_on, **days)
            )
        assert told(aim(programme, "plan_in_time")) == (1, 3, None, False), "the fourth still has time"
        owner = {"organisation_id": programme.organisation_id}
        db.session.add(PlanVersion(**owner, enrolment=five, number=1, signed_on=today(), settled_at=now()))
        assert told(aim(programme, "plan_made")) == (1, 5, None, False)
        for enrolment, domain, state in (
            (one, "language", "reached"), (one, "language", "dropped"), (one, "work", "open"),
            (two, "language", "reached"), (two, "language", "busy"), (three, "language", "dropped"),
        ):  # fmt: skip
            at = {"state_on": today(), "made_at": now(), "changed_at": now(), "language": "nl"}
            db.session.add(Goal(**owner, enrolment=enrolment, domain=domain, state=state, **at))
        assert told(aim(programme, "own_goals", about="language")) == (1, 3, None, False)
        assert told(aim(programme, "own_goals")) == (0, 3, None, False)


def test_answers_by_domain_question_and_whether_there_are_any(town: Town) -> None:
    with town.app.app_context():
        programme = town.inside()
        before, after = programme.waves[:2]
        one, two, three, four, _five = began_before(programme)
        for enrolment, wave, links in (
            (one, before, 2), (one, after, 4), (two, before, 5), (two, after, 3), (three, after, 5),
        ):  # fmt: skip
            respond(
                enrolment, wave, lambda i, d, links=links: {"links_1": links} if d.code == "links" else {}
            )  # type: ignore[misc]
        respond(four, after, lambda i, d: {"links_1": "pna"} if d.code == "links" else {})
        assert told(aim(programme, "item_high", about="links_1")) == (2, 3, 0.5, True)
        assert aim(programme, "item_high", about="health_short")["reached"] is None
        assert told(aim(programme, "answered")) == (4, 5, 2 / 5, True)
        respond(three, before, lambda i, d: {item.id: 2 for item in d.items} if d.code == "language" else {})
        missing = aim(programme, "domain_change", about="language", comparator="more", value=None)
        assert (missing["n"], missing["reached"]) == (0, None)
        assert "domain" in aim(programme, "domain_change", about="nothing")["note"]


def test_a_household_and_a_benefit_count_once(town: Town) -> None:
    with town.app.app_context():
        programme = town.inside()
        one, two, three, four, _five = began_before(programme)
        home = Household()
        members = ((one, 1), (two, 1), (three, 2))
        for enrolment, benefit in members:
            member = HouseholdMember(
                household=home, participant_id=enrolment.participant_id, benefit_unit=benefit
            )
            db.session.add(member)
        for enrolment, after in ((one, "2"), (two, "5"), (three, "1"), (four, "1")):
            observed(enrolment, "ladder", None, after)
        db.session.flush()
        counted = {
            unit: told(aim(programme, "ladder_at_least", about="3", unit=unit))[:2]
            for unit in ("person", "benefit_unit", "household")
        }
        assert counted == {"person": (1, 4), "benefit_unit": (1, 3), "household": (1, 2)}


def test_figures_that_were_told_and_results_without_a_target(town: Town) -> None:
    with town.app.app_context():
        programme = town.inside()
        result = aims.add_result(programme, "Fewer people on social assistance", "")
        aims.add_target(result, "told_share", {"comparator": "less", "value": None})
        target = db.session.query(Target).one()
        for value, day, base in ((0.68, date(2019, 12, 31), 235), (0.6, date(2024, 12, 31), None)):
            facts = {"value": value, "base": base, "kind": "registered", "source": "A register"}
            db.session.add(Figure(target=target, as_of=day, **facts))
        db.session.flush()
        aims.add_result(programme, "Trust", "Only in words")
        first, second = operations.analyse(programme)["targets"]
        assert (first["before"], first["now"], first["n_before"], first["reached"]) == (0.68, 0.6, 235, True)
        assert (second["result"], second["measure"], second["reached"]) == ("Trust", None, None)
        assert second["note"] == "No target was set for this result."


def test_nobody_gives_nothing_and_no_fault(any_town: Town) -> None:
    """Every measure, in a programme without people."""
    with any_town.app.app_context():
        programme = any_town.inside()
        assert tuple(MEASURES) == CODES
        for measure in MEASURES:
            chosen = MEASURES[measure].about
            about = list(choices(chosen, programme, "en"))[-1] if chosen else None
            assert aim(programme, measure, about=about)["reached"] is None, measure
        assert set(STATES) <= set(CODES)


def test_templates_propose_what_can_be_measured(town: Town) -> None:
    with town.app.app_context():
        programme = town.inside()
        sizes = {template.key: len(template.results) for template in targets.templates()}
        assert sizes == {"aalten": 7, "oude_ijsselstreek": 6}
        for template in targets.templates():
            for target in (target for result in template.results for target in result.targets):
                measure = MEASURES[target.measure]
                assert target.comparator in measure.comparators and target.unit in measure.units, target
                assert target.source and target.owner, target
                offered = choices(measure.about, programme, "en") if measure.about else {None: ""}
                if measure.is_told:
                    assert target.about and len(target.about) <= 60, "a name of its own"
                else:
                    assert target.about in offered, target
                assert target.value is None or target.comparator in ("at_least", "at_most"), target
        values = [
            target.value
            for result in targets.templates()[1].results
            for target in result.targets
            if target.value is not None
        ]
        assert values == [1.0, 1.0, 1.0, 0.4, 0.75, 0.5, 0.29, 1.0], "as in the policy"
        aims.use(targets.templates()[0], programme)
        found = operations.analyse(programme)["targets"]
        assert len({entry["result"] for entry in found}) == 7
        assert not any(entry["value"] for entry in found), "the notice gives no number"


@pytest.mark.parametrize(
    ("begun", "day", "months"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), 0), (date(2026, 1, 31), date(2026, 3, 31), 2),
        (date(2025, 12, 15), date(2026, 3, 14), 2), (date(2025, 12, 15), date(2026, 3, 15), 3),
        (date(2026, 3, 2), date(2026, 3, 1), -1),
    ],
)  # fmt: skip
def test_full_months(begun: date, day: date, months: int) -> None:
    assert full_months(begun, day) == months
