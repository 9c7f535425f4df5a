"""A new master key takes over: nobody notices, nothing becomes unreadable, wherever it is broken off."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from flask_security import Security
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import create_survey
from survey.accounts import operations
from survey.commandline import refuse_unready
from survey.database import db
from survey.fieldwork import Refused
from survey.models import AuditEvent, Identity, OpenAnswer, Organisation, Staff
from survey.privacy import audit, chain_check, keys, rotation, sealed
from survey.privacy.fields import key_ring
from survey.privacy.keys import KeyProblem, KeyRing, MasterKey
from survey.settings import Settings
from telvertel import commands
from tests.fixtures.application import Town, fresh_app, new_town, set_up_second_factor, token_in
from tests.fixtures.audit import findings
from tests.fixtures.rows import fill
from tests.fixtures.visitor import Visitor

pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples is deprecated")
EMAIL, CODES = "an@aalten.example", ["abcd-efgh", "ijkl-mnop"]


@dataclass
class Installation:
    """A process that serves, the operator's, and people who were there before."""

    serving: Flask
    operator: Flask
    town: Town
    names: list[str | None]
    password: str = ""
    totp: str = ""
    code: str = ""
    sessions: dict[str, FlaskClient] = field(default_factory=dict)

    def rotate(self) -> rotation.Rotation:
        with self.operator.app_context():
            return rotation.rotate()

    def retire(self) -> list[MasterKey]:
        with self.operator.app_context():
            return rotation.retire()

    def read(self, app: Flask) -> list[str | None]:
        """What is sealed, as this process reads it."""
        with app.app_context():
            db.session.enter(self.town.organisation_id)
            identity = db.session.scalars(select(Identity)).one()
            return [identity.name, identity.contact, db.session.scalars(select(OpenAnswer)).one().text]

    def still_works(self, app: Flask) -> None:
        """Everything that was sealed, hashed or made from a key before."""
        assert self.read(app) == self.names
        with app.app_context():
            staff = db.session.scalars(select(Staff).where(Staff.email == EMAIL)).one()
            security: Security = app.extensions["security"]
            assert staff.verify_and_update_password(self.password)
            assert security.totp_factory.get_totp_b32_key(staff.tf_totp_secret) == self.totp
            assert security._mf_recovery_codes_util.get_recovery_codes(staff) == CODES
            db.session.rollback()
        visitor = Visitor(Town(app, self.town.organisation_id, self.town.code), self.code).enter()
        assert visitor.place.startswith("/survey/"), visitor.page.text


@pytest.fixture
def installation(any_app: Flask) -> Iterator[Installation]:
    town = new_town(any_app)
    with any_app.app_context():
        filled = fill(town)
        password = operations.add_staff(EMAIL, "administrator", "An")
        staff = db.session.scalars(select(Staff).where(Staff.email == EMAIL)).one()
        totp = set_up_second_factor(staff)
        util = any_app.extensions["security"]._mf_recovery_codes_util
        staff.mf_recovery_codes = util._encrypt_codes(CODES)
        db.session.commit()
    operator = create_survey(any_app.extensions["telvertel_settings"])
    yield Installation(
        any_app, operator, town, list(filled.canaries[:3]), str(password), totp, filled.access_code
    )
    with operator.app_context():
        db.engine.dispose()


def ring_of(app: Flask) -> KeyRing:
    with app.app_context():
        return key_ring()


Restart = Callable[[Flask], Flask]


@pytest.fixture
def restarted() -> Iterator[Restart]:
    """Another process on the same data, which starts now."""
    started = []

    def restart(app: Flask) -> Flask:
        again = create_survey(app.extensions["telvertel_settings"])
        started.append(again)
        with again.app_context():
            refuse_unready()
        return again

    yield restart
    for app in started:
        with app.app_context():
            db.engine.dispose()


