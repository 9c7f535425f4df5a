"""Workers and whole servers that end, are ended and are replaced in the middle of a wave."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from tests.survey.durability.ledger import Given, given_in, given_on
from tests.survey.durability.served import Server, served
from tests.survey.durability.thorough import THOROUGH, said
from tests.survey.durability.wave import Wave

WORKERS = 2
ROUNDS = 3 if THOROUGH else 1
PATIENCE = 60


def whole(server: Server, without: set[int]) -> None:
    """Until all workers are there, and none of these."""
    for _ in range(PATIENCE * 20):
        now = {worker.pid for worker in server.workers}
        if len(now) == WORKERS and not now & without:
            return
        time.sleep(0.05)
    raise AssertionError(f"the workers did not come back: {server.log.read_text()}")


def end_worker(server: Server, how: int) -> None:
    """The one that is there longest: one that ends within six seconds of its start ends the server with it."""
    ended = server.workers[0].pid
    os.kill(ended, how)
    whole(server, without={ended})


def replace_workers(server: Server) -> None:
    """New ones first, then an orderly end for the old: as an operator does after a change of keys."""
    before = {worker.pid for worker in server.workers}
    os.kill(server.process.pid, signal.SIGHUP)
    whole(server, without=before)


def start_anew(server: Server, end: Callable[[], None]) -> None:
    before = server.starts
    end()
    for _ in range(PATIENCE * 20):
        if server.starts > before and len(server.workers) == WORKERS:
            return
        time.sleep(0.05)
    raise AssertionError("it was not started again")


def end_server(server: Server) -> None:
    start_anew(server, lambda: os.kill(server.process.pid, signal.SIGTERM))


def kill_server(server: Server) -> None:
    start_anew(server, lambda: os.killpg(server.process.pid, signal.SIGKILL))


def kill_worker_twice(server: Server) -> None:
    """And so its successor at once: the server takes it that no worker can live, and ends."""

    def end() -> None:
        first, second = server.workers
        first.kill()
        whole(server, without={first.pid})
        next(worker for worker in server.workers if worker.pid != second.pid).kill()

    start_anew(server, end)


def kill_worker_while_replacing(server: Server) -> None:
    os.kill(server.process.pid, signal.SIGHUP)
    time.sleep(1)
    server.workers[0].kill()
    time.sleep(10)  # whichever way it takes that: by itself, or by an end and a start


KILL, TERM = (partial(end_worker, how=how) for how in (signal.SIGKILL, signal.SIGTERM))
SHORT = [KILL, TERM, KILL, KILL]
FULL = [
    KILL, KILL, TERM, KILL, TERM, TERM, replace_workers, end_server, kill_server, KILL, kill_worker_twice,
    replace_workers, TERM, kill_worker_while_replacing, end_server,
]  # fmt: skip


def restarts(data: Path, look: Callable[[], Given], database: str | None = None) -> None:
    faults = FULL if THOROUGH else SHORT
    with served(data, workers=WORKERS, database=database) as server:
        with Wave.of(server, data, database) as wave:
            for fault in faults * ROUNDS:
                fault(server)
                wave.goes_on()
        wave.judge(look)
        said(f"{len(faults) * ROUNDS} ends and replacements; the server was started {server.starts} times")


@pytest.mark.parametrize("database", ["sqlite", "postgresql"] if THOROUGH else ["sqlite"])
def test_nothing_that_was_acknowledged_is_lost(
    request: pytest.FixtureRequest, data: Path, database: str
) -> None:
    if database == "sqlite":
        return restarts(data, partial(given_in, data / "telvertel.sqlite"))
    address = request.getfixturevalue("postgres_schema")
    name = make_url(address).database
    with psycopg.connect(request.getfixturevalue("postgres"), dbname=name) as superuser:
        restarts(data, partial(given_on, superuser), address)
