"""Who is due for what."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient

from survey.clock import today
from survey.database import db
from survey.models import Staff
from tests.fixtures.application import MakeTown, Town
from tests.survey.casework.conftest import counted, enrolment_of, inside, people, speaking, went
from tests.survey.casework.filling import assert_strict, document, send, text

ADDRESS = "/casework/"


def rows(client: FlaskClient, address: str = ADDRESS) -> list[str]:
    """The lines of the caseload, as they read."""
    page = client.get(address)
    assert page.status_code == 200
    return [" ".join("".join(row.itertext()).split()) for row in document(page).findall(".//tbody/tr")]


@pytest.mark.parametrize(
    ("days_ago", "reads"),
    [
        (-1, "Before From"),
        (0, "Before Due until"),
        (28, "Before Due until"),
        (29, "Before Window passed"),
        (69, "Before Window passed"),
        (70, "After Due until"),
        (98, "After Due until"),
        (99, "After Window passed"),
    ],
)
def test_a_wave_is_due_from_its_first_day_to_its_last(
    town: Town, casemanager: FlaskClient, days_ago: int, reads: str
) -> None:
    """Waves before:0:4 and after:10:4: due on days 0 to 28 and 70 to 98 after the start."""
    people(town, 1, days_ago)
    assert reads in rows(casemanager)[0]
    due = rows(casemanager, f"{ADDRESS}?due=y")
    assert ("Due" in reads) == ("P0000" in due[0])


def test_refused_and_finished_look_exactly_the_same(town: Town, casemanager: FlaskClient) -> None:
    finished, refused = people(town, 2)
    went(town, finished, "finished")
    went(town, refused, "refused")
    seen = []
    for number, person in enumerate((finished, refused)):
        with inside(town):
            enrolment = enrolment_of(person).id
        page = casemanager.get(f"/casework/participants/{person}").text
        for particular in (str(person), str(enrolment), f"P000{number}"):
            page = page.replace(particular, "*")
        seen.append(re.sub(r'name="csrf_token" value="[^"]+"', "", page))
    assert seen[0] == seen[1]
    first, second = rows(casemanager)
    assert "Handled" in first
    assert first.replace("P0000", "*") == second.replace("P0001", "*")
    assert "P000" not in rows(casemanager, f"{ADDRESS}?due=y")[0]


def test_who_began_is_still_due(town: Town, casemanager: FlaskClient) -> None:
    went(town, people(town, 1)[0], "agreed")
    assert "Due until" in rows(casemanager)[0]


def test_own_people_come_first(town: Town, casemanager: FlaskClient) -> None:
    people(town, 3)
    (own,) = people(town, 1, prefix="Z")
    with inside(town):
        enrolment_of(own).casemanager = db.session.query(Staff).one()
    seen = rows(casemanager)
    assert "Z0000" in seen[0]
    assert seen[0].endswith("Yourself")
    assert [row.split()[3] for row in seen[1:]] == ["P0000", "P0001", "P0002"]


def test_the_way_back_leads_to_the_list_one_came_from(town: Town, casemanager: FlaskClient) -> None:
    (person,) = people(town, 1)
    page = f"{ADDRESS}participants/{person}"
    assert kicker(casemanager, page) == ADDRESS
    casemanager.get(f"{ADDRESS}?due=y&whose=mine")
    assert set(kicker(casemanager, page).partition("?")[2].split("&")) == {"due=y", "whose=mine"}
    assert kicker(casemanager, f"{ADDRESS}hand-over") == kicker(casemanager, page)
    casemanager.get(ADDRESS)
    assert kicker(casemanager, page) == ADDRESS


def kicker(client: FlaskClient, page: str) -> str:
    """Where the link above the heading leads."""
    return unescape(re.findall(r'class="kicker"><a class="nl-link" href="([^"]*)"', client.get(page).text)[0])


def test_who_stopped_has_nothing_to_answer(town: Town, casemanager: FlaskClient) -> None:
    (person,) = people(town, 1, days_ago=5)
    page = f"{ADDRESS}participants/{person}"
    assert "Due until" in casemanager.get(page).text and "Questionnaire:" in casemanager.get(page).text
    with inside(town):
        enrolment_of(person).ended_on = today()
    last_day = casemanager.get(page).text
    assert "Due until" in last_day and "From " not in last_day, "what would come later does not any more"
    with inside(town):
        enrolment_of(person).ended_on = today() - timedelta(days=1)
    stopped = casemanager.get(page).text
    assert not [words for words in ("Due until", "Questionnaire:", "From ") if words in stopped]


def test_the_list_is_paged_and_keeps_its_filter(town: Town, casemanager: FlaskClient) -> None:
    people(town, 51)
    people(town, 2, prefix="Q")
    first = f"{ADDRESS}?search=p0&programme={town.code}&due=y"
    assert len(rows(casemanager, first)) == 50
    page = casemanager.get(first)
    assert "51 people" in text(page)
    following = next(
        link.get("href") for link in document(page).iter("a") if "".join(link.itertext()) == "Next page"
    )
    assert following is not None
    assert [row.split()[3] for row in rows(casemanager, following)] == ["P0050"]
    for beyond in ("99", "0", "-1", "x", "9" * 30):
        assert casemanager.get(f"{first}&page={beyond}").status_code == 200
    kept = {field.get("name"): field for field in document(page).iter() if field.tag in ("input", "select")}
    assert kept["search"].get("value") == "p0"
    chosen = [option.get("value") for option in kept["due"] if option.get("selected") is not None]
    assert chosen == ["y"]


def test_both_databases_find_the_same_people(any_town: Town) -> None:
    client = speaking("en", any_town.sign_in("casemanager"))
    for days_ago, prefix in ((0, "A"), (28, "B"), (29, "C"), (70, "D"), (99, "E")):
        people(any_town, 2, days_ago, prefix)
    went(any_town, people(any_town, 1, prefix="F")[0], "refused")
    due = rows(client, f"{ADDRESS}?due=y&programme={any_town.code}")
    assert [row.split()[3] for row in due] == ["A0000", "A0001", "B0000", "B0001", "D0000", "D0001"]
    assert [row.split()[3] for row in rows(client, f"{ADDRESS}?search=e000")] == ["E0000", "E0001"]
    page = client.get(f"{ADDRESS}participants/new")
    added = send(client, page, f"{ADDRESS}participants/new", language="en", name="Olena")
    assert added.status_code == 200


def test_what_fits_nothing_is_said(town: Town, casemanager: FlaskClient) -> None:
    assert "nobody here yet" in text(casemanager.get(ADDRESS))
    people(town, 1)
    for search in ("nobody", "%", "_", "\\", "\x00", "' OR 1=1 --"):
        page = casemanager.get(ADDRESS, query_string={"search": search})
        assert page.status_code == 200
        assert ("P0000" in text(page)) == (search == "\x00"), search
    assert "Nobody fits" in text(casemanager.get(ADDRESS, query_string={"programme": "elsewhere"}))


def test_who_stopped_is_told_where_nobody_else_is(town: Town, casemanager: FlaskClient) -> None:
    (person,) = people(town, 1)
    with inside(town):
        enrolment_of(person).ended_on = today() - timedelta(days=1)
    page = text(casemanager.get(ADDRESS))
    assert "Nobody takes part now. 1 person has stopped." in page and "nobody here yet" not in page
    searched = casemanager.get(f"{ADDRESS}?search=P000")
    assert "Nobody fits this search. 1 person who has stopped does." in text(searched)
    (link,) = re.findall(r'href="([^"]*)">Show who stopped', searched.text)
    assert "P0000" in rows(casemanager, unescape(link))[0]
    assert rows(casemanager, f"{ADDRESS}?search=Q") == ["Nobody fits this search."]


def test_more_people_take_no_more_statements(town: Town, casemanager: FlaskClient) -> None:
    people(town, 5)
    casemanager.get(ADDRESS)  # what is done once a process is done now
    with counted(town.app) as few:
        casemanager.get(ADDRESS)
    people(town, 45, prefix="Q")
    with counted(town.app) as many:
        page = casemanager.get(ADDRESS)
    assert "Name of Q0044" in page.text
    assert len(many) == len(few) <= 16, "\n".join(many)


def test_nobody_of_another_town_is_seen(town: Town, casemanager: FlaskClient, make_town: MakeTown) -> None:
    other = make_town(town.app, "elders")
    (stranger,) = people(other, 1, prefix="X")
    with inside(other):
        enrolment = enrolment_of(stranger).id
    assert "X0000" not in casemanager.get(ADDRESS).text
    assert "X0000" not in casemanager.get(f"{ADDRESS}?programme={other.code}&due=y").text
    for address in (f"participants/{stranger}", f"participants/{stranger}/facts"):
        assert casemanager.get(ADDRESS + address).status_code == 404
    people(town, 1)
    token = _token(casemanager)
    for address in (f"enrolments/{enrolment}/invitation", f"enrolments/{enrolment}/revocation"):
        answer = casemanager.post(ADDRESS + address, data={"csrf_token": token})
        assert answer.status_code == 404


def _token(client: FlaskClient) -> str:
    page = document(client.get("/casework/participants/new"))
    return next(field.get("value") or "" for field in page.iter("input") if field.get("name") == "csrf_token")


@pytest.mark.parametrize(
    ("role", "status"),
    [("casemanager", 200), ("coordinator", 403), ("councillor", 403), ("administrator", 403)],
)
def test_who_may_see_the_caseload(town: Town, role: str, status: int) -> None:
    assert town.sign_in(role).get(ADDRESS).status_code == status


@pytest.mark.parametrize("language", ["nl", "en"])
def test_staff_read_it_in_their_language(town: Town, language: str) -> None:
    person = people(town, 1)[0]
    client = speaking(language, town.sign_in("casemanager"))
    for address in ("", "participants/new", f"participants/{person}", f"participants/{person}/facts"):
        answer = client.get(ADDRESS + address)
        assert_strict(answer)
        page = document(answer)
        assert page.get("lang") == language
        assert len(page.findall(".//h1")) == 1
