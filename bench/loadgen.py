"""Simulated respondents who fill in questionnaires over HTTP: bounded, on the loopback address only.

A respondent has cookies of their own, follows redirects, reads the form on each page (hidden fields such as tokens
against forgery, radio buttons, text fields) and sends it back with random answers. What differs between servers is
said in a `Journey`. A page turn lasts from sending a page's answers until the next page has come whole.

Respondents go in three phases: to the first page with questions, through all of them, to the thanks. So the cost of
page turns is measured apart from that of signing in.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode, urljoin, urlsplit

from bench.connection import Answer, Connection
from bench.forms import Form, forms_on

MOST_AT_ONCE = 256
MOST_RESPONDENTS = 10_000
LONGEST_PHASE = 120.0
MOST_REDIRECTS = 8
MOST_PAGES = 40
REDIRECTS = (301, 302, 303, 307, 308)
#: As Chromium asks over plain HTTP.
ENCODINGS = "gzip, deflate"


class Broken(Exception):
    """The server did something that a respondent cannot go on from."""


@dataclass(frozen=True)
class Journey:
    """How to go through one server's questionnaire."""

    start: str
    #: Matches the path of a page with questions.
    questions: re.Pattern[str]
    #: Found on the last page.
    thanks: re.Pattern[str]
    #: Name of the field that takes a respondent's own code.
    code_field: str = ""


@dataclass
class Times:
    """Seconds: each request's, by method, and each page turn's."""

    get: list[float] = field(default_factory=list)
    post: list[float] = field(default_factory=list)
    turn: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Respondent:
    def __init__(self, journey: Journey, code: str, seed: int) -> None:
        self.journey = journey
        self.code = code
        self.cookies: dict[str, str] = {}
        self.path = journey.start
        self.page = ""
        self.random = random.Random(seed)

    async def enter(self, connection: Connection, times: Times) -> None:
        """To the first page with questions."""
        await self._receive(connection, times, await self._ask(connection, times, "GET", self.path))
        await self._go_on(connection, times, lambda: not self._is_at_questions())

    async def answer(self, connection: Connection, times: Times) -> None:
        """All pages with questions, each a page turn."""
        if not self._is_at_questions():
            raise Broken("never came to the questions")
        await self._go_on(connection, times, self._is_at_questions)

    async def finish(self, connection: Connection, times: Times) -> None:
        await self._go_on(connection, times, lambda: not self.journey.thanks.search(self.page))

    async def _go_on(self, connection: Connection, times: Times, more: Callable[[], bool]) -> None:
        pages = 0
        while more():
            pages += 1
            if pages > MOST_PAGES:
                raise Broken(f"no end to it; now at {self.path}")
            await self._turn(connection, times)

    async def _turn(self, connection: Connection, times: Times) -> None:
        form = next((form for form in forms_on(self.page) if form.method == "post"), None)
        if form is None:
            raise Broken(f"no form at {self.path}")
        body = urlencode(self._fill(form)).encode()
        target = urlsplit(urljoin(self.path, form.action or self.path))
        asked_at, self.path = self.path, target.path + (f"?{target.query}" if target.query else "")
        began = time.perf_counter()
        answer = await self._ask(connection, times, "POST", self.path, body, asked_at)
        await self._receive(connection, times, answer)
        times.turn.append(time.perf_counter() - began)

    def _fill(self, form: Form) -> dict[str, str]:
        values = dict(form.values)
        for name, offered in form.choices.items():
            values[name] = self.random.choice(offered)
        if self.journey.code_field in values:
            values[self.journey.code_field] = self.code
        return values

    def _is_at_questions(self) -> bool:
        return self.journey.questions.match(self.path) is not None

    async def _ask(
        self,
        connection: Connection,
        times: Times,
        method: str,
        path: str,
        body: bytes = b"",
        referrer: str = "",
    ) -> Answer:
        headers = {"Accept": "text/html", "Accept-Encoding": ENCODINGS, "Accept-Language": "nl"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method == "POST":
            headers |= {"Origin": connection.base, "Referer": connection.base + referrer}
        began = time.perf_counter()
        answer = await connection.request(method, path, headers, body)
        (times.post if method == "POST" else times.get).append(time.perf_counter() - began)
        for name, value in answer.cookies.items():
            if value is None:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return answer

    async def _receive(self, connection: Connection, times: Times, answer: Answer) -> None:
        redirects = 0
        while answer.status in REDIRECTS:
            redirects += 1
            if redirects > MOST_REDIRECTS:
                raise Broken(f"redirected without end at {self.path}")
            target = urlsplit(urljoin(self.path, answer.headers["location"]))
            self.path = target.path + (f"?{target.query}" if target.query else "")
            answer = await self._ask(connection, times, "GET", self.path)
        if answer.status != 200:
            raise Broken(f"status {answer.status} at {self.path}")
        self.page = answer.text


Phase = Callable[[Respondent, Connection, Times], Awaitable[None]]


class Crowd:
    """Respondents of one server, so many at once."""

    def __init__(self, port: int, journey: Journey, codes: Sequence[str], at_once: int) -> None:
        if not (0 < at_once <= MOST_AT_ONCE and 0 < len(codes) <= MOST_RESPONDENTS):
            raise ValueError("over the bounds")
        self.port = port
        self.at_once = at_once
        self.respondents = [Respondent(journey, code, seed) for seed, code in enumerate(codes)]

    async def go(self, phase: Phase) -> Times:
        """Everyone through one phase; who fails is counted in `errors`. TimeoutError when it takes too long."""
        times = Times()
        waiting = iter(self.respondents)
        async with asyncio.timeout(LONGEST_PHASE):
            await asyncio.gather(*(self._walk(phase, waiting, times) for _ in range(self.at_once)))
        return times

    async def _walk(self, phase: Phase, waiting: Iterator[Respondent], times: Times) -> None:
        connection = Connection(self.port)
        try:
            for respondent in waiting:
                try:
                    await phase(respondent, connection, times)
                except (Broken, OSError, EOFError) as problem:
                    times.errors.append(f"{type(problem).__name__}: {problem}")
        finally:
            connection.close()
