"""The referee: puts people into a running program through its own doors, and holds the truth about them.

Doors are the command line and HTTP, nothing else. Starting the program costs a second, so one process is given one
command line after another; each is carried out as if it had been typed.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tests.attack.constraints import Roster
from tests.attack.doors import ROOT, Session, signed_in
from tests.attack.files import caseload, command, responses
from tests.attack.people import Kind, Person, population
from tests.attack.puzzle import World

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
TOWN = "voorbeeld"
ROLES = ("councillor", "coordinator", "casemanager", "administrator")
#: How a programme calls its waves when some people miss the second one, and in which weeks they fall.
LATE = {"before": "start:0:4", "after": "first:10:4", "again": "second:30:4"}


@dataclass
class Town:
    """A municipality in a data folder, and the people whom the referee put into its programmes."""

    folder: Path
    address: str = ""
    passwords: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)
    people: dict[str, list[Person]] = field(default_factory=dict)
    documents: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    #: By programme, whose words may be quoted: see `telling`.
    told: dict[str, dict[str, str]] = field(default_factory=dict)

    def roster(self, code: str) -> Roster:
        """Everybody, and in which cohort: the first for who answered before and after, the second for who was late."""
        people, late = self.people[code], {person.name for person in self.late(code)}
        both = [{"before", "after"} <= set(person.answers) for person in people]
        cohort = [int(told) * (1 + (one.name in late)) for one, told in zip(people, both, strict=True)]
        later = [2 * ({"before", "follow_up"} <= set(person.answers)) for person in people]
        year = int(self.documents[code][-1]["built_on"][:4])
        return Roster(people, np.array(cohort), year, np.array(later))

    def late(self, code: str) -> list[Person]:
        return self.people[code][len(self.people[code]) - self.kinds[code].late :]

    def gone(self, code: str) -> list[Person]:
        """Who takes back or is erased after the first release: some of those who are in it."""
        told = [person for person in self.people[code] if "after" in person.answers]
        return told[: self.kinds[code].gone]

    def who_went(self, code: str) -> World:
        """Of everybody in the first release: 1 took back, 2 was erased; every other one of those who went, see `go`."""
        gone = {person.name: 1 + (number + 1) % 2 for number, person in enumerate(self.gone(code))}
        early = self.roster(code)
        return np.array([gone.get(one.name, 0) for one in early.of(early.cohort == 1).people])

    def session(self, role: str) -> Session:
        """To be signed in again takes a code from an app that shows another one in a while: so each stays signed in."""
        if role not in self.sessions:
            told = (f"{role}@voorbeeld.example", self.passwords[role])
            self.sessions[role] = signed_in(self.address, *told, has_step=role != "councillor")
        return self.sessions[role]


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


def founded(folder: Path, kinds: dict[str, Kind]) -> Town:
    """A municipality with a programme for each kind, and its people; nothing is published yet."""
    town = Town(folder, kinds=kinds, people={code: population(kind) for code, kind in kinds.items()})
    lines = [
        ["database", "upgrade"],
        ["organisation", "add", TOWN, "--name", "Gemeente Voorbeeld"],
        *(
            ["staff", "add", f"{role}@voorbeeld.example", "--organisation", TOWN, "--role", role]
            for role in ROLES
        ),
        *(line for code in kinds for line in _programme(town, code)),
    ]
    said = typed(folder, lines)
    town.passwords = {role: told.split()[-1] for role, told in zip(ROLES, said[2:], strict=False)}
    return town


def _programme(town: Town, code: str) -> list[list[str]]:
    kind, people, late = town.kinds[code], town.people[code], town.late(code)
    instruments = ["integration-short" if kind.short else "integration", "wellbeing"]
    waves = list(LATE.values()) if kind.late else kind.waves
    made = ["programme", "add", code, "--organisation", TOWN, "--name", f"Programma {code}"]
    made += [part for key in instruments for part in ("--instrument", key)]
    made += [part for wave in waves for part in ("--wave", wave)]
    keys = {wave: LATE[wave].partition(":")[0] if kind.late else wave for wave in kind.waves}
    early = [person for person in people if person not in late]
    path = town.folder.parent
    rows = [*responses(early, kind.short, keys), *responses(late, kind.short, dict([*keys.items()][:1]))]
    moments = ("after", "again") if kind.late else ("after",)
    return [
        made,
        command(path / f"{code}-people.csv", caseload(people, moments), code),
        command(path / f"{code}-answers.csv", rows, code),
    ]


def release(town: Town, codes: Sequence[str]) -> None:
    """Build and publish the next release of each programme; the referee keeps its document."""
    steps = (["build", "--close"], ["publish"], ["show", "--json"])
    said = typed(town.folder, [["release", step[0], code, *step[1:]] for code in codes for step in steps])
    for place, code in enumerate(codes):
        town.documents.setdefault(code, []).append(json.loads(said[3 * place + 2]))


def aim(session: Session, code: str, targets: Sequence[tuple[str, str, str]]) -> None:
    """The coordinator aims at shares: (measure, about, group)."""
    form = {"title": "Wat eruit komt", "version": "0"}
    made = session.press(f"/manage/programmes/{code}/targets/new", form)
    assert made.status == 303, made.text
    place = made.headers["location"].partition("/manage")[2]
    for measure, about, group in targets:
        aimed = {"comparator": "at_least", "value": "40", "unit": "person", "about": about, "group": group}
        answer = session.press(f"/manage{place}/{measure}", aimed)
        assert answer.status == 303, answer.text


def go(town: Town, code: str) -> None:
    """Some take back taking part; every other one is erased."""
    casemanager, administrator = town.session("casemanager"), town.session("administrator")
    for number, person in enumerate(town.gone(code)):
        found = casemanager.press("/casework/", {"search": person.name})
        listed = casemanager.ask(found.headers["location"].removeprefix(town.address)).text
        mine = re.search(r'href="(/casework/participants/[0-9a-f-]+)"', listed)
        assert mine, listed
        rights = f"{mine[1]}/rights"
        if number % 2:
            withdrawal = re.search(
                r'action="(/casework/enrolments/[^"]*/withdrawal)"', casemanager.ask(rights).text
            )
            assert withdrawal and casemanager.press(withdrawal[1], {"asked": "y"}, page=rights).status == 303
        else:
            assert casemanager.press(f"{rights}/erasure", {"asked": "y"}, page=rights).status == 303
            asked = re.search(r'href="(/manage/erasures/[^"]+)"', administrator.ask("/manage/erasures").text)
            assert asked and administrator.press(asked[1], {"sure": "y"}).status == 303


def answer_again(town: Town, code: str) -> None:
    """Who missed the second wave answers a later one, and so does everybody else who is still there."""
    there = [person for person in town.people[code] if person not in town.gone(code)]
    rows = responses(there, town.kinds[code].short, {"again": LATE["again"].partition(":")[0]})
    typed(town.folder, [command(town.folder.parent / f"{code}-again.csv", rows, code)])


def close(session: Session, code: str, wave: str) -> None:
    path = f"/manage/programmes/{code}/waves/{wave}/close"
    assert session.press(path, {"sure": "y"}).status == 303
