"""A wave: several people who go on answering while what serves them is ended, replaced or broken."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from types import TracebackType

import requests

from tests.survey.durability.ledger import Given, Ledger
from tests.survey.durability.served import Browser, Server, answer_page, begin, newcomers
from tests.survey.durability.thorough import THOROUGH, said

AT_ONCE = 4
#: Pages that each of them has saved between two faults.
BETWEEN = 100 if THOROUGH else 20
PATIENCE = 60
BROKEN = 0


@dataclass
class Wave:
    """Everybody has begun once it is entered. They go on, and after it nobody does."""

    server: Server
    codes: dict[str, str]
    ledger: Ledger
    answers: Counter[int] = field(default_factory=Counter)
    saved: dict[str, list[float]] = field(default_factory=dict)

    @classmethod
    def of(cls, server: Server, data: Path, database: str | None = None) -> Wave:
        ledger, names = Ledger(), [f"P{number}" for number in range(AT_ONCE)]
        return cls(server, dict(zip(names, newcomers(data, names, ledger, database), strict=True)), ledger)

    def __enter__(self) -> Wave:
        self.over, self.pool = Event(), ThreadPoolExecutor(len(self.codes))
        self.busy: list[Future[None]] = [
            self.pool.submit(self._answer, name, code) for name, code in self.codes.items()
        ]
        self.goes_on()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        self.pool.shutdown()
        for one in self.busy:
            one.result()
        said(
            f"answers by status (0: no reply) {dict(self.answers)}, longest without one saved {self.pause():.1f} s"
        )

    def _answer(self, name: str, code: str) -> None:
        """One person. What could not be saved is sent once more, until it is."""
        person = begin(Browser(self.server.address), code, name, self.ledger)
        self.saved[name] = [time.monotonic()]
        while not self.over.is_set():
            try:
                status = answer_page(person, name, self.ledger)
            except requests.RequestException:
                status = BROKEN
            self.answers[status] += 1
            if status == 303:
                self.saved[name].append(time.monotonic())
            self.over.wait(0 if status == 303 else 0.1)

    def goes_on(self) -> None:
        """Until the server is ready and each of them has had more pages saved."""
        self.server.wait()
        begun = {name: len(moments) for name, moments in self.saved.items()}
        for _ in range(PATIENCE * 20):
            if len(self.saved) == len(self.codes) and all(
                len(moments) > begun.get(name, 0) + BETWEEN for name, moments in self.saved.items()
            ):
                return
            time.sleep(0.05)
        raise AssertionError(f"not everybody is served again: {self.server.log.read_text()}")

    def pause(self) -> float:
        """The longest that one of them had nothing saved, in seconds."""
        return max(
            later - earlier
            for moments in self.saved.values()
            for earlier, later in zip(moments, moments[1:], strict=False)
        )

    def judge(self, look: Callable[[], Given]) -> None:
        """Nothing acknowledged is lost, nothing is there that nobody sent, and nobody met an error of ours."""
        found = look()
        assert (self.ledger.lost(found), self.ledger.strange(found)) == ([], [])
        assert set(self.answers) <= {303, 503, BROKEN}
