"""Someone joins, gets an invitation, and what is known of them is put right."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from survey import fieldwork, participation
from survey.casework.invitation import qr_code
from survey.clock import today
from survey.codes import BIRTH_YEAR_BAND
from survey.database import db
from survey.models import AccessCode, Enrolment, Identity, Participant
from tests.fixtures.application import MakeTown, Town, version_in
from tests.fixtures.audit import events
from tests.survey.casework.conftest import enrolment_of, inside, people
from tests.survey.casework.filling import assert_strict, differing, document, send, submit, text

NEW = "/casework/participants/new"
CODE = re.compile(r"(?<![\w-])[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){2}(?![\w-])")


def add(client: FlaskClient, **filled: str) -> TestResponse:
    chosen: dict[str, Any] = {"language": "uk", **filled}
    return submit(client, NEW, **chosen)


def code_on(page: TestResponse) -> str:
    (code,) = set(CODE.findall(text(page)))
    return code


def opens(town: Town, code: str) -> bool:
    """Whether a participant can come in with this code."""
    return submit(town.app.test_client(), "/", code=code).status_code == 303


def only_person(town: Town) -> Participant:
    return db.session.scalars(select(Participant)).one()


@pytest.mark.parametrize(
    ("language", "direction"), [("uk", "ltr"), ("ar", "rtl"), ("nl", "ltr"), ("en", "ltr")]
)
def test_the_invitation_speaks_the_participants_language(
    town: Town, casemanager: FlaskClient, language: str, direction: str
) -> None:
    page = add(casemanager, language=language)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert_strict(page)
    html = document(page)
    assert (html.get("lang"), html.get("dir")) == (language, direction)
    assert "Gemeente aalten" in text(page)
    assert "Pilot aalten" in text(page)
    aside = html.find(".//main//aside")
    assert aside is not None
    assert aside.get("lang") == "en", "what staff read stays in their language"
    assert "not-printed" in (aside.get("class") or "")


def test_the_code_and_the_square_lead_in(town: Town, casemanager: FlaskClient) -> None:
    page = add(casemanager)
    code = code_on(page)
    assert qr_code(f"http://localhost/start#{code.replace('-', '')}") in page.text
    assert opens(town, code)


def test_a_language_the_programme_does_not_ask_in_is_not_used(app_without_uk: FlaskClient) -> None:
    page = add(app_without_uk)
    assert document(page).get("lang") in ("nl", "en")
    assert "Українська" in text(page)


@pytest.fixture
def app_without_uk(town: Town, casemanager: FlaskClient) -> FlaskClient:
    with inside(town):
        fieldwork.withdraw_override(town.inside(), "uk")
    return casemanager


def test_the_code_is_shown_once(town: Town, casemanager: FlaskClient) -> None:
    code = code_on(add(casemanager))
    with inside(town):
        person = only_person(town).id
        stored = db.session.scalars(select(AccessCode)).one()
        assert stored.selector == code[:4]
        assert code[5:9] not in stored.secret_hash
    for address in (
        f"/casework/participants/{person}",
        f"/casework/participants/{person}/facts",
        "/casework/",
    ):
        assert not CODE.search(casemanager.get(address).text)
    with casemanager.session_transaction() as session:
        assert code[5:9] not in str(dict(session))


def test_sent_twice_is_one_person(town: Town, casemanager: FlaskClient) -> None:
    form = casemanager.get(NEW)
    code = code_on(send(casemanager, form, NEW, language="uk", name="Olena"))
    again = send(casemanager, form, NEW, language="uk", name="Olena")
    with inside(town):
        assert again.headers["Location"] == f"/casework/participants/{only_person(town).id}"
    assert opens(town, code)


def test_what_was_filled_in_is_kept(town: Town, casemanager: FlaskClient) -> None:
    filled = {
        "name": "  Олена  Test ", "contact": "06 12345678", "group": "displaced",
        "gender": "woman", "birth_year": "1985", "arrival_year": "2022", "household": "children",
        "started_on": str(today() - timedelta(days=3)),
    }  # fmt: skip
    assert add(casemanager, **filled).status_code == 200
    with inside(town):
        person = only_person(town)
        assert (person.language, person.group, person.gender) == ("uk", "displaced", "woman")
        assert (person.birth_year, person.arrival_year, person.household) == (1985, 2022, "children")
        assert person.identity is not None
        assert person.identity.name == "Олена Test"
        enrolment = person.enrolments[0]
        assert enrolment.started_on == today() - timedelta(days=3)
        assert enrolment.casemanager is not None
        columns = (person.identity.name_sealed, person.identity.contact_sealed)
        assert not any("Олена".encode() in column or b"12345678" in column for column in columns if column)


def test_without_a_name_nothing_is_kept_of_who_it_is(town: Town, casemanager: FlaskClient) -> None:
    add(casemanager)
    with inside(town):
        assert db.session.scalar(select(func.count(Identity.id))) == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("language", ""), ("language", "xx"), ("programme", ""), ("programme", "elders-pilot"),
        ("started_on", ""), ("started_on", "tomorrow"), ("started_on", "0001-01-01"),
        ("started_on", "9999-12-31"), ("arrival_year", "two"), ("arrival_year", "1066"),
        ("arrival_year", "9" * 5000), ("birth_year", "1986"), ("birth_year", "x"), ("group", "nobody"),
        ("gender", "nobody"), ("household", "nobody"), ("name", "n" * 201), ("contact", "c" * 301),
        ("id", ""), ("id", "x"), ("name", "evil\u202etxt"), ("contact", "\u2066evil"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_and_nothing_typed_is_lost(
    town: Town, casemanager: FlaskClient, make_town: MakeTown, field: str, value: str
) -> None:
    make_town(town.app, "elders")
    page = add(casemanager, **{"name": "Olena", "contact": "06 1234", "household": "alone", field: value})
    assert page.status_code == 422
    summary = document(page).find(".//*[@role='alert']")
    assert summary is not None
    assert summary.find(".//li") is not None
    for name, typed in {"name": "Olena", "contact": "06 1234"}.items():
        assert name == field or f'value="{typed}"' in page.text
    with inside(town):
        assert db.session.scalar(select(func.count(Participant.id))) == 0


def test_a_new_invitation_ends_the_old_code(town: Town, casemanager: FlaskClient) -> None:
    old = code_on(add(casemanager))
    page = f"/casework/participants/{_person_with_enrolment(town)[0]}"
    new = submit(casemanager, page, f"/casework/enrolments/{_person_with_enrolment(town)[1]}/invitation")
    assert opens(town, code_on(new))
    assert not opens(town, old)


def test_loading_an_invitation_again_makes_no_other(town: Town, casemanager: FlaskClient) -> None:
    """Nor does a page on which it is not known yet; a button of its own does."""
    first = code_on(add(casemanager))
    person, enrolment = _person_with_enrolment(town)
    page = casemanager.get(f"/casework/participants/{person}")
    address = f"/casework/enrolments/{enrolment}/invitation"
    code = code_on(send(casemanager, page, address))
    assert opens(town, code) and not opens(town, first)
    for _ in range(2):
        again = send(casemanager, page, address)
        assert again.status_code == 409 and "An invitation was made already" in text(again)
        assert_strict(again)
        assert events(town.app)[-1]["action"] == "participant.seen"
        assert opens(town, code), "the paper that was printed works"
        assert code not in again.text and code.replace("-", "") not in again.text
    other = code_on(send(casemanager, again, address))
    assert opens(town, other) and not opens(town, code)


def test_a_revoked_code_lets_nobody_in(town: Town, casemanager: FlaskClient) -> None:
    code = code_on(add(casemanager))
    person, enrolment = _person_with_enrolment(town)
    page = f"/casework/participants/{person}"
    assert submit(casemanager, page, f"/casework/enrolments/{enrolment}/revocation").status_code == 303
    assert not opens(town, code)
    assert "No code works now" in text(casemanager.get(page))


def _person_with_enrolment(town: Town) -> tuple[UUID, UUID]:
    with inside(town):
        enrolment = db.session.scalars(select(Enrolment)).one()
        return enrolment.participant_id, enrolment.id


def test_facts_can_be_put_right(town: Town, casemanager: FlaskClient) -> None:
    (person,) = people(town, 1, group="newcomer", birth_year=1990)
    page = f"/casework/participants/{person}/facts"
    changed: dict[str, Any] = {
        "name": "Someone else",
        "language": "ar",
        "group": "",
        "birth_year": "1995",
        "household": "other",
    }
    assert submit(casemanager, page, **changed).status_code == 303
    with inside(town):
        found = only_person(town)
        assert (found.language, found.group, found.birth_year, found.household) == ("ar", None, 1995, "other")
        assert found.identity is not None
        assert found.identity.name == "Someone else"
    assert submit(casemanager, page, name="", contact="").status_code == 303
    with inside(town):
        assert only_person(town).identity is None


def test_saving_without_a_change_changes_nothing(town: Town, casemanager: FlaskClient) -> None:
    """Also for what an import brought that this form does not offer itself."""
    facts: dict[str, Any] = {
        "language": "ti",
        "household": "4 people",
        "birth_year": 1905,
        "arrival_year": 1999,
        "gender": "unknown",
    }
    (person,) = people(town, 1, **facts)
    page = f"/casework/participants/{person}/facts"
    assert submit(casemanager, page).status_code == 303
    with inside(town):
        found = only_person(town)
        assert {fact: getattr(found, fact) for fact in facts} == facts
        assert found.identity is not None
        assert found.identity.name == "Name of P0000"


def test_two_people_who_put_facts_right_get_a_choice(town: Town, casemanager: FlaskClient) -> None:
    """Of what both changed; what one left as it was follows the other. Who sends the same twice has no choice."""
    (person,) = people(town, 1, birth_year=2025, household="4 people")
    page = f"/casework/participants/{person}/facts"
    mine = casemanager.get(page)
    marks = re.split(r"[?=]|&amp;", version_in(mine.text))
    assert re.fullmatch(r"[\w-]{43}", marks[0]) and all(
        re.fullmatch(r"[\w-]{16}", mark) for mark in marks[2::2]
    ), "a mark tells nothing of who it is"
    for _ in range(2):
        assert send(casemanager, mine, page, contact="06 1", household="alone").status_code == 303
    late = send(casemanager, mine, page, gender="woman", name="MINE")
    assert differing(late) == {"Gender": ("Not known", "Woman"), "Name": ("Name of P0000", "MINE")}
    assert "06 1" in text(late) and 'value="MINE"' in late.text
    with inside(town):
        assert only_person(town).gender is None, "nothing was saved yet"
    assert send(casemanager, late, page).status_code == 303
    with inside(town):
        found = only_person(town)
        assert found.identity is not None
        assert (found.identity.name, found.identity.contact) == ("MINE", "06 1")
        assert (found.gender, found.household) == ("woman", "alone")


def test_who_wrote_nothing_has_nothing_to_choose(town: Town, casemanager: FlaskClient) -> None:
    (person,) = people(town, 1)
    page = f"/casework/participants/{person}/facts"
    mine = casemanager.get(page)
    assert send(casemanager, mine, page, contact="06 1").status_code == 303
    assert send(casemanager, mine, page).status_code == 303
    with inside(town):
        found = only_person(town)
        assert found.identity is not None and found.identity.contact == "06 1", "and puts nothing back"


def test_years_of_birth_are_those_of_adding_somebody_and_the_one_that_is_kept(
    town: Town, casemanager: FlaskClient
) -> None:
    def offered(address: str) -> list[str]:
        shown = document(casemanager.get(f"/casework/participants/{address}"))
        return [option.get("value", "") for option in shown.iterfind(".//select[@name='birth_year']/option")]

    _, youngest, *older = offered("new")
    child = int(youngest) + BIRTH_YEAR_BAND
    (person,) = people(town, 1, birth_year=child)
    assert offered(f"{person}/facts") == ["", youngest, *older, str(child)]


def test_someone_erased_is_shown_without_a_name(town: Town, casemanager: FlaskClient) -> None:
    (person,) = people(town, 1)
    with inside(town):
        db.session.delete(only_person(town).key)
    for address in ("/casework/", f"/casework/participants/{person}"):
        page = casemanager.get(address)
        assert page.status_code == 200
        assert "Name of" not in page.text
    facts = f"/casework/participants/{person}/facts"
    assert submit(casemanager, facts, gender="man").status_code == 303


def test_a_person_in_two_programmes_has_two_lines(town: Town, casemanager: FlaskClient) -> None:
    (person,) = people(town, 1)
    with inside(town):
        other = fieldwork.add_programme("other", "Other", ["wellbeing"], [fieldwork.parse_wave("before")])
        participation.enrol(only_person(town), other, today())
    assert len(document(casemanager.get("/casework/")).findall(".//tbody/tr")) == 2
    page = text(casemanager.get(f"/casework/participants/{person}"))
    assert "Not opened yet" in page
    assert "Due until" in page
    with inside(town):
        assert enrolment_of(person) is not None
