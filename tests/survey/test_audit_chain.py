"""The chain of the audit log: whatever is changed in it is found, and it only grows."""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from survey import schema
from survey.clock import now
from survey.database import db
from survey.privacy import audit, chain, chain_check, keys
from survey.privacy.fields import key_ring
from telvertel import commands
from tests.fixtures.application import Town, new_town
from tests.fixtures.audit import EVENTS, HEADS, events, findings, tampering, write_events

WRITTEN = 6


@pytest.fixture
def logged(any_app: Flask) -> Town:
    """Two towns, each with a log; ours is the first."""
    town, other = new_town(any_app, "aalten"), new_town(any_app, "borne")
    for each in (town, other):
        write_events(each, WRITTEN, uuid4())
    return town


def own(town: Town) -> list[dict[str, Any]]:
    return [event for event in events(town.app) if event["organisation_id"] == town.organisation_id]


def test_a_log_that_nobody_touched_is_whole(logged: Town) -> None:
    assert findings(logged.app) == {}
    assert [event["number"] for event in own(logged)] == list(range(1, len(own(logged)) + 1))
    with logged.app.app_context():
        read = {log.slug: log.events for log in chain_check.check()}
    assert read == {"aalten": len(own(logged)), "borne": len(events(logged.app)) - len(own(logged))}


def different(value: Any) -> Any:
    """Something else of the same kind."""
    if value is None:
        return uuid4()
    if isinstance(value, dict):
        return {**value, "step": 99}
    if isinstance(value, int):
        return value + 100
    if isinstance(value, str):
        return value[:-1] + ("0" if value[-1] != "0" else "1")
    return value + timedelta(microseconds=1) if hasattr(value, "year") else uuid4()


CHANGED = [column.name for column in EVENTS.c if column.name != "organisation_id"]


@pytest.mark.parametrize("column", CHANGED)
def test_an_edit_of_any_column_of_any_event_is_found(logged: Town, column: str) -> None:
    for event in own(logged):
        number, changed = event["number"], different(event[column])
        if column in ("staff_id", "actor"):
            changes = {"actor": "staff", "staff_id": uuid4()} if event["actor"] != "staff" else {}
            changes = changes if column == "staff_id" else {"actor": "nobody"}
        else:
            changes = {column: changed}
        where = (EVENTS.c.organisation_id == logged.organisation_id) & (EVENTS.c.number == number)
        with tampering(logged.app) as connection:
            connection.execute(EVENTS.update().where(where).values(changes))
        found = findings(logged.app)
        assert list(found) == ["aalten"] and found["aalten"][0] == number
        back = (EVENTS.c.organisation_id == logged.organisation_id) & (
            EVENTS.c.number == changes.get("number", number)
        )
        with tampering(logged.app) as connection:
            connection.execute(EVENTS.update().where(back).values(event))
        assert findings(logged.app) == {}


def test_the_removal_of_any_events_is_found(logged: Town) -> None:
    """One, or all from one on: the last one too."""
    rows = own(logged)
    for number in range(1, len(rows) + 1):
        for gone in (EVENTS.c.number == number, EVENTS.c.number >= number):
            with tampering(logged.app) as connection:
                connection.execute(
                    EVENTS.delete().where(EVENTS.c.organisation_id == logged.organisation_id, gone)
                )
            found = findings(logged.app)
            assert list(found) == ["aalten"] and found["aalten"][0] == number
            with tampering(logged.app) as connection:
                connection.execute(EVENTS.delete().where(EVENTS.c.organisation_id == logged.organisation_id))
                connection.execute(EVENTS.insert(), rows)
    assert findings(logged.app) == {}


def reasons(app: Flask) -> list[tuple[int | None, str]]:
    """What is said of the first organisation that anything is found of."""
    with app.app_context():
        found = [log.findings for log in chain_check.check() if log.findings]
    return [(finding.number, finding.reason) for finding in found[0]]


def test_what_lacks_is_named_from_first_to_last(logged: Town) -> None:
    rows = own(logged)
    last = len(rows)
    for gone, said in (
        ({3}, (3, "missing: event 3")),
        ({3, 4}, (3, "missing: event 3 to 4")),
        ({3, 4, 5}, (3, "missing: event 3 to 5")),
        ({last}, (last, f"missing at the end: event {last} to {last}")),
        ({last - 1, last}, (last - 1, f"missing at the end: event {last - 1} to {last}")),
    ):
        replace_log(logged, [row for row in rows if row["number"] not in gone])
        assert reasons(logged.app)[0] == said
        assert [number for number, _ in reasons(logged.app)[1:]] == []


