"""The real program behind its real server, and people who answer over HTTP."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import requests

from survey.database import db
from survey.serving import MEMORY
from survey.settings import Settings
from tests.fixtures.application import _empty, fresh_app, new_town
from tests.fixtures.served import COMMAND, ROOT, free_port
from tests.fixtures.visitor import Visitor
from tests.survey.durability import people
from tests.survey.durability.ledger import Given, Ledger

PATIENCE = 60


@dataclass
class Server:
    """`telvertel serve`, started again whenever it ends, as systemd does it (docs/operations)."""

    command: list[str]
    environment: dict[str, str]
    log: Path
    address: str
    over: threading.Event = field(default_factory=threading.Event)
    starts: int = 0

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self.starts += 1

    def keep(self) -> None:
        while not self.over.wait(0.1):
            if self.process.poll() is not None:
                self.kill()
                self.start()

    def stop(self) -> None:
        """In an orderly way; who does not listen is killed."""
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=20)
        self.kill()

    def kill(self) -> None:
        """All its processes at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for left in Path(MEMORY).glob(f"telvertel-metrics-{self.process.pid}-*"):
            shutil.rmtree(left)

    @property
    def workers(self) -> list[psutil.Process]:
        """Those that are there, longest first."""
        with suppress(psutil.NoSuchProcess):
            return sorted(psutil.Process(self.process.pid).children(), key=psutil.Process.create_time)
        return []

    def ready(self) -> str:
        """What it says of itself; nothing if it is not there."""
        with suppress(requests.RequestException):
            return requests.get(f"{self.address}/readyz", timeout=PATIENCE).text.strip()
        return ""

    def wait(self) -> None:
        """Until it is ready."""
        for _ in range(PATIENCE * 20):
            if self.ready() == "ok":
                return
            time.sleep(0.05)
        raise AssertionError(f"nothing was served: {self.log.read_text()}")


@contextmanager
def served(
    data: Path,
    workers: int = 1,
    before: Sequence[str] = (),
    database: str | None = None,
    program: Sequence[str] = COMMAND,
    **settings: str,
) -> Iterator[Server]:
    """It serves this folder; `before`: a program to run it under; `program`: ours, or a weakened one."""
    port = free_port()
    options = ["--data", str(data), "--port", str(port), "--workers", str(workers), "--part", "survey"]
    environment = {**os.environ, "TELVERTEL_PLAIN_HTTP": "true", **settings}
    if database:
        environment["TELVERTEL_DATABASE_URL"] = database
    address = f"http://127.0.0.1:{port}"
    server = Server([*before, *program, "serve", *options], environment, data / "served.log", address)
    server.start()
    keeper = threading.Thread(target=server.keep)
    keeper.start()
    try:
        server.wait()
        yield server
    finally:
        server.over.set()
        keeper.join()
        server.stop()


def weakened(*changes: str) -> tuple[str, ...]:
    """The program with something of it undone, to see whether a trial can tell."""
    program = "; ".join(("from survey import database, durability", *changes))
    return (sys.executable, "-c", f"{program}; from telvertel import main; main()")


def newcomers(data: Path, names: Sequence[str], ledger: Ledger, database: str | None = None) -> list[str]:
    """Codes of people in a new town that asks two pages; they are in the ledger."""
    app = fresh_app(Settings(data=data, plain_http=True, database_url=database))
    if database:
        _empty(app)
    town = new_town(app, instruments=("wellbeing",))
    codes = []
    with app.app_context():
        for name in names:
            participant, _, code = town.join(pseudonym=name)
            ledger.send(people.enrolled(participant.id))
            ledger.acknowledge(people.enrolled(participant.id))
            codes.append(code)
    with app.app_context():
        db.engine.dispose()
    return codes


class Browser:
    """What a visitor needs of a client, over HTTP. Remembers what every redirect it was given acknowledged."""

    def __init__(self, address: str) -> None:
        self.address, self.session = address, requests.Session()
        self.redirects: list[Given | None] = []

    def get(self, address: str) -> Any:
        return self._said(self.session.get(self.address + address, allow_redirects=False, timeout=PATIENCE))

    def post(self, address: str, data: dict[str, str]) -> Any:
        return self._said(
            self.session.post(self.address + address, data, allow_redirects=False, timeout=PATIENCE)
        )

    def _said(self, answer: requests.Response) -> Any:
        if answer.status_code == 303:
            self.redirects.append(None)
        return SimpleNamespace(
            status_code=answer.status_code, text=answer.text, location=answer.headers.get("Location", ""),
            headers=answer.headers,
        )  # fmt: skip


class ServedVisitor(Visitor):
    def __init__(self, browser: Browser, code: str) -> None:
        self.client: Any = browser
        self.code, self.language, self.careful = code, "en", False
        self.go("/?language=en")


def agreeing(name: str) -> Given:
    return {
        f"{name} visit": "agreed", f"{name} consent taking_part": "given", f"{name} response wellbeing": "begun",
    }  # fmt: skip


def begin(browser: Browser, code: str, name: str, ledger: Ledger) -> ServedVisitor:
    """Up to the first page of questions."""
    person = ServedVisitor(browser, code)
    person.enter().send(language="en")
    post(person, ledger, agreeing(name), take_part="yes")
    person.go(person.answer.location)
    return person


def post(person: ServedVisitor, ledger: Ledger, given: Given, **form: str) -> int:
    status = people.post(person, ledger, given, **form)
    if status == 303:
        person.client.redirects[-1] = given
    return status


def answer_page(person: ServedVisitor, name: str, ledger: Ledger) -> int:
    """Other answers to the page on the screen, each time; one stays on it."""
    sent = people.answers(person.questions)
    given = people.page_given(name, person.place.rpartition("/")[2], sent)
    return post(person, ledger, given, then="next", **sent)
