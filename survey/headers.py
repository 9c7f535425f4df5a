"""What every answer says to the browser: run and load nothing but ours, keep nothing, tell no other site."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

POLICY = (
    "default-src 'none'; script-src 'self'{scripts}; style-src 'self'{styles}; img-src 'self' data:{images}; "
    "media-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
STRICT = POLICY.format(scripts="", styles="", images="")
PERMISSIONS = "camera=({camera}), microphone=(), geolocation=(), interest-cohort=()"
#: For the one page on which a code can be scanned.
WITH_CAMERA = PERMISSIONS.format(camera="self")
#: What no answer goes without; where an answer says something else under the same name, that holds.
ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", PERMISSIONS.format(camera="")),
    ("Content-Security-Policy", STRICT),
    ("Cache-Control", "no-store"),  # files of ours say how long they may be kept
)
#: What Flask says of a file that was made for somebody; with this alone a browser would still write it to its disk.
NOT_ENOUGH = ("Cache-Control", "no-cache")
#: So many seconds files of ours may be kept.
KEPT = 24 * 60 * 60
#: Left out only where no TLS stands in front.
OVER_TLS = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains")


def init_app(app: Flask) -> None:
    app.get_send_file_max_age = _kept_seconds  # type: ignore[assignment, method-assign]  # Flask asks us
    always = [*ALWAYS, OVER_TLS] if app.config["SESSION_COOKIE_SECURE"] else list(ALWAYS)
    app.wsgi_app = _Always(app.wsgi_app, always)  # type: ignore[assignment, method-assign]  # how Flask wants it


class _Always:
    """Adds them at the outermost place: nothing gets past it, and it costs less than at every response."""

    def __init__(self, application: WSGIApplication, headers: list[tuple[str, str]]) -> None:
        self.application = application
        self.headers = headers
        self.names = {name for name, _ in headers}

    def __call__(self, environment: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Any:
            if self.names.isdisjoint([name for name, _ in headers]):
                return start_response(status, headers + self.headers, *failure)
            headers = [header for header in headers if header != NOT_ENOUGH]
            said = {name for name, _ in headers}
            more = [header for header in self.headers if header[0] not in said]
            return start_response(status, headers + more, *failure)

        return self.application(environment, start)


def _kept_seconds(file: str | None) -> int | None:
    """What was made for somebody stands in no file of ours, so it has no name, and is not kept."""
    return KEPT if file else None
