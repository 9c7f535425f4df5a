"""Which sessions begin, go on and end, and that those of others and on other devices stay: row by row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import g, session
from sqlalchemy import select

from survey import staffing
from survey.accounts import sessions
from survey.clock import now
from survey.database import db
from survey.models import Staff, StaffSession
from tests.fixtures.application import Town
from tests.survey.accounts.conftest import Clock, colleague

BO = "bo@aalten.example"
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def an(clock: Clock, town: Town) -> Iterator[Staff]:
    """In a request, with a colleague beside her."""
    staff_id = colleague(town, "councillor")
    colleague(town, "councillor", email=BO)
    with town.app.test_request_context(method="POST"):
        town.inside()
        yield db.session.get_one(Staff, staff_id)


@pytest.fixture
def bo(an: Staff) -> Staff:
    return db.session.scalars(select(Staff).where(Staff.email == BO)).one()


def began(person: Staff) -> dict[str, Any]:
    """A session of theirs in a browser that held none: what its cookie holds."""
    session.clear()
    sessions.start(person)
    return dict(session[sessions.COOKIE_KEY])


def there() -> set[str]:
    return set(db.session.scalars(select(StaffSession.token_hash)))


def hashes(*kept: dict[str, Any]) -> set[str]:
    return {staffing.digest(one["token"]) for one in kept}


def comes_back_with(kept: dict[str, Any], uniquifier: str) -> Staff | None:
    """Who that is, had they done something just now."""
    g.pop("staff_session_over", None)
    session[sessions.COOKIE_KEY] = {**kept, "seen": now().timestamp()}
    return sessions.load(uniquifier)


def test_a_new_one_ends_the_one_before_it_in_this_browser_and_those_whose_time_is_up(
    clock: Clock, an: Staff, bo: Staff
) -> None:
    over = began(an)
    clock.shift(sessions.LONGEST)
    elsewhere, of_bo = began(an), began(bo)
    assert there() == hashes(elsewhere, of_bo), "ten hours to the second are over"
    before = began(an)
    sessions.start(an)
    after = dict(session[sessions.COOKIE_KEY])
    assert there() == hashes(elsewhere, of_bo, after) and hashes(over, before).isdisjoint(there())


def test_it_opens_for_its_own_account_until_its_time_is_up(clock: Clock, an: Staff, bo: Staff) -> None:
    kept = began(an)
    assert comes_back_with(kept, an.fs_uniquifier) is an
    for uniquifier in (bo.fs_uniquifier, "", "another"):
        assert comes_back_with(kept, uniquifier) is None and g.staff_session_over
    clock.shift(sessions.LONGEST - SECOND)
    assert comes_back_with(kept, an.fs_uniquifier) is an
    clock.shift(SECOND)
    assert comes_back_with(kept, an.fs_uniquifier) is None and g.staff_session_over


def test_a_closed_account_opens_none(an: Staff) -> None:
    kept = began(an)
    an.active = False
    assert comes_back_with(kept, an.fs_uniquifier) is None and g.staff_session_over


def test_half_an_hour_to_the_second_may_pass_and_the_cookie_is_not_written_for_every_page(
    clock: Clock, an: Staff
) -> None:
    kept = began(an)
    clock.shift(MINUTE)
    assert sessions.load(an.fs_uniquifier) is an and session[sessions.COOKIE_KEY] == kept
    clock.shift(SECOND)
    assert sessions.load(an.fs_uniquifier) is an and session[sessions.COOKIE_KEY] != kept
    clock.shift(30 * MINUTE)
    assert sessions.load(an.fs_uniquifier) is an
    assert session[sessions.COOKIE_KEY] == {**kept, "seen": now().timestamp()}


def test_signing_out_ends_this_one_alone(an: Staff, bo: Staff) -> None:
    elsewhere, of_bo, here = began(an), began(bo), began(an)
    sessions.end_this()
    assert there() == hashes(elsewhere, of_bo) and here["token"] not in str(dict(session))


def test_one_sees_and_ends_only_one_s_own(clock: Clock, an: Staff, bo: Staff) -> None:
    began(an)
    clock.shift(sessions.LONGEST - 2 * MINUTE)
    mine = [began(an)]
    clock.shift(2 * MINUTE)
    of_bo = began(bo)
    mine.insert(0, began(an))
    listed = sessions.of(an.id)
    assert [one.token_hash for one in listed] == [staffing.digest(one["token"]) for one in mine]
    assert not sessions.end(bo.id, listed[0].id) and sessions.end(an.id, listed[0].id)
    assert there() == hashes(mine[1], of_bo)
    clock.shift(sessions.LONGEST - 2 * MINUTE - SECOND)
    assert [one.token_hash for one in sessions.of(an.id)] == [staffing.digest(mine[1]["token"])]
    clock.shift(SECOND)
    assert sessions.of(an.id) == [] and len(there()) == 2, "over, though nobody signed in since"


@pytest.mark.parametrize("keeps_this", [False, True])
def test_everywhere_is_everywhere_of_this_person(an: Staff, bo: Staff, keeps_this: bool) -> None:
    began(an)
    of_bo, here = began(bo), began(an)
    this: UUID = g.staff_session.id
    staffing.end_sessions(an.id, but=this if keeps_this else None)
    assert there() == (hashes(of_bo, here) if keeps_this else hashes(of_bo))
