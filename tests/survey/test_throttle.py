"""Guessing codes is slowed down per selector; nobody else in the reception centre notices."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from survey.database import db
from survey.models import CodeAttempts
from survey.privacy import codes
from survey.respond import throttle
from tests.fixtures.application import Town, new_town, token_in

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def enter(client: FlaskClient, code: str) -> TestResponse:
    page = client.get("/?language=en")
    return client.post("/?language=en", data={"csrf_token": token_in(page.text), "code": code})


def wrong(code: str, number: int) -> str:
    """A wrong code with the same selector."""
    return f"{code[:4]}-0000-{number:04}"


def join(town: Town) -> str:
    with town.app.app_context():
        return town.join()[2]


def test_a_few_slips_cost_nothing_and_then_it_waits(any_town: Town) -> None:
    code, client = join(any_town), any_town.app.test_client()
    with time_machine.travel(START, tick=False) as clock:
        for slip in range(throttle.FREE_TRIES - 1):
            assert "does not work" in enter(client, wrong(code, slip)).text
        assert enter(client, code).status_code == 303
        for slip in range(throttle.FREE_TRIES):
            assert "does not work" in enter(client, wrong(code, slip)).text
        blocked = enter(client, code)
        assert blocked.status_code == 422
        assert "Too many wrong codes" in blocked.text
        clock.shift(timedelta(seconds=throttle.FIRST_WAIT + 1))
        assert enter(client, code).status_code == 303


def test_the_right_code_starts_anew(any_town: Town) -> None:
    code, client = join(any_town), any_town.app.test_client()
    with time_machine.travel(START, tick=False):
        for _ in range(3):
            for slip in range(throttle.FREE_TRIES - 1):
                assert enter(client, wrong(code, slip)).status_code == 422
            assert enter(client, code).status_code == 303
    with any_town.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(CodeAttempts)) == 0


def test_others_at_the_same_address_notice_nothing(any_town: Town) -> None:
    guessed, others = join(any_town), [join(any_town) for _ in range(3)]
    with time_machine.travel(START, tick=False):
        for slip in range(30):
            enter(any_town.app.test_client(), wrong(guessed, slip))
        for code in others:
            for slip in range(throttle.FREE_TRIES - 1):
                assert "does not work" in enter(any_town.app.test_client(), wrong(code, slip)).text
            assert enter(any_town.app.test_client(), code).status_code == 303


def test_unknown_selectors_are_slowed_down_alike(any_town: Town) -> None:
    known, unknown = join(any_town), codes.new_code().grouped
    with time_machine.travel(START, tick=False):
        told = [
            ["Too many" in enter(any_town.app.test_client(), wrong(code, slip)).text for slip in range(8)]
            for code in (known, unknown)
        ]
    assert told[0] == told[1] == [False] * throttle.FREE_TRIES + [True] * 3


def waits(town: Town, selector: str, failures: int) -> list[int]:
    """How long one waits after each of so many wrong codes, tried again as soon as one may."""
    found = []
    with time_machine.travel(START, tick=False) as clock, town.app.app_context():
        for _ in range(failures):
            throttle.note_failure(selector, None)
            db.session.commit()
            found.append(throttle.seconds_to_wait(selector))
            clock.shift(timedelta(seconds=found[-1]))
    return found


def test_the_wait_doubles_up_to_an_hour(town: Town) -> None:
    found = waits(town, "AAAA", 20)
    assert found[: throttle.FREE_TRIES - 1] == [0] * (throttle.FREE_TRIES - 1)
    assert found[throttle.FREE_TRIES - 1 :][:4] == [30, 60, 120, 240]
    assert max(found) == found[-1] == throttle.LONGEST_WAIT
    assert found == sorted(found)


def test_guessing_a_selector_for_a_year_gets_nowhere(town: Town) -> None:
    """At one try an hour, 40 bits take over a hundred million years."""
    assert waits(town, "AAAA", 40)[-1] * 2**40 > 1e8 * 365 * 86400 / 2


def test_after_a_quiet_day_slips_are_forgotten(town: Town) -> None:
    with time_machine.travel(START, tick=False) as clock, town.app.app_context():
        for _ in range(throttle.FREE_TRIES):
            throttle.note_failure("AAAA", None)
        assert throttle.seconds_to_wait("AAAA") > 0
        clock.shift(timedelta(seconds=throttle.FORGET_AFTER + 1))
        throttle.note_failure("AAAA", None)
        assert throttle.seconds_to_wait("AAAA") == 0


def test_a_day_to_the_second_is_not_yet_a_quiet_day(town: Town) -> None:
    with time_machine.travel(START, tick=False) as clock, town.app.app_context():
        for _ in range(throttle.FREE_TRIES):
            throttle.note_failure("AAAA", None)
        clock.shift(timedelta(seconds=throttle.FORGET_AFTER))
        throttle.note_failure("AAAA", None)
        assert throttle.seconds_to_wait("AAAA") == 2 * throttle.FIRST_WAIT


def test_after_a_quiet_day_there_are_as_many_free_tries_as_at_first(town: Town) -> None:
    with time_machine.travel(START, tick=False) as clock, town.app.app_context():
        throttle.note_failure("AAAA", None)
        clock.shift(timedelta(seconds=throttle.FORGET_AFTER + 1))
        for _ in range(throttle.FREE_TRIES - 1):
            throttle.note_failure("AAAA", None)
        assert throttle.seconds_to_wait("AAAA") == 0
        throttle.note_failure("AAAA", None)
        assert throttle.seconds_to_wait("AAAA") == throttle.FIRST_WAIT


def test_the_right_code_forgives_its_own_selector_alone(any_town: Town) -> None:
    with time_machine.travel(START, tick=False), any_town.app.app_context():
        for selector in ("AAAA", "BBBB"):
            for _ in range(throttle.FREE_TRIES):
                throttle.note_failure(selector, None)
        throttle.forget("AAAA")
        assert throttle.seconds_to_wait("AAAA") == 0
        assert throttle.seconds_to_wait("BBBB") == throttle.FIRST_WAIT


@pytest.mark.parametrize(("before", "wait"), [(throttle.FLOOD - 3, 0), (throttle.FLOOD - 2, 30)])
def test_it_is_a_flood_from_so_many_on(town: Town, before: int, wait: int) -> None:
    """The second wrong code of somebody else is the one that makes it a flood, or one fewer than that."""
    other, person = join(town), join(town)
    with time_machine.travel(START, tick=False), town.app.app_context():
        _attempts(other[:4], failures=before)
        for _ in range(throttle.FREE_TRIES_IN_A_FLOOD):
            throttle.note_failure(person[:4], town.organisation_id)
        assert throttle.seconds_to_wait(person[:4]) == wait


def test_a_flood_is_over_after_an_hour_to_the_second(town: Town) -> None:
    other, person = join(town), join(town)
    with time_machine.travel(START, tick=False) as clock, town.app.app_context():
        _attempts(other[:4], failures=throttle.FLOOD)
        clock.shift(timedelta(seconds=throttle.FLOOD_SECONDS))
        for _ in range(throttle.FREE_TRIES_IN_A_FLOOD):
            throttle.note_failure(person[:4], town.organisation_id)
        assert throttle.seconds_to_wait(person[:4]) == 0


def test_a_flood_tightens_for_the_town_and_passes(any_town: Town) -> None:
    """Many wrong codes over many selectors of one town: each gets fewer free tries, for an hour."""
    people = [join(any_town) for _ in range(3)]
    with time_machine.travel(START, tick=False) as clock, any_town.app.app_context():
        owner = any_town.organisation_id
        _attempts(people[0][:4], failures=throttle.FLOOD)
        for _ in range(throttle.FREE_TRIES_IN_A_FLOOD):
            assert throttle.seconds_to_wait(people[1][:4]) == 0
            throttle.note_failure(people[1][:4], owner)
        assert throttle.seconds_to_wait(people[1][:4]) > 0
        clock.shift(timedelta(seconds=throttle.FLOOD_SECONDS + 1))
        for _ in range(throttle.FREE_TRIES - 1):
            throttle.note_failure(people[2][:4], owner)
        assert throttle.seconds_to_wait(people[2][:4]) == 0


def test_a_flood_elsewhere_does_not_matter(any_town: Town) -> None:
    person, other = join(any_town), new_town(any_town.app, "borne")
    stranger = join(other)
    with time_machine.travel(START, tick=False), any_town.app.app_context():
        _attempts(stranger[:4], failures=throttle.FLOOD)
        for _ in range(throttle.FREE_TRIES - 1):
            throttle.note_failure(person[:4], any_town.organisation_id)
        assert throttle.seconds_to_wait(person[:4]) == 0


def _attempts(selector: str, failures: int) -> None:
    moment = datetime.now(UTC).timestamp()
    db.session.add(CodeAttempts(selector=selector, failures=failures, blocked_until=0.0, last_failure=moment))
    db.session.flush()


def test_wrong_codes_at_the_same_moment_all_count(any_town: Town) -> None:
    unknown, guesses = codes.new_code().grouped, throttle.FREE_TRIES - 1
    with ThreadPoolExecutor(guesses) as pool:
        clients = [any_town.app.test_client() for _ in range(guesses)]
        answers = list(pool.map(lambda slip: enter(clients[slip], wrong(unknown, slip)), range(guesses)))
    assert {answer.status_code for answer in answers} == {422}
    with any_town.app.app_context():
        assert db.session.scalars(select(CodeAttempts.failures)).one() == guesses


def test_what_is_kept_names_nobody(any_town: Town) -> None:
    code = join(any_town)
    enter(any_town.app.test_client(), wrong(code, 1))
    with any_town.app.app_context():
        row = db.session.scalars(select(CodeAttempts)).one()
        assert (row.selector, row.failures) == (code[:4], 1)
        assert {column.key for column in CodeAttempts.__mapper__.column_attrs} == {
            "selector", "failures", "blocked_until", "last_failure",
        }  # fmt: skip
