"""A browser without scripts, at the running program."""

from __future__ import annotations

import base64
import hmac
import json
import os
import re
import socket
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The program on this folder; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TELVERTEL_")}
    environment = clean | {"TELVERTEL_DATA": str(folder), "TELVERTEL_PLAIN_HTTP": "true"}
    command = [sys.executable, "-c", "from telvertel import main; main()", "serve", "--port", str(port)]
    log = folder.with_suffix(".log")
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, server, log)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=PATIENCE)


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(PATIENCE * 10):
        assert server.poll() is None, log.read_text("utf-8")
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):  # noqa: S310  # our own address
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError(log.read_text("utf-8"))


#: More than one value for several boxes that are ticked.
Form = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class _Stay(urllib.request.HTTPRedirectHandler):
    """An answer that leads elsewhere is an answer."""

    def redirect_request(self, *arguments: object) -> None:
        return None


class Session:
    """A browser without scripts."""

    def __init__(self, address: str) -> None:
        self.address, self.jar = address, CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), _Stay)

    def ask(self, path: str, form: Form | None = None, data: Any = None, method: str = "") -> Answer:
        headers = {"Accept-Language": "en"}
        body = urlencode(form, doseq=True).encode() if form is not None else None
        if data is not None:
            body = json.dumps(data).encode()
            tokens = [cookie.value or "" for cookie in self.jar if cookie.name == "telvertel_dashboard"]
            headers |= {"Content-Type": "application/json", "X-CSRFToken": "".join(tokens[:1])}
        request = urllib.request.Request(  # noqa: S310  # our own address
            self.address + path, data=body, headers=headers, method=method or ("POST" if body else "GET")
        )
        try:
            with self.opener.open(request, timeout=PATIENCE) as answer:
                return Answer(
                    answer.status,
                    {key.lower(): value for key, value in answer.headers.items()},
                    answer.read(),
                )
        except urllib.error.HTTPError as answer:
            return Answer(
                answer.code, {key.lower(): value for key, value in answer.headers.items()}, answer.read()
            )

    def press(self, path: str, form: Form | None = None, page: str = "") -> Answer:
        """Send a form, with the token of its own page or of another one."""
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.ask(page or path).text)
        assert token, path
        return self.ask(path, {**(form or {}), "csrf_token": token[1]})


def signed_in(address: str, email: str, password: str, has_step: bool) -> Session:
    """`has_step`: this role sets up an authenticator first."""
    session = Session(address)
    assert session.press("/staff/sign-in", {"email": email, "password": password}).status == 302
    if has_step:
        setting_up = "/staff/second-factor"
        page = session.press(setting_up, {"setup": "authenticator"}).text
        key = re.search(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){7}", page)
        place = re.search(rf'action="({setting_up}/[^"]+)"', page)
        assert key and place
        assert session.press(place[1], {"code": authenticator(key[0])}, page=setting_up).status == 302
    return session


def authenticator(key: str) -> str:
    """The six digits that an app shows now (RFC 6238)."""
    secret, step = base64.b32decode(key.replace("-", "")), struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(secret, step, "sha1")
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4]) & 0x7FFFFFFF) % 10**6:06}"
