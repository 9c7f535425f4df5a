"""Who looks is noted before the page is shown, or it is not shown; who changes is noted with the change."""

from __future__ import annotations

import multiprocessing
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from survey import database
from survey.accounts import operations
from survey.database import db
from survey.models import Participant, Staff
from survey.participation import set_identity
from survey.privacy import audit, chain
from survey.privacy.keys import KeyProblem
from survey.settings import Settings
from telvertel import commands, create_app
from tests.fixtures.application import Town, new_town, token_in, version_in
from tests.fixtures.audit import events, findings, write_events
from tests.fixtures.pages import check_page
from tests.fixtures.rows import fill
from tests.fixtures.visitor import Visitor

NAME, CONTACT = "CANARYNAME", "canary@contact.example"


@pytest.fixture
def person(any_town: Town) -> UUID:
    with any_town.app.app_context():
        participant, _enrolment, _code = any_town.join()
        set_identity(participant, NAME, CONTACT)
        db.session.commit()
        return participant.id


@pytest.fixture
def casemanager(any_town: Town) -> FlaskClient:
    return any_town.sign_in("casemanager")


def new_events(app: Flask, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [event for event in events(app) if event not in before]


def test_who_looks_at_someone_is_noted(any_town: Town, casemanager: FlaskClient, person: UUID) -> None:
    before = events(any_town.app)
    assert NAME in casemanager.get(f"/casework/participants/{person}").text
    (event,) = new_events(any_town.app, before)
    assert (event["action"], event["actor"], event["participant_id"]) == ("participant.seen", "staff", person)
    assert event["staff_id"] is not None and event["details"] == {}
    assert findings(any_town.app) == {}


def refuse(*arguments: Any) -> None:
    raise OperationalError("INSERT", {}, Exception("disk full"))


def test_who_cannot_be_noted_does_not_look(
    any_town: Town, casemanager: FlaskClient, person: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = events(any_town.app)
    monkeypatch.setattr(audit, "append", refuse)
    for address in (
        "/casework/",
        f"/casework/participants/{person}",
        f"/casework/participants/{person}/facts",
    ):
        answer = casemanager.get(address)
        assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0
        assert NAME not in answer.text and CONTACT not in answer.text
        check_page(answer)
    monkeypatch.undo()
    assert events(any_town.app) == before
    assert NAME in casemanager.get(f"/casework/participants/{person}").text


def test_a_change_that_cannot_be_noted_is_not_made(
    any_town: Town, casemanager: FlaskClient, person: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/casework/participants/{person}/facts"
    page = casemanager.get(address).text
    carried = {"csrf_token": token_in(page), "version": version_in(page)}
    form = {**carried, "language": "nl", "gender": "woman"}
    monkeypatch.setattr(audit, "append", refuse)
    assert casemanager.post(address, data=form).status_code == 503
    assert facts(any_town, person) is None
    monkeypatch.undo()
    assert casemanager.post(address, data=form).status_code == 303
    assert facts(any_town, person) == "woman"


def facts(town: Town, person: UUID) -> str | None:
    with town.app.app_context():
        town.inside()
        return db.session.get_one(Participant, person).gender


def test_a_form_that_is_refused_was_looked_at(any_town: Town, casemanager: FlaskClient, person: UUID) -> None:
    """Its page is shown again, with who it is about; and nothing was changed."""
    address = f"/casework/participants/{person}/facts"
    page = casemanager.get(address).text
    carried = {"csrf_token": token_in(page), "version": version_in(page)}
    before = events(any_town.app)
    answer = casemanager.post(address, data={**carried, "language": "no such language"})
    assert answer.status_code == 422
    assert [event["action"] for event in new_events(any_town.app, before)] == ["participant.seen"]


@pytest.mark.parametrize("status", [500, 503])
def test_a_page_that_failed_was_not_looked_at(any_town: Town, casemanager: FlaskClient, status: int) -> None:
    """What is shown is a page that says sorry."""

    def view() -> tuple[str, int]:
        audit.record("caseload.seen")
        return "sorry", status

    any_town.app.view_functions["casework.caseload"] = view
    before = events(any_town.app)
    assert casemanager.get("/casework/").status_code == status
    assert events(any_town.app) == before


def test_without_the_key_of_the_log_nobody_looks_and_the_operator_hears_of_it(
    any_town: Town, casemanager: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_key(*arguments: Any) -> None:
        raise KeyProblem("that key is not here")

    said: list[str] = []
    monkeypatch.setattr(audit, "append", no_key)
    monkeypatch.setattr(audit.logs, "error", lambda event, problem: said.append(event))
    assert casemanager.get("/casework/").status_code == 503
    assert said == ["who looked could not be noted"]


def test_a_page_that_does_not_exist_was_not_looked_at(any_town: Town, casemanager: FlaskClient) -> None:
    before = events(any_town.app)
    assert casemanager.get(f"/casework/participants/{UUID(int=1)}").status_code == 404
    assert events(any_town.app) == before


def test_a_busy_database_shows_no_page(town: Town, monkeypatch: pytest.MonkeyPatch, data: Any) -> None:
    """Somebody else writes: a look waits, and then is honest."""
    client = town.sign_in("casemanager")
    monkeypatch.setattr(database, "LOCK_PATIENCE", 0.2)
    other = create_app(Settings(data=data, plain_http=True))
    cookie = client.get_cookie("telvertel")
    assert cookie is not None
    client = other.test_client()
    client.set_cookie("telvertel", cookie.value)
    with town.app.app_context(), db.engine.begin():
        assert client.get("/casework/").status_code == 503
    assert client.get("/casework/").status_code == 200
    with other.app_context():
        db.engine.dispose()


def test_turning_pages_leaves_no_trace_and_coming_in_does(any_town: Town) -> None:
    with any_town.app.app_context():
        participant, _enrolment, code = any_town.join()
        participant_id = participant.id
    before = events(any_town.app)
    visitor = Visitor(any_town, code).begin()
    visitor.answer_all().send(text="my own words", then="finish")
    (event,) = new_events(any_town.app, before)
    assert (event["action"], event["actor"]) == ("code.used", "participant")
    assert event["participant_id"] == participant_id


def test_who_refuses_leaves_the_same_trace(any_town: Town) -> None:
    """In the log too a refusal looks like an answer."""
    noted = []
    for take_part in ("yes", "no"):
        with any_town.app.app_context():
            code = any_town.join()[2]
        before = events(any_town.app)
        visitor = Visitor(any_town, code).enter()
        visitor.send(language="en")
        visitor.send(take_part=take_part)
        noted.append([event["action"] for event in new_events(any_town.app, before)])
    assert noted[0] == noted[1] == ["code.used"]


def test_a_get_may_look_and_no_more(any_town: Town, casemanager: FlaskClient) -> None:
    def view() -> str:
        audit.record("participant.changed")
        return "changed"

    any_town.app.view_functions["casework.caseload"] = view
    before = events(any_town.app)
    assert casemanager.get("/casework/").status_code == 500
    assert events(any_town.app) == before


def test_commands_say_which_one(town: Town) -> None:
    runner = CliRunner(env={"TELVERTEL_DATA": str(town.app.extensions["telvertel_settings"].data)})
    before = events(town.app)
    done = runner.invoke(commands(), ["analyse", town.code, "--json"])
    assert done.exit_code == 0, done.stderr
    (event,) = new_events(town.app, before)
    assert (event["action"], event["actor"], event["staff_id"]) == ("answers.analysed", "operator", None)
    assert event["details"] == {"command": "analyse", "programme": town.code}


def test_of_a_command_in_a_group_the_group_is_said_too(town: Town) -> None:
    runner = CliRunner(env={"TELVERTEL_DATA": str(town.app.extensions["telvertel_settings"].data)})
    before = events(town.app)
    options = ["staff", "add", "jan@example.org", "--organisation", "aalten", "--role", "councillor"]
    done = runner.invoke(commands(), options)
    assert done.exit_code == 0, done.stderr
    assert {event["details"]["command"] for event in new_events(town.app, before)} == {"staff.add"}


def test_no_canary_gets_into_the_log(any_app: Flask) -> None:
    town = new_town(any_app)
    with any_app.app_context():
        filled = fill(town)
    client = town.sign_in("casemanager")
    person = filled.keys["participant"][0]
    for address in (
        "/casework/",
        f"/casework/participants/{person}",
        f"/casework/participants/{person}/facts",
    ):
        assert client.get(address).status_code == 200
    Visitor(town, filled.access_code).begin()
    told = repr(events(any_app)).upper()
    secrets = [*filled.canaries, filled.access_code, filled.access_code.replace("-", "")]
    assert len(told) > 500 and not [secret for secret in secrets if secret.upper() in told]


def work(folder: str, address: str | None, code: str, times: int) -> None:
    """What a process of its own does: events as fast as it can."""
    app = create_app(Settings(data=folder, plain_http=True, database_url=address))
    with app.app_context():
        write_events(Town(app, UUID(int=0), code), times)
        db.engine.dispose()


def test_two_processes_write_one_chain(any_app: Flask) -> None:
    town, times = new_town(any_app), 25
    settings = any_app.extensions["telvertel_settings"]
    secret = settings.database_url
    address = secret.get_secret_value() if hasattr(secret, "get_secret_value") else secret
    before = len(events(any_app))
    context = multiprocessing.get_context("spawn")
    workers = [
        context.Process(target=work, args=(str(settings.data), address, town.code, times)) for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0, 0]
    numbers = [event["number"] for event in events(any_app)]
    assert numbers == list(range(1, before + 2 * times + 1))
    assert findings(any_app) == {}


def test_what_happens_to_an_account_is_noted_wherever_the_person_works(any_app: Flask) -> None:
    towns = [new_town(any_app, slug) for slug in ("aalten", "borne", "culemborg")]
    with any_app.app_context():
        for town in towns[:2]:
            town.inside()
            operations.add_staff("jan@example.org", "casemanager")
        towns[2].inside()
        operations.add_staff("bo@example.org", "casemanager")
        db.session.commit()
        staff_id = db.session.scalars(select(Staff.id).where(Staff.email == "jan@example.org")).one()
        before = events(any_app)
        audit.record_account("staff.signed_in", staff_id)
        db.session.commit()
    noted = new_events(any_app, before)
    assert {event["organisation_id"] for event in noted} == {town.organisation_id for town in towns[:2]}
    assert all(event["details"]["staff"] == staff_id.hex for event in noted)
    with any_app.app_context():
        audit.record_everywhere("backup.made")
        db.session.commit()
    assert len(new_events(any_app, before)) == 2 + len(towns)
    assert findings(any_app) == {}


def test_the_chain_has_words_for_its_own_actions() -> None:
    assert chain.BEGINNINGS | {chain.BROKEN} <= audit.ACTIONS
