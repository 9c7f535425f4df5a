"""Requests that no browser makes, byte for byte, to the program as it is served."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator

import pytest

from tests.fixtures.served import COMMAND, PATIENCE, ROOT, free_port, wait_until_served

FORM = "Content-Type: application/x-www-form-urlencoded"


def request(line: str, *headers: str, body: str = "", host: str | None = "127.0.0.1") -> bytes:
    named = [f"Host: {host}"] if host is not None else []
    return "\r\n".join([f"{line} HTTP/1.1", *named, *headers, "Connection: close", "", body]).encode()


CASES = {
    "47 a forged host": (request("GET /", host="evil.example"), 400),
    "47 no host": (request("GET /", host=None), 400),
    "47 two hosts": (request("GET /", "Host: evil.example"), 400),
    "50 an escaped way up": (request("GET /static/%2e%2e%2f%2e%2e%2fheaders.py"), 404),
    "50 a way up": (request("GET /static/../headers.py"), 404),
    "50 NUL": (request("GET /static/%00"), 404),
    "50 a line end": (request("GET /%0d%0aSet-Cookie:%20x=1"), 404),
    "51 TRACE": (request("TRACE /"), 405),
    "51 a method of nobody": (request("FOO /"), 405),
    "51 another method in a header": (request("GET /staff/sign-out", "X-HTTP-Method-Override: POST"), 405),
    "52 two lengths": (request("POST /", "Content-Length: 5", "Content-Length: 6", body="hello"), 400),
    "52 an unknown transfer": (request("POST /", "Transfer-Encoding: xchunked", body="0\r\n\r\n"), 400),
    "52 a length that is none": (request("POST /", "Content-Length: -1"), 400),
    "53 a packed body": (
        request("POST /", FORM, "Content-Encoding: gzip", "Content-Length: 2", body="xx"),
        415,
    ),
    "27 more than can be": (request("POST /", FORM, "Content-Length: 10000000"), 413),
    "a header without end": (request("GET /", "X: " + "x" * 1_000_000), 431),
    "another protocol": (b"\x16\x03\x01\x02\x00\r\n\r\n", 400),
}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where `telvertel serve` serves an empty installation."""
    folder = tmp_path_factory.mktemp("served")
    environment = {**os.environ, "TELVERTEL_PLAIN_HTTP": "true", "TELVERTEL_DATA": str(folder / "data")}
    subprocess.run(
        [*COMMAND, "database", "upgrade"], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    number, log = free_port(), folder / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [*COMMAND, "serve", "--port", str(number)],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        )
        try:
            wait_until_served(f"http://127.0.0.1:{number}", server, log)
            yield number
        finally:
            server.terminate()
            server.wait(timeout=PATIENCE)
    assert "Traceback" not in log.read_text("utf-8")


def answer(port: int, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(sent)
        told = b""
        while b"\r\n" not in told and (part := connection.recv(65536)):
            told += part
    return told


@pytest.mark.parametrize("case", CASES)
def test_a_request_no_browser_makes(port: int, case: str) -> None:
    sent, status = CASES[case]
    told = answer(port, sent)
    assert told.startswith(f"HTTP/1.1 {status} ".encode()), told[:200]
    assert b"evil" not in told
    assert answer(port, request("GET /healthz")).startswith(b"HTTP/1.1 200 ")


def test_two_ways_to_tell_a_length(port: int) -> None:
    """Whoever stands in front may have believed the other one: what comes behind is not another request."""
    smuggled = "0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    sent = request("POST /", "Content-Length: 5", "Transfer-Encoding: chunked", body=smuggled)
    assert not answer(port, sent).startswith(b"HTTP/1.1 2")