def test_a_key_that_comes_while_a_request_is_under_way_opens_in_it(installation: Installation) -> None:
    """The file is looked at when a request begins, and once more for a key that nobody here knows."""
    with installation.serving.app_context():
        before = key_ring().current.id
        installation.rotate()
        assert key_ring().current.id == before
        db.session.enter(installation.town.organisation_id)
        assert db.session.scalars(select(Identity)).one().name == installation.names[0]
        assert key_ring().current.id != before


def test_a_log_that_goes_on_under_a_new_key_meanwhile_goes_on_here(installation: Installation) -> None:
    with installation.serving.app_context():
        before = key_ring().current.id
        installation.rotate()
        assert key_ring().current.id == before
        db.session.enter(installation.town.organisation_id)
        audit.record("participant.changed")
        db.session.commit()
        assert key_ring().current.id != before
    assert findings(installation.serving) == {}


def test_a_running_process_goes_on_with_the_new_key(installation: Installation, restarted: Restart) -> None:
    before = ring_of(installation.serving).current
    done = installation.rotate()
    assert done.is_new and done.resealed == 3
    assert ring_of(installation.serving).current == done.newest != before
    for app in (installation.serving, installation.operator, restarted(installation.serving)):
        installation.still_works(app)


def test_an_older_key_can_go_and_nothing_needs_it(
    installation: Installation, restarted: Restart, data: Path
) -> None:
    old = ring_of(installation.serving).current
    installation.rotate()
    assert installation.retire() == [old]
    text = (data / "keys").read_text()
    assert old.word not in text and base64.urlsafe_b64encode(old.material[:24]).decode()[:30] not in text
    assert ring_of(installation.serving).keys == (ring_of(installation.serving).current,)
    for app in (installation.serving, installation.operator, restarted(installation.serving)):
        installation.still_works(app)


def test_keys_come_and_go_often(installation: Installation) -> None:
    audit = ring_of(installation.serving).current.derive("audit")
    first = ring_of(installation.serving).current.id
    for _ in range(3):
        installation.rotate()
        installation.retire()
    installation.still_works(installation.serving)
    ring = ring_of(installation.serving)
    assert len(ring.keys) == 1 and len(ring.retired) == 3
    assert ring.by_id(first).derive("audit") == audit  # what was hashed with it can be checked
    with pytest.raises(KeyProblem, match="retired"):
        _ = ring.by_id(first).material


def test_the_audit_log_tells_it_and_verifies_with_keys_that_are_gone(
    installation: Installation, data: Path
) -> None:
    installation.rotate()
    installation.retire()
    installation.rotate()
    with installation.operator.app_context():
        db.session.enter(installation.town.organisation_id)
        told = db.session.scalars(select(AuditEvent.action).where(AuditEvent.action == "key.rotated")).all()
        assert len(told) == 3
        db.session.rollback()
        assert [log.findings for log in chain_check.check()] == [[]]


def test_a_retired_key_opens_nothing_of_today(installation: Installation) -> None:
    """Whoever took the old key file cannot open the database with it."""
    stolen = ring_of(installation.serving)
    installation.rotate()
    installation.retire()
    with installation.operator.app_context():
        with db.session.exempt("operator"):
            ((organisation_id, wrapped),) = db.session.execute(
                select(Organisation.id, Organisation.wrapped_key)
            ).all()
            factor = db.session.scalars(select(Staff.tf_totp_secret).where(Staff.email == EMAIL)).one()
        with pytest.raises(KeyProblem):
            sealed.unwrap_with_master(stolen, wrapped, organisation_id)
        assert stolen.current.id.hex() not in str(factor)


def test_forms_and_sessions_that_were_open_go_on(installation: Installation, restarted: Restart) -> None:
    town = installation.town
    client = town.sign_in("coordinator")
    token = token_in(client.get("/staff/account").text)
    installation.rotate()
    answer = client.post("/staff/language", data={"language": "en", "csrf_token": token})
    assert answer.status_code == 303
    assert client.get("/staff/account").status_code == 200
    other = restarted(town.app)  # a worker that only ever knew both keys
    cookie = client.get_cookie("telvertel")
    assert cookie is not None
    elsewhere = other.test_client()
    elsewhere.set_cookie("telvertel", cookie.value)
    assert elsewhere.get("/staff/account").status_code == 200
    assert elsewhere.post("/staff/language", data={"language": "nl", "csrf_token": token}).status_code == 303


