"""What happens to accounts is in the audit log of who may know it: without addresses, names, tokens or passwords."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from survey.database import db
from survey.models import AuditEvent, Membership
from tests.fixtures.application import PASSWORD, Town, new_town
from tests.survey.accounts.conftest import browser, colleague, post, sign_in
from tests.survey.accounts.test_invitations import BO, NEW, fill_in, invited, new_link, open_link
from tests.survey.accounts.test_own_pages import set_up_second_factor
from tests.survey.casework.conftest import inside

# Flask-Security makes choices in a way that WTForms will drop.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples is deprecated")


def trail(town: Town) -> list[tuple[str, dict[str, int | str]]]:
    with inside(town):
        events = db.session.scalars(select(AuditEvent).order_by(AuditEvent.number))
        return [(event.action, event.details) for event in events]


def test_coming_and_going_leaves_a_trail(any_town: Town) -> None:
    colleague(any_town, "administrator", email="beheer@aalten.example")
    administrator = browser(any_town.app)
    sign_in(administrator, "beheer@aalten.example")
    bo, _ = open_link(any_town.app, invited(administrator))
    fill_in(bo)
    again, _ = open_link(any_town.app, new_link(administrator, any_town, BO))
    fill_in(again)
    set_up_second_factor(again)
    post(again, "/staff/sign-out")
    events = [event for event in trail(any_town) if event[0].startswith(("staff.", "session."))]
    assert [action for action, _ in events] == [
        "staff.signed_in", "staff.invited", "staff.added", "staff.role_given", "staff.signed_in",
        "staff.invited", "staff.password_changed", "staff.second_factor_removed", "staff.changed",
        "staff.signed_in", "staff.second_factor_set", "staff.signed_out",
    ]  # fmt: skip
    told = str([details for _, details in events])
    assert not [word for word in ("@", "Bo", NEW) if word in told]


def test_who_signs_in_and_who_changes_the_password_is_told_apart(town: Town) -> None:
    """Staying signed in with a new password is no coming in; and nobody else is seen to have come in."""
    colleague(town, "councillor")
    colleague(town, "councillor", email=BO)
    client = browser(town.app)
    sign_in(client)
    with client.session_transaction() as session:
        session["organisation"] = "chosen before"
    changed = {"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}
    assert post(client, "/staff/password", "/staff/password", **changed).status_code == 302
    events = [action for action, _ in trail(town) if action.startswith("staff.")]
    assert events == ["staff.signed_in", "staff.password_changed"]
    with client.session_transaction() as session:
        assert session["organisation"] == "chosen before"
    with inside(town):
        seen = {row.staff.email: row.signed_in_at for row in db.session.scalars(select(Membership))}
        assert seen["an@aalten.example"] is not None and seen[BO] is None


def test_whoever_comes_by_a_link_is_nobody_until_signed_in(any_town: Town) -> None:
    colleague(any_town, "administrator", email="beheer@aalten.example")
    administrator = browser(any_town.app)
    sign_in(administrator, "beheer@aalten.example")
    fill_in(open_link(any_town.app, invited(administrator))[0])
    with inside(any_town):
        by = {event.action: (event.actor, event.staff_id) for event in db.session.scalars(select(AuditEvent))}
        administrator_id = by["staff.invited"][1]
        assert by["staff.invited"] == ("staff", administrator_id) and administrator_id is not None
        assert by["staff.added"] == by["staff.role_given"] == ("nobody", None)


def test_another_organisation_learns_of_the_account_alone(any_town: Town) -> None:
    """A renewed password, for the account is theirs too; not who signed in where, nor as what."""
    other = new_town(any_town.app, "borne")
    colleague(other, "casemanager")
    colleague(any_town, "councillor", "administrator")
    client = browser(any_town.app)
    sign_in(client)
    post(client, "/staff/organisation", organisation=str(any_town.organisation_id))
    colleague(any_town, "administrator", email="beheer@aalten.example")
    before = len(trail(other))
    administrator = browser(any_town.app)
    sign_in(administrator, "beheer@aalten.example")
    fill_in(open_link(any_town.app, new_link(administrator, any_town, "an@aalten.example"))[0])
    assert [action for action, _ in trail(other)[before:]] == [
        "staff.password_changed", "staff.second_factor_removed",
    ]  # fmt: skip
