"""Whenever the power goes, every answer that was said to be saved is there afterwards: SQLite, sync by sync."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from survey import database
from survey.database import db
from survey.settings import Settings
from tests.fixtures.application import fresh_app, new_town
from tests.survey.durability import people
from tests.survey.durability.disk import Operation, put_on_disk
from tests.survey.durability.ledger import Damaged, Ledger, given_in
from tests.survey.durability.power import Synced
from tests.survey.durability.thorough import THOROUGH

PEOPLE = 12 if THOROUGH else 2
#: Of what was not synced: nothing, some, most, or all of it survives.
PARTS = (0.0, 0.2, 0.5, 0.8, 1.0) if THOROUGH else (0.0, 0.5)
#: So that checkpoints, and logs that begin anew, come in the midst of it.
OFTEN = "wal_autocheckpoint=20"


class Cuts:
    """Cuts the power at every sync and every acknowledgement, and counts what is missed afterwards."""

    def __init__(self, data: Path, scratch: Path) -> None:
        self.disk = Synced.of(data)
        self.scratch, self.ledger, self.chance = scratch, Ledger(), random.Random(5)
        self.made, self.lost, self.damaged = 0, 0, 0
        self.strange: list[str] = []
        self.watching = False

    def hear(self, operation: Operation) -> None:
        if self.watching and operation.kind == "sync":
            self.cut()
        self.disk.follow(operation)

    def cut(self) -> None:
        for part in PARTS:
            folder = self.scratch / "cut"
            self.made += 1
            try:
                found = given_in(self.disk.cut(folder, self.chance, part))
            except Damaged:
                self.damaged += 1
            else:
                self.lost += len(self.ledger.lost(found))
                self.strange += self.ledger.strange(found)
            shutil.rmtree(folder)


def walked(data: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> Cuts:
    cuts = Cuts(data, scratch)
    put_on_disk(monkeypatch, cuts.hear, begin=[OFTEN])
    town = new_town(fresh_app(Settings(data=data, plain_http=True)))
    cuts.watching = True
    for number in range(PEOPLE):
        for _ in people.walk(town, f"P{number}", cuts.ledger):
            cuts.cut()
        with town.app.app_context():
            db.engine.dispose()  # as at a restart: the last connection empties the log and deletes it
    return cuts


def test_nothing_that_was_acknowledged_is_lost(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cuts = walked(data, tmp_path, monkeypatch)
    assert cuts.made > 80 * PEOPLE
    assert (cuts.lost, cuts.damaged, cuts.strange) == (0, 0, [])


def test_without_syncs_this_test_sees_losses(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or it would prove nothing."""
    weaker = tuple(pragma.replace("synchronous=FULL", "synchronous=OFF") for pragma in database.PRAGMAS)
    assert weaker != database.PRAGMAS
    monkeypatch.setattr(database, "PRAGMAS", weaker)
    assert walked(data, tmp_path, monkeypatch).lost > 0