def test_a_session_of_a_retired_key_ends_politely(installation: Installation) -> None:
    client = installation.town.sign_in("coordinator")
    person = Visitor(installation.town, installation.code).begin()
    installation.rotate()
    installation.retire()
    answer = client.get("/staff/account")
    assert answer.status_code == 303 and answer.location.startswith("/staff/sign-in")
    assert person.client.get("/survey/integration/work").location == "/"


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """`moments(n)`: die at the n-th moment at which something is about to be, or has just been, kept."""
    left = [10**6]

    def dying(act: Any) -> Any:
        def wrapped(*arguments: Any, **options: Any) -> Any:
            for do in (lambda: None, lambda: act(*arguments, **options)):
                result = do()
                left[0] -= 1
                if left[0] == 0:
                    raise Killed
            return result

        return wrapped

    monkeypatch.setattr(rotation, "BATCH", 1)
    monkeypatch.setattr(os, "replace", dying(os.replace))
    monkeypatch.setattr(Session, "commit", dying(Session.commit))

    def die_at(moment: int) -> None:
        left[0] = moment

    return die_at


def test_killed_anywhere_everything_opens_and_the_rest_is_done_later(
    installation: Installation, moments: Any, restarted: Restart
) -> None:
    moment = finished = 0
    while not finished:
        moment += 1
        known = len(ring_of(installation.serving).keys)
        moments(moment)
        try:
            installation.rotate()
            finished = 1
        except Killed:
            with installation.operator.app_context():
                db.session.rollback()
        moments(10**6)
        for app in (installation.serving, restarted(installation.serving)):
            assert installation.read(app) == installation.names
        if not finished:
            installation.rotate()
        assert len(ring_of(installation.serving).keys) <= known + 2
        installation.still_works(installation.serving)
    assert moment > 6  # the file and three rows, before and after each
    assert not list(Path(installation.serving.extensions["telvertel_settings"].data).glob(".keys-*"))


def test_a_rotation_that_was_broken_off_adds_no_second_key(installation: Installation, moments: Any) -> None:
    moments(4)
    with pytest.raises(Killed):
        installation.rotate()
    moments(10**6)
    newest = ring_of(installation.serving).current
    done = installation.rotate()
    assert not done.is_new and done.newest == newest and done.resealed > 0
    assert len(ring_of(installation.serving).keys) == 2


def test_a_key_that_is_still_needed_is_not_retired(
    installation: Installation, moments: Any, data: Path
) -> None:
    moments(4)
    with pytest.raises(Killed):
        installation.rotate()
    moments(10**6)
    before = (data / "keys").read_bytes()
    with pytest.raises(Refused, match="nog verzegeld"):
        installation.retire()
    assert (data / "keys").read_bytes() == before


def test_the_only_key_is_not_retired(installation: Installation) -> None:
    with pytest.raises(Refused, match="maar één sleutel"):
        installation.retire()


def test_a_prepared_key_opens_before_it_seals(installation: Installation) -> None:
    before = ring_of(installation.serving).current
    with installation.operator.app_context():
        prepared = rotation.prepare()
        with pytest.raises(Refused, match="al een sleutel"):
            rotation.prepare()
    ring = ring_of(installation.serving)
    assert (ring.current, ring.prepared) == (before, prepared)
    assert installation.rotate().newest == prepared
    installation.still_works(installation.serving)


def test_two_operators_take_turns(installation: Installation, data: Path) -> None:
    with rotation._alone(Settings(data=data)), pytest.raises(Refused, match="ander commando"):
        installation.rotate()


