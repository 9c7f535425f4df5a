"""The real program behind its real server, people who answer over HTTP, and strace to watch or kill it."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import requests

from survey.database import db
from survey.settings import Settings
from tests.fixtures.application import fresh_app, new_town
from tests.fixtures.served import COMMAND, ROOT, free_port
from tests.fixtures.visitor import Visitor
from tests.fixtures.without import did_not_run
from tests.survey.durability import people
from tests.survey.durability.ledger import Given, Ledger

PATIENCE = 60


@dataclass
class Server:
    main: int
    address: str

    def wait(self) -> None:
        """Until it answers."""
        for _ in range(PATIENCE * 20):
            with suppress(requests.RequestException):
                if requests.get(f"{self.address}/readyz", timeout=5).status_code == 200:
                    return
            time.sleep(0.05)
        raise AssertionError("nothing was served")


@contextmanager
def served(
    data: Path, workers: int = 1, before: Sequence[str] = (), database: str | None = None
) -> Iterator[Server]:
    """`telvertel serve` on this folder; `before`: a program to run it under."""
    port = free_port()
    command = [
        *before,
        *COMMAND,
        "serve",
        "--data",
        str(data),
        "--port",
        str(port),
        "--workers",
        str(workers),
    ]
    environment = {**os.environ, "TELVERTEL_PLAIN_HTTP": "true"}
    if database:
        environment["TELVERTEL_DATABASE_URL"] = database
    with (data / "served.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    server = Server(process.pid, f"http://127.0.0.1:{port}")
    try:
        server.wait()
        yield server
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=20)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        process.wait()


def strace() -> str:
    found = shutil.which("strace")
    if found is None:
        did_not_run("strace", "install strace: on Debian and Ubuntu, apt-get install strace")
    return found


def newcomers(data: Path, names: Sequence[str], ledger: Ledger, database: str | None = None) -> list[str]:
    """Codes of people in a new town that asks two pages; they are in the ledger."""
    app = fresh_app(Settings(data=data, plain_http=True, database_url=database))
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
