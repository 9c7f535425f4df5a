"""The operator's commands: what they do, what they refuse and why, and that they never do half."""

from __future__ import annotations

import base64
import os
import socket
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

import telvertel
from survey.privacy import keys
from telvertel import commands

PROGRAMME = ("programme", "add", "pilot", "--organisation", "aalten", "--name", "Pilot")
ASKED = ("--instrument", "wellbeing", "--wave", "before")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("TELVERTEL_"):
            monkeypatch.delenv(name)


def run(*arguments: str, data: Path) -> Result:
    runner = CliRunner(env={"TELVERTEL_DATA": str(data)})
    return runner.invoke(commands(), list(arguments), catch_exceptions=False)


def done(*arguments: str, data: Path) -> Result:
    result = run(*arguments, data=data)
    assert result.exit_code == 0, result.stderr
    return result


def refused(*arguments: str, data: Path) -> str:
    """Exit code 1, a reason on stderr, nothing on stdout."""
    result = run(*arguments, data=data)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: ")
    return result.stderr


def rows(data: Path, table: str) -> int:
    with sqlite3.connect(data / "telvertel.sqlite") as connection:
        (number,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - a table of ours
    connection.close()
    return int(number)


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    return tmp_path / "new"


@pytest.fixture
def ready(data: Path) -> Path:
    """A migrated folder with one municipality."""
    done("organisation", "add", "aalten", "--name", "Gemeente Aalten", data=data)
    return data


def test_upgrading_an_empty_folder_makes_all_that_is_needed(empty: Path) -> None:
    said = done("database", "upgrade", data=empty)
    assert (said.stdout, "key file" in said.stderr) == ("", True)
    assert stat.S_IMODE(empty.stat().st_mode) == 0o700
    assert stat.S_IMODE((empty / "keys").stat().st_mode) == 0o600
    key = (empty / "keys").read_bytes()
    assert "key file" not in done("database", "upgrade", data=empty).stderr
    assert (empty / "keys").read_bytes() == key
    assert "expected shape" in done("database", "check", data=empty).stderr


def test_a_key_from_the_environment_needs_no_file(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELVERTEL_KEY", base64.urlsafe_b64encode(b"k" * 32).decode())
    done("database", "upgrade", data=empty)
    assert not (empty / "keys").exists()
    done("organisation", "add", "aalten", "--name", "A", data=empty)


def test_a_lost_key_is_not_replaced(ready: Path) -> None:
    (ready / "keys").unlink()
    for command in (
        ("database", "upgrade"),
        ("database", "check"),
        ("organisation", "add", "b", "--name", "B"),
    ):
        assert "No key file" in refused(*command, data=ready)
    assert not (ready / "keys").exists()


@pytest.mark.postgres
def test_a_lost_key_is_not_replaced_on_another_machine(
    postgres_schema: str, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is new, the database in it is not."""
    monkeypatch.setenv("TELVERTEL_DATABASE_URL", postgres_schema)
    assert "No key file" in refused("database", "upgrade", data=empty)
    assert not (empty / "keys").exists()


@pytest.mark.parametrize(
    "command",
    [
        ("database", "check"),
        ("staff", "add", "a@b.nl", "--organisation", "aalten", "--role", "councillor"),
        ("serve",),
    ],
)
def test_another_key_is_refused(ready: Path, command: tuple[str, ...]) -> None:
    (ready / "keys").unlink()
    keys.create_file(ready / "keys")
    assert "not in the key file" in refused(*command, data=ready)


def test_a_key_that_others_can_read_is_refused(ready: Path) -> None:
    (ready / "keys").chmod(0o644)
    assert f"chmod 600 {ready / 'keys'}" in refused("database", "check", data=ready)
    assert "chmod 600" in refused("serve", data=ready)


def test_a_database_of_another_shape_is_refused(empty: Path) -> None:
    empty.mkdir()
    keys.create_file(empty / "keys")
    for command in (("organisation", "add", "b", "--name", "B"), ("database", "check"), ("serve",)):
        assert "telvertel database upgrade" in refused(*command, data=empty)


def test_drift_is_told(ready: Path) -> None:
    with sqlite3.connect(ready / "telvertel.sqlite") as connection:
        connection.execute("ALTER TABLE wave ADD COLUMN colour TEXT")
    connection.close()
    assert "colour" in refused("database", "check", data=ready)


def test_what_is_no_database_is_refused(ready: Path) -> None:
    (ready / "telvertel.sqlite").write_bytes(b"not a database at all" * 100)
    assert "not a database" in refused("database", "check", data=ready)
    assert "not a database" in refused("database", "upgrade", data=ready)


def test_an_unusable_setting_is_named(ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELVERTEL_PART", "both")
    assert "TELVERTEL_PART" in refused("database", "check", data=ready)


def test_a_municipality_is_added_once(ready: Path) -> None:
    assert "already" in refused("organisation", "add", "aalten", "--name", "Again", data=ready)
    assert rows(ready, "organisation") == 1


@pytest.mark.parametrize("slug", ["Aalten", "a b", "../x", "con", "", "a" * 61, "gemeente.nl", "-a", "é"])
def test_a_name_that_fits_no_address_is_refused(ready: Path, slug: str) -> None:
    assert "cannot be used" in refused("organisation", "add", "--name", "X", "--", slug, data=ready)
    assert rows(ready, "organisation") == 1


def test_staff_get_a_first_password_once(ready: Path) -> None:
    who = ("staff", "add", "an@aalten.nl", "--organisation", "aalten")
    first = done(*who, "--role", "coordinator", data=ready)
    assert len(first.stdout.strip()) >= 12
    assert first.stdout.strip() not in first.stderr
    assert done(*who, "--role", "casemanager", data=ready).stdout == ""
    assert "already has this role" in refused(*who, "--role", "casemanager", data=ready)
    assert (rows(ready, "staff"), rows(ready, "membership")) == (1, 2)


@pytest.mark.parametrize(
    ("email", "organisation", "says"),
    [("an", "aalten", "not an e-mail"), ("an@aalten.nl", "borne", "no organisation")],
)
def test_staff_of_nowhere_are_refused(ready: Path, email: str, organisation: str, says: str) -> None:
    command = ("staff", "add", email, "--organisation", organisation, "--role", "councillor")
    assert says in refused(*command, data=ready)
    assert rows(ready, "staff") == 0


def test_a_programme_is_added_with_its_waves_open(ready: Path) -> None:
    done(*PROGRAMME, *ASKED, "--wave", "after:12:4", "--instrument", "integration", data=ready)
    assert (rows(ready, "programme"), rows(ready, "wave WHERE state = 'open'")) == (1, 2)
    assert "already a programme" in refused(*PROGRAMME, *ASKED, data=ready)


def test_a_programme_may_let_people_look_back_in_later_waves(ready: Path) -> None:
    done(*PROGRAMME, *ASKED, "--wave", "after", "--then-now", "--anchor", data=ready)
    assert rows(ready, 'wave WHERE versions = \'{"anchor":1,"then-now":1,"wellbeing":1}\'') == 1
    assert rows(ready, "wave WHERE versions = '{\"wellbeing\":1}' AND key = 'before'") == 1


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("--instrument", "wellbeing", "--wave", "before", "--anchor"), "no later wave"),
        (("--instrument", "anchor", "--wave", "before", "--wave", "after"), "There are: integration"),
        (("--instrument", "no_such", "--wave", "before"), "There are: integration"),
        (("--instrument", "wellbeing", "--instrument", "wellbeing", "--wave", "before"), "only once"),
        (("--instrument", "wellbeing", "--wave", "before", "--wave", "before:3"), "only once"),
        (("--instrument", "wellbeing", "--wave", "later"), "later:WEEKS:WINDOW"),
        (("--instrument", "wellbeing", "--wave", "before:x"), "whole numbers"),
        (("--instrument", "wellbeing", "--wave", "before:1:0"), "at least one week"),
        (("--instrument", "wellbeing", "--wave", "before:1:1:1"), "is not a wave"),
        (("--instrument", "wellbeing", "--wave", "before:٣"), "whole numbers"),
        (("--instrument", "wellbeing", "--wave", "Before"), "is not a wave"),
        (("--instrument", "wellbeing", "--wave", "before:" + "9" * 5000), "whole numbers"),
    ],
)  # fmt: skip
def test_a_programme_that_cannot_be_is_not_half_made(ready: Path, asked: tuple[str, ...], says: str) -> None:
    assert says in refused(*PROGRAMME, *asked, data=ready)
    assert (rows(ready, "programme"), rows(ready, "wave")) == (0, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        ("organisation", "add", "borne"),
        ("organisation", "add"),
        ("staff", "add", "a@b.nl", "--organisation", "aalten", "--role", "mayor"),
        PROGRAMME,
        ("serve", "--port", "0"),
        ("serve", "--part", "both"),
        ("no-such-command",),
        ("database", "upgrade", "--no-such-option"),
    ],
)
def test_wrong_usage_is_exit_code_2(ready: Path, wrong: tuple[str, ...]) -> None:
    result = run(*wrong, data=ready)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage:" in result.stderr


def test_a_folder_that_is_named_comes_first(empty: Path, tmp_path: Path) -> None:
    done("database", "upgrade", "--data", str(empty), data=tmp_path / "other")
    assert (empty / "telvertel.sqlite").exists()
    assert not (tmp_path / "other").exists()


def test_a_file_is_no_data_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert run("database", "upgrade", "--data", str(tmp_path / "file"), data=tmp_path).exit_code == 2
    refused("database", "upgrade", data=tmp_path / "file")


def test_a_port_in_use_is_told(ready: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert f"127.0.0.1:{port}" in refused("serve", "--port", port, data=ready)


def every_command(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from every_command(command, *path, name)
        else:
            yield (*path, name), command


@pytest.mark.parametrize("path", [path for path, _ in every_command(commands())], ids=" ".join)
def test_every_command_helps_with_an_example(path: tuple[str, ...]) -> None:
    result = CliRunner().invoke(commands(), [*path, "--help"])
    assert result.exit_code == 0
    _, _, example = " ".join(result.stdout.split()).partition("Example")
    assert f"telvertel {' '.join(path)}" in example


def test_as_a_program_it_refuses_without_a_traceback(empty: Path) -> None:
    program = [sys.executable, "-c", "import telvertel; telvertel.main()"]
    ran = subprocess.run(
        [*program, "database", "check", "--data", str(empty)], capture_output=True, text=True
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("Error: No key file at ")
    assert len(ran.stderr.splitlines()) == 1


@pytest.fixture
def careless() -> Iterator[None]:
    """A machine where new files can be read by everyone, unless somebody says otherwise."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(data: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in data.glob("telvertel.sqlite*")}


@pytest.mark.usefixtures("careless")
def test_a_new_database_in_a_folder_that_is_there_is_for_nobody_else(empty: Path) -> None:
    empty.mkdir(mode=0o755)
    done("database", "upgrade", data=empty)
    assert modes(empty)["telvertel.sqlite"] == 0o600


@pytest.mark.usefixtures("careless")
@pytest.mark.parametrize("command", ["upgrade", "serve"])
def test_a_database_that_others_can_read_is_mended(ready: Path, command: str) -> None:
    """With what stands beside it: here another program has it open."""
    (ready / "telvertel.sqlite").chmod(0o644)
    with closing(sqlite3.connect(ready / "telvertel.sqlite")) as reader:
        reader.execute("SELECT count(*) FROM organisation").fetchall()
        assert set(modes(ready).values()) == {0o644} and len(modes(ready)) == 3
        if command == "upgrade":
            done("database", "upgrade", data=ready)
        else:
            with socket.socket() as taken:
                taken.bind(("127.0.0.1", 0))
                taken.listen()
                refused("serve", "--port", str(taken.getsockname()[1]), data=ready)
        assert set(modes(ready).values()) == {0o600} and len(modes(ready)) == 3


@pytest.mark.usefixtures("careless")
def test_what_the_program_writes_is_for_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("telvertel.commands", lambda: (tmp_path / "written").touch)
    telvertel.main()
    assert stat.S_IMODE((tmp_path / "written").stat().st_mode) == 0o600
