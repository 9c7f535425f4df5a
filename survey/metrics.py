"""Figures for the machine that watches this one, in Prometheus' text format: how much, how fast, what went wrong.

They name endpoints, never addresses, and nobody. Each worker counts in a file of its own; whichever is asked adds
them up (`survey.serving` says where the files are).
"""

from __future__ import annotations

import os
from functools import cache
from hmac import compare_digest
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response, current_app, request

from survey import audience
from survey.forwarded import FROM_HERE
from survey.settings import Settings

if TYPE_CHECKING:
    from prometheus_client import Counter, Histogram

#: Where the workers' files are. Prometheus' library looks for it when it is first loaded.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
pages = Blueprint("metrics", __name__)


class Metrics:
    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self.registry = registry = CollectorRegistry()
        self.requests = Counter(
            "telvertel_requests", "Requests answered", ["endpoint", "method", "status"], registry=registry
        )
        self.seconds = Histogram(
            "telvertel_request_seconds",
            "Time until an answer",
            ["endpoint"],
            registry=registry,
            buckets=SECONDS,
        )
        self.pages_saved = Counter("telvertel_pages_saved", "Pages of answers saved", registry=registry)
        self.codes_refused = Counter(
            "telvertel_codes_refused", "Access codes that were refused", ["why"], registry=registry
        )
        self.database_errors = Counter(
            "telvertel_database_errors", "Times the database did not do what was asked", ["kind"],
            registry=registry,
        )  # fmt: skip
        # Endpoints, methods and kinds of status: there are as many as the program has.
        self._of_request = cache(self._labelled)

    def count_request(self, endpoint: str, method: str, status: int, seconds: float) -> None:
        counted, timed = self._of_request(endpoint, method if method in METHODS else "other", status // 100)
        counted.inc()
        timed.observe(seconds)

    def _labelled(self, endpoint: str, method: str, hundreds: int) -> tuple[Counter, Histogram]:
        return self.requests.labels(endpoint, method, f"{hundreds}xx"), self.seconds.labels(endpoint)

    def text(self) -> bytes:
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        folder = os.environ.get(FOLDER)
        if folder is None:
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together, path=folder)  # type: ignore[no-untyped-call]  # it says no types
        return generate_latest(together)


def init_app(app: Flask) -> None:
    app.register_blueprint(pages)
    audience.declare(app, {"metrics.metrics": audience.EVERYONE})  # and yet not everyone: see below


def of(app: Flask) -> Metrics:
    """The figures of an application; made when first asked for, since commands have no use for them."""
    known: Metrics | None = app.extensions.get("telvertel_metrics")
    if known is None:
        known = app.extensions["telvertel_metrics"] = Metrics()
    return known


def current() -> Metrics:
    return of(current_app)


@pages.get("/metrics")
def metrics() -> Response:
    if not _may_read():
        words = (
            "Metrics are for this machine itself, or for whoever shows the token (TELVERTEL_METRICS_TOKEN).\n"
        )
        return Response(words, 403, mimetype="text/plain")
    return Response(current().text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_read() -> bool:
    if request.environ.get(FROM_HERE):
        return True
    settings: Settings = current_app.extensions["telvertel_settings"]
    if settings.metrics_token is None:
        return False
    shown = request.headers.get("Authorization", "")
    return compare_digest(shown.encode(), f"Bearer {settings.metrics_token.get_secret_value()}".encode())