def test_an_event_with_an_impossible_number_is_named(logged: Town) -> None:
    with tampering(logged.app) as connection:
        where = (EVENTS.c.organisation_id == logged.organisation_id) & (EVENTS.c.number == 2)
        connection.execute(EVENTS.update().where(where).values(number=-5))
    assert reasons(logged.app)[0] == (1, "an event that does not belong here has the number -5")


def test_a_log_of_one_event_whose_end_was_taken_away_does_not_begin_anew(logged: Town) -> None:
    with tampering(logged.app) as connection:
        cut(connection, logged, 2)
        no_head(connection, logged)
    with logged.app.app_context():
        logged.inside()
        audit.record("audit.begun")
        db.session.commit()
    assert list(findings(logged.app)) == ["aalten"]


def test_organisations_are_read_in_the_order_of_their_names(any_app: Flask) -> None:
    for slug in ("culemborg", "aalten", "borne"):
        new_town(any_app, slug)
    with any_app.app_context():
        assert [log.slug for log in chain_check.check()] == ["aalten", "borne", "culemborg"]


def test_afterwards_text_that_is_none_is_refused_as_before(town: Town) -> None:
    """While the log is verified any bytes are read; whoever has the connection next does not get them."""
    assert findings(town.app) == {}
    with town.app.app_context(), db.engine.connect() as connection, pytest.raises(DBAPIError):
        connection.execute(text("SELECT CAST(x'ff' AS TEXT)")).all()


def test_two_events_that_change_places_are_found(logged: Town) -> None:
    rows = own(logged)
    for first in range(len(rows)):
        for second in range(first + 1, len(rows)):
            swapped = list(rows)
            swapped[first] = {**rows[second], "number": rows[first]["number"]}
            swapped[second] = {**rows[first], "number": rows[second]["number"]}
            replace_log(logged, swapped)
            assert findings(logged.app)["aalten"][0] == first + 1
    replace_log(logged, rows)
    assert findings(logged.app) == {}


def replace_log(town: Town, rows: list[dict[str, Any]]) -> None:
    with tampering(town.app) as connection:
        connection.execute(EVENTS.delete().where(EVENTS.c.organisation_id == town.organisation_id))
        connection.execute(EVENTS.insert(), rows)


def test_an_event_put_in_between_is_found(logged: Town) -> None:
    rows = own(logged)
    for place in range(len(rows) + 1):
        later = [{**row, "number": row["number"] + 1} for row in rows[place:]]
        copied = {**rows[min(place, len(rows) - 1)], "number": place + 1}
        replace_log(logged, [*rows[:place], copied, *later])
        assert findings(logged.app)["aalten"] != []


def test_events_of_another_organisation_do_not_fit(logged: Town) -> None:
    """Whole logs that change hands, heads and all."""
    rows = events(logged.app)
    others = {row["organisation_id"] for row in rows}
    swap = dict(zip(sorted(others), sorted(others, reverse=True), strict=True))
    with tampering(logged.app) as connection:
        heads = [dict(row._mapping) for row in connection.execute(HEADS.select())]
        for table, found in ((EVENTS, rows), (HEADS, heads)):
            connection.execute(table.delete())
            connection.execute(
                table.insert(), [{**row, "organisation_id": swap[row["organisation_id"]]} for row in found]
            )
    found_in = findings(logged.app)
    assert set(found_in) == {"aalten", "borne"} and found_in["aalten"][0] == 1


@pytest.mark.parametrize("column", [column.name for column in HEADS.c if column.name != "organisation_id"])
def test_an_edit_of_the_head_is_found(logged: Town, column: str) -> None:
    with tampering(logged.app) as connection:
        whose = HEADS.c.organisation_id == logged.organisation_id
        head = connection.execute(HEADS.select().where(whose)).one()._mapping
        connection.execute(HEADS.update().where(whose).values({column: different(head[column])}))
    assert list(findings(logged.app)) == ["aalten"]


def cut(connection: Connection, town: Town, from_number: int) -> None:
    connection.execute(
        EVENTS.delete().where(
            EVENTS.c.organisation_id == town.organisation_id, EVENTS.c.number >= from_number
        )
    )


def fitting_head(connection: Connection, town: Town) -> None:
    """The head that a tamperer would write for what they left: everything but the seal."""
    whose = EVENTS.c.organisation_id == town.organisation_id
    last = connection.execute(EVENTS.select().where(whose).order_by(EVENTS.c.number.desc())).first()
    assert last is not None
    connection.execute(
        HEADS.update()
        .where(HEADS.c.organisation_id == town.organisation_id)
        .values(number=last.number, hash=last.hash)
    )


