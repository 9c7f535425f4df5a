"""What cannot be restored is refused in words, and nothing is touched; what is broken off left nothing half."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, inspect

from survey import schema
from survey.backup import envelope, folder, making, reading, restoring, tables
from survey.database import db
from survey.fieldwork import Refused
from survey.privacy import keys
from survey.privacy.keys import KeyRing, MasterKey
from tests.fixtures.application import Town, new_town
from tests.fixtures.rows import fill
from tests.survey.backup.conftest import TOLD, Place

EDIT = Callable[[list[Any]], Iterable[Any]]


@pytest.fixture
def town(any_app: Flask) -> Town:
    town = new_town(any_app)
    with any_app.app_context():
        fill(town)
    return town


@pytest.fixture
def file(source: Place, town: Town, tmp_path: Path) -> Path:
    path = tmp_path / "telvertel.backup"
    source.done("backup", str(path))
    return path


def again(file: Path, ring: KeyRing, edit: EDIT) -> None:
    """The same backup, sealed anew with other lines in it."""
    with file.open("rb") as opened:
        packed = b"".join(envelope.unseal(opened, ring))
    lines = [json.loads(line) for line in reading._lines(reading._unpacked(iter([packed])))]
    sealed = envelope.seal(making._compressed(making.line(value) for value in edit(lines)), ring)
    file.write_bytes(b"".join(sealed))


def changed(file: Path, what: str, ring: KeyRing) -> None:
    """Spoil a backup in one of many ways."""
    content = bytearray(file.read_bytes())
    if what == "cut":
        file.write_bytes(content[:-40])
    elif what == "flipped":
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    elif what == "foreign":
        file.write_bytes(b"".join(envelope.seal([b""], KeyRing((MasterKey.new(),)))))
    elif what == "nothing":
        file.write_bytes(b"")
    elif what == "text":
        file.write_text("This is not a backup, but a letter.")
    elif what == "newer format":
        again(file, ring, lambda lines: [{**lines[0], "format": 2}, *lines[1:]])
    elif what == "newer shape":
        again(file, ring, lambda lines: [{**lines[0], "schema": "9999", "telvertel": "9.9"}, *lines[1:]])
    elif what == "row left out":
        again(file, ring, lambda lines: [line for at, line in enumerate(lines) if at != _first_row(lines)])
    elif what == "no end":
        again(file, ring, lambda lines: lines[:-1])
    elif what == "way out":
        again(file, ring, lambda lines: [*lines[:-1], {"file": "../outside"}, lines[-1]])


def _first_row(lines: list[Any]) -> int:
    return next(at for at, line in enumerate(lines) if isinstance(line, list))


SPOILED = [
    ("cut", "damaged"), ("flipped", "damaged"), ("foreign", "not in the key file"), ("nothing", "not a backup"),
    ("text", "not a backup"), ("newer format", "newer Telvertel"), ("newer shape", r"newer Telvertel (9.9)"),
    ("row left out", "damaged"), ("no end", "damaged"), ("way out", "damaged"),
]  # fmt: skip


def test_what_is_spoiled_is_refused_and_nothing_is_touched(source: Place, file: Path, empty: Place) -> None:
    good, ring = file.read_bytes(), keys.read(source.settings)
    before = source.prints(), source.files()
    for what, says in SPOILED:
        file.write_bytes(good)
        changed(file, what, ring)
        assert says in source.refused("restore", str(file), "--replace"), what
        assert says in empty.refused("restore", str(file)), what
    assert (source.prints(), source.files()) == before
    assert list(empty.files()) == ["keys"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_cut_and_any_flip_is_noticed(file: Path, source: Place, data: st.DataObject) -> None:
    good = file.read_bytes()
    spoiled = bytearray(good)
    if data.draw(st.booleans()):
        spoiled = spoiled[: data.draw(st.integers(0, len(good) - 1))]
    else:
        spoiled[data.draw(st.integers(0, len(good) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    other = file.with_suffix(".spoiled")
    other.write_bytes(spoiled)
    with pytest.raises(Refused):
        reading.verify(other, keys.read(source.settings))


def test_data_that_are_there_are_not_replaced_unasked(source: Place, file: Path) -> None:
    before = source.prints()
    assert "--replace" in source.refused("restore", str(file))
    assert source.prints() == before


def test_replacing_takes_everything_back(source: Place, town: Town, file: Path) -> None:
    before = source.prints()
    new_town(town.app, "borne")
    assert source.prints() != before
    source.done("restore", str(file), "--replace")
    after = source.prints()
    assert {name for name in before if before[name] != after[name]} <= TOLD
    assert town.app.test_client().get("/readyz").status_code == 200
    assert town.sign_in("coordinator").get("/manage/").status_code == 200


def test_an_earlier_shape_is_brought_up_to_date(source: Place, file: Path, empty: Place) -> None:
    """As a backup that the very first version would have made."""
    first = {
        "access_code", "code_attempts", "consent", "enrolment", "identity", "language_override", "membership",
        "open_answer", "organisation", "page", "participant", "person_key", "programme", "release", "response",
        "staff", "story", "visit", "wave",
    }  # fmt: skip
    columns = _columns_of_first()
    again(file, keys.read(source.settings), lambda lines: _as_first(lines, first, columns))
    empty.done("restore", str(file))
    empty.done("database", "check")
    found, was = empty.prints(), source.prints()
    assert all(found[table]["rows"] == was[table]["rows"] for table in first)
    assert found["identity"] == was["identity"]


def _columns_of_first() -> dict[str, set[str]]:
    """What columns the first migration made, as the database tells."""
    engine = create_engine("sqlite://")
    schema.upgrade(engine, "0001")
    inspector = inspect(engine)
    found = {
        table: {c["name"] for c in inspector.get_columns(table)} for table in inspector.get_table_names()
    }
    engine.dispose()
    return found


def _as_first(lines: list[Any], first: set[str], columns: dict[str, set[str]]) -> Iterator[Any]:
    yield {**lines[0], "schema": "0001"}
    manifest: dict[str, Any] = {}
    kept: list[int] = []
    table = ""
    for line in lines[1:-1]:
        if isinstance(line, dict) and "table" in line:
            table = line["table"]
            kept = [at for at, name in enumerate(line["columns"]) if name in columns.get(table, ())]
            if table in first:
                manifest[table] = tables.Tally()
                yield {**line, "columns": {n: k for n, k in line["columns"].items() if n in columns[table]}}
        elif isinstance(line, list) and table in first:
            row = [line[at] for at in kept]
            manifest[table].add(making.line(row))
            yield row
    yield {"manifest": {"tables": {name: tally.result for name, tally in manifest.items()}, "files": {}}}


def test_without_the_right_key_nothing_is_restored(file: Path, empty: Place) -> None:
    (empty.data / "keys").write_text(MasterKey.new().word)
    assert "Add it there as the last line" in empty.refused("restore", str(file))
    (empty.data / "keys").unlink()
    assert "No key file" in empty.refused("restore", str(file))


def test_an_older_key_in_the_key_file_still_opens_it(source: Place, file: Path, empty: Place) -> None:
    old = (empty.data / "keys").read_text()
    (empty.data / "keys").write_text(f"{MasterKey.new().word}\n{old}")
    empty.done("restore", str(file))
    empty.done("key", "rotate")
    source.done("key", "rotate")
    source.done("key", "rotate", "--retire")
    assert "last line" in source.refused("restore", str(file), "--replace")
    with (source.data / "keys").open("a") as ring:
        ring.write(old)
    source.done("restore", str(file), "--replace")


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("step", ["_put_rows", "refuse_wrong_keys", "_mark", "_place_files"])
def test_broken_off_it_is_the_old_or_it_says_so(
    source: Place, town: Town, file: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_town(town.app, "borne")
    (source.data / "letter.txt").write_text("new")
    before = source.prints()

    def die(*arguments: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(restoring, step, die)
        with pytest.raises(Killed):
            restoring.restore(source.settings, file, replace=True)
    if not folder.unfinished(source.settings):
        assert step == "_place_files" or source.prints() == before
        source.done("database", "check")
    source.done("restore", str(file), "--replace")
    source.done("database", "check")
    assert not list(source.data.glob(".telvertel*"))


def test_a_restore_that_lacks_its_files_is_not_served(source: Place, file: Path) -> None:
    (source.data / folder.UNFINISHED).touch()
    for command in (("database", "check"), ("backup", str(file)), ("serve",)):
        assert "broken off" in source.refused(*command)
    source.done("restore", str(file), "--replace")
    source.done("database", "check")


@pytest.mark.parametrize("damage", [b"no database at all" * 500, b""])
def test_a_damaged_sqlite_file_is_put_aside(app: Flask, data: Path, tmp_path: Path, damage: bytes) -> None:
    place, path = Place(data), tmp_path / "b"
    new_town(app)
    before = place.prints()
    place.done("backup", str(path))
    with app.app_context():
        db.engine.dispose()
    for file in data.glob("telvertel.sqlite*"):
        file.unlink()
    (data / "telvertel.sqlite").write_bytes(damage)
    place.done("restore", str(path), "--replace")
    assert place.prints()["organisation"] == before["organisation"]
    assert (data / "telvertel.sqlite.damaged").exists() == bool(damage)


def test_a_database_in_use_is_waited_for_and_then_said(
    app: Flask, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, path = Place(data), tmp_path / "b"
    new_town(app)
    place.done("backup", str(path))
    monkeypatch.setattr(restoring, "LOCK_PATIENCE", 0.5)
    with sqlite3.connect(data / "telvertel.sqlite") as other:
        other.execute("BEGIN IMMEDIATE")
        assert "in use" in place.refused("restore", str(path), "--replace")
        other.rollback()
    other.close()
    place.done("restore", str(path), "--replace")


def test_other_files_go_along_and_secrets_do_not(app: Flask, data: Path, tmp_path: Path) -> None:
    place, path = Place(data), data / "nightly.backup"
    new_town(app)
    (data / "letters").mkdir()
    (data / "letters" / "one.txt").write_bytes(os.urandom(1_200_000))
    (data / "empty").touch()
    word = (data / "keys").read_bytes().strip()
    (data / "keys.old").write_bytes(b"x" * (folder.PIECE - 10) + word)
    (data / ".hidden").write_text("unfinished")
    (data / "erasures.jsonl").write_text("")
    (data / "elsewhere").symlink_to("/etc/hostname")
    for _ in range(2):  # the second time the first backup lies there too
        place.done("backup", str(path))
    assert path.stat().st_mode & 0o777 == 0o600
    held = reading.verify(path, keys.read(place.settings)).manifest.files
    assert set(held) == {"letters/one.txt", "empty"}
    other = Place(tmp_path / "other")
    other.data.mkdir()
    keys_file = other.data / "keys"
    keys_file.write_bytes(word)
    keys_file.chmod(0o600)
    other.done("restore", str(path))
    assert other.files()["letters/one.txt"] == place.files()["letters/one.txt"]
    assert not list(other.data.glob(".*"))


def test_a_backup_is_there_whole_or_not_at_all(
    app: Flask, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, path = Place(data), tmp_path / "b"
    new_town(app)
    path.write_text("the one of yesterday")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        assert "No space left" in place.refused("backup", str(path))
    assert path.read_text() == "the one of yesterday"
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["b"]
    assert "no folder" in place.refused("backup", str(tmp_path / "none" / "b"))
    assert place.run("backup", str(tmp_path)).exit_code == 2
    assert place.run("restore").exit_code == 2
    assert "cannot be read" in place.refused("restore", str(tmp_path / "none"), "--replace")


def test_nothing_is_not_backed_up(data: Path, tmp_path: Path) -> None:
    (data / "telvertel.sqlite").unlink()
    assert "no database" in Place(data).refused("backup", str(tmp_path / "b"))
