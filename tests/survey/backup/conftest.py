"""Installations to back up, and places to restore to."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from flask import Flask

from survey import create_survey
from survey.backup import tables
from survey.backup.snapshot import snapshot
from survey.database import db
from survey.settings import Settings
from telvertel import commands
from tests.fixtures.postgres import ROLE
from tests.fixtures.postgres import numbers as databases

Prints = dict[str, dict[str, Any]]


#: Written by restoring itself: that it happened. And what is closed then: sessions, and links nobody used.
TOLD = {"audit_event", "audit_head", "staff_session", "staff_invitation"}


@dataclass
class Place:
    """A data folder, its database, and commands in it."""

    data: Path
    url: str | None = None

    @property
    def settings(self) -> Settings:
        return Settings(data=self.data, database_url=self.url, plain_http=True)

    def run(self, *command: str) -> Result:
        environment = {"TELVERTEL_DATABASE_URL": self.url, "TELVERTEL_DATA": None}
        return CliRunner().invoke(commands(), [*command, "--data", str(self.data)], env=environment)

    def done(self, *command: str) -> str:
        result = self.run(*command)
        assert result.exit_code == 0, result.stderr
        return result.stderr

    def refused(self, *command: str) -> str:
        result = self.run(*command)
        assert result.exit_code == 1 and isinstance(result.exception, SystemExit), result
        assert result.stdout == ""
        return result.stderr

    def prints(self) -> Prints:
        """Rows and hash of every table."""
        app = create_survey(self.settings)
        try:
            return prints(app)
        finally:
            with app.app_context():
                db.engine.dispose()

    def files(self) -> dict[str, bytes]:
        return {
            str(path.relative_to(self.data)): path.read_bytes()
            for path in sorted(self.data.rglob("*"))
            if path.is_file() and not path.name.startswith("telvertel.sqlite")
        }


def prints(app: Flask) -> Prints:
    with app.app_context(), snapshot() as connection:
        return {shape.name: tables.fingerprint(connection, shape) for shape in tables.shapes(connection)}


@pytest.fixture
def source(any_app: Flask) -> Place:
    settings: Settings = any_app.extensions["telvertel_settings"]
    return Place(settings.data, settings.database_url)


@pytest.fixture
def new_place(tmp_path: Path, data: Path, request: pytest.FixtureRequest) -> Iterator[Callable[[str], Place]]:
    """`new_place("sqlite" or "postgresql")`: somewhere else, empty but for the keys."""
    made: list[str] = []

    def make(kind: str) -> Place:
        folder = tmp_path / f"elsewhere{len(made)}"
        folder.mkdir(mode=0o700)
        shutil.copy(data / "keys", folder / "keys")
        made.append("")
        if kind == "sqlite":
            return Place(folder)
        server = request.getfixturevalue("postgres")
        made[-1] = f"telvertel_{next(databases)}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {made[-1]} OWNER {ROLE} TEMPLATE template0")
            return Place(folder, f"postgresql+psycopg://{ROLE}@/{made[-1]}?host={connection.info.host}")

    yield make
    for name in filter(None, made):
        with psycopg.connect(request.getfixturevalue("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty(new_place: Callable[[str], Place], source: Place) -> Place:
    """Somewhere else on the same kind of database."""
    return new_place("postgresql" if source.url else "sqlite")
