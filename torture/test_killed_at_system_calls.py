"""A worker of a real server, killed by the kernel at every system call of what somebody sends.

Counted are the calls with which it takes in, sends, or touches a file: to be killed at another (memory, threads, the
clock) is to be killed at the next of these.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path

import psutil
import psycopg
import pytest
import requests
from requests.adapters import HTTPAdapter
from sqlalchemy import make_url

from tests.fixtures.served import COMMAND
from tests.survey.durability import people
from tests.survey.durability.ledger import Given, Ledger, given_in, given_on
from tests.survey.durability.served import (
    Browser,
    ServedVisitor,
    Server,
    agreeing,
    answer_page,
    begin,
    newcomers,
    post,
    served,
    weakened,
)
from tests.survey.durability.thorough import said
from torture.tracing import strace

#: More than there are steps, so that each time somebody new can be there to do something once.
CROWD = 200
PATIENCE = 20
#: How many numbers in a row that no call had: not all calls are made every time.
ENOUGH = 2
#: One runs the program, one takes in and sends; the others of a worker only wait.
THREADS = 2
CALLS = (
    "recvfrom,recvmsg,sendto,sendmsg,write,writev,pwrite64,pwritev,fsync,fdatasync,sync_file_range,ftruncate,"
    "fallocate,fcntl,flock,openat,close,unlink,rename"
)
CALL = re.compile(r"(?:<\.\.\. )?([a-z]\w+)")
#: The log is emptied into the database at every commit, which otherwise happens once in a few hundred.
EMPTYING = weakened("database.PRAGMAS += ('wal_autocheckpoint=1',)")
UNTIED = weakened("database._begin_sqlite = lambda connection: None")


@dataclass
class Somebody:
    """Who sends something: the form, and what there will be of it. Somebody else, once the former got through."""

    server: Server
    crowd: dict[str, str]
    ledger: Ledger
    wire: HTTPAdapter = field(default_factory=HTTPAdapter)
    name: str = ""
    expected: Given = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        name, code = self.crowd.popitem()
        self.other = name, begin(self.browser(), code, name, self.ledger)

    def browser(self) -> Browser:
        """All use one connection, and so one worker."""
        browser = Browser(self.server.address)
        browser.session.mount("http://", self.wire)
        return browser

    def warm(self) -> None:
        """What a worker does only the first time, it has done after this."""
        name, other = self.other
        for _ in range(3):
            assert answer_page(other, name, self.ledger) == 303

    def send(self) -> int:
        """The status of the answer; 0 if there was none."""
        try:
            return post(self.person, self.ledger, self.expected, then="next", **self.form)
        except requests.RequestException:
            return 0

    def ready(self, found: Given) -> None:
        if self.name and not self.through(found):
            return
        self.name, code = self.crowd.popitem()
        self.come(code)

    def through(self, found: Given) -> bool:
        return any(name in found for name in self.expected)

    def come(self, code: str) -> None:
        raise NotImplementedError


class Agreeing(Somebody):
    def come(self, code: str) -> None:
        self.person = ServedVisitor(self.browser(), code)
        self.person.enter().send(language="en")
        self.expected, self.form = agreeing(self.name), {"take_part": "yes"}


class Answering(Somebody):
    """The same person, with other answers every time."""

    def ready(self, found: Given) -> None:
        super().ready(found)
        self.form = people.answers(self.person.questions)
        self.expected = people.page_given(self.name, "wellbeing", self.form)

    def through(self, found: Given) -> bool:
        return False

    def come(self, code: str) -> None:
        self.person = begin(self.browser(), code, self.name, self.ledger)


class Ending(Somebody):
    def through(self, found: Given) -> bool:
        return found[f"{self.name} visit"] == "finished"

    def come(self, code: str) -> None:
        self.person = begin(self.browser(), code, self.name, self.ledger)
        while self.person.place != "/survey/last":
            sent = people.answers(self.person.questions)
            given = people.page_given(self.name, self.person.place.rpartition("/")[2], sent)
            assert post(self.person, self.ledger, given, then="next", **sent) == 303
            self.person.go(self.person.answer.location)
        self.expected = people.ending(self.name)
        self.form = {"text": "words", "may_quote": "y"}


@dataclass
class Seen:
    calls: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    halves: list[set[str]] = field(default_factory=list)


def used(worker: psutil.Process) -> Counter[int]:
    """By thread, how long it has worked, in nanoseconds."""
    tasks = Path(f"/proc/{worker.pid}/task").iterdir()
    return Counter({int(task.name): int((task / "schedstat").read_text().split()[0]) for task in tasks})


def connected(server: Server, somebody: Somebody) -> list[int]:
    """Threads of the worker that has this connection from now, first the one that runs the program, then the one that
    talks. It is the worker that has been there longest: to end the same one twice within six seconds ends the server.
    """
    while True:
        somebody.wire.close()
        workers = server.workers
        with suppress(psutil.NoSuchProcess, FileNotFoundError):
            before = [used(worker) for worker in workers]
            somebody.warm()
            first, *others = [used(worker) - then for worker, then in zip(workers, before, strict=True)]
            if others and first.total() > 5 * others[0].total():
                return [thread for thread, _ in first.most_common(THREADS)]


def attached(thread: int, log: Path, *killing: str) -> subprocess.Popen[str]:
    """strace on one thread, which writes its calls down."""
    command = [strace(), "-p", str(thread), "-o", str(log), "-e", f"trace={CALLS}", *killing]
    tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert tracer.stderr is not None
    assert "attached" in tracer.stderr.readline()
    return tracer


@dataclass
class Trial:
    server: Server
    somebody: Somebody
    look: Callable[[], Given]
    log: Path
    seen: Seen = field(default_factory=Seen)

    def kill_everywhere(self) -> Seen:
        """Each thread at its first call of a kind while something is sent, then at its second, to its last."""
        for place in range(THREADS):
            for call in self.made_by(place):
                lived = 0
                for at in count(1):
                    killed = self.send(place, "-e", f"inject={call}:signal=KILL:when={at}")
                    lived = 0 if killed else lived + 1
                    if lived == ENOUGH:
                        break
                    self.seen.calls[call] += killed
        return self.seen

    def made_by(self, place: int) -> list[str]:
        """The kinds of calls that this thread makes."""
        assert not self.send(place)
        lines = self.log.read_text().splitlines()
        return sorted({found[1] for line in lines if (found := CALL.match(line))})

    def send(self, place: int, *killing: str) -> bool:
        """Whether the worker was killed at it."""
        self.somebody.ready(self.look())
        thread = connected(self.server, self.somebody)[place]
        worker = self.server.workers[0]
        with attached(thread, self.log, *killing) as tracer:
            status = self.somebody.send()
            with suppress(subprocess.TimeoutExpired):
                tracer.wait(timeout=0.2 if status else PATIENCE)  # it ends with the worker
            tracer.terminate()
        killed = "killed by SIGKILL" in self.log.read_text()
        if killed:
            worker.wait()
        assert killed or status == 303
        judge(self.seen, self.somebody, self.look())
        return killed


def judge(seen: Seen, somebody: Somebody, found: Given) -> None:
    seen.lost += somebody.ledger.lost(found)
    seen.strange += somebody.ledger.strange(found)
    there = {name for name, content in somebody.expected.items() if found.get(name) == content}
    if 0 < len(there) < len(somebody.expected):
        seen.halves.append(there)


def killed(
    data: Path,
    kind: type[Somebody],
    look: Callable[[], Given],
    database: str | None = None,
    program: Sequence[str] = COMMAND,
) -> Seen:
    ledger = Ledger()
    names = [f"P{number}" for number in range(CROWD)]
    crowd = dict(zip(names, newcomers(data, names, ledger, database), strict=True))
    with served(data, workers=2, database=database, program=program) as server:
        seen = Trial(server, kind(server, crowd, ledger), look, data / "calls.log").kill_everywhere()
        assert server.starts == 1
    said(f"{kind.__name__}: {seen.calls.total()} kills at {dict(seen.calls)}, {len(seen.halves)} halves")
    return seen


def look_in(data: Path) -> Callable[[], Given]:
    return partial(given_in, data / "telvertel.sqlite")


@pytest.mark.parametrize("kind", [Agreeing, Answering, Ending])
@pytest.mark.parametrize("program", [COMMAND, EMPTYING], ids=["as it is", "emptying the log"])
def test_on_sqlite(data: Path, kind: type[Somebody], program: Sequence[str]) -> None:
    seen = killed(data, kind, look_in(data), program=program)
    assert (seen.lost, seen.strange, seen.halves) == ([], [], [])
    assert set(+seen.calls) >= {"pwrite64", "fdatasync", "fcntl", "recvfrom", "writev"}


@pytest.mark.parametrize("kind", [Agreeing, Answering, Ending])
def test_on_postgresql(data: Path, kind: type[Somebody], postgres: str, postgres_schema: str) -> None:
    name = make_url(postgres_schema).database
    with psycopg.connect(postgres, dbname=name) as superuser:
        seen = killed(data, kind, partial(given_on, superuser), postgres_schema)
    assert (seen.lost, seen.strange, seen.halves) == ([], [], [])
    assert set(+seen.calls) >= {"sendto", "recvfrom", "writev"}


def test_without_transactions_this_test_sees_halves(data: Path) -> None:
    """Or it would prove nothing: the same server, where each statement is kept as it comes."""
    assert killed(data, Agreeing, look_in(data), program=UNTIED).halves
