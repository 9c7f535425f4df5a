"""`telvertel import` and `telvertel export`."""

from __future__ import annotations

import stat
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from survey.exchange.commands import COMMANDS
from survey.models import Response
from tests.fixtures.application import Town
from tests.survey.exchange.files import Folder, number_of, row, stored

IMPORT, EXPORT = COMMANDS


def run(data: Path, command: click.Command, *arguments: object) -> Result:
    return CliRunner().invoke(command, [*map(str, arguments), "--data", str(data)])


def test_out_and_in_again(town: Town, data: Path, folder: Folder) -> None:
    added = run(data, IMPORT, folder.csv(row(), row("P2")), "--programme", town.code)
    assert (added.exit_code, added.stdout) == (0, "")
    assert "Responses added: 2." in added.stderr
    for format in ("csv", "xlsx"):
        path = folder.new(format)
        exported = run(data, EXPORT, town.code, "--format", format, "--out", path)
        assert (exported.exit_code, exported.stdout) == (0, "")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        again = run(data, IMPORT, path, "--programme", town.code)
        assert again.exit_code == 0
        assert "Responses that were there already: 2." in again.stderr


def test_a_trial_changes_nothing(town: Town, data: Path, folder: Folder) -> None:
    before = stored(town)
    result = run(data, IMPORT, folder.csv(row()), "--programme", town.code, "--dry-run")
    assert result.exit_code == 0
    assert "Responses added: 1." in result.stderr
    assert "nothing was changed" in result.stderr
    assert stored(town) == before


def test_replacing(town: Town, data: Path, folder: Folder) -> None:
    run(data, IMPORT, folder.csv(row()), "--programme", town.code)
    other = folder.csv(row(mode="paper"))
    assert run(data, IMPORT, other, "--programme", town.code).exit_code == 1
    result = run(data, IMPORT, other, "--programme", town.code, "--replace")
    assert result.exit_code == 0
    assert "Responses replaced: 1." in result.stderr


def test_refusals_are_printed_with_their_places(town: Town, data: Path, folder: Folder) -> None:
    """The first fifty, and how many more there are."""
    rows = [row(f"P{number}", wellbeing_1="9", gender="x") for number in range(40)]
    result = run(data, IMPORT, folder.csv(*rows), "--programme", town.code)
    assert (result.exit_code, result.stdout) == (1, "")
    lines = result.stderr.splitlines()
    assert lines[0].startswith("Line 2, column ")
    assert {line.split(":")[0] for line in lines[:2]} == {
        "Line 2, column wellbeing_1",
        "Line 2, column gender",
    }
    assert [line for line in lines if line.startswith("Line ")] == lines[:50]
    assert "30" in lines[50]
    assert "80" in lines[51]
    assert number_of(town, Response) == 0


@pytest.mark.parametrize("arguments", [["nowhere.csv"], ["."]])
def test_a_file_that_cannot_be_read_is_a_refusal(town: Town, data: Path, arguments: list[str]) -> None:
    result = run(data, IMPORT, *arguments, "--programme", town.code)
    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 2)


def test_a_programme_that_is_not_there_is_a_refusal(town: Town, data: Path, folder: Folder) -> None:
    assert run(data, IMPORT, folder.csv(row()), "--programme", "nope").exit_code == 1
    path = folder.new()
    assert run(data, EXPORT, "nope", "--out", path).exit_code == 1
    assert not path.exists()


def test_export_replaces_only_ordinary_files(town: Town, data: Path, folder: Folder) -> None:
    kept = folder.holding(b"kept")
    link = folder.new()
    link.symlink_to(kept)
    for out in (folder.path, link, folder.path / "no" / "such" / "folder.csv", Path("/dev/null")):
        assert run(data, EXPORT, town.code, "--out", out).exit_code == 1
    assert kept.read_bytes() == b"kept"
    assert link.is_symlink()
    assert run(data, EXPORT, town.code, "--out", kept).exit_code == 0
    assert kept.read_bytes().startswith(b"participant,wave,")
    assert sorted(path.suffix for path in folder.path.iterdir()) == [".csv", ".csv"]


def test_an_export_that_fails_leaves_the_file_that_was_there(
    town: Town, data: Path, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    kept = folder.holding(b"kept")
    monkeypatch.setattr("os.fsync", full)
    result = run(data, EXPORT, town.code, "--out", kept)
    assert result.exit_code == 1
    assert "No space left" in result.stderr
    assert kept.read_bytes() == b"kept"
    assert list(folder.path.iterdir()) == [kept]


@pytest.mark.parametrize(("command", "name"), [(IMPORT, "import"), (EXPORT, "export")])
def test_help_shows_an_example(command: click.Command, name: str) -> None:
    result = CliRunner().invoke(command, ["--help"])
    assert f"telvertel {name} " in result.stdout


def test_wrong_usage(data: Path) -> None:
    assert run(data, EXPORT, "code", "--format", "doc", "--out", "x").exit_code == 2
    assert run(data, IMPORT, "x.csv").exit_code == 2
