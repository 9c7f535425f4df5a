"""What two workers may do at the same moment is done by one after the other: whoever is second sees what the first did.

On PostgreSQL by rows that are locked (SQLite has one writer anyway), so it is read there how the rows are asked for;
that the second sees it is tried by changing rows behind the session's back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import ORMExecuteState

from survey import staffing
from survey.accounts import forms, lockout, operations
from survey.clock import now
from survey.database import db
from survey.models import Membership, SignInAttempts, Staff
from survey.tenancy import OrganisationSession
from tests.fixtures.application import Town
from tests.survey.accounts.conftest import Clock, colleague
from tests.survey.accounts.test_staffing import of_link, person

AN, CODE = "an@aalten.example", "abcd-efgh-ijkl"


@pytest.fixture
def locked() -> Iterator[list[str]]:
    """The questions that lock what they find, as PostgreSQL reads them."""
    found: list[str] = []

    def note(state: ORMExecuteState) -> None:
        if state.is_select:
            text = " ".join(str(state.statement.compile(dialect=postgresql.dialect())).split())
            found.extend([text] if "FOR UPDATE" in text else [])

    event.listen(OrganisationSession, "do_orm_execute", note)
    yield found
    event.remove(OrganisationSession, "do_orm_execute", note)


@pytest.fixture
def an(clock: Clock, town: Town) -> Iterator[Staff]:
    colleague(town, "administrator")
    with town.app.test_request_context(method="POST", data={"code": CODE}):
        town.inside()
        yield person(AN)


def meanwhile(model: type[Any], **columns: Any) -> None:
    """Another worker did this; what this one holds in memory is of before."""
    db.session.flush()
    db.session.execute(update(model).values(**columns), execution_options={"synchronize_session": False})


def test_tries_at_a_door_are_counted_one_after_the_other(clock: Clock, town: Town, locked: list[str]) -> None:
    with town.app.app_context():
        lockout.try_door("a")
        held = db.session.get_one(SignInAttempts, "a")
        assert held.tries == 1 and len(locked) == 1 and "sign_in_attempts" in locked[0]
        meanwhile(SignInAttempts, tries=lockout.FREE_TRIES, shut_until=now().timestamp() + 600)
        assert lockout.try_door("a") >= 600


@pytest.mark.parametrize("taken", [False, True])
def test_a_recovery_code_is_looked_at_by_one_at_a_time(
    an: Staff, locked: list[str], town: Town, taken: bool
) -> None:
    util = town.app.extensions["security"]._mf_recovery_codes_util
    an.mf_recovery_codes = util._encrypt_codes([CODE])
    if taken:
        meanwhile(Staff, mf_recovery_codes=[])
    form = forms.RecoveryForm(meta={"csrf": False})
    form.user = an
    assert form.validate() is not taken
    assert [text for text in locked if "FROM staff " in text]


def test_a_renewed_account_loses_what_was_set_up_meanwhile(an: Staff, locked: list[str]) -> None:
    link = of_link(staffing.renew(an, None))
    assert an.tf_totp_secret is None
    meanwhile(Staff, tf_primary_method="authenticator", tf_totp_secret="x", mf_recovery_codes=["x"])
    operations.join(link, "An", "four new words are easy", "nl")
    db.session.expire_all()
    assert (an.tf_primary_method, an.tf_totp_secret, an.mf_recovery_codes) == (None, None, None)
    assert [text for text in locked if "FROM staff " in text]


def test_administrators_are_locked_in_one_order_before_one_goes(an: Staff, locked: list[str]) -> None:
    """In another order two who take each other away would wait for each other."""
    with pytest.raises(staffing.Refused):
        staffing.take_role(db.session.scalars(select(Membership)).one())
    assert len(locked) == 1 and "ORDER BY membership.id" in locked[0]
