"""Accounts that are made, renewed and brought in, without a browser in between."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from survey import staffing
from survey.accounts import operations
from survey.accounts.operations import ClaimedElsewhere
from survey.clock import now
from survey.database import db
from survey.fieldwork import Refused
from survey.models import Membership, Staff, StaffInvitation, StaffSession
from tests.fixtures.application import Town, new_town
from tests.survey.accounts.conftest import Clock, colleague
from tests.survey.accounts.test_staffing import of_link, person
from tests.survey.accounts.test_trail import trail
from tests.survey.casework.conftest import inside

AN, BO, NEW = "an@aalten.example", "bo@aalten.example", "four new words are easy"


@pytest.fixture
def here(clock: Clock, town: Town) -> Iterator[None]:
    with town.app.test_request_context():
        town.inside()
        yield


def test_a_first_password_can_be_read_out() -> None:
    made = {operations._first_password() for _ in range(100)}
    assert len(made) == 100
    assert all(re.fullmatch(r"[a-hjkmnp-z2-9]{4}(-[a-hjkmnp-z2-9]{4}){3}", password) for password in made)


def test_a_new_account_reads_as_it_was_asked_and_the_log_names_it(town: Town) -> None:
    with inside(town):
        assert operations.add_staff(AN, "reviewer", "An", "en")
        made = person(AN)
        assert (made.name, made.language, made.active) == ("An", "en", True)
        staff_id = made.id.hex
        operations.add_staff(BO, "reviewer")
        assert (person(BO).name, person(BO).language) == ("", "nl")
    assert ("staff.added", {"staff": staff_id}) in trail(town)


def test_an_account_is_believed_elsewhere_unless_it_came_by_a_link_for_its_own_address(town: Town) -> None:
    """That somebody else came by a link, or that one is under way, is nothing against it."""
    other = new_town(town.app, "borne")
    with inside(town):
        for email in (AN, BO):
            operations.add_staff(email, "reviewer")
        staffing.take_role(membership_of(BO))
        of_link(staffing.invite(BO, "councillor", None))
        staffing.use(of_link(staffing.invite("somebody@else.example", "reviewer", None)))
    with inside(other):
        for email in (AN, BO):
            assert operations.add_staff(email, "reviewer") is None
    with inside(town):
        staffing.use(db.session.scalars(select(StaffInvitation).where(StaffInvitation.email == BO)).one())
    third = new_town(town.app, "velp")
    with inside(third):
        operations.add_staff(AN, "reviewer")
        with pytest.raises(ClaimedElsewhere):
            operations.add_staff(BO, "reviewer")


def membership_of(email: str) -> Membership:
    return db.session.scalars(select(Membership).join(Staff).where(Staff.email == email)).one()


def test_a_renewed_account_is_new_in_every_way_and_its_link_used(clock: Clock, town: Town) -> None:
    for email in (AN, BO):
        colleague(town, "councillor", email=email)
    with inside(town):
        for email in (AN, BO):
            db.session.add(
                StaffSession(
                    staff_id=person(email).id, token_hash=email, device="", started_at=now(), expires_at=now()
                )
            )
    with town.app.test_request_context(method="POST"):
        town.inside()
        an, link = person(AN), of_link(staffing.renew(person(AN), None))
        before = an.fs_uniquifier, an.password, membership_of(BO).vouched_at
        assert operations.join(link, "An new", NEW, "nl") is an
        assert an.name == "An new" and an.verify_and_update_password(NEW)
        assert an.fs_uniquifier != before[0] and an.password != before[1]
        assert (membership_of(AN).vouched_at, membership_of(BO).vouched_at) == (now(), before[2])
        assert list(db.session.scalars(select(StaffSession.token_hash))) == [BO]
        with pytest.raises(Refused):
            operations.join(link, "An again", NEW, "nl")


def test_a_link_that_was_accepted_gives_the_role_back_to_nobody(town: Town) -> None:
    colleague(town, "councillor")
    with inside(town):
        token = staffing.invite(BO, "reviewer", None)
        person(AN).email = BO
        operations.accept(of_link(token), person(BO))
        given = select(Membership).where(Membership.role == "reviewer")
        staffing.take_role(db.session.scalars(given).one())
        with pytest.raises(Refused):
            operations.accept(of_link(token), person(BO))
        assert not db.session.scalars(given).all()
