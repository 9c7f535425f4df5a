"""Keys are rotated and retired while two worker processes answer: nobody is sent away, no request is lost."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from itsdangerous import BadSignature, TimestampSigner

from survey.database import db
from survey.privacy import keys
from survey.settings import Settings
from tests.fixtures.application import Town, token_in
from tests.fixtures.served import COMMAND, ROOT, ask, free_port, running
from tests.fixtures.visitor import Visitor


@dataclass
class Crowd:
    """People who go on asking, each with a session and a form of before."""

    address: str
    cookies: list[tuple[str, str]]
    statuses: list[int] = field(default_factory=list)
    cookies_given: list[str] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def go_on(self) -> None:
        try:
            while not self.stop.is_set():
                for cookie, token in self.cookies:
                    self.statuses.append(ask(f"{self.address}/staff/account", cookie)[0])
                    form = f"language=en&csrf_token={token}".encode()
                    self.statuses.append(ask(f"{self.address}/staff/language", cookie, form)[0])
                status, given = ask(f"{self.address}/")
                self.statuses.append(status)
                self.cookies_given.append(given.partition("telvertel=")[2].partition(";")[0])
        except BaseException as problem:
            self.failures.append(problem)

    def __enter__(self) -> Crowd:
        self.threads = [threading.Thread(target=self.go_on) for _ in range(3)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()


@pytest.fixture
def address(app: Flask, data: Path, tmp_path: Path) -> Iterator[str]:
    environment = {**os.environ, "TELVERTEL_PLAIN_HTTP": "true"}
    command = ("serve", "--workers", "2", "--part", "survey")
    with running(command, data, free_port(), tmp_path / "serve.log", environment) as (found, _server):
        yield found


def operator(data: Path, *command: str) -> None:
    done = subprocess.run(
        [*COMMAND, *command, "--data", str(data)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def is_signed_by(cookie: str, secret: str) -> bool:
    try:
        TimestampSigner(secret, salt="cookie-session", key_derivation="hmac").unsign(cookie)
    except BadSignature:
        return False
    return True


def test_nobody_notices(town: Town, data: Path, address: str) -> None:
    with town.app.app_context():
        code = town.join()[2]
    people = []
    for _ in range(2):
        client = town.sign_in("coordinator")
        token = token_in(client.get("/staff/account").text)
        cookie = client.get_cookie("telvertel")
        assert cookie is not None
        people.append((cookie.value, token))
    with Crowd(address, people) as crowd:
        operator(data, "key", "rotate")
        done_at = len(crowd.statuses)
        while len(crowd.statuses) < done_at + 100 and not crowd.failures:
            crowd.stop.wait(0.05)
        signed_now = crowd.cookies_given[-10:]
    assert not crowd.failures
    assert set(crowd.statuses) == {200, 303}
    newest = keys.read(Settings(data=data)).derive_each("session")[0]
    assert all(is_signed_by(cookie, newest) for cookie in signed_now)

    operator(data, "key", "rotate", "--retire")
    assert ask(f"{address}/staff/account", people[0][0])[0] == 303
    visitor = Visitor(town, code).begin()
    assert visitor.place.startswith("/survey/integration")
    with town.app.app_context():
        db.engine.dispose()