def test_what_people_change_meanwhile_is_kept(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second factor set up anew while the rotation runs must not be put back."""
    replace, fresh = rotation._replace, []

    def meanwhile(value: rotation.Stale) -> int:
        if value.column == "tf_totp_secret" and not fresh:
            fresh.append(1)
            with installation.serving.app_context():
                staff = db.session.scalars(select(Staff).where(Staff.email == EMAIL)).one()
                installation.totp = set_up_second_factor(staff)
                db.session.commit()
        return replace(value)

    monkeypatch.setattr(rotation, "BATCH", 1)
    monkeypatch.setattr(rotation, "_replace", meanwhile)
    installation.rotate()
    installation.still_works(installation.serving)


@pytest.mark.parametrize("damage", ["gone", "junk", "open"])
def test_a_damaged_file_does_not_stop_who_is_at_work(
    app: Flask, town: Town, data: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = town.sign_in("coordinator")
    file = data / "keys"
    good = file.read_bytes()
    if damage == "gone":
        file.unlink()
    elif damage == "junk":
        file.write_text("nothing like a key")
    else:
        file.chmod(0o644)
    assert client.get("/staff/account").status_code == 200
    assert "keys:" in caplog.text and good.decode().strip() not in caplog.text
    file.write_bytes(good)
    file.chmod(0o600)
    assert client.get("/staff/account").status_code == 200


def test_keys_from_the_environment_are_the_operators_to_change(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = (data / "keys").read_text().strip(), MasterKey.new()
    app = fresh_app(Settings(data=data, key=old, plain_http=True))
    new_town(app)
    with app.app_context():
        for change in (rotation.rotate, rotation.prepare, rotation.retire):
            with pytest.raises(Refused, match="TELVERTEL_KEY"):
                change()
        db.engine.dispose()
    both = fresh_app(Settings(data=data, key=f"{new.word} {old}", plain_http=True))
    with both.app_context():
        done = rotation.rotate()
        assert (done.is_new, done.newest, done.resealed) == (False, new, 1)
        db.engine.dispose()


def run(data: Path, *command: str) -> Any:
    return CliRunner().invoke(commands(), [*command, "--data", str(data)], env={"TELVERTEL_DATA": None})


def test_as_commands(app: Flask, town: Town, data: Path) -> None:
    assert run(data, "key", "rotate", "--prepare", "--retire").exit_code == 2
    refused = run(data, "key", "new")
    assert refused.exit_code == 1 and "already" in refused.stderr
    rotated = run(data, "key", "rotate")
    assert rotated.exit_code == 0 and re.search(r"Master key [0-9a-f]{8} is the newest now", rotated.stderr)
    assert rotated.stdout == ""
    assert run(data, "key", "rotate", "--retire").exit_code == 0
    assert oct((data / "keys").stat().st_mode)[-3:] == "600"
    assert run(data, "database", "check").exit_code == 0


def test_a_new_key_is_made_where_there_is_none(tmp_path: Path) -> None:
    made = run(tmp_path / "new", "key", "new")
    assert made.exit_code == 0 and len(keys.read(Settings(data=tmp_path / "new")).keys) == 1
    printed = run(tmp_path / "none", "key", "new", "--print")
    assert len(keys.parse(printed.stdout).keys) == 1
    assert not (tmp_path / "none").exists()


def test_the_last_line_of_the_file_is_missed(app: Flask, town: Town, data: Path) -> None:
    """Without it no password would fit, and nobody would know why."""
    run(data, "key", "rotate")
    run(data, "key", "rotate", "--retire")
    file = data / "keys"
    newest, retired = file.read_text().split()
    file.write_text(newest)
    refused = run(data, "database", "check")
    assert refused.exit_code == 1 and "last line of the key file" in refused.stderr
    file.write_text(f"{newest}\n{retired[:20]}{'AAAA'}{retired[24:]}")
    refused = run(data, "database", "check")
    assert refused.exit_code == 1 and "damaged" in refused.stderr
