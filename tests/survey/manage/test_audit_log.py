"""The page of the audit log: for administrators, newest first, by person, colleague, action and day; and its file."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from survey.clock import today
from survey.database import db
from survey.manage.audit_log.queries import PAGE
from survey.models import Staff
from survey.privacy import audit, erasure
from tests.fixtures.application import Town
from tests.fixtures.audit import events, write_events
from tests.fixtures.pages import check_page, words_of
from tests.fixtures.visitor import Visitor
from tests.survey.casework.conftest import speaking

PAGE_OF_LOG, FILE = "/manage/audit/", "/manage/audit/events.csv"


@pytest.fixture
def administrator(any_town: Town) -> FlaskClient:
    return speaking("en", any_town.sign_in("administrator"))


def rows(client: FlaskClient, **chosen: Any) -> list[list[str]]:
    answer = client.get(PAGE_OF_LOG, query_string=chosen)
    assert answer.status_code == 200
    return [[words_of(cell) for cell in row] for row in check_page(answer).findall(".//tbody/tr")]


def numbers(found: list[list[str]]) -> list[int]:
    return [int(row[0]) for row in found]


@pytest.mark.parametrize("role", ["casemanager", "coordinator", "councillor"])
def test_only_an_administrator_reads_it(any_town: Town, role: str) -> None:
    client = any_town.sign_in(role)
    assert "/manage/audit/" not in client.get("/staff/account").text
    for address in (PAGE_OF_LOG, FILE):
        assert client.get(address).status_code == 403


def test_it_is_paged_and_no_event_is_shown_twice_or_lost(any_town: Town, administrator: FlaskClient) -> None:
    write_events(any_town, 2 * PAGE)
    every = len(events(any_town.app))
    seen: list[int] = []
    address = PAGE_OF_LOG
    while address:
        page = check_page(administrator.get(address))
        found = numbers([[words_of(cell) for cell in row] for row in page.findall(".//tbody/tr")])
        assert len(found) <= PAGE and found == sorted(found, reverse=True)
        seen += found
        older = [link.get("href") for link in page.iter("a") if words_of(link) == "Older"]
        address = older[0] if older else ""
    assert seen == list(range(every, 0, -1))


def test_by_person(any_town: Town, administrator: FlaskClient) -> None:
    with any_town.app.app_context():
        people = [any_town.join()[0] for _ in range(2)]
        names, ids = [person.pseudonym for person in people], [person.id for person in people]
    write_events(any_town, 3, ids[0])
    found = rows(administrator, person=names[0])
    assert len(found) == 3 + 2, "three changes, and that they were added and got a code"
    assert {row[4] for row in found} == {names[0]}
    assert "No event fits" in rows(administrator, person="NOBODY")[0][0]


def test_by_colleague(any_town: Town, administrator: FlaskClient) -> None:
    client = any_town.sign_in("casemanager")
    client.get("/casework/")
    with any_town.app.app_context():
        email = db.session.scalars(select(Staff.email).where(Staff.email.like("casemanager%"))).one()
    found = rows(administrator, colleague=email.upper())
    assert "Caseload seen" in [row[3] for row in found]
    assert {row[2] for row in found} == {email}
    assert "No event fits" in rows(administrator, colleague="nobody@example.org")[0][0]


def test_the_first_and_the_last_day_of_all_can_be_chosen(any_town: Town, administrator: FlaskClient) -> None:
    assert rows(administrator, since="1900-01-01", until=f"{today().year + 30}-12-31")
    page = administrator.get(PAGE_OF_LOG, query_string={"until": "9999-12-31"})
    assert "Check the year." in page.text and 'value="9999-12-31"' in page.text


def test_by_action_and_day(any_town: Town, administrator: FlaskClient) -> None:
    write_events(any_town, 2)
    found = rows(administrator, action="participant.changed", since=today(), until=today())
    assert [row[3] for row in found] == ["Facts of a person changed"] * 2
    assert len(rows(administrator, since="2020-01-01", until="2020-12-31")) == 1
    assert "No event fits" in rows(administrator, since="2020-01-01", until="2020-12-31")[0][0]
    assert "No event fits" in rows(administrator, action="participant.pinched")[0][0]


@pytest.mark.parametrize(
    "chosen",
    [
        {"since": "2026-13-45"},
        {"since": "soon"},
        {"since": "0001-01-01"},
        {"until": "0001-01-01"},
        {"since": "9999-12-31"},
        {"until": "9999-12-31"},
        {"since": "1899-12-31"},
        {"until": "2200-01-01"},
        {"since": "2026-02-02", "until": "2026-02-01"},
        {"person": "p" * 61},
    ],
)
def test_a_filter_that_cannot_be_is_said(
    any_town: Town, administrator: FlaskClient, chosen: dict[str, str]
) -> None:
    for address in (PAGE_OF_LOG, FILE):
        answer = administrator.get(address, query_string=chosen)
        assert answer.status_code == 422
        page = check_page(answer)
        assert page.find(".//*[@role='alert']") is not None
        kept = {field.get("name"): field.get("value") for field in page.iter("input")}
        assert all(kept[name] == value for name, value in chosen.items()), "what was typed stands there"


@pytest.mark.parametrize("before", ["0", "-1", "9" * 30, "x", "1e3", "%00"])
def test_any_page_number_is_a_page(any_town: Town, administrator: FlaskClient, before: str) -> None:
    assert administrator.get(f"{PAGE_OF_LOG}?before={before}").status_code == 200


def test_reading_it_is_noted_in_it(any_town: Town, administrator: FlaskClient) -> None:
    administrator.get(PAGE_OF_LOG)
    administrator.get(FILE).close()
    assert [event["action"] for event in events(any_town.app)][-2:] == ["audit.read", "audit.exported"]


def test_it_is_complete_in_dutch(any_town: Town, administrator: FlaskClient) -> None:
    write_events(any_town, 1)
    english = words_of(check_page(administrator.get(PAGE_OF_LOG)))
    dutch = words_of(check_page(speaking("nl", administrator).get(PAGE_OF_LOG)))
    assert "Facts of a person changed" in english
    assert "Gegevens van een persoon gewijzigd" in dutch
    for word in ("Audit log", "Moment:", "Somebody", "Person", "Details", "Everything", "operator"):
        assert word not in dutch


def test_details_are_in_words_in_dutch(any_town: Town, administrator: FlaskClient) -> None:
    with any_town.app.app_context():
        any_town.inside()
        audit.record("organisation.changed", what="retention.identity", months=3)
        audit.record("data.handed_out", how="envelope")
        audit.record("participant.erased", kept_answers=1)
        audit.record("wave.opened", wave="follow_up")
        db.session.commit()
    dutch = words_of(check_page(speaking("nl", administrator).get(PAGE_OF_LOG)))
    for told in ("Namen en contact", "Maanden bewaard", "gesloten envelop", "Antwoorden tellen mee", "ja"):
        assert told in dutch, dutch
    for code in ("retention.identity", "months", "envelope", "kept_answers", "follow_up"):
        assert code not in dutch


def test_opening_ones_own_data_is_not_handing_it_out(any_town: Town, administrator: FlaskClient) -> None:
    with any_town.app.app_context():
        code = any_town.join()[2]
    Visitor(any_town, code).enter().client.get("/survey/your-data/file").close()
    assert "Own data opened" in [row[3] for row in rows(administrator, action="data.handed_out")]


def table(answer: Any) -> list[dict[str, str]]:
    found = list(csv.DictReader(io.StringIO(answer.text)))
    answer.close()
    return found


def test_the_file_holds_every_event_that_fits(any_town: Town, administrator: FlaskClient) -> None:
    write_events(any_town, PAGE + 10)
    every = {event["number"]: event for event in events(any_town.app)}
    answer = administrator.get(FILE)
    assert answer.mimetype == "text/csv" and answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    saved = table(answer)
    assert [int(row["number"]) for row in saved] == sorted(every, reverse=True)
    assert all(row["hash"] == every[int(row["number"])]["hash"] for row in saved)
    few = table(administrator.get(FILE, query_string={"action": "participant.changed"}))
    assert len(few) == PAGE + 10


def test_no_cell_of_the_file_is_a_formula(any_town: Town, administrator: FlaskClient) -> None:
    with any_town.app.app_context():
        any_town.inside()
        staff = db.session.scalars(select(Staff)).one()
        staff.email = "=cmd|'/c calc'!a1@example.org"
        person = any_town.join(pseudonym="=1+1;@SUM(1)")[0].id
        audit.record("participant.changed", person)
        db.session.commit()
    for row in table(administrator.get(FILE)):
        for cell in row.values():
            assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r")
            assert ";@" not in cell


def test_whoever_is_gone_goes_without_a_name(any_town: Town, administrator: FlaskClient) -> None:
    write_events(any_town, 1, uuid4())
    assert rows(administrator)[0][4] == "Someone who was erased"
    assert table(administrator.get(FILE))[1]["person"] == ""


@pytest.mark.parametrize("keep_answers", [True, False])
def test_who_was_erased_cannot_be_found_by_their_new_pseudonym(
    any_town: Town, administrator: FlaskClient, keep_answers: bool
) -> None:
    """It stands beside the answers that count on: the log must not say whose those were."""
    with any_town.app.app_context():
        any_town.inside()
        person = any_town.join()[0]
        before = person.pseudonym
        erasure.forget(person, keep_answers)
        db.session.commit()
        after, gone = person.pseudonym, person.id.hex
    page, saved = administrator.get(PAGE_OF_LOG), administrator.get(FILE)
    for pseudonym in (before, after, gone):
        assert pseudonym not in page.text and pseudonym not in saved.text
        assert "No event fits" in rows(administrator, person=pseudonym)[0][0]
    erased = rows(administrator, action="participant.erased")
    assert [row[4] for row in erased] == ["Someone who was erased"]
    assert [row["person"] for row in table(saved) if row["action"] == "participant.erased"] == [""]
