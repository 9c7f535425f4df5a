"""The ledger of erasures: a file outside the database and its backups.

A line is on the disk before the database forgets, and stays. So a crash between the two, or a backup that is put
back, cannot bring anyone back: `erasure.replay` does again whatever the lines say. A line names a random id, a
moment and what was done, and carries a seal (MAC) made with a master key, so that nobody can have someone erased by
writing in this file.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from survey import on_disk
from survey.fieldwork import Refused
from survey.privacy.keys import AnyKey, KeyRing

#: A whole person; the answers of one enrolment; the permission to quote, or to show answers to the
#: casemanager, of one enrolment.
KINDS = ("person", "answers", "quotes", "showing")


class LedgerProblem(Refused):
    """A line of the ledger is not what was written; the message says which, and what to do."""


@dataclass(frozen=True)
class Entry:
    """What was done for whom. `subject` is a participant's id, or an enrolment's."""

    kind: str
    organisation: UUID
    subject: UUID
    moment: datetime
    #: For a whole person: the answers stayed, without anything that says whose they are.
    keep_answers: bool = False


def append(path: Path, ring: KeyRing, entry: Entry) -> None:
    """Write a line and wait until it is on the disk."""
    fields = _fields(entry)
    line = json.dumps({**fields, "seal": _seal(ring.current, fields)}) + "\n"
    is_new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "rb+", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        _drop_half_a_line(file)
        file.write(line.encode())
        os.fsync(file.fileno())
    if is_new:
        on_disk.sync(path.parent)


def _drop_half_a_line(file: BinaryIO) -> None:
    """What a crash left unfinished was never acknowledged to anyone."""
    file.seek(0)
    content = file.read()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        file.truncate(whole)


def read(path: Path, ring: KeyRing) -> list[Entry]:
    """Every entry, oldest first; LedgerProblem when a line was changed, or sealed with a key that is gone."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    whole = content[: content.rfind(b"\n") + 1]
    return list(_entries(whole.decode("utf-8", "replace"), path, ring))


def _entries(text: str, path: Path, ring: KeyRing) -> Iterator[Entry]:
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            fields = json.loads(line)
            seal = fields.pop("seal")
            entry = Entry(
                kind=fields["kind"], organisation=UUID(fields["organisation"]), subject=UUID(fields["subject"]),
                moment=datetime.fromisoformat(fields["moment"]), keep_answers=fields["keep_answers"],
            )  # fmt: skip
        except (ValueError, KeyError, TypeError, AttributeError):
            raise LedgerProblem(f"Line {number} of {path} is not a line of this ledger.") from None
        if not any(hmac.compare_digest(_seal(key, fields), str(seal)) for key in ring.every):
            raise LedgerProblem(
                f"Line {number} of {path} was changed, or sealed with a key that is no longer in the key file."
            )
        yield entry


def _fields(entry: Entry) -> dict[str, str | bool]:
    moment = entry.moment.astimezone(UTC).isoformat()
    return {
        **asdict(entry), "organisation": str(entry.organisation), "subject": str(entry.subject), "moment": moment,
    }  # fmt: skip


def _seal(key: AnyKey, fields: dict[str, str | bool]) -> str:
    return hmac.new(
        key.derive("erasures"), json.dumps(fields, sort_keys=True).encode(), hashlib.sha256
    ).hexdigest()
