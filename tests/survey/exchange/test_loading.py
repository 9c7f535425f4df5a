"""The page on which a casemanager loads a caseload: looked at first, then all of it or nothing."""

from __future__ import annotations

import io
from html import unescape
from re import DOTALL, findall, search, sub
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from werkzeug import formparser

from survey import fieldwork
from survey.clock import today
from survey.database import db
from survey.exchange.caseload.columns import COLUMNS
from survey.models import Enrolment, Note, Observation, Participant, Provider, Staff
from survey.observations import Seen, observe
from tests.fixtures.application import Town, new_town, token_in
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


def look(client: FlaskClient, town: Town, content: bytes, **other: Any) -> Any:
    token = token_in(client.get(PAGE).text)
    form = {"programme": town.code, "csrf_token": token, "file": (io.BytesIO(content), "a"), **other}
    return sent(client.post(PAGE, data=form))


def sent(answer: Any) -> Any:
    """The test's own side of a large request lies in a file until it is closed."""
    answer.request.environ["wsgi.input"].close()
    return answer


def confirm(client: FlaskClient, shown: Any, **other: Any) -> Any:
    """Press the button of the preview."""
    names = ("csrf_token", "programme", "replace", "content", "named", "seen")
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
    assert (
        "“9” is not offered here. Choose one of: 1 (1. Isolated)" in shown.text
        and "from 0 to 60" in shown.text
    )
    assert 'name="seen"' not in shown.text
    for content, said in ((b"\x89PNG\r\n\x1a\n\0", "neither"), (b"", "This file is empty"),
                          (b"a" * 2_000_001, "larger than 2 MB"), (b"participant,wave\nA,before\n", "holds answers"),
                          (b"x\n" * 5_002, "more than 5000 rows")):  # fmt: skip
        refused = look(casemanager, town, content)
        assert refused.status_code == 422 and said in refused.text, said


def test_the_preview_speaks_the_language_of_staff(
    town: Town, folder: Folder, casemanager: FlaskClient
) -> None:
    """What changes is told as the pages tell it: no code, no column of the file, no date of a program."""
    before = (
        person(group="newcomer", gender="woman", birth_year="1985", language="uk", household="alone"),
        step("4"), work(hours="12.5", outcome="completed"),
    )  # fmt: skip
    after = (
        person(group="displaced", gender="man", birth_year="1990", language="ar", household="children",
               until="3-3-2026", ending="moved"),
        step("5", source="register"), work(hours="24", hours_per="total", outcome="to_work", until="4/3/2026",
                                           ending="own_choice"),
    )  # fmt: skip
    bring(town, folder.csv(*before))
    with casemanager.session_transaction() as session:
        session["language"] = "nl"
    shown = look(casemanager, town, folder.csv(*after).read_bytes(), replace="y")
    table = shown.text[shown.text.index("Wat er verandert</h2>") :]
    told = [unescape(text) for text in findall(r"<td[^>]*>(?:<bdi>)?([^<]*)", table)]
    assert "Trede op de participatieladder, 2 mrt 2026" in told
    assert told[told.index("Trede op de participatieladder, 2 mrt 2026") + 1 :][:2] == [
        "4. Onbetaald werk", "5. Betaald werk met steun",
    ]  # fmt: skip
    assert len(told) == 5 * 14 and {"4 mrt 2026", "1985–1989", "12,5", "Українська"} <= set(told)
    used = {cell for row in (*before, *after) for cell in row.values() if not cell.isdigit()} - {"P1"}
    assert not (used | set(COLUMNS) | {"2026-03-03", "12.5"}) & set(told)


def test_a_refused_file_is_looked_at_again_without_choosing_it(
    town: Town, folder: Folder, casemanager: FlaskClient
) -> None:
    """What differs was refused; with the box ticked it may come in. A corrected file takes its place."""
    bring(town, folder.csv(person(), step("4")))
    refused = look(casemanager, town, folder.csv(step("5")).read_bytes())
    assert refused.status_code == 422 and "“4. Unpaid work” is stored here" in refused.text
    again = confirm(casemanager, refused, programme=town.code, replace="y")
    assert again.status_code == 200 and "5. Paid work with support" in again.text
    corrected = (io.BytesIO(folder.csv(step("4")).read_bytes()), "b.csv")
    other = confirm(casemanager, refused, programme=town.code, file=corrected)
    assert other.status_code == 200 and "There is nothing to load" in other.text
    unchosen = confirm(casemanager, refused, programme="")
    assert unchosen.status_code == 422 and 'name="content"' in unchosen.text
    assert confirm(casemanager, unchosen, programme=town.code, replace="y").status_code == 200
    gone = look(casemanager, town, b"\x89PNG\r\n\x1a\n\0", replace="y")
    assert "Choose the file again" in gone.text and search(
        r'<input[^>]* checked[^>]* name="replace"', gone.text
    )


