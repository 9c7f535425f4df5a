"""Doors at which tries are counted: how the wait grows, passes and is said, to the second."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from survey.accounts import lockout
from survey.clock import now
from survey.database import db
from survey.models import SignInAttempts
from tests.fixtures.application import Town
from tests.survey.accounts.conftest import Clock


def row(name: str) -> SignInAttempts:
    return db.session.scalars(select(SignInAttempts).where(SignInAttempts.door == name)).one()


def shut(name: str) -> int:
    """For how many seconds from now on."""
    return max(0, round(row(name).shut_until - now().timestamp()))


def use_up(name: str) -> None:
    """All that is free: the last of them shuts the door."""
    for _ in range(lockout.FREE_TRIES):
        assert lockout.try_door(name) == 0


def test_the_wait_doubles_up_to_an_hour(clock: Clock, town: Town) -> None:
    with town.app.app_context():
        use_up("a")
        waits = [shut("a")]
        for _ in range(9):
            clock.shift(timedelta(seconds=waits[-1] + 1))
            assert lockout.try_door("a") == 0
            waits.append(shut("a"))
    assert waits[:7] == [30, 60, 120, 240, 480, 960, 1920]
    assert waits[7:] == [lockout.LONGEST_WAIT] * 3


def test_only_the_last_free_try_shuts_it(clock: Clock, town: Town) -> None:
    with town.app.app_context():
        for _ in range(lockout.FREE_TRIES - 1):
            assert lockout.try_door("a") == 0
            assert shut("a") == 0
        lockout.try_door("a")
        assert shut("a") == lockout.FIRST_WAIT


def test_what_is_refused_is_not_counted(clock: Clock, town: Town) -> None:
    with town.app.app_context():
        use_up("a")
        for _ in range(5):
            assert 0 < lockout.try_door("a") <= lockout.FIRST_WAIT + 1
        assert (row("a").tries, shut("a")) == (lockout.FREE_TRIES, lockout.FIRST_WAIT)


def test_one_waits_to_the_second_and_no_longer(clock: Clock, town: Town) -> None:
    with town.app.app_context():
        use_up("a")
        clock.shift(timedelta(seconds=lockout.FIRST_WAIT - 1))
        assert lockout.try_door("a") in (1, 2)
        clock.shift(timedelta(seconds=2))
        assert lockout.try_door("a") == 0


def test_in_the_last_second_nothing_is_counted(clock: Clock, town: Town) -> None:
    with town.app.app_context():
        use_up("a")
        before = row("a").shut_until
        clock.shift(timedelta(seconds=lockout.FIRST_WAIT - 0.4))
        assert lockout.try_door("a") == 1
        assert (row("a").tries, row("a").shut_until) == (lockout.FREE_TRIES, before)


def test_each_door_is_counted_by_itself(clock: Clock, town: Town) -> None:
    with town.app.app_context():
        use_up("a")
        use_up("b")
        lockout.forget("a")
        db.session.commit()
        assert lockout.try_door("a") == 0
        assert lockout.try_door("b") > 0


def test_it_is_kept_whatever_comes_of_the_request(clock: Clock, town: Town) -> None:
    with town.app.app_context():
        use_up("a")
        db.session.rollback()
        assert row("a").tries == lockout.FREE_TRIES


def test_a_day_to_the_second_is_remembered_and_no_longer(clock: Clock, town: Town) -> None:
    with town.app.app_context():
        use_up("a")
        clock.shift(timedelta(seconds=lockout.FORGET_AFTER))
        assert lockout.try_door("a") == 0
        assert row("a").tries == lockout.FREE_TRIES + 1
        clock.shift(timedelta(seconds=lockout.FORGET_AFTER + 1))
        assert lockout.try_door("a") == 0
        assert row("a").tries == 1


def test_a_day_begins_with_the_last_try(clock: Clock, town: Town) -> None:
    with town.app.app_context():
        for tries in (1, 2, 3):
            assert lockout.try_door("a") == 0
            assert row("a").tries == tries
            clock.shift(timedelta(seconds=lockout.FORGET_AFTER * 0.75))


def test_a_door_is_of_one_thing_and_one_installation(town: Town) -> None:
    with town.app.app_context():
        doors = {
            lockout.door("password", "an@a.example", "strange"),
            lockout.door("password", "an@a.example", "device"),
            lockout.door("password", "bo@a.example", "strange"),
            lockout.door("second step", "an@a.example", "strange"),
            lockout.door("password", "an@a.examplestrange"),
        }
        assert len(doors) == 5
        assert lockout.door("password", "an@a.example", "strange") in doors
        assert all(len(door) == 64 for door in doors)
        town.app.secret_key = "of another installation"
        assert lockout.door("password", "an@a.example", "strange") not in doors


def test_any_text_has_a_door(town: Town) -> None:
    with town.app.app_context():
        assert lockout.door("password", "\ud800\x00é", "strange")


@pytest.mark.parametrize(
    ("seconds", "said"), [(1, "1 minute,"), (60, "1 minute,"), (61, "2 minutes,"), (3600, "60 minutes,")]
)
def test_the_wait_is_said_in_whole_minutes_that_are_enough(town: Town, seconds: int, said: str) -> None:
    with town.app.test_request_context(), force_locale("en"):
        assert said in lockout.advice(seconds)
