"""Sessions in signed cookies, as Flask keeps them; a cookie is checked and read once, not at every request."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, cast

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature, Signer, TimestampSigner, URLSafeTimedSerializer

from survey.privacy.keys import KeyRing

# Of everything that is signed: tokens of forms, devices and half a sign-in as well. Otherwise it would be SHA-1.
Signer.default_digest_method = staticmethod(sha256)


CHANGEABLE = frozenset({dict, list})
#: So many cookies a worker remembers: those of people who are going through a questionnaire.
REMEMBERED = 2000


def sign(app: Flask, ring: KeyRing) -> None:
    """Sign with the newest key. Sessions signed with an older one go on, until that is retired."""
    app.config["SECRET_KEY"], *app.config["SECRET_KEY_FALLBACKS"] = ring.derive_each("session")
    app.session_interface = SignedSessions(app)


class SignedSessions(SecureCookieSessionInterface):
    digest_method = staticmethod(sha256)

    def __init__(self, app: Flask) -> None:
        # There is a secret key: survey.privacy.keys saw to that.
        self._signer = cast(URLSafeTimedSerializer, super().get_signing_serializer(app))
        self._signatures = cast(TimestampSigner, self._signer.make_signer(self._signer.salt))
        self._held = lru_cache(maxsize=REMEMBERED)(self._read)

    def _read(self, cookie: str) -> tuple[datetime, dict[str, Any]]:
        """When it was signed, and what it holds. BadSignature for one that we did not sign."""
        payload, signed_at = self._signatures.unsign(cookie, return_timestamp=True)
        return signed_at, self._signer.load_payload(payload)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer:
        return self._signer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        """What the cookie holds; nothing if it is too old or its signature is wrong."""
        cookie = request.cookies.get(self.get_cookie_name(app))
        if not cookie:
            return self.session_class()
        try:
            signed_at, held = self._held(cookie)
        except BadSignature:
            return self.session_class()
        if datetime.now(UTC) - signed_at > app.permanent_session_lifetime:
            return self.session_class()
        return self.session_class(_copied(held))


def _copied(value: Any) -> Any:
    """What a request does to its session must not show in the next one with the same cookie."""
    if type(value) is dict:
        return {name: _copied(inner) if type(inner) in CHANGEABLE else inner for name, inner in value.items()}
    if type(value) is list:
        return [_copied(inner) if type(inner) in CHANGEABLE else inner for inner in value]
    return value
