"""The page on which a casemanager loads a caseload: looked at first, then all of it or nothing."""

from __future__ import annotations

import io
from html import unescape
from re import search
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from werkzeug import formparser

from survey.clock import today
from survey.database import db
from survey.exchange.caseload.columns import COLUMNS
from survey.models import Enrolment, Note, Observation, Participant, Provider, Staff
from survey.observations import Seen, observe
from tests.fixtures.application import Town, token_in
from tests.fixtures.audit import events
from tests.survey.exchange.files import Folder, bring, inside, stored
from tests.survey.exchange.test_caseload import ALL, note, person, step, work

PAGE = "/casework/load/"
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples is deprecated")


@pytest.fixture
def casemanager(town: Town) -> FlaskClient:
    client = town.sign_in("casemanager")
    with client.session_transaction() as session:
        session["language"] = "en"
    return client


def look(client: FlaskClient, town: Town, content: bytes, **other: str) -> Any:
    token = token_in(client.get(PAGE).text)
    form = {"programme": town.code, "csrf_token": token, "file": (io.BytesIO(content), "a"), **other}
    return sent(client.post(PAGE, data=form))


def sent(answer: Any) -> Any:
    """The test's own side of a large request lies in a file until it is closed."""
    answer.request.environ["wsgi.input"].close()
    return answer


def confirm(client: FlaskClient, shown: Any, **other: str) -> Any:
    """Press the button of the preview."""
    names = ("csrf_token", "programme", "replace", "content", "seen")
    found = {name: search(f'name="{name}"[^>]* value="([^"]*)"', shown.text) for name in names}
    form = {name: unescape(match[1]) for name, match in found.items() if match}
    return sent(client.post(PAGE, data=form | other))


def test_what_was_seen_is_what_comes_in(town: Town, folder: Folder, casemanager: FlaskClient) -> None:
    """Nothing is kept between the two; who is new is on the list of who loaded it."""
    rows = [row for row in ALL if "activity" not in row and "provider" not in row and "labels" not in row]
    content = folder.csv(*rows, note("A secret.", labels="work"), work(number="1")).read_bytes()
    before = stored(town)
    shown = look(casemanager, town, content)
    assert shown.status_code == 200 and stored(town) == before
    assert "A secret." not in shown.text
    loaded = confirm(casemanager, shown)
    assert loaded.status_code == 303
    with inside(town):
        own = db.session.scalars(select(Staff)).one()
        assert {one.casemanager_id for one in db.session.scalars(select(Enrolment))} == {own.id}
        assert [one.text for one in db.session.scalars(select(Note))] == ["A secret."]
        assert {one.written_by_id for one in db.session.scalars(select(Note))} == {own.id}
    after = stored(town)
    again = look(casemanager, town, content)
    assert again.status_code == 200 and 'name="content"' not in again.text
    assert stored(town) == after
    assert [event["actor"] for event in events(town.app) if event["action"] == "participant.note_added"] == [
        "staff"
    ]


def test_what_a_colleague_changed_meanwhile_is_looked_at_again(
    town: Town, folder: Folder, casemanager: FlaskClient
) -> None:
    bring(town, folder.csv(person()))
    shown = look(
        casemanager, town, folder.csv(step("3"), step("4", date="2026-03-09")).read_bytes(), replace="y"
    )
    with inside(town):
        someone = db.session.scalars(select(Participant)).one()
        observe(someone, {"ladder": "5"}, Seen(today().replace(2026, 3, 2), "test"), None)
        db.session.commit()
    asked = confirm(casemanager, shown)
    assert asked.status_code == 409 and "changed something" in asked.text
    with inside(town):
        assert [one.value for one in db.session.scalars(select(Observation))] == ["5"]
    assert confirm(casemanager, asked).status_code == 303
    with inside(town):
        found = db.session.scalars(select(Observation).order_by(Observation.observed_on))
        assert [one.value for one in found] == ["3", "4"]


def test_every_reason_stands_on_the_page_and_there_is_no_button(
    town: Town, folder: Folder, casemanager: FlaskClient
) -> None:
    shown = look(casemanager, town, folder.csv(person(), step("9"), work(hours="99")).read_bytes())
    assert shown.status_code == 422
    assert "“9” is not offered here" in shown.text and "from 0 to 60" in shown.text
    assert 'name="seen"' not in shown.text
    for content, said in ((b"\x89PNG\r\n\x1a\n\0", "neither"), (b"", "Choose a file"),
                          (b"a" * 2_000_001, "larger than 2 MB"), (b"participant,wave\nA,before\n", "holds answers"),
                          (b"x\n" * 5_002, "more than 5000 rows")):  # fmt: skip
        refused = look(casemanager, town, content)
        assert refused.status_code == 422 and said in refused.text, said


def test_only_who_keeps_the_lists_adds_to_them(town: Town, folder: Folder, casemanager: FlaskClient) -> None:
    content = folder.csv(person(), work(provider="Bakery")).read_bytes()
    assert "is not in the list" in look(casemanager, town, content).text
    with inside(town):
        db.session.add(Provider(name="BAKERY"))
        db.session.commit()
    assert confirm(casemanager, look(casemanager, town, content)).status_code == 303


def test_an_uploaded_file_never_lies_on_the_disk(
    town: Town, folder: Folder, casemanager: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: Any, **_options: Any) -> Any:
        raise AssertionError("a temporary file was made")

    rows = [
        note("a" * 4000, date=f"2026-03-{day:02}", minutes=str(number))
        for number in range(1, 20)
        for day in range(1, 20)
    ]
    content = folder.csv(person(), *rows).read_bytes()
    assert len(content) > 1_000_000
    monkeypatch.setattr(formparser, "SpooledTemporaryFile", refuse)
    shown = look(casemanager, town, content)
    assert shown.status_code == 200
    assert confirm(casemanager, shown).status_code == 303


def test_the_empty_file_has_every_column_and_can_be_read(
    town: Town, folder: Folder, casemanager: FlaskClient
) -> None:
    got = casemanager.get("/casework/load/empty.xlsx").data
    sheet = load_workbook(io.BytesIO(got))["caseload"]
    assert tuple(cell.value for cell in sheet[1]) == COLUMNS
    assert look(casemanager, town, got).status_code == 200
