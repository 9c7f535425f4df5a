"""What stands in front: whose word about reader and TLS is believed, and under which names we answer.

Nothing that a request says about itself is believed, unless it came from a proxy that the operator named. A name in
`X-Forwarded-Host` is never used; one that is not ours is refused as it would be in `Host`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.sansio.utils import host_is_trusted
from werkzeug.wsgi import get_current_url

from survey.settings import Settings, is_loopback

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: What the machine that watches this one asks for. It does so directly, so it need not know our public name.
OPERATIONAL = frozenset({"/healthz", "/readyz", "/metrics"})
#: Whether a request is this machine's own, for one of those: the key in its environment.
FROM_HERE = "telvertel.from_here"
#: A request with one of these came through somebody's hands.
PASSED_ON = (
    "HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
)  # fmt: skip


def init_app(app: Flask, settings: Settings) -> None:
    app.wsgi_app = _Forwarded(app.wsgi_app, settings)  # type: ignore[assignment, method-assign]  # Flask's way


class _Forwarded:
    def __init__(self, application: WSGIApplication, settings: Settings) -> None:
        self.application = application
        self.settings = settings
        self._is_proxy = lru_cache(maxsize=1000)(self._find_proxy)
        self._is_ours = lru_cache(maxsize=1000)(lambda host: host_is_trusted(host, settings.hosts))

    def __call__(self, environment: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environment["PATH_INFO"] in OPERATIONAL and _is_from_here(environment):
            environment[FROM_HERE] = True
            environment["HTTP_HOST"] = self.settings.hosts[0]
        self._take_name(environment)
        self._take_scheme(environment)
        if self._travelled_plainly(environment):
            return _to_https(environment, start_response)
        return self.application(environment, start_response)

    def _take_name(self, environment: WSGIEnvironment) -> None:
        """A name of others, wherever it stands, is refused further in, where the refusal has words."""
        told = environment.get("HTTP_X_FORWARDED_HOST")
        for name in told.split(",") if told else ():
            if name.strip() and not self._is_ours(name.strip()):
                environment["HTTP_HOST"] = name.strip()

    def _take_scheme(self, environment: WSGIEnvironment) -> None:
        """Told by a proxy that we know; otherwise, under a public name, TLS as the settings promise."""
        if self._is_proxy(environment.get("REMOTE_ADDR", "")):
            self._take_reader(environment)
            told = environment.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip()
            if told in ("http", "https"):
                environment["wsgi.url_scheme"] = environment["telvertel.scheme"] = told
                return
        if not self.settings.plain_http and not is_loopback(_name(environment)):
            environment["wsgi.url_scheme"] = "https"

    def _take_reader(self, environment: WSGIEnvironment) -> None:
        """The last address on the way that is not a proxy of ours; each proxy adds whom it heard it from."""
        for told in reversed(environment.get("HTTP_X_FORWARDED_FOR", "").split(",")):
            address = _address(told.strip())
            if address is None:
                return
            environment["REMOTE_ADDR"] = str(address)
            if not self._is_proxy(str(address)):
                return

    def _find_proxy(self, peer: str) -> bool:
        address = _address(peer)
        return address is not None and any(address in network for network in self.settings.proxies)

    def _travelled_plainly(self, environment: WSGIEnvironment) -> bool:
        told_so = environment.get("telvertel.scheme") == "http"
        return told_so and not self.settings.plain_http and self._is_ours(environment.get("HTTP_HOST", ""))


def _is_from_here(environment: WSGIEnvironment) -> bool:
    """Asked by this machine itself, not through a proxy on it: under a loopback name and by nobody's hands."""
    address = _address(environment.get("REMOTE_ADDR", ""))
    return (
        address is not None
        and address.is_loopback
        and is_loopback(_name(environment))
        and not any(header in environment for header in PASSED_ON)
    )


def _name(environment: WSGIEnvironment) -> str:
    """The host without its port."""
    host: str = environment.get("HTTP_HOST", "")
    return host.rpartition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _to_https(environment: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """The same address over TLS; the browser sends there again what it was about to send."""
    over_tls = {**environment, "wsgi.url_scheme": "https", "HTTP_HOST": _name(environment)}
    start_response(
        "308 Permanent Redirect", [("Location", get_current_url(over_tls)), ("Content-Length", "0")]
    )
    return []
