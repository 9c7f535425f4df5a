"""Watches every request from outside: counts it, times it, writes its line, and catches what nothing else caught."""

from __future__ import annotations

from collections.abc import Iterable
from time import perf_counter
from typing import TYPE_CHECKING, Any

from flask import Flask

from survey import logs, metrics
from survey.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: An answer that means trouble carries what ties it to the log, for whoever reports it.
REQUEST_ID = "X-Request-ID"
#: In the environment of a request: that it saves a page, which counts once the answer says that it was kept.
SAVES_PAGE = "telvertel.saves_page"


def init_app(app: Flask, settings: Settings) -> None:
    app.wsgi_app = _Watched(app, app.wsgi_app, settings.log_requests)  # type: ignore[assignment, method-assign]  # Flask's way


class _Watched:
    def __init__(self, app: Flask, application: WSGIApplication, log_requests: bool) -> None:
        self.app = app
        self.application = application
        self.log_requests = log_requests

    def __call__(self, environment: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began = perf_counter()
        answered, endpoint = 0, ""

        def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Any:
            nonlocal answered, endpoint
            answered = int(status[:3])
            # Flask's own request, if it came so far; it is gone when Flask is done.
            endpoint = getattr(environment.get("werkzeug.request"), "endpoint", None) or "none"
            if answered >= 500:
                headers.append((REQUEST_ID, logs.request_id(environment)))
            return start_response(status, headers, *failure)

        try:
            answer = self.application(environment, start)
        except Exception as problem:
            logs.error("a page could not even say what went wrong", problem)
            answer = _sorry(start)
        self._note(environment, endpoint, answered, perf_counter() - began)
        return answer

    def _note(self, environment: WSGIEnvironment, endpoint: str, status: int, seconds: float) -> None:
        method: str = environment["REQUEST_METHOD"]
        figures = metrics.of(self.app)
        figures.count_request(endpoint, method, status, seconds)
        if status < 400 and SAVES_PAGE in environment:
            figures.pages_saved.inc()
        if self.log_requests or status >= 500:
            facts = {"endpoint": endpoint, "method": method if method in metrics.METHODS else "other"}
            tell = logs.warning if status >= 500 else logs.note
            tell(
                "request", **facts, status=status, ms=round(seconds * 1000, 1),
                request=logs.request_id(environment),
            )  # fmt: skip


def _sorry(start: StartResponse) -> Iterable[bytes]:
    start("500 Internal Server Error", [("Content-Type", "text/plain; charset=utf-8")])
    return [b"Something went wrong. It is not your fault. Try again in a moment.\n"]
