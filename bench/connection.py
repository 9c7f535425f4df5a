"""One HTTP/1.1 connection that is kept open: as little work as possible beside the server that is measured."""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import dataclass

HOST = "127.0.0.1"
PATIENCE = 30.0


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    #: Cookies to keep, or with None to forget.
    cookies: dict[str, str | None]
    #: As it came over the wire.
    body: bytes

    @property
    def text(self) -> str:
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()


class Connection:
    def __init__(self, port: int) -> None:
        self.port = port
        self.base = f"http://{HOST}:{port}"
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def request(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Answer:
        """Ask once; again on a new connection when the server had closed the one that was kept."""
        head = [f"{method} {path} HTTP/1.1", f"Host: {HOST}:{self.port}"]
        head += [f"{name}: {value}" for name, value in headers.items()]
        if method == "POST":
            head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        message = ("\r\n".join(head) + "\r\n\r\n").encode() + body
        async with asyncio.timeout(PATIENCE):
            if self.streams is not None:
                try:
                    return await self._exchange(self.streams, message)
                except (ConnectionError, EOFError):
                    self.close()
            self.streams = await asyncio.open_connection(HOST, self.port)
            return await self._exchange(self.streams, message)

    async def _exchange(
        self, streams: tuple[asyncio.StreamReader, asyncio.StreamWriter], message: bytes
    ) -> Answer:
        reader, writer = streams
        writer.write(message)
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        cookies: dict[str, str | None] = {}
        for line in lines[1:-2]:
            name, _, value = line.partition(":")
            if name.lower() == "set-cookie":
                _keep_cookie(cookies, value)
            else:
                headers[name.lower()] = value.strip()
        body = await _body(reader, headers)
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Answer(int(lines[0].split(" ", 2)[1]), headers, cookies, body)

    def close(self) -> None:
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    if "chunked" not in headers.get("transfer-encoding", ""):
        return b""
    parts = []
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readuntil(b"\r\n")
    return b"".join(parts)


def _keep_cookie(cookies: dict[str, str | None], text: str) -> None:
    pair, *attributes = text.split(";")
    name, _, value = pair.strip().partition("=")
    gone = not value.strip('"') or any(attribute.strip().lower() == "max-age=0" for attribute in attributes)
    cookies[name] = None if gone else value
