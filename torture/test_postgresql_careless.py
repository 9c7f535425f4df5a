"""A PostgreSQL that does not wait loses answers when it is killed, or the trial of one that waits proves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.postgres import ROLE
from tests.survey.durability.served import served, weakened
from tests.survey.durability.test_postgresql_killed import Breakable, breakable_for
from tests.survey.durability.thorough import said
from tests.survey.durability.wave import Wave

#: Telvertel that leaves it to PostgreSQL whether a commit waits until the log is written.
CARELESS = weakened(
    "database.KEEP_POSTGRESQL = \"SELECT set_config('lock_timeout', %s, false)\"",
    "durability.ASKED['postgresql'][1].clear()",
)


@pytest.fixture
def careless(data: Path) -> Iterator[Breakable]:
    """Without `fsync` it would lose nothing here: what was written outlives the process, in the disk's cache."""
    with breakable_for(data) as server:
        server.run(f"ALTER ROLE {ROLE} SET synchronous_commit = off")
        server.run("ALTER SYSTEM SET wal_writer_delay = '10s'")
        server.run("SELECT pg_reload_conf()")
        yield server


def test_answers_are_lost(data: Path, careless: Breakable) -> None:
    with (
        served(data, database=careless.address, program=CARELESS) as server,
        Wave.of(server, data, careless.address) as wave,
    ):
        careless.kill_all()
        careless.start()
    lost = wave.ledger.lost(careless.look())
    said(f"lost: {lost}")
    assert lost
