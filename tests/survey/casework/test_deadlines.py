"""Legal terms: for whom, until when, made longer, done."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
import time_machine
from babel.dates import format_date
from flask.testing import FlaskClient

from survey import terms
from survey.clock import now, today
from survey.codes import GROUPS
from survey.database import db
from survey.models import Activity, Deadline, Observation, Participant
from tests.fixtures.application import Town
from tests.fixtures.audit import events
from tests.survey.casework.conftest import enrolment_of, inside, people, speaking
from tests.survey.casework.filling import differing, send, submit, text
from tests.survey.casework.test_caseload import ADDRESS
from tests.survey.casework.test_finding import found


def address(person: UUID, rule: str) -> str:
    return f"{ADDRESS}participants/{person}/deadlines/{rule}"


def due(town: Town, person: UUID) -> dict[str, date]:
    with inside(town):
        return {one.rule: one.due_on for one in db.session.query(Deadline).filter_by(participant_id=person)}


def test_each_rule_has_a_source_a_name_and_one_length() -> None:
    for rule in terms.rules():
        assert rule.source and rule.code in terms.NAMES and rule.starts in terms.STARTS, rule
        assert bool(rule.weeks) != bool(rule.months), rule
        assert rule.valid_from <= rule.valid_until and set(rule.groups) <= set(GROUPS), rule
    for one in terms.rules():
        for other in terms.rules():
            overlap = one.valid_from <= other.valid_until and other.valid_from <= one.valid_until
            alike = one.code == other.code and set(one.groups) & set(other.groups)
            assert one is other or not (alike and overlap), "one rule holds for a person on a day"


@pytest.mark.parametrize(
    ("code", "started_on", "ends"),
    [
        ("plan", date(2026, 1, 1), date(2026, 3, 12)),
        ("civic_integration", date(2024, 2, 29), date(2027, 2, 28)),
        ("route_switch", date(2024, 8, 31), date(2026, 2, 28)),
        ("relief", date(2024, 8, 31), date(2025, 2, 28)),
        ("relief", date(2025, 12, 31), date(2026, 6, 30)),
    ],
)
def test_the_last_day(code: str, started_on: date, ends: date) -> None:
    rule = terms.holding(terms.of_group("newcomer", None)[code], started_on)
    assert rule is not None and rule.ends(started_on) == ends


def test_terms_are_those_of_the_group() -> None:
    assert not terms.of_group("displaced", "self_reliance"), "displaced people from Ukraine have none"
    assert not terms.of_group(None, None) and not terms.of_group("earlier_newcomer", None)
    assert set(terms.of_group("interim_group", None)) == {"civic_integration"}
    assert "relief" not in terms.of_group("family_migrant", None)
    assert "self_reliance" not in terms.of_group("newcomer", "b1")
    assert "self_reliance" in terms.of_group("newcomer", "self_reliance")


def test_a_page_says_which_terms_there_are_or_what_is_missing(town: Town, casemanager: FlaskClient) -> None:
    for group, told in {
        None: "the group is missing", "displaced": "No legal terms that we know apply",
        "newcomer": "Which learning route this person takes is not known",
    }.items():  # fmt: skip
        (person,) = people(town, 1, prefix=f"G{len(group or '')}", group=group)
        assert told in text(casemanager.get(f"{ADDRESS}participants/{person}")), group
        status = casemanager.get(address(person, "plan")).status_code
        assert (status == 200) == (group == "newcomer")
        assert casemanager.get(address(person, "self_reliance")).status_code == 404
    noted = {"participant_id": person, "recorded_at": now()}
    did = {"started_on": today() - timedelta(days=20), **noted}
    with inside(town):
        for value, days_ago in (("self_reliance", 1), ("b1", 9)):
            day = today() - timedelta(days=days_ago)
            db.session.add(Observation(what="route", value=value, observed_on=day, source="test", **noted))
        db.session.add(Activity(standard="course", hours=8.5, **did))  # three weeks until today
        db.session.add(Activity(standard="volunteering", hours=15, hours_per="total", **did))
        db.session.add(Activity(standard="care_and_rest", hours=900, hours_per="total", **did))
        planned = today() + timedelta(days=5)
        db.session.add(Activity(standard="course", hours=40, **{**did, "started_on": planned}))
    page = text(casemanager.get(f"{ADDRESS}participants/{person}"))
    assert "40.5 of 1,600 hours" in page and "15 of 40 hours" in page
    shown = text(casemanager.get(address(person, "labour_market")))
    assert "Arbeidsmarkt en Participatie" in shown and "1 January 2022" in shown


def test_one_day_starts_all_that_start_with_it(any_town: Town) -> None:
    client = speaking("en", any_town.sign_in("casemanager"))
    (person,) = people(any_town, 1, group="newcomer")
    page = address(person, "civic_integration")
    for wrong in (today() + timedelta(days=1), date(2021, 12, 31)):
        assert submit(client, page, started_on=wrong.isoformat()).status_code == 422
    assert due(any_town, person) == {}
    started = today() - timedelta(days=100)
    assert submit(client, page, started_on=started.isoformat()).status_code == 303
    kept = due(any_town, person)
    assert set(kept) == {"civic_integration", "route_switch", "participation_statement", "labour_market"}
    assert kept["civic_integration"] == terms.rules()[1].ends(started)
    done = submit(client, page, met_on=(today() - timedelta(days=1)).isoformat())
    assert done.status_code == 303
    with inside(any_town):
        assert enrolment_of(person).last_seen_on is None, "writing down a term is no meeting"
    told = [event for event in events(any_town.app) if event["action"] == "deadline.changed"]
    assert len(told) == 5 and told[-1]["details"]["before"] == f"{started}.-"


def test_two_colleagues_do_not_overwrite_each_other(town: Town, casemanager: FlaskClient) -> None:
    (person,) = people(town, 1, group="newcomer")
    page = address(person, "plan")
    shown = casemanager.get(page)
    mine, theirs = (today() - timedelta(days=days) for days in (3, 30))
    assert send(casemanager, shown, page, started_on=theirs.isoformat()).status_code == 303
    late = send(casemanager, shown, page, started_on=mine.isoformat())
    assert list(differing(late).values()) == [
        tuple(format_date(day, "long", "en_GB") for day in (theirs, mine))
    ]
    assert f'value="{mine}"' in late.text, "nothing typed is lost"
    assert due(town, person) == {"plan": theirs + timedelta(weeks=10)}
    assert send(casemanager, late, page).status_code == 303
    assert due(town, person) == {"plan": mine + timedelta(weeks=10)}


def test_two_extensions_of_one_term_are_a_choice(town: Town, casemanager: FlaskClient) -> None:
    """Also where nothing else of the term was typed: what one decided is shown beside what the other did."""
    (person,) = people(town, 1, group="newcomer")
    page, ends = address(person, "plan"), today() + timedelta(weeks=10)
    submit(casemanager, page, started_on=today().isoformat())
    shown = casemanager.get(page)
    theirs, mine = (ends + timedelta(days=days) for days in (30, 60))
    assert send(casemanager, shown, page, until=theirs.isoformat(), reason="no_place").status_code == 303
    late = send(casemanager, shown, page, until=mine.isoformat(), reason="other")
    told = differing(late)
    assert told["New last day"] == tuple(format_date(day, "long", "en_GB") for day in (theirs, mine))
    assert "Those that stand below stay." in text(late)
    assert told["Why"][0] == "No place on a course in time" and len(told) == 2
    assert due(town, person) == {"plan": theirs}
    assert send(casemanager, late, page).status_code == 303 and due(town, person) == {"plan": mine}


def test_an_extension_moves_the_last_day_and_can_be_taken_back(town: Town, casemanager: FlaskClient) -> None:
    (person,) = people(town, 1, group="newcomer")
    page, ends = address(person, "plan"), today() + timedelta(weeks=10)
    submit(casemanager, page, started_on=today().isoformat())
    early = submit(casemanager, page, until=ends.isoformat(), reason="other")
    assert early.status_code == 422 and "not later than" in text(early)
    assert f'value="{ends}"' in early.text and '<option selected value="other">' in early.text
    later = ends + timedelta(days=30)
    longer = submit(casemanager, page, until=later.isoformat(), reason="no_place")
    assert longer.status_code == 303 and due(town, person) == {"plan": later}
    shown = casemanager.get(page)
    assert "No place on a course in time" in text(shown)
    with inside(town):
        extension = db.session.query(Deadline).one().extensions[0].id
    done = {"met_on": today().isoformat()}
    for wrong in ("nothing", str(person)):
        assert send(casemanager, shown, page, ("take_back", wrong), **done).status_code == 404
    assert send(casemanager, shown, page, ("take_back", str(extension)), **done).status_code == 303
    assert due(town, person) == {"plan": ends}
    with inside(town):
        assert db.session.query(Deadline).one().met_on == today(), "what was typed beside it is kept, too"


def test_the_caseload_finds_who_is_nearly_late(any_town: Town) -> None:
    client = speaking("en", any_town.sign_in("casemanager"))
    late, soon, met, moved, far = people(any_town, 5, group="newcomer")
    with inside(any_town):
        for person, days_ago in ((late, 71), (soon, 50), (met, 71), (moved, 71), (far, 1)):
            started = today() - timedelta(days=days_ago)
            term = Deadline(
                participant_id=person, rule="plan", started_on=started, due_on=started + timedelta(weeks=10)
            )
            term.met_on = today() if person == met else None
            db.session.add(term)
        db.session.get_one(Participant, moved).group = "displaced"
    assert found(client, term="overdue") == ["P0000"]
    assert found(client, term="4") == ["P0000", "P0001"]
    assert found(client, term="13") == ["P0000", "P0001", "P0004"]
    with time_machine.travel(today() - timedelta(days=1)):
        assert found(client, term="overdue") == []
