"""The drill: back up, restore elsewhere, and every row of every table is as it was."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from survey import create_survey, staffing
from survey.backup import reading, tables
from survey.database import db
from survey.models import Enrolment, Identity, Model, OpenAnswer, Page, Participant, StaffInvitation
from survey.privacy import erasure, keys
from tests.fixtures.application import Town, new_town
from tests.fixtures.rows import Filled, fill
from tests.fixtures.served import ask, free_port, running
from tests.fixtures.visitor import Visitor, saved
from tests.survey.backup.conftest import TOLD, Place, prints


@pytest.fixture
def filled(any_app: Flask) -> Filled:
    towns = [new_town(any_app, slug) for slug in ("aalten", "borne")]
    with any_app.app_context():
        fill(towns[1])
    with any_app.app_context():
        return fill(towns[0])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "telvertel.backup"


def untold(found: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    return {name: print_ for name, print_ in found.items() if name not in TOLD}


def test_every_kind_of_column_can_be_held() -> None:
    for table in Model.metadata.tables.values():
        for column in table.columns:
            assert tables.kind_of(column.type) in tables.KINDS
        assert table.autoincrement_column is None, "a sequence would have to be restored too"


def test_row_for_row(filled: Filled, source: Place, empty: Place, file: Path) -> None:
    before = source.prints()
    assert all(print_["rows"] for name, print_ in before.items() if name in filled.keys)
    source.done("backup", str(file))
    manifest = reading.verify(file, keys.read(source.settings)).manifest
    assert manifest.tables == before
    empty.done("restore", str(file))
    assert untold(empty.prints()) == untold(before)
    assert before["audit_event"]["rows"] == empty.prints()["audit_event"]["rows"] - 2  # one for each town
    assert "Whole" in empty.done("audit", "verify")
    empty.done("database", "check")


def test_nobody_is_signed_in_and_no_link_is_open_afterwards(
    filled: Filled, source: Place, empty: Place, file: Path
) -> None:
    """They may have been ended or used since; what was used before stays known as used."""
    with filled.town.app.app_context():
        filled.town.inside()
        for name in ("an", "bo", "cas"):
            staffing.invite(f"{name}@aalten.example", "councillor", None)
        used = select(StaffInvitation).where(StaffInvitation.email == "an@aalten.example")
        staffing.use(db.session.scalars(used).one())
        db.session.commit()
    filled.town.sign_in("councillor")
    before = source.prints()
    assert before["staff_session"]["rows"] == 1
    source.done("backup", str(file))
    empty.done("restore", str(file))
    after = empty.prints()
    assert after["staff_session"]["rows"] == 0
    assert before["staff_invitation"]["rows"] > after["staff_invitation"]["rows"] == 1


@pytest.mark.postgres
def test_into_the_other_kind_of_database(
    filled: Filled, source: Place, new_place: Callable[[str], Place], file: Path
) -> None:
    source.done("backup", str(file))
    other = new_place("sqlite" if source.url else "postgresql")
    other.done("restore", str(file))
    assert untold(other.prints()) == untold(source.prints())
    app = create_survey(other.settings)
    with app.app_context():
        db.session.enter(filled.organisation_id)
        assert db.session.scalars(select(Identity)).one().name == filled.canaries[0]
        assert db.session.scalars(select(OpenAnswer)).one().text == filled.canaries[2]
        db.session.rollback()
        db.engine.dispose()
    assert "Whole" in other.done("audit", "verify")


def test_what_people_do_goes_on_with_what_was_restored(
    filled: Filled, source: Place, empty: Place, file: Path
) -> None:
    with filled.town.app.app_context():
        code = filled.town.join()[2]
    source.done("backup", str(file))
    empty.done("restore", str(file))
    app = create_survey(empty.settings)
    town = Town(app, filled.organisation_id, filled.town.code)
    person = Visitor(town, code).begin()
    assert person.place.startswith("/survey/")
    person.send(then="next", **dict.fromkeys(person.questions, "3"))
    assert saved(town)["work"]["work_2"] == 3
    with app.app_context():
        db.engine.dispose()


class Answering:
    """People answer over HTTP, as fast as they can; what was acknowledged."""

    def __init__(self, town: Town, address: str, people: int) -> None:
        self.town, self.address = town, address
        self.acknowledged: list[int] = []
        self.problems: list[BaseException] = []
        self.stop = threading.Event()
        self.people = [self._person() for _ in range(people)]

    def _person(self) -> tuple[str, str]:
        with self.town.app.app_context():
            code = self.town.join()[2]
        visitor = Visitor(self.town, code).begin()
        cookie = visitor.client.get_cookie("telvertel")
        assert cookie is not None
        return cookie.value, visitor.form["csrf_token"]

    def go_on(self) -> None:
        try:
            domains = ["work", "housing", "education", "health", "leisure", "bonds", "bridges", "links"]
            for domain in domains:
                for cookie, token in self.people:
                    form = f"csrf_token={token}&{domain}_1=3&then=next".encode()
                    status, _ = ask(f"{self.address}/survey/integration/{domain}", cookie, form)
                    self.acknowledged.append(status)
                    if self.stop.is_set():
                        return
        except BaseException as problem:
            self.problems.append(problem)

    def __enter__(self) -> Answering:
        self.thread = threading.Thread(target=self.go_on)
        self.thread.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self.stop.set()
        self.thread.join()


@pytest.fixture
def served(source: Place, tmp_path: Path) -> Iterator[str]:
    import os

    environment = {**os.environ, "TELVERTEL_PLAIN_HTTP": "true"}
    if source.url:
        environment["TELVERTEL_DATABASE_URL"] = source.url
    command = ("serve", "--workers", "2", "--part", "survey")
    with running(command, source.data, free_port(), tmp_path / "serve.log", environment) as (
        address,
        _server,
    ):
        yield address


def pages(app: Flask, organisation_id: object) -> int:
    with app.app_context():
        db.session.enter(organisation_id)  # type: ignore[arg-type]
        found = len(db.session.scalars(select(Page)).all())
        db.session.rollback()
        return found


def test_while_people_answer(filled: Filled, source: Place, empty: Place, file: Path, served: str) -> None:
    with Answering(filled.town, served, people=20) as answering:
        while len(answering.acknowledged) < 10 and not answering.problems:
            answering.stop.wait(0.02)
        before = len(answering.acknowledged)
        source.done("backup", str(file))
        after = len(answering.acknowledged)
    assert not answering.problems and set(answering.acknowledged) == {303}
    manifest = reading.verify(file, keys.read(source.settings)).manifest
    held = manifest.tables["page"]["rows"] - 2  # those that filled the two towns
    assert before <= held <= after + 1
    empty.done("restore", str(file))
    found = empty.prints()
    assert untold(found) == untold(manifest.tables)
    assert "Whole" in empty.done("audit", "verify")


def test_whoever_was_erased_since_stays_erased(
    filled: Filled, source: Place, empty: Place, file: Path, any_app: Flask
) -> None:
    source.done("backup", str(file))
    with any_app.app_context():
        db.session.enter(filled.organisation_id)
        erasure.forget(db.session.scalars(select(Participant)).one())
        db.session.commit()
    ledger = source.data / "erasures.jsonl"
    for place in (source, empty):
        if place is empty:
            (empty.data / "erasures.jsonl").write_bytes(ledger.read_bytes())
        assert "Erased again, going by the ledger: 1" in place.done("restore", str(file), "--replace")
        app = create_survey(place.settings)
        with app.app_context():
            db.session.enter(filled.organisation_id)
            assert db.session.scalars(select(Participant)).one().erased_on is not None
            assert not db.session.scalars(select(Identity)).all()
            assert not db.session.scalars(select(OpenAnswer)).all()
            assert db.session.scalars(select(Enrolment)).one().casemanager_id is None
            db.session.rollback()
            db.engine.dispose()


def test_without_a_ledger_it_warns_and_more_so_when_people_were_erased(
    filled: Filled, source: Place, empty: Place, file: Path, any_app: Flask
) -> None:
    source.done("backup", str(file))
    said = empty.done("restore", str(file))
    assert said.count("WARNING") == 1 and str(empty.data / "erasures.jsonl") in said
    with any_app.app_context():
        db.session.enter(filled.organisation_id)
        erasure.forget(db.session.scalars(select(Participant)).one())
        db.session.commit()
    assert "WARNING" not in source.done("restore", str(file), "--replace"), "the ledger is there"
    source.done("backup", str(file))
    said = empty.done("restore", str(file), "--replace")
    assert said.count("WARNING") == 2 and "Do not let anybody work" in said
    assert "(once)" in said
    (empty.data / "erasures.jsonl").write_bytes((source.data / "erasures.jsonl").read_bytes())
    assert "WARNING" not in empty.done("restore", str(file), "--replace")


def test_rows_of_others_and_words_are_not_to_be_read_in_it(filled: Filled, source: Place, file: Path) -> None:
    source.done("backup", str(file))
    content = file.read_bytes()
    ring = keys.read(source.settings)
    secrets = [
        *(canary.encode() for canary in filled.canaries),
        ring.current.material,
        ring.current.word.encode(),
    ]
    assert not any(secret in content for secret in secrets)
    inside = b"".join(part.line for part in reading.parts(file, ring) if isinstance(part, reading.Row))
    assert filled.canaries[3].encode() in inside  # the household: what is not sealed stands there plainly
    assert not any(secret in inside for secret in [*(c.encode() for c in filled.canaries[:3]), *secrets[-2:]])


def test_the_hash_is_of_the_rows(filled: Filled, source: Place, any_app: Flask) -> None:
    before = prints(any_app)
    with any_app.app_context():
        db.session.enter(filled.organisation_id)
        db.session.scalars(select(Participant)).one().household = "another"
        db.session.commit()
    after = prints(any_app)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"participant"}
    assert re.fullmatch(r"[0-9a-f]{64}", after["page"]["sha256"])
