"""The disk of PostgreSQL fills up: said honestly, nothing acknowledged is lost, and it goes on when there is room."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from tests.survey.durability.ledger import Ledger
from tests.survey.durability.served import Browser, begin, newcomers, served
from tests.survey.durability.test_full_disk_of_server import FIRST, refused, small_disk
from tests.survey.durability.test_postgresql_killed import GONE, Breakable, breakable_in
from tests.survey.durability.thorough import said

SIZE = 512 * 2**20
ROUNDS = 5
TIMES = 5


@pytest.fixture
def disk() -> Iterator[Path]:
    with (
        tempfile.TemporaryDirectory(prefix="telvertel-postgres-") as folder,
        small_disk(Path(folder) / "disk", SIZE) as small,
    ):
        yield small


@contextmanager
def full(disk: Path) -> Iterator[None]:
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(disk).free)
    yield
    ballast.unlink()


def test_full_and_mended(data: Path, disk: Path) -> None:
    ledger, refusals, sent = Ledger(), 0, 0
    with breakable_in(disk, data) as postgres, ThreadPoolExecutor(1) as pool:
        (code,) = newcomers(data, ["P1"], ledger, postgres.address)
        with served(data, workers=2, database=postgres.address) as server:
            person = begin(Browser(server.address), code, "P1", ledger)
            for _ in range(ROUNDS):
                with full(disk):
                    busy = pool.submit(use_up_the_log, postgres)
                    while not busy.done():
                        refusals += refused(person, "P1", ledger)
                        sent += 1
                        assert person.client.get(FIRST).status_code in (200, 503)
                        assert server.ready() in ("ok", GONE)
                postgres.start()
                server.wait()
                assert not refused(person, "P1", ledger)
                found = postgres.look()
                assert (ledger.lost(found), ledger.strange(found)) == ([], [])
            assert server.starts == 1
    said(f"{ROUNDS} times full: {refusals} of {sent} pages refused")
    assert refusals > 0


def use_up_the_log(postgres: Breakable) -> None:
    """It needs another file for its log again and again, and cannot make one: then it ends itself, and recovers."""
    for _ in range(TIMES):
        with suppress(psycopg.Error), psycopg.connect(postgres.uri, autocommit=True) as connection:
            for _ in range(100):
                connection.execute("SELECT pg_logical_emit_message(false, '', repeat('x', 1000000))")
        time.sleep(0.2)
