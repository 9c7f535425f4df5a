"""Power cuts of a real server, from the log of its system calls: what the program's own driver asks the kernel."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.fixtures.served import COMMAND
from tests.survey.durability.disk import Operation
from tests.survey.durability.ledger import Damaged, Given, Ledger, given_in
from tests.survey.durability.power import Synced
from tests.survey.durability.served import Browser, answer_page, begin, newcomers, served, weakened
from torture.tracing import strace

CALLS = "pwrite64,ftruncate,fdatasync,fsync,unlink,sendto,writev,write"
WRITE = re.compile(r'pwrite64\(\d+<([^>]*)>, "((?:\\x[0-9a-f]{2})*)", (\d+), (\d+)')
TRUNCATE = re.compile(r"ftruncate\(\d+<([^>]*)>, (\d+)")
SYNC = re.compile(r"(?:fdatasync|fsync)\(\d+<([^>]*)>")
UNLINK = re.compile(r'unlink\("([^"]*)"')
REDIRECT = b"HTTP/1.1 303".hex()
PEOPLE, PAGES = 3, 60


def plain(text: str) -> str:
    if not text.startswith("\\x"):
        return text
    return bytes.fromhex(text.replace("\\x", "")).decode()


def operations(log: Path) -> Iterator[Operation | None]:
    """What the disk was asked, in order; None where a redirect was sent to somebody."""
    syncing: dict[str, str] = {}
    for line in log.read_text().splitlines():
        process, _, call = line.partition(" ")
        call = call.strip()
        if call.startswith("<... f") and "sync resumed" in call and process in syncing:
            yield Operation("sync", syncing.pop(process))
        elif found := WRITE.match(call):
            data = bytes.fromhex(found[2].replace("\\x", ""))
            assert len(data) == int(found[3])
            yield Operation("write", Path(plain(found[1])).name, int(found[4]), data)
        elif found := TRUNCATE.match(call):
            yield Operation("truncate", Path(plain(found[1])).name, int(found[2]))
        elif found := SYNC.match(call):
            if "unfinished" in call:
                syncing[process] = Path(plain(found[1])).name
            else:
                yield Operation("sync", Path(plain(found[1])).name)
        elif found := UNLINK.match(call):
            yield Operation("delete", Path(plain(found[1])).name)
        elif call.startswith(("sendto(", "writev(", "write(")) and REDIRECT in call.replace("\\x", ""):
            yield None


def replayed(
    log: Path, disk: Synced, redirects: list[Given | None], sent: Ledger, scratch: Path
) -> list[int]:
    """Cuts made, acknowledged answers lost, and databases damaged."""
    ledger, chance = Ledger(sent.sent), random.Random(5)
    told = iter(redirects)
    made = lost = damaged = 0
    for operation in operations(log):
        if operation is None:
            ledger.acknowledge(next(told) or {})
        elif ".sqlite" in operation.file:
            disk.follow(operation)
        if operation is not None and operation.kind != "sync":
            continue
        for part in (0.0, 0.5):
            made += 1
            try:
                lost += len(ledger.lost(given_in(disk.cut(scratch / "cut", chance, part))))
            except Damaged:
                damaged += 1
            shutil.rmtree(scratch / "cut")
    assert next(told, "none") == "none"
    return [made, lost, damaged]


def walked(data: Path, tmp_path: Path, program: Sequence[str] = COMMAND) -> list[int]:
    ledger = Ledger()
    names = [f"P{number}" for number in range(PEOPLE)]
    codes = newcomers(data, names, Ledger())
    disk, log = Synced.of(data), tmp_path / "calls.log"
    tracer = [strace(), "-f", "-y", "-xx", "-s", "100000", "-e", f"trace={CALLS}", "-o", str(log)]
    redirects: list[Given | None] = []
    with served(data, before=tracer, program=program) as server:
        for name, code in zip(names, codes, strict=True):
            browser = Browser(server.address)
            person = begin(browser, code, name, ledger)
            for _ in range(PAGES):
                assert answer_page(person, name, ledger) == 303
            redirects += browser.redirects
    return replayed(log, disk, redirects, ledger, tmp_path)


def test_nothing_that_was_acknowledged_is_lost(data: Path, tmp_path: Path) -> None:
    made, lost, damaged = walked(data, tmp_path)
    assert made > PEOPLE * PAGES
    assert (lost, damaged) == (0, 0)


def test_without_syncs_this_test_sees_losses(data: Path, tmp_path: Path) -> None:
    """Or it would prove nothing: the same server, told not to wait for the disk."""
    unsynced = "tuple(each.replace('synchronous=FULL', 'synchronous=OFF') for each in database.PRAGMAS)"
    program = weakened("durability.ASKED['sqlite'][1].clear()", f"database.PRAGMAS = {unsynced}")
    assert walked(data, tmp_path, program)[1] > 0
