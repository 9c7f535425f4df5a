"""The walk sees it: with any one guard gone, or one careless line more, it finds what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from flask import abort, make_response, render_template_string
from sqlalchemy import select, update

from dashboard import queries as dashboard_queries
from survey import audience, statements, tenancy
from survey.audience import CASEMANAGER, EVERYONE, PARTICIPANT, STAFF
from survey.casework import participants as casework_participants
from survey.casework import queries as casework_queries
from survey.casework import views as casework_views
from survey.casework.once import OnceForm
from survey.database import db
from survey.models import OpenAnswer, Participant, Programme, Release
from tests.walk.addresses import Way, explore
from tests.walk.database import rows
from tests.walk.guards import without_criterion
from tests.walk.walk import Walk

# As in test_walk.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples is deprecated")
PERSON = Way("GET", "/casework/participants/<uuid:participant_id>")
FACTS = Way("POST", "/casework/participants/<uuid:participant_id>/facts")
ANSWERS = Way("GET", "/manage/answers")
CASELOAD = Way("GET", "/casework/")


@pytest.fixture
def patch(monkeypatch: pytest.MonkeyPatch, walk: Walk) -> Iterator[pytest.MonkeyPatch]:
    """Nothing is wrong before, nor afterwards."""
    yield monkeypatch
    walk.database.restore()


@contextmanager
def outside() -> Iterator[None]:
    """As a careless query would: past the organisation."""
    with db.session.exempt("operator"):
        yield


def person_of_anyone(participant_id: UUID) -> Participant | None:
    with outside():
        return db.session.get(Participant, participant_id)


def test_nothing_is_wrong_as_it_is(walk: Walk) -> None:
    for way in (PERSON, FACTS, ANSWERS, CASELOAD):
        assert walk.own(way) + walk.others(way) == []


def test_without_the_criterion_rows_of_others_are_seen(walk: Walk) -> None:
    with without_criterion():
        assert walk.own(ANSWERS)
        assert walk.own(CASELOAD)
        assert walk.others(PERSON)
        assert walk.others(FACTS)
    assert walk.own(ANSWERS) + walk.own(CASELOAD) + walk.others(PERSON) == []


def test_without_the_criterion_the_statement_reader_refuses_and_that_shows(
    walk: Walk, patch: pytest.MonkeyPatch
) -> None:
    patch.setattr(tenancy, "_criteria", lambda organisation: ())
    assert any("500" in fault for fault in walk.own(ANSWERS))


def test_an_endpoint_for_everyone(walk: Walk, patch: pytest.MonkeyPatch) -> None:
    patch.setitem(walk.app.extensions["telvertel_audience"], "manage.answers", STAFF | CASEMANAGER)
    guard = walk.app.before_request_funcs[None]
    patch.setattr(audience, "_admit_staff", lambda audience: audience and None)
    assert walk.own(ANSWERS)
    assert guard


def test_no_guard_at_all(walk: Walk, patch: pytest.MonkeyPatch) -> None:
    functions = walk.app.before_request_funcs[None]
    patch.setitem(walk.app.before_request_funcs, None, [f for f in functions if f is not audience._guard])
    assert walk.own(ANSWERS)
    assert walk.own(Way("GET", "/survey/last"))


def test_a_guard_that_forgets_the_roles(walk: Walk, patch: pytest.MonkeyPatch) -> None:
    real = audience.enter_organisation
    patch.setattr(audience, "enter_organisation", lambda: real() and STAFF)
    assert any("casemanager" in fault for fault in walk.own(ANSWERS))


def test_roles_of_one_town_that_hold_in_another(walk: Walk, patch: pytest.MonkeyPatch) -> None:
    """Who works in two towns has in each only the role of that town."""
    real = audience.enter_organisation

    def both() -> frozenset[str]:
        roles = real()
        with db.session.exempt("staff_email"):
            every = select(audience.Membership.role).where(
                audience.Membership.staff_id == audience.current_user.id
            )
            return roles and frozenset(db.session.scalars(every))

    patch.setattr(audience, "enter_organisation", both)
    assert walk.own(ANSWERS) + walk.own(CASELOAD)


def test_a_query_past_the_organisation(walk: Walk, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(casework_participants, "participant", person_of_anyone)
    assert walk.others(PERSON)
    assert walk.others(FACTS)


def test_what_is_there_elsewhere_gets_another_answer(walk: Walk, patch: pytest.MonkeyPatch) -> None:
    """Not a word is told, but that there is something."""

    def told(participant_id: UUID) -> Any:
        found = casework_participants.participant(participant_id)
        return found or abort(403 if person_of_anyone(participant_id) else 404)

    patch.setattr(casework_views, "_participant", told)
    assert any("404" in fault for fault in walk.others(PERSON))


def test_what_is_there_elsewhere_is_told_by_the_next_page(walk: Walk, patch: pytest.MonkeyPatch) -> None:
    """The answers are alike; a message for the next page, kept in the session, is not."""

    def told(participant_id: UUID) -> Any:
        found = casework_participants.participant(participant_id)
        if found is None and person_of_anyone(participant_id):
            casework_views.flash("Elsewhere")
        return found or abort(404)

    patch.setattr(casework_views, "_participant", told)
    assert walk.others(PERSON)


@pytest.mark.parametrize("address", ["participants/new", "notes/new", "questions/new"])
def test_an_id_in_a_field_that_nobody_sees(walk: Walk, patch: pytest.MonkeyPatch, address: str) -> None:
    """The id that a form of something new brings along, taken as it is."""
    patch.setattr(OnceForm, "new_id", lambda form, place=None: UUID(form.id.data))
    assert walk.others(Way("POST", f"/casework/{address}"))


def test_a_get_that_writes(walk: Walk, patch: pytest.MonkeyPatch) -> None:
    def writing() -> list[Programme]:
        with db.engine.begin() as connection:
            connection.execute(update(Programme.__table__).values(name="Changed"))  # type: ignore[arg-type]
        return []

    patch.setattr(casework_queries, "programmes", writing)
    assert any("changed" in fault for fault in walk.own(CASELOAD))


def test_a_post_that_changes_others(walk: Walk, patch: pytest.MonkeyPatch) -> None:
    def revoke_all(enrolment: Any) -> None:
        with outside():
            db.session.execute(update(Participant).values(household="changed"))

    patch.setattr(casework_views.operations, "revoke_code", revoke_all)
    assert walk.own(Way("POST", "/casework/enrolments/<uuid:enrolment_id>/revocation"))


def test_a_callback_that_shows_any_release(walk: Walk, patch: pytest.MonkeyPatch) -> None:
    def any_release(code: str) -> Release | None:
        with outside():
            return db.session.scalar(select(Release).join(Programme).where(Programme.code == code))

    patch.setattr(dashboard_queries, "published", any_release)
    assert walk.callbacks()
    assert walk.others(Way("GET", "/dashboard/<path:path>"))


def added(walk: Walk, rule: str, who: frozenset[str], view: Callable[..., Any], method: str = "GET") -> Way:
    """A route that somebody adds, and nothing else."""
    walk.app._got_first_request = False
    walk.app.add_url_rule(rule, rule, view, methods=[method])
    walk.app._got_first_request = True
    walk.app.extensions["telvertel_audience"][rule] = who
    walk.map = explore(walk.app, walk.viewers, walk.towns[0], rows(walk.app))
    walk.database.restore()
    return Way(method, rule)


def test_a_new_route_is_walked_though_nothing_leads_there(walk: Walk) -> None:
    def words(some_id: UUID) -> Any:
        with outside():
            answer = db.session.get(OpenAnswer, some_id) or abort(404)
            return make_response(answer.language + str(answer.id))

    way = added(walk, "/new/<uuid:some_id>", CASEMANAGER, words)
    assert walk.others(way)


def test_a_new_route_for_everyone_is_walked(walk: Walk) -> None:
    def all_names() -> str:
        with outside():
            return ", ".join(db.session.scalars(select(Programme.name)))

    assert walk.own(added(walk, "/all-names", EVERYONE, all_names))
    assert walk.own(added(walk, "/names-for-participants", PARTICIPANT, all_names))


def test_a_new_form_is_filled_in(walk: Walk) -> None:
    page = '<form method="post" action="/by-code">{{ form }}<input name="what" type="text"></form>'
    added(walk, "/form", STAFF, lambda: render_template_string(page))

    def by_code() -> str:
        with outside():
            found = db.session.scalar(
                select(Programme).where(Programme.code == audience.request.form["what"])
            )
            return "There is one" if found else "There is none"

    assert walk.others(added(walk, "/by-code", STAFF, by_code, "POST"))


def test_the_reader_of_statements_counts() -> None:
    """It is a guard of its own: see tests/survey/test_statements.py for what it refuses."""
    assert statements.read("SELECT 1 FROM page", ("page",), ("id",)).tables == {"page"}