def no_head(connection: Connection, town: Town) -> None:
    connection.execute(HEADS.delete().where(HEADS.c.organisation_id == town.organisation_id))


@pytest.mark.parametrize("cover", [fitting_head, no_head, lambda connection, town: None])
def test_work_that_goes_on_after_a_removal_at_the_end_does_not_hide_it(
    logged: Town, cover: Callable[[Connection, Town], None]
) -> None:
    number = len(own(logged))
    with tampering(logged.app) as connection:
        cut(connection, logged, number - 1)
        cover(connection, logged)
    assert list(findings(logged.app)) == ["aalten"]
    write_events(logged, 2)
    assert list(findings(logged.app)) == ["aalten"]


def test_a_log_that_was_emptied_is_found_before_and_after_work_goes_on(logged: Town) -> None:
    with tampering(logged.app) as connection:
        cut(connection, logged, 1)
        no_head(connection, logged)
    assert list(findings(logged.app)) == ["aalten"]
    write_events(logged, 1)
    assert findings(logged.app) == {"aalten": [1]}


def test_whoever_has_another_key_cannot_forge(logged: Town) -> None:
    forger = keys.MasterKey(b"x" * keys.KEY_BYTES)
    rows = own(logged)
    with logged.app.app_context():
        name = key_ring().current.id.hex()
        entry = chain.Entry(
            logged.organisation_id, rows[-1]["happened_at"], "operator", None, None, "wave.closed", "{}"
        )
        number = len(rows)
        forged = chain.event_hash(chain.derived(forger), name, number, rows[-2]["hash"], entry)
    told = dataclasses.asdict(entry) | {"details": {}}
    replace_log(logged, [*rows[:-1], {**told, "number": number, "key_id": name, "hash": forged}])
    assert findings(logged.app)["aalten"][0] == number


def test_older_keys_on_the_ring_still_verify(logged: Town) -> None:
    """After a rotation; and without the old key each of its events is told as not to be verified."""
    old = logged.app.extensions["telvertel_keys"]
    new = keys.MasterKey(b"n" * keys.KEY_BYTES)
    before = len(own(logged))
    logged.app.extensions["telvertel_keys"] = keys.KeyRing((new, *old.keys))
    assert findings(logged.app) == {}
    write_events(logged, 2)
    assert findings(logged.app) == {}
    assert own(logged)[-1]["key_id"] == new.id.hex() != own(logged)[0]["key_id"]
    logged.app.extensions["telvertel_keys"] = keys.KeyRing((new,))
    assert findings(logged.app)["aalten"] == list(range(1, before + 1))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET action = action",
        "DELETE FROM audit_event",
        "DELETE FROM audit_event WHERE number = 1",
        "DELETE FROM audit_head",
        "UPDATE audit_head SET organisation_id = (SELECT max(CAST(organisation_id AS TEXT)) FROM audit_head)",
        "INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event",
        "INSERT OR REPLACE INTO audit_head SELECT * FROM audit_head",
        "TRUNCATE audit_event",
        "TRUNCATE audit_head CASCADE",
        "DELETE FROM organisation",
    ],
)
def test_the_database_refuses_to_change_it(logged: Town, statement: str) -> None:
    before = events(logged.app)
    with logged.app.app_context(), pytest.raises(DBAPIError), db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT set_config('telvertel.exemption', 'operator', true)"))
        connection.execute(text(statement))
    assert events(logged.app) == before
    assert findings(logged.app) == {}


@pytest.mark.parametrize("value", ["-", "A1B2", "Jan", "jan de boer", "", "é", "x" * 81, "j@n"])
def test_words_do_not_get_into_it(logged: Town, value: str) -> None:
    with logged.app.app_context():
        logged.inside()
        with pytest.raises(ValueError, match="not a code or a number"):
            audit.record("participant.changed", what=value)


def test_only_actions_of_the_list_get_into_it(logged: Town) -> None:
    with logged.app.app_context():
        logged.inside()
        with pytest.raises(ValueError, match="not an action"):
            audit.record("participant.pinched")


