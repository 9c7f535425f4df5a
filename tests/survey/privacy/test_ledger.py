"""The ledger of erasures: on the disk before anything is forgotten, and not to be forged."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from survey.privacy import ledger
from survey.privacy.keys import KeyRing, MasterKey
from survey.privacy.ledger import Entry, LedgerProblem

OLD, NEW = MasterKey(b"o" * 32), MasterKey(b"n" * 32)
RING = KeyRing((NEW, OLD))


def entry(kind: str = "person") -> Entry:
    return Entry(kind, uuid4(), uuid4(), datetime(2026, 11, 22, 1, 2, 3, 456, tzinfo=UTC), kind == "person")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "erasures.jsonl"


def test_what_was_written_is_read(path: Path) -> None:
    written = [entry(kind) for kind in ledger.KINDS]
    for one in written:
        ledger.append(path, RING, one)
    assert ledger.read(path, RING) == written
    assert path.stat().st_mode & 0o777 == 0o600


def test_there_need_not_be_one(path: Path) -> None:
    assert ledger.read(path, RING) == []


def test_lines_of_before_a_new_key_still_count(path: Path) -> None:
    one = entry()
    ledger.append(path, KeyRing((OLD,)), one)
    assert ledger.read(path, RING) == [one]
    with pytest.raises(LedgerProblem, match="Line 1"):
        ledger.read(path, KeyRing((NEW,)))


def test_a_line_is_on_the_disk_when_it_is_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    really = os.fsync

    def sync(descriptor: int) -> None:
        synced.append(path.stat().st_size)
        really(descriptor)

    monkeypatch.setattr(os, "fsync", sync)
    ledger.append(path, RING, entry())
    assert synced == [path.stat().st_size] * 2, "the file, and the folder that names it"
    ledger.append(path, RING, entry())
    assert synced[2:] == [path.stat().st_size]


@pytest.mark.parametrize("cut", [1, 40, -1])
def test_half_a_line_was_never_promised(path: Path, cut: int) -> None:
    first, second = entry(), entry()
    ledger.append(path, RING, first)
    whole = path.read_bytes()
    ledger.append(path, RING, entry())
    path.write_bytes(path.read_bytes()[: len(whole) + cut if cut > 0 else cut])
    assert ledger.read(path, RING) == [first]
    ledger.append(path, RING, second)
    assert ledger.read(path, RING) == [first, second]


@pytest.mark.parametrize("field", ["kind", "organisation", "subject", "moment", "keep_answers", "seal"])
def test_a_changed_line_is_noticed(path: Path, field: str) -> None:
    ledger.append(path, RING, entry())
    fields = json.loads(path.read_text())
    other = {**json.loads(ledger_line(path.with_name("other"))), "kind": "answers", "keep_answers": False}
    path.write_text(json.dumps({**fields, field: other[field]}) + "\n")
    with pytest.raises(LedgerProblem, match="Line 1"):
        ledger.read(path, RING)


def ledger_line(path: Path) -> str:
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    ledger.append(path, RING, Entry("answers", uuid4(), uuid4(), moment))
    return path.read_text()


@pytest.mark.parametrize("line", ["nonsense", "{}", "[]", '{"seal": 1}', "\x00", '"text"'])
def test_nonsense_is_refused_in_words(path: Path, line: str) -> None:
    path.write_text(line + "\n")
    with pytest.raises(LedgerProblem, match="Line 1"):
        ledger.read(path, RING)
