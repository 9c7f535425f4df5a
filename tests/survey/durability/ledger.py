"""What was sent, and what was said to be saved: kept outside the program, to compare its database with."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

#: What a participant gave, each with a name of its own and its content, as both databases can tell it.
GIVEN = (
    """
    SELECT participant.pseudonym || ' ' || page.domain, CAST(page.answers AS TEXT)
    FROM page JOIN response ON response.id = page.response_id
    JOIN enrolment ON enrolment.id = response.enrolment_id
    JOIN participant ON participant.id = enrolment.participant_id
    """,
    """
    SELECT participant.pseudonym || ' visit', visit.state
    FROM visit JOIN enrolment ON enrolment.id = visit.enrolment_id
    JOIN participant ON participant.id = enrolment.participant_id
    """,
    """
    SELECT participant.pseudonym || ' words', 'sealed'
    FROM open_answer JOIN participant ON participant.id = open_answer.participant_id
    """,
    """
    SELECT participant.pseudonym || ' consent ' || consent.purpose, 'given'
    FROM consent JOIN participant ON participant.id = consent.participant_id
    """,
    """
    SELECT participant.pseudonym || ' response ' || response.instrument, 'begun'
    FROM response JOIN enrolment ON enrolment.id = response.enrolment_id
    JOIN participant ON participant.id = enrolment.participant_id
    """,
    """
    SELECT replace(CAST(participant.id AS TEXT), '-', ''), 'code ' || count(DISTINCT access_code.id)
      || ' key ' || count(DISTINCT person_key.id) || ' identity ' || count(DISTINCT identity.id)
    FROM participant LEFT JOIN identity ON identity.participant_id = participant.id
    LEFT JOIN person_key ON person_key.participant_id = participant.id
    LEFT JOIN enrolment ON enrolment.participant_id = participant.id
    LEFT JOIN access_code ON access_code.enrolment_id = enrolment.id
    GROUP BY participant.id
    """,
)
Given = dict[str, str]


@dataclass
class Ledger:
    """By name: the contents that were sent, oldest first, and how many of them the latest acknowledged one counts."""

    sent: dict[str, list[str]] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)

    def send(self, given: Given) -> None:
        for name, content in given.items():
            self.sent.setdefault(name, []).append(content)

    def acknowledge(self, given: Given) -> None:
        for name, content in given.items():
            versions = self.sent[name]
            self.acknowledged[name] = len(versions) - versions[::-1].index(content)

    def lost(self, found: Given) -> list[str]:
        """Names whose acknowledged content is not there, nor a later one."""
        return [
            name
            for name, number in self.acknowledged.items()
            if found.get(name) not in self.sent[name][number - 1 :]
        ]

    def strange(self, found: Given) -> list[str]:
        """Names in the database with a content that nobody sent."""
        return [name for name, content in found.items() if content not in self.sent.get(name, ())]

    def copy(self) -> Ledger:
        return Ledger({name: list(sent) for name, sent in self.sent.items()}, dict(self.acknowledged))


def as_given(rows: Iterable[Iterable[tuple[str, str]]]) -> Given:
    found: Given = {}
    for one in rows:
        for name, content in one:
            assert name not in found, f"{name} is there twice"
            found[name] = content
    return found


def copied(database: Path, folder: Path) -> Path:
    """A copy of a database that is in use, as a crash now would leave it. Made by another process: with the first
    file of it that this one closes, the locks of its own connections would go.
    """
    folder.mkdir()
    files = [file for file in (database, database.with_name(f"{database.name}-wal")) if file.exists()]
    subprocess.run(["cp", *map(str, files), str(folder)], check=True)
    return folder / database.name


class Damaged(Exception):
    """The database is no longer sound."""


def given_in(database: Path) -> Given:
    """What a SQLite database holds, opened as the program's own driver does after a crash. Damaged if it is."""
    connection = sqlite3.connect(database)
    try:
        faults = connection.execute("PRAGMA integrity_check").fetchall()
        faults += connection.execute("PRAGMA foreign_key_check").fetchall()
        if faults != [("ok",)]:
            raise Damaged(faults)
        return as_given([connection.execute(question).fetchall() for question in GIVEN])
    except sqlite3.DatabaseError as problem:
        raise Damaged(problem) from problem
    finally:
        connection.close()


def given_on(connection: psycopg.Connection[Any]) -> Given:
    """What a PostgreSQL database holds, as its superuser sees it."""
    found = as_given([connection.execute(question.encode()).fetchall() for question in GIVEN])
    connection.rollback()
    return found
