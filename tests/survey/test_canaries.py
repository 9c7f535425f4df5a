"""What people fill in is nowhere to be read: not in the database, its log, temporary files or what was logged.

Over HTTP, on the real program, which is then killed; every byte it left is looked through.
"""

from __future__ import annotations

import base64
import os
import re
import signal
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask_security import hash_password
from sqlalchemy import select

from survey.database import db
from survey.models import Identity, Membership, OpenAnswer, Staff
from survey.privacy import keys
from survey.settings import Settings
from tests.fixtures.application import Town, new_town, token_in, version_in
from tests.fixtures.served import free_port, running

NAME, CONTACT, WORDS = "Canarynaam Oleksandra", "canary.contact@post.example", "Canarywoorden: моя сусідка"
CHANGED = "Canarynaam Oksana"
PASSWORD, WRONG = "canary password of a colleague", "canary password that is wrong"
EMAIL = "canary.tester@aalten.example"


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: object) -> None:
        return None


class Browser:
    """Opens pages and sends forms over a connection, with cookies; `page` is what is on the screen."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.page = self.place = self.refusal = ""

    def go(self, path: str, form: dict[str, str] | None = None) -> str:
        data = urllib.parse.urlencode({**form, "csrf_token": token_in(self.page)}).encode() if form else None
        try:
            with self.opener.open(f"{self.address}{path}", data=data, timeout=30) as answer:
                self.page, self.place = answer.read().decode(), urllib.parse.urlsplit(answer.url).path
        except urllib.error.HTTPError as answer:
            with answer:
                assert answer.code < 500, (path, answer.code)
                self.refusal = answer.read().decode()
                return self.refusal
        return self.page


@pytest.fixture
def town(any_app: Flask) -> Town:
    town = new_town(any_app)
    with any_app.app_context():
        town.inside()
        person = Staff(email=EMAIL, name="Tester", password=hash_password(PASSWORD))
        db.session.add(person)
        db.session.flush()
        db.session.add(Membership(staff=person, role="casemanager"))
        db.session.commit()
    return town


@pytest.fixture
def left_behind(town: Town, data: Path, tmp_path: Path) -> Iterator[list[Path]]:
    """Folders with all that the program left when it was killed in the middle of everything."""
    settings: Settings = town.app.extensions["telvertel_settings"]
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = {**os.environ, "TELVERTEL_PLAIN_HTTP": "true", "TMPDIR": str(temporary)}
    if settings.database_url:
        environment["TELVERTEL_DATABASE_URL"] = settings.database_url
    log = tmp_path / "logs" / "serve.log"
    log.parent.mkdir()
    with running(("serve", "--workers", "2"), data, free_port(), log, environment) as (address, server):
        code = work(Browser(address))
        answer(Browser(address), code)
        go_wrong(Browser(address), code)
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
    yield [data, temporary, log.parent]


def work(browser: Browser) -> str:
    """A casemanager adds someone and puts the name right; the code on the invitation."""
    browser.go("/staff/sign-in")
    browser.go("/staff/sign-in", {"email": EMAIL, "password": WRONG})
    browser.go("/staff/sign-in", {"email": EMAIL, "password": PASSWORD})
    browser.go("/casework/participants/new")
    hidden = dict(re.findall(r'id="id" name="(id)" type="hidden" value="([^"]+)"', browser.page))
    assert hidden, browser.page
    programme = re.search(r'value="(aalten-pilot)"', browser.page)
    assert programme, browser.page
    day = re.search(r'name="started_on"[^>]*value="([\d-]+)"', browser.page)
    person = {**hidden, "name": NAME, "contact": CONTACT, "language": "en", "programme": programme[1]}
    browser.go("/casework/participants/new", {**person, "started_on": day[1] if day else ""})
    found = re.search(r"(?<![-\w])[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}(?![-\w])", browser.page)  # in no id
    assert found, browser.refusal
    address = re.search(r"/casework/participants/[0-9a-f-]{36}", browser.go("/casework/?search="))
    assert address
    carried = {"version": version_in(browser.go(f"{address[0]}/facts"))}
    browser.go(f"{address[0]}/facts", {**carried, "name": CHANGED, "contact": CONTACT, "language": "en"})
    return found[0]


def answer(browser: Browser, code: str) -> None:
    browser.go("/?language=en")
    browser.go("/?language=en", {"code": code})
    browser.go(browser.place, {"language": "en"})
    browser.go(browser.place, {"take_part": "yes"})
    while browser.place != "/survey/last":
        assert browser.place != "/", "the code led nowhere"
        questions = re.findall(r'type="radio" name="(\w+)"', browser.page)
        browser.go(browser.place, {"then": "next", **dict.fromkeys(questions, "3")})
    browser.go("/survey/last", {"text": WORDS, "may_quote": "yes", "then": "next"})


def go_wrong(browser: Browser, code: str) -> None:
    """Mistakes are what logs are about."""
    browser.go("/?language=en")
    browser.go("/?language=en", {"code": code[:4] + "-0000-0000"})
    browser.go("/?language=en", {"code": WORDS * 40})
    browser.go("/staff/sign-in")
    browser.go("/staff/sign-in", {"email": CONTACT, "password": WRONG})
    browser.go("/staff/sign-in", {"email": f"\0{CONTACT}", "password": WORDS})
    browser.go(f"/casework/{urllib.parse.quote(NAME)}")
    browser.go(f"/start?{urllib.parse.urlencode({'name': NAME, 'code': CONTACT})}")


def forms_of(text: str) -> set[bytes]:
    """How a text may stand in a file."""
    plain = text.encode()
    words = {
        plain,
        text.encode("utf-16-le"),
        urllib.parse.quote(text).encode(),
        urllib.parse.quote_plus(text).encode(),
    }
    inner = {base64.b64encode(plain[start:])[: len(plain) // 3 * 4 - 4] for start in range(3)}
    return words | inner | {repr(text).strip("'").encode("unicode_escape")} | {plain.hex().encode()}


def bytes_in(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield path, path.read_bytes()


def secrets(town: Town) -> set[bytes]:
    ring = keys.read(town.app.extensions["telvertel_settings"])
    words = {form for text in (NAME, CHANGED, CONTACT, WORDS, PASSWORD, WRONG) for form in forms_of(text)}
    return words | {ring.current.material, ring.current.word.encode()}


def test_nothing_of_it_can_be_read(
    town: Town, left_behind: list[Path], data: Path, request: pytest.FixtureRequest
) -> None:
    settings: Settings = town.app.extensions["telvertel_settings"]
    folders = [*left_behind]
    if settings.database_url:
        with psycopg.connect(request.getfixturevalue("postgres"), autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            (folder,) = connection.execute("SHOW data_directory").fetchone() or ("",)
            folders.append(Path(folder))
    looked_for, seen = secrets(town), b""
    for folder in folders:
        for path, content in bytes_in(folder):
            if path == data / "keys":
                continue
            assert not [word for word in looked_for if word in content], path
            seen += content if EMAIL.encode() in content else b""
    assert EMAIL.encode() in seen, "what is not sealed stands there plainly: the right files were read"


def test_and_it_was_all_kept(town: Town, left_behind: list[Path]) -> None:
    """Acknowledged before the kill, and readable with the keys."""
    with town.app.app_context():
        town.inside()
        identity = db.session.scalars(select(Identity)).one()
        assert (identity.name, identity.contact) == (CHANGED, CONTACT)
        assert db.session.scalars(select(OpenAnswer)).one().text == WORDS
        db.session.rollback()
