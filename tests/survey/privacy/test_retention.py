"""What has been kept long enough is marked, waits, and goes; nothing goes that is still needed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from survey import fieldwork, participation
from survey.clock import now, today
from survey.codes import KEPT_KINDS
from survey.database import db
from survey.models import (
    AccessCode,
    Enrolment,
    Goal,
    Identity,
    OpenAnswer,
    Page,
    Participant,
    RetentionMark,
    Staff,
)
from survey.privacy import retention
from survey.privacy.retention import RULES, months_after
from telvertel import commands
from tests.fixtures.application import Town, new_town, token_in
from tests.fixtures.visitor import Visitor, saved

START = "2026-03-02 09:00+00:00"
#: The window of `after` (week 10, four weeks) has passed.
LAST_DAY = date(2026, 3, 2) + timedelta(weeks=14)
MODELS = {
    "codes": AccessCode,
    "identity": Identity,
    "open_answers": OpenAnswer,
    "casework": Goal,
    "answers": Page,
}


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(START, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def answered(any_app: Flask, clock: time_machine.Coordinates) -> Town:
    town = new_town(any_app, instruments=("wellbeing",))
    with any_app.app_context():
        person, _, code = town.join(pseudonym="PERSON")
        participation.set_identity(person, "Name", "contact")
        plan(person.enrolments[0])
        db.session.commit()
    Visitor(town, code).begin().answer_all("3").send(text="words", then="next")
    return town


def plan(enrolment: Enrolment) -> None:
    """A goal, written now."""
    goal = Goal(
        organisation_id=enrolment.organisation_id, enrolment=enrolment, domain="work", language="uk",
        state_on=today(), made_at=now(), changed_at=now(),
    )  # fmt: skip
    goal.words = "A job"
    db.session.add(goal)


def travel(clock: time_machine.Coordinates, day: date) -> None:
    clock.move_to(f"{day.isoformat()} 09:00+00:00")


def run(town: Town, dry: bool = False) -> dict[str, tuple[int, int, int]]:
    with town.app.app_context():
        town.inside()
        lines = retention.run(dry)
        db.session.commit()
        return {line.kind: (len(line.marked), len(line.waiting), len(line.removed)) for line in lines}


def there(town: Town) -> set[str]:
    with town.app.app_context():
        town.inside()
        return {
            kind for kind, model in MODELS.items() if db.session.scalars(select(model)).first() is not None
        }


def close_waves(town: Town) -> None:
    with town.app.app_context():
        for wave in town.inside().waves:
            fieldwork.close_wave(wave)
        db.session.commit()


@pytest.mark.parametrize("kind", ["codes", "identity", "open_answers", "casework", "answers"])
def test_each_kind_goes_in_its_time_and_no_earlier(
    answered: Town, clock: time_machine.Coordinates, kind: str
) -> None:
    travel(clock, LAST_DAY)
    close_waves(answered)
    due = months_after(LAST_DAY, RULES[kind].months)
    travel(clock, due - timedelta(days=1))
    assert kind not in run(answered)
    travel(clock, due)
    assert run(answered, dry=True)[kind] == (1, 0, 0)
    assert run(answered)[kind] == (1, 0, 0)
    travel(clock, due + timedelta(days=29))
    assert run(answered)[kind] == (0, 1, 0)
    assert kind in there(answered)
    travel(clock, due + timedelta(days=30))
    assert run(answered, dry=True)[kind] == (0, 0, 1)
    assert kind in there(answered), "a dry run changes nothing"
    assert run(answered)[kind] == (0, 0, 1)
    assert kind not in there(answered)
    later = KEPT_KINDS[KEPT_KINDS.index(kind) + 1 :]
    assert set(later) <= there(answered)
    assert kind not in run(answered)


def test_with_the_answers_goes_the_person(answered: Town, clock: time_machine.Coordinates) -> None:
    travel(clock, LAST_DAY)
    close_waves(answered)
    travel(clock, date(2030, 1, 1))
    assert set(run(answered)) == set(KEPT_KINDS)
    travel(clock, date(2030, 1, 31))
    assert run(answered) == dict.fromkeys(KEPT_KINDS, (0, 0, 1))
    assert there(answered) == set()
    with answered.app.app_context():
        answered.inside()
        person = db.session.scalars(select(Participant)).one()
        assert person.erased_on == today() and person.pseudonym != "PERSON"
    assert run(answered) == {}


def test_answers_wait_for_the_programme(answered: Town, clock: time_machine.Coordinates) -> None:
    travel(clock, months_after(LAST_DAY, 47))
    assert "answers" not in run(answered)
    travel(clock, months_after(LAST_DAY, 48))
    assert run(answered)["answers"] == (1, 0, 0), "and not for ever where it never ends"


def test_a_name_waits_for_the_persons_last_programme(answered: Town, clock: time_machine.Coordinates) -> None:
    with answered.app.app_context():
        organisation = answered.inside().organisation_id
        person = db.session.scalars(select(Participant)).one()
        db.session.enter(organisation)
        other = fieldwork.add_programme("long", "Long", ["wellbeing"], [fieldwork.parse_wave("year:52:4")])
        participation.enrol(person, other, today())
        db.session.commit()
    travel(clock, months_after(LAST_DAY, 7))
    assert "identity" not in run(answered) and "codes" in run(answered)
    travel(clock, months_after(date(2026, 3, 2) + timedelta(weeks=56), 7))
    assert run(answered)["identity"][0] == 1


def test_put_off_it_waits_longer(answered: Town, clock: time_machine.Coordinates) -> None:
    travel(clock, months_after(LAST_DAY, 6))
    run(answered)
    until = today() + timedelta(days=90)
    client = answered.sign_in("coordinator")
    address = f"/manage/retention/{answered.code}/identity"
    form = {"csrf_token": token_in(client.get(address).text), "until": until.isoformat()}
    refused = client.post(address, data=form)
    assert refused.status_code == 422 and until.isoformat() in refused.text
    assert client.post(address, data={**form, "reason": "An audit"}).status_code == 303
    page = client.get("/manage/retention").text
    assert "An audit" in page and "PERSON" not in page
    travel(clock, until - timedelta(days=1))
    assert run(answered)["identity"] == (0, 1, 0)
    travel(clock, until)
    assert run(answered)["identity"] == (0, 0, 1)


@pytest.mark.parametrize("until", ["2026-03-02", "2040-01-01", "nonsense", ""])
def test_not_put_off_without_bound(answered: Town, clock: time_machine.Coordinates, until: str) -> None:
    travel(clock, months_after(LAST_DAY, 6))
    run(answered)
    client = answered.sign_in("administrator")
    address = f"/manage/retention/{answered.code}/identity"
    form = {"csrf_token": token_in(client.get(address).text), "until": until, "reason": "because"}
    answer = client.post(address, data=form)
    assert answer.status_code == 422 and 'value="because"' in answer.text


def test_rules_are_changed_within_bounds(answered: Town) -> None:
    client = answered.sign_in("administrator")
    address = "/manage/retention/rules"
    right = {
        "codes": "0",
        "identity": "24",
        "open_answers": "1",
        "casework": "9",
        "answers": "6",
        "basis": "public_task",
    }
    token = {"csrf_token": token_in(client.get(address).text)}
    for field, wrong in (
        ("codes", "7"),
        ("identity", "0"),
        ("answers", "5"),
        ("answers", "x"),
        ("basis", "y"),
    ):
        answer = client.post(address, data={**token, **right, field: wrong})
        assert answer.status_code == 422, (field, wrong)
        assert 'value="24"' in answer.text or field == "identity", "nothing typed is lost"
    assert client.post(address, data={**token, **right}).status_code == 303
    with answered.app.app_context():
        programme = answered.inside()
        assert retention.months_of() == {
            "codes": 0,
            "identity": 24,
            "open_answers": 1,
            "casework": 9,
            "answers": 6,
        }
        assert programme.organisation.taking_part_basis == "public_task"


def test_a_longer_rule_takes_marks_away(answered: Town, clock: time_machine.Coordinates) -> None:
    travel(clock, months_after(LAST_DAY, 6))
    run(answered)
    with answered.app.app_context():
        answered.inside()
        retention.decide({"identity": 24}, db.session.scalars(select(Staff.id)).first() or _someone())
        db.session.commit()
    run(answered)
    with answered.app.app_context():
        answered.inside()
        assert "identity" not in set(db.session.scalars(select(RetentionMark.kind)))


def _someone() -> Any:
    person = Staff(email="someone@example.nl", password="-")
    db.session.add(person)
    db.session.flush()
    return person.id


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 12, 5), 0, date(2026, 12, 5)),
        (date(2026, 12, 5), 24, date(2028, 12, 5)),
    ],
)
def test_months_later(day: date, months: int, later: date) -> None:
    assert months_after(day, months) == later


def test_the_command_says_what_it_does(app: Flask, data: Path) -> None:
    with time_machine.travel(START, tick=False) as clock:
        town = new_town(app, instruments=("wellbeing",))
        with app.app_context():
            town.join(pseudonym="PERSON")
        travel(clock, months_after(LAST_DAY, 1))
        for arguments, said_so in ((["--dry-run"], "Nothing was changed."), ([], "Done.")):
            done = CliRunner().invoke(commands(), ["retention", "run", *arguments, "--data", str(data)])
            assert done.exit_code == 0, done.output
            (line,) = [json.loads(line) for line in done.stdout.splitlines()]
            assert line == {
                "programme": town.code, "kind": "codes", "marked": ["PERSON"], "waiting": [], "removed": [],
                "counts": {"marked": 1, "waiting": 0, "removed": 0},
            }  # fmt: skip
            assert said_so in done.stderr
        assert saved(town) == {}


def test_the_command_refuses_a_ledger_that_was_changed(data: Path) -> None:
    (data / "erasures.jsonl").write_text("nonsense\n")
    done = CliRunner().invoke(commands(), ["retention", "run", "--data", str(data)])
    assert done.exit_code == 1
    assert "Line 1" in done.stderr and "Traceback" not in done.output