def test_the_preview_says_who_is_known_from_another_programme(
    town: Town, folder: Folder, casemanager: FlaskClient
) -> None:
    """Of this organisation alone: there a casemanager may see everybody. Elsewhere nobody is counted."""
    elsewhere = new_town(town.app, "elsewhere")
    bring(elsewhere, folder.csv(person("P3")))
    bring(town, folder.csv(person(), person("P2")))
    with inside(town):
        fieldwork.add_programme("second", "Second", ["wellbeing"], [fieldwork.parse_wave("before")])
        db.session.commit()
    every = folder.csv(*(person(name) for name in ("P1", "P2", "P3", "P4"))).read_bytes()
    shown = look(casemanager, Town(town.app, town.organisation_id, "second"), every)
    assert "2 of these 4 people already, from: Pilot" in shown.text and "Pilot elsewhere" not in shown.text
    assert "people already" not in look(casemanager, town, every).text


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


HEAD = "participant;what;date;until;ending;language;group;gender"


def told(answer: Any) -> list[str]:
    """The reasons on the page, with what stands beside them."""
    rows = findall(r"<tr[^>]*>(.*?)</tr>", answer.text, DOTALL)
    return [" ".join(unescape(sub(r"<[^>]*>", " ", row)).split()) for row in rows]


def csv(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def test_all_that_is_wrong_with_a_row_is_said_at_once(casemanager: FlaskClient, town: Town) -> None:
    lines = csv(HEAD, "Jan Jansen;participant;1-2-2026;1-1-2026;;tlh;klant;woman", ";observation;;;;;;")
    answer = look(casemanager, town, lines)
    reasons = " ".join(told(answer))
    for reason in ("looks like a name", "“tlh” is not offered", "“klant” is not offered", "displaced (Displaced",
                   "last day is before", "participant is missing", "date is missing", "This is missing"):  # fmt: skip
        assert reason in reasons, reason


def test_an_unknown_column_does_not_hide_what_is_wrong_below_it(casemanager: FlaskClient, town: Town) -> None:
    answer = look(
        casemanager,
        town,
        csv(HEAD + ";phone", "K-1;participant;1-2-2026;;;;klant;;06 1", "K-2;participant;;;;;;;"),
    )
    reasons = " ".join(told(answer))
    assert "There is no such column" in reasons and "“klant” is not offered" in reasons
    assert "means nothing in a row" not in reasons
    assert "date is missing" in reasons


@pytest.mark.parametrize("group", ["displaced", "Ontheemde", "ONTHEEMDE", "Displaced person"])
def test_codes_may_be_written_as_they_are_called(casemanager: FlaskClient, town: Town, group: str) -> None:
    """In every language of staff, whatever their own is."""
    shown = look(casemanager, town, csv(HEAD, f"K-1;Deelnemer;1-2-2026;;;;{group};Vrouw"))
    assert confirm(casemanager, shown).status_code == 303, told(shown)
    with inside(town):
        (found,) = db.session.scalars(select(Participant))
        assert (found.group, found.gender) == ("displaced", "woman")


def test_domains_may_be_written_as_they_are_called(
    casemanager: FlaskClient, town: Town, folder: Folder
) -> None:
    content = folder.csv(person(), note("It went well.", domains="Werk;HOUSING;language")).read_bytes()
    shown = look(casemanager, town, content)
    assert confirm(casemanager, shown).status_code == 303, told(shown)
    with inside(town):
        assert db.session.scalars(select(Note)).one().domains == ["work", "housing", "language"]


@pytest.mark.parametrize(
    "content", [b"Dear colleague,\nhere is the list.", b"\x00\x01\x02", "é".encode("cp1252")]
)
def test_what_is_only_called_a_workbook_is_refused_as_such(
    casemanager: FlaskClient, town: Town, content: bytes
) -> None:
    answer = look(casemanager, town, content, file=(io.BytesIO(content), "People.XLSX"))
    assert answer.status_code == 422 and "called XLSX but is no Excel file" in answer.text
