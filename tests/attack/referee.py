"""The referee: puts people into a running program through its own doors, and holds the truth about them.

Doors are the command line and HTTP, nothing else. Starting the program costs a second, so one process is given one
command line after another; each is carried out as if it had been typed.
"""

from __future__ import annotations

import csv
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np

from tests.attack.constraints import Roster
from tests.attack.people import FIRST_DAY, Kind, Person, answered_on, population

ROOT = Path(__file__).resolve().parents[2]
#: Reads command lines as JSON; writes of each its exit code and what it said, as JSON.
TYPIST = """
import contextlib, io, json, sys
from telvertel import main
told, real = [], sys.stdout
for line in json.load(sys.stdin):
    sys.argv, said, code = ["telvertel", *line], io.StringIO(), 0
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
    told.append([code, said.getvalue()])
json.dump(told, real)
"""
COUNCILLOR = "raadslid@voorbeeld.example"
PATIENCE = 60
TOWN = "voorbeeld"


@dataclass
class Town:
    """A municipality in a data folder, and the people whom the referee put into its programmes."""

    folder: Path
    password: str = ""
    kinds: dict[str, Kind] = field(default_factory=dict)
    people: dict[str, list[Person]] = field(default_factory=dict)
    documents: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def roster(self, code: str, cohort: Sequence[int] | None = None) -> Roster:
        """Everybody, and in which cohort: the first, for who answered before and after, unless it is given."""
        people = self.people[code]
        first = [int({"before", "after"} <= set(person.answers)) for person in people]
        year = int(self.documents[code][-1]["built_on"][:4])
        return Roster(people, np.array(first if cohort is None else cohort), year)


def typed(folder: Path, lines: Sequence[Sequence[str]]) -> list[str]:
    """What each command said; none may refuse."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TELVERTEL_")}
    done = subprocess.run(
        [sys.executable, "-c", TYPIST], input=json.dumps([list(line) for line in lines]), cwd=ROOT, text=True,
        capture_output=True, env=clean | {"TELVERTEL_DATA": str(folder)}, check=True,
    )  # fmt: skip
    told = json.loads(done.stdout)
    refused = [(line, said) for line, (code, said) in zip(lines, told, strict=True) if code]
    assert not refused, refused
    return [said for _, said in told]


def found(folder: Path) -> Town:
    """An empty municipality with a councillor."""
    said = typed(
        folder,
        [
            ["database", "upgrade"],
            ["organisation", "add", TOWN, "--name", "Gemeente Voorbeeld"],
            ["staff", "add", COUNCILLOR, "--organisation", TOWN, "--role", "councillor"],
        ],
    )
    return Town(folder, said[2].split()[-1])


def settle(town: Town, kinds: dict[str, Kind], waiting: Sequence[str] = ()) -> None:
    """A programme for each kind, with its people, and a release of it that is published unless it is `waiting`."""
    lines: list[list[str]] = []
    for code, kind in kinds.items():
        town.kinds[code], town.people[code] = kind, population(kind)
        instruments = ["integration-short" if kind.short else "integration", "wellbeing"]
        lines.append(["programme", "add", code, "--organisation", TOWN, "--name", f"Programma {code}"])
        lines[-1] += [part for key in instruments for part in ("--instrument", key)]
        lines[-1] += [part for wave in kind.waves for part in ("--wave", wave)]
        lines += imports(town, code, town.people[code])
    typed(town.folder, lines)
    release(town, [code for code in kinds if code not in waiting])


def imports(town: Town, code: str, people: Sequence[Person]) -> list[list[str]]:
    """Files with who these people are and what they answered, and the commands that bring them in."""
    files = [town.folder.parent / f"{code}-{len(people)}-{part}.csv" for part in ("people", "answers")]
    for path, rows in zip(files, (who(people), responses(people, town.kinds[code].short)), strict=True):
        columns = list(dict.fromkeys(name for row in rows for name in row))
        with path.open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, columns)
            writer.writeheader()
            writer.writerows(rows)
    return [["import", str(path), "--programme", code] for path in files]


def who(people: Sequence[Person]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for person in people:
        facts = {
            key: person.profile[key] for key in ("group", "gender", "birth_year", "arrival_year", "language")
        }
        day = FIRST_DAY.isoformat()
        rows.append({"participant": person.name, "what": "participant", "date": day, **facts})
        if person.profile["route"]:
            observed = {"kind": "route", "value": person.profile["route"]}
            rows.append({"participant": person.name, "what": "observation", "date": day, **observed})
    return rows


def responses(people: Sequence[Person], short: bool) -> list[dict[str, Any]]:
    rows = []
    for person in people:
        for wave, answers in person.answers.items():
            own = {key: value for key, value in answers.items() if key.startswith(("wellbeing", "life"))}
            rest = {key: value for key, value in answers.items() if key not in own}
            for instrument, told in (
                ("integration-short" if short else "integration", rest),
                ("wellbeing", own),
            ):
                day = answered_on(person, wave).isoformat()
                row = {"participant": person.name, "wave": wave, "instrument": instrument, "date": day}
                rows.append({**row, "language": "nl", "mode": "self", **told})
    return rows


def release(town: Town, codes: Sequence[str]) -> None:
    """Build and publish the next release of each programme; the referee keeps its document."""
    steps = (["build", "--close"], ["publish"], ["show", "--json"])
    said = typed(town.folder, [["release", step[0], code, *step[1:]] for code in codes for step in steps])
    for place, code in enumerate(codes):
        town.documents.setdefault(code, []).append(json.loads(said[3 * place + 2]))


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The program on this folder; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TELVERTEL_")}
    environment = clean | {"TELVERTEL_DATA": str(folder), "TELVERTEL_PLAIN_HTTP": "true"}
    command = [sys.executable, "-c", "from telvertel import main; main()", "serve", "--port", str(port)]
    log = folder.with_suffix(".log")
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, server, log)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=PATIENCE)


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(PATIENCE * 10):
        assert server.poll() is None, log.read_text("utf-8")
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):  # noqa: S310  # our own address
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError(log.read_text("utf-8"))


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class _Stay(urllib.request.HTTPRedirectHandler):
    """An answer that leads elsewhere is an answer."""

    def redirect_request(self, *arguments: object) -> None:
        return None


class Session:
    """A browser without scripts."""

    def __init__(self, address: str) -> None:
        self.address, self.jar = address, CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), _Stay)

    def ask(
        self, path: str, form: dict[str, str] | None = None, data: Any = None, method: str = ""
    ) -> Answer:
        headers = {"Accept-Language": "en"}
        body = urlencode(form).encode() if form is not None else None
        if data is not None:
            body = json.dumps(data).encode()
            tokens = [cookie.value or "" for cookie in self.jar if cookie.name == "telvertel_dashboard"]
            headers |= {"Content-Type": "application/json", "X-CSRFToken": "".join(tokens[:1])}
        request = urllib.request.Request(  # noqa: S310  # our own address
            self.address + path, data=body, headers=headers, method=method or ("POST" if body else "GET")
        )
        try:
            with self.opener.open(request, timeout=PATIENCE) as answer:
                return Answer(answer.status, dict(answer.headers), answer.read())
        except urllib.error.HTTPError as answer:
            return Answer(answer.code, dict(answer.headers), answer.read())


def councillor(town: Town, address: str) -> Session:
    session = Session(address)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', session.ask("/staff/sign-in").text)
    assert token
    form = {"email": COUNCILLOR, "password": town.password, "csrf_token": token[1]}
    assert session.ask("/staff/sign-in", form).status == 302
    return session
