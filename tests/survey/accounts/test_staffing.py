"""Links and roles, row by row: each is made, used, renewed and ended alone, and the log says whose and which."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from survey import staffing
from survey.accounts import joining
from survey.clock import now
from survey.database import db
from survey.fieldwork import Refused
from survey.models import Membership, Staff, StaffInvitation, StaffSession
from tests.fixtures.application import Town
from tests.survey.accounts.conftest import Clock, colleague
from tests.survey.accounts.test_trail import trail

AN, BO, NEW = "an@aalten.example", "bo@aalten.example", "new@aalten.example"
A_DAY = timedelta(days=1)


@pytest.fixture
def two(town: Town) -> dict[str, UUID]:
    return {AN: colleague(town, "councillor"), BO: colleague(town, "councillor", email=BO)}


@pytest.fixture
def here(clock: Clock, town: Town, two: dict[str, UUID]) -> Iterator[None]:
    """In the town, as a command is."""
    with town.app.app_context():
        town.inside()
        yield


def person(email: str) -> Staff:
    return db.session.scalars(select(Staff).where(Staff.email == email)).one()


def of_link(token: str) -> StaffInvitation:
    made = select(StaffInvitation).where(StaffInvitation.token_hash == staffing.digest(token))
    return db.session.scalars(made).one()


def usable(*tokens: str) -> list[bool]:
    """Which of these links still open something."""
    place = tokens[0].partition(".")[0]
    return [joining._find(staffing.digest(token), place) is not None for token in tokens]


def used(invitation: StaffInvitation) -> bool:
    at = select(StaffInvitation.used_at).where(StaffInvitation.id == invitation.id)
    return db.session.scalars(at).one() is not None


@pytest.mark.usefixtures("here")
def test_using_a_link_uses_that_one_once() -> None:
    first, other = (of_link(staffing.invite(email, "councillor", None)) for email in (NEW, f"other{NEW}"))
    staffing.use(first)
    assert used(first) and not used(other)
    with pytest.raises(Refused):
        staffing.use(first)
    staffing.use(other)


@pytest.mark.usefixtures("here")
def test_a_week_to_the_second_is_too_old(clock: Clock) -> None:
    token = staffing.invite(NEW, "councillor", None)
    invitation = of_link(token)
    clock.shift(timedelta(days=staffing.LINK_DAYS, seconds=-1))
    assert usable(token) == [True]
    clock.shift(timedelta(seconds=1))
    assert usable(token) == [False]
    with pytest.raises(Refused):
        staffing.use(invitation)
    assert not used(invitation)


@pytest.mark.usefixtures("here")
def test_another_link_ends_the_earlier_one_for_the_same_and_no_other() -> None:
    long_ago = staffing.invite(NEW, "councillor", None)
    staffing.use(of_link(long_ago))
    before, other_role, other_person, an, bo = (
        staffing.invite(NEW, "councillor", None), staffing.invite(NEW, "reviewer", None),
        staffing.invite(f"other{NEW}", "councillor", None),
        staffing.renew(person(AN), None), staffing.renew(person(BO), None),
    )  # fmt: skip
    again = staffing.invite(NEW, "councillor", None)
    assert usable(before, other_role, other_person, an, bo, again) == [False, True, True, True, True, True]
    anew = staffing.renew(person(AN), None)
    assert usable(other_role, other_person, an, bo, again, anew) == [True, True, False, True, True, True]
    assert of_link(long_ago).used_at is not None, "what was used stays, for who asks who came in"


@pytest.mark.usefixtures("here")
def test_a_link_says_who_made_it_for_whom_and_until_when() -> None:
    by_an, by_nobody = (
        of_link(staffing.invite(NEW, "reviewer", person(AN))), of_link(staffing.renew(person(BO), None)),
    )  # fmt: skip
    assert (by_an.made_by_id, by_an.email, by_an.role, by_an.staff_id) == (
        person(AN).id, NEW, "reviewer", None,
    )  # fmt: skip
    assert (by_nobody.made_by_id, by_nobody.email, by_nobody.role, by_nobody.staff_id) == (
        None, BO, None, person(BO).id,
    )  # fmt: skip
    assert (by_an.made_at, by_an.expires_at) == (now(), now() + timedelta(days=7))


@pytest.mark.usefixtures("here")
def test_nobody_is_invited_as_what_there_is_not_and_no_stranger_gets_in_again() -> None:
    with pytest.raises(Refused):
        staffing.invite(NEW, "king", None)
    stranger = Staff(email=NEW, password="x")
    db.session.add(stranger)
    db.session.flush()
    with pytest.raises(Refused):
        staffing.renew(stranger, None)
    assert not db.session.scalars(select(StaffInvitation)).all()


def test_a_secret_of_any_letters_has_a_digest() -> None:
    """Half a character can come out of a form, and no file can hold it."""
    assert len(staffing.digest("\ud800")) == 64


@pytest.mark.usefixtures("here")
def test_a_role_is_of_who_got_it_from_now_on() -> None:
    given = staffing.give_role(person(AN), "reviewer")
    assert (given.staff_id, given.role, given.vouched_at) == (person(AN).id, "reviewer", now())
    with pytest.raises(Refused):
        staffing.give_role(person(AN), "reviewer")
    staffing.give_role(person(BO), "reviewer")


@pytest.mark.usefixtures("here")
def test_one_vouches_for_one_person(clock: Clock) -> None:
    staffing.give_role(person(BO), "reviewer")
    before = {row.id: row.vouched_at for row in db.session.scalars(select(Membership))}
    clock.shift(A_DAY)
    staffing.vouch(person(AN).id)
    db.session.expire_all()
    for row in db.session.scalars(select(Membership)):
        assert row.vouched_at == (now() if row.staff_id == person(AN).id else before[row.id])


@pytest.mark.usefixtures("here")
def test_a_role_that_ends_ends_the_sessions_of_that_person() -> None:
    for number, who in enumerate((AN, BO)):
        until = now() + A_DAY
        db.session.add(
            StaffSession(
                staff_id=person(who).id, token_hash=str(number), device="", started_at=now(), expires_at=until
            )
        )
    staffing.take_role(
        db.session.scalars(select(Membership).where(Membership.staff_id == person(AN).id)).one()
    )
    assert list(db.session.scalars(select(Membership.staff_id))) == [person(BO).id]
    assert list(db.session.scalars(select(StaffSession.staff_id))) == [person(BO).id]
    staffing.sign_out(person(BO))
    assert not db.session.scalars(select(StaffSession)).all()


@pytest.mark.usefixtures("here")
def test_what_another_worker_changed_meanwhile_counts_for_who_is_the_last_administrator(clock: Clock) -> None:
    """Bo's roles slept when this worker looked; since then somebody vouched for Bo."""
    first, second = (staffing.give_role(person(who), "administrator") for who in (AN, BO))
    clock.shift(A_DAY)
    person(BO).renewed_at = now()
    db.session.flush()
    with pytest.raises(Refused):
        staffing.take_role(first)
    vouched = update(Membership).where(Membership.id == second.id).values(vouched_at=now())
    db.session.execute(vouched, execution_options={"synchronize_session": False})
    staffing.take_role(first)
    with pytest.raises(Refused):
        staffing.take_role(second)


def test_the_log_says_whose_and_which(clock: Clock, town: Town, two: dict[str, UUID]) -> None:
    before = len(trail(town))
    with town.app.app_context():
        town.inside()
        staffing.withdraw(of_link(staffing.invite(NEW, "reviewer", None)))
        staffing.renew(person(AN), None)
        given = staffing.give_role(person(AN), "reviewer")
        staffing.vouch(person(BO).id)
        staffing.sign_out(person(BO))
        staffing.take_role(given)
        db.session.commit()
    an, bo = two[AN].hex, two[BO].hex
    assert trail(town)[before:] == [
        ("staff.invited", {"role": "reviewer"}),
        ("staff.invitation_withdrawn", {}),
        ("staff.invited", {"staff": an}),
        ("staff.role_given", {"staff": an, "role": "reviewer"}),
        ("staff.changed", {"staff": bo, "vouched": 1}),
        ("session.revoked", {"staff": bo}),
        ("staff.role_taken", {"staff": an, "role": "reviewer"}),
    ]
