"""The application and its requests: Flask's, without what would be found out anew at every request, always the same.

Somebody turns a page in two requests, so what each of them costs is most of what a page costs (`make bench`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from typing import IO, Any, cast

from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import MapAdapter
from werkzeug.sansio.http import parse_cookie
from werkzeug.utils import cached_property

#: Of a request, what it depends on under which name and where we are asked.
NAMING = ("wsgi.url_scheme", "HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "SCRIPT_NAME")


class Asked(Request):
    def _get_file_stream(self, *_told: Any, **_more: Any) -> IO[bytes]:
        """What is uploaded stays in memory, whatever its size: a caseload in a temporary file could be read there."""
        return BytesIO()

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """From the one header in which WSGI has them; werkzeug looks for more among all headers."""
        told: str = self.environ.get("HTTP_COOKIE", "")
        return cast("ImmutableMultiDict[str, str]", parse_cookie(told, cls=self.dict_storage_class))


class Survey(Flask):
    request_class = Asked

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._named = lru_cache(maxsize=100)(self._judge_name)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Nothing in it is asynchronous."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Where a request leads. Its name is judged once: SecurityError, each time, if it is not one of ours."""
        if request is None:
            return super().create_url_adapter(None)
        told = request.environ
        request.trusted_hosts = self.config["TRUSTED_HOSTS"]
        request.host, here = self._named(*map(told.get, NAMING))
        return MapAdapter(
            here.map, here.server_name, here.script_name, here.subdomain, here.url_scheme,
            _text(told.get("PATH_INFO", "")), request.method, _text(told.get("QUERY_STRING", "")),
        )  # fmt: skip

    def _judge_name(self, *naming: str | None) -> tuple[str, MapAdapter]:
        told = {name: value for name, value in zip(NAMING, naming, strict=True) if value is not None}
        request = self.request_class({**told, "REQUEST_METHOD": "GET"})
        here = cast(MapAdapter, super().create_url_adapter(request))
        return request.host, here


def _text(told: str) -> str:
    """WSGI hands bytes over as if each were a letter."""
    return told.encode("latin-1").decode(errors="replace")
