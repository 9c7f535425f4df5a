"""The disk of a real server fills up: said honestly, reading goes on, and it mends by itself when there is room."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.fixtures.without import did_not_run
from tests.survey.durability import people
from tests.survey.durability.ledger import Ledger, given_in
from tests.survey.durability.served import Browser, ServedVisitor, Server, begin, newcomers, served
from tests.survey.durability.test_disk_faults import posted_again
from tests.survey.durability.test_restarts import end_worker
from tests.survey.durability.thorough import THOROUGH, said

FIRST = "/survey/wellbeing/wellbeing"
#: Pages that a worker has not made before: what it notes or counts of them is new too.
ELSEWHERE = (
    "/privacy",
    "/staff/sign-in",
    "/goodbye/thanks",
    "/goodbye/over",
    "/survey/language",
    "/survey/last",
    "/metrics",
    "/healthz",
)
SIZE = 16 * 2**20
#: Bytes that are left. A page of answers is written to the log as a few pages of 4 kB each.
ROOM = range(0, 41_000, 1_000) if THOROUGH else (0,)
MOST = 1_000
ENDS = 10 if THOROUGH else 2


class Limit:
    """None of the server's processes may write further than where its longest file ends, and a little more."""

    def __init__(self, data: Path) -> None:
        self.data = data

    @contextmanager
    def fill(self, server: Server, room: int) -> Iterator[None]:
        longest = max(file.stat().st_size for file in self.data.iterdir())
        before = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        self._limit(server, longest + room, before[1])
        yield
        self._limit(server, *before)

    def _limit(self, server: Server, *limits: int) -> None:
        for process in (server.process, *server.workers):
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, limits)


class Small:
    """A small disk of its own, on which also the log, the temporary files and the figures for Prometheus are."""

    def __init__(self, data: Path) -> None:
        self.data = data

    @contextmanager
    def fill(self, server: Server, room: int) -> Iterator[None]:
        ballast = self.data.parent / "ballast"
        with ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(1, shutil.disk_usage(self.data).free - room))
        yield
        ballast.unlink()


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    folder.mkdir()
    options = f"size={size},mode=0755"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "telvertel", str(folder)], capture_output=True
    )
    if mounted.returncode:
        did_not_run("mount", "a small disk can be had by root only: sudo make torture")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture(params=["limit", "small"] if THOROUGH else ["limit"])
def disk(request: pytest.FixtureRequest, data: Path, tmp_path: Path) -> Iterator[Limit | Small]:
    if request.param == "limit":
        yield Limit(data)
        return
    with small_disk(tmp_path / "disk", SIZE) as folder:
        shutil.copytree(data, folder / "data")
        yield Small(folder / "data")


def refused(person: ServedVisitor, name: str, ledger: Ledger) -> bool:
    """Another page of answers is sent; if it is not saved, that is said, on a page that holds it."""
    sent = people.answers(person.questions)
    given = people.page_given(name, "wellbeing", sent)
    ledger.send(given)
    form = {**person.form, **sent, "then": "next"}
    answer = person.client.post(FIRST, form)
    if answer.status_code == 303:
        ledger.acknowledge(given)
        return False
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (503, True), answer.text
    assert posted_again(answer) == form
    assert "Set-Cookie" not in answer.headers
    return True


def saved_in_what_is_left(person: ServedVisitor, name: str, ledger: Ledger) -> int:
    """Pages of answers, until one is refused."""
    return next(number for number in range(MOST) if refused(person, name, ledger))


def test_full_and_mended(disk: Limit | Small) -> None:
    ledger, refusals, saved = Ledger(), 0, 0
    (code,) = newcomers(disk.data, ["P1"], ledger)
    look = partial(given_in, disk.data / "telvertel.sqlite")
    with served(disk.data, TMPDIR=str(disk.data.parent)) as server:
        person = begin(Browser(server.address), code, "P1", ledger)
        workers = server.workers
        for room in ROOM:
            with disk.fill(server, room):
                saved += saved_in_what_is_left(person, "P1", ledger)
                for _ in range(5):
                    refusals += refused(person, "P1", ledger)
                    assert person.client.get(FIRST).status_code == 200
                    assert person.client.get("/").status_code == 200
                for page in ELSEWHERE:
                    assert person.client.get(page).status_code == 200
                assert server.ready() == "ok"
            assert not refused(person, "P1", ledger)
            assert (ledger.lost(look()), ledger.strange(look())) == ([], [])
        assert (server.workers, server.starts) == (workers, 1)
    assert refusals > 0
    said(f"{len(ROOM)} times full: {refusals} pages refused, {saved} saved in what was left")


def test_a_worker_that_begins_while_it_is_full(disk: Limit | Small) -> None:
    """It reads at once, and saves when there is room."""
    ledger = Ledger()
    (code,) = newcomers(disk.data, ["P1"], ledger)
    with served(disk.data, workers=2, TMPDIR=str(disk.data.parent)) as server:
        person = begin(Browser(server.address), code, "P1", ledger)
        with disk.fill(server, 0):
            for _ in range(ENDS):
                end_worker(server, signal.SIGKILL)
                person.client.session.close()
                for page in (FIRST, *ELSEWHERE):
                    assert person.client.get(page).status_code == 200
                saved_in_what_is_left(person, "P1", ledger)
        assert not refused(person, "P1", ledger)
        assert server.starts == 1
    found = given_in(disk.data / "telvertel.sqlite")
    assert (ledger.lost(found), ledger.strange(found)) == ([], [])