def test_a_log_of_today_verifies_for_years() -> None:
    """What is hashed, and how: a program of another day must come to the same."""
    key = chain.derived(keys.MasterKey(b"a" * keys.KEY_BYTES))
    at = datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=1)))
    town, person = UUID(int=1), UUID(int=2)
    entry = chain.Entry(town, at, "staff", person, None, "wave.closed", "{}")
    assert (
        chain.event_hash(key, "0a0b0c0d", 7, "before", entry)
        == "fc383201bb1a5ef6db06da35acee14073b2cb036b225a2091c14c6a7e029c744"
    )
    assert (
        chain.head_seal(key, "0a0b0c0d", town, chain.End(7, "last"))
        == "e3ace23ef9361b1ac0bb394eb8473b79ad5fc8546233dc3b97fc97760481138b"
    )


TOLD = chain.Entry(uuid4(), now(), "operator", None, None, "wave.closed", "{}")


@pytest.mark.parametrize("told", [TOLD, chain.End(1, "a"), chain_check.Finding(1, "a")])
def test_what_was_told_stays_as_it_was(told: Any) -> None:
    """Between the telling and the writing nobody changes it."""
    for name in told.__dataclass_fields__:
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(told, name, None)


def test_what_is_taken_back_is_not_noted(logged: Town) -> None:
    before = events(logged.app)
    with logged.app.app_context():
        logged.inside()
        audit.record("participant.changed")
        db.session.rollback()
        db.session.commit()
    assert events(logged.app) == before


def test_organisations_from_before_there_were_logs_get_one(town: Town, data: Path) -> None:
    before = importlib.import_module("migrations.versions.0003_audit").down_revision
    with town.app.app_context():
        schema.downgrade(db.engine, before)
        db.engine.dispose()
    done = CliRunner(env={"TELVERTEL_DATA": str(data)}).invoke(commands(), ["database", "upgrade"])
    assert done.exit_code == 0, done.stderr
    assert [event["action"] for event in events(town.app)] == ["audit.begun"]
    assert findings(town.app) == {}


def test_the_command_says_which_event_of_which_organisation(town: Town, data: Path) -> None:
    write_events(town, 3)
    runner = CliRunner(env={"TELVERTEL_DATA": str(data)})
    whole = runner.invoke(commands(), ["audit", "verify"])
    assert (whole.exit_code, whole.stdout) == (0, "") and "Whole" in whole.stderr
    assert f"aalten: {len(own(town))} events\n" in whole.stderr
    with tampering(town.app) as connection:
        connection.execute(EVENTS.update().where(EVENTS.c.number == 2).values(action="wave.closed"))
    broken = runner.invoke(commands(), ["audit", "verify"])
    assert (broken.exit_code, broken.stdout) == (1, "")
    assert "aalten, event 2: changed" in broken.stderr


@pytest.mark.parametrize(
    "change",
    [
        "happened_at = 'yesterday'", "happened_at = substr(happened_at, 1, 19)",
        "participant_id = upper(participant_id)", "participant_id = 'Jan'", "participant_id = 12",
        "details = 'Jan was here'", "details = details || ' '", "details = CAST(x'ff80' AS TEXT)",
        "action = CAST(x'ff80' AS TEXT)", "action = x'00'", "key_id = 'nothing!'", "key_id = ''", "key_id = 'ffffffff'",
        "hash = ''", "hash = 'é'", "hash = upper(hash)", "hash = CAST(hash AS BLOB)", "number = 'two'",
        "number = -2", "number = 2.5",
    ],
)  # fmt: skip
def test_what_no_column_should_hold_is_found_and_stops_nothing(town: Town, change: str) -> None:
    """SQLite keeps anything in any column."""
    write_events(town, 4, uuid4())
    with tampering(town.app) as connection:
        connection.execute(text(f"UPDATE audit_event SET {change} WHERE number = 9"))  # noqa: S608 - above
    assert list(findings(town.app)) == ["aalten"]
    write_events(town, 1)
    assert list(findings(town.app)) == ["aalten"]


@pytest.mark.parametrize(
    "change", [
        "number = 'x'", "hash = CAST(x'ff' AS TEXT)", "hash = CAST(hash AS BLOB)", "key_id = 'x'", "seal = x'00'",
        "key_id = CAST(key_id AS BLOB)",
    ],
)  # fmt: skip
def test_a_head_that_no_column_should_hold_is_found_and_stops_no_work(town: Town, change: str) -> None:
    with tampering(town.app) as connection:
        connection.execute(text(f"UPDATE audit_head SET {change}"))  # noqa: S608 - above
    assert list(findings(town.app)) == ["aalten"]
    if "CAST" not in change:  # the driver reads no such text, so nothing is written until it is repaired
        write_events(town, 1)
        assert list(findings(town.app)) == ["aalten"]
