"""Commands: what names a municipality or one of its programmes stays inside it.

The commands and what to say to them come from the command line itself: each help has an example, in which a code or a
municipality is replaced by one of the walk's, and a file by one of the test's.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from telvertel import commands
from tests.walk.database import changed, rows
from tests.walk.towns import Viewer
from tests.walk.walk import Walk

#: Options and arguments that name a municipality, and those that name a programme.
TOWN, PROGRAMME = {"--organisation"}, {"--programme", "code", "programme_code"}
#: The operator's own: the whole installation, a file, or a municipality that is not there yet.
OPERATORS = {
    "audit", "backup", "database", "demo", "instrument", "key", "organisation", "release verify", "restore",
    "retention", "serve",
}  # fmt: skip


@dataclass(frozen=True)
class Example:
    """A command, and how its own help says that it is used."""

    path: tuple[str, ...]
    command: click.Command
    words: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join((*self.path, *self.words))

    def said(self, walk: Walk, folder: Path) -> list[str]:
        """The same in the first municipality, with files in this folder."""
        town = walk.towns[0]
        with self.command.make_context("example", list(self.words)) as context:
            given = dict(context.params)
        said: list[str] = []
        for parameter in self.command.params:
            value = given.get(parameter.name or "")
            if value is None or value is False or value == () or parameter.name == "data":
                continue
            if names(parameter) & TOWN:
                value = town.slug
            elif names(parameter) & PROGRAMME and not self.names_a_town:
                value = town.filled.town.code
            elif isinstance(parameter.type, click.Path):
                value = folder / Path(str(value)).name
            option = [] if isinstance(parameter, click.Argument) else [parameter.opts[0]]
            for one in value if isinstance(value, tuple) else [value]:
                said += option if one is True else [*option, str(one)]
        return [*self.path, *said]

    @property
    def names_a_town(self) -> bool:
        return any(names(parameter) & TOWN for parameter in self.command.params)


def names(parameter: click.Parameter) -> set[str]:
    return {*parameter.opts, parameter.name or ""}


def leaves(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, (*path, name))
        else:
            yield (*path, name), command


def examples() -> Iterator[Example]:
    for path, command in leaves(commands()):
        if any(names(parameter) & (TOWN | PROGRAMME) for parameter in command.params):
            _, _, shown = (command.help or "").partition("Example")
            called = " ".join(("telvertel", *path))
            for words in re.split(rf"\b{called}\b", " ".join(shown.split()))[1:]:
                line = words.split(" telvertel ")[0].split(" > ")[0].split(" | ")[0]
                yield Example(path, command, tuple(shlex.split(line)))


EXAMPLES = list(examples())


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_a_command_stays_in_its_town(walk: Walk, tmp_path: Path, example: Example) -> None:
    own, *others = walk.towns
    data = str(walk.app.extensions["telvertel_settings"].data)
    export = ["export", own.filled.town.code, "--out", str(tmp_path / "before.csv"), "--data", data]
    assert CliRunner().invoke(commands(), export).exit_code == 0
    done = CliRunner().invoke(commands(), [*example.said(walk, tmp_path), "--data", data])
    try:
        assert done.exit_code in (0, 1), done.output
        assert done.exception is None or isinstance(done.exception, SystemExit), done.output
        told = done.output + "".join(path.read_bytes().decode("latin-1") for path in tmp_path.iterdir())
        assert Viewer(walk.app, "operator", own, "", "").leaks(told, walk.towns) is None
        touched = {owner for owner, _ in changed(walk.before, rows(walk.app, as_stored=True))}
        assert not touched & {town.organisation_id for town in others}
    finally:
        walk.database.restore()


def test_every_command_names_a_town_or_is_the_operators() -> None:
    walked = {example.path for example in EXAMPLES}
    for path, _ in leaves(commands()):
        assert path in walked or {path[0], " ".join(path)} & OPERATORS, f"{path}: of which municipality?"
