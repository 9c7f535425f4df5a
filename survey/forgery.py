"""Against forged requests: what changes anything must come from a form of ours that this person was shown."""

from __future__ import annotations

from functools import lru_cache
from hmac import compare_digest
from typing import Any

from flask import current_app, g, request, session
from flask_wtf.csrf import CSRFProtect, same_origin
from itsdangerous import BadData, Signer, URLSafeTimedSerializer

from survey.database import READING_METHODS


class Protection(CSRFProtect):
    """Flask-WTF's rules, in less time for the forms of ours; what does not pass at once is left to Flask-WTF."""

    def protect(self, apply_exemptions: bool = False) -> None:
        if request.method in READING_METHODS:
            return
        if is_own_token(request.form.get("csrf_token", "")) and _came_from_here():
            g.csrf_valid = True
        else:
            super().protect(apply_exemptions)


def is_own_token(token: str) -> bool:
    """Whether a token is of this session."""
    own = session.get("csrf_token")
    try:
        return own is not None and compare_digest(
            _opened(current_app.config["WTF_CSRF_SECRET_KEY"], token), own
        )
    except BadData:
        return False


@lru_cache(maxsize=10_000)
def _opened(secret: str, token: str) -> str:
    """What was signed in a token; BadData if the signature is wrong. Good ones are kept: they come with every page."""
    return str(URLSafeTimedSerializer(secret, salt="wtf-csrf-token").loads(token))


def was_sent_from_here() -> bool:
    """Whether the browser says that a page of ours sent this, which no other site's page can make it say. That lets
    nothing be carried out: it is for giving back what was typed.
    """
    return same_origin(request.headers.get("Origin") or request.referrer or "", request.host_url)


def _came_from_here() -> bool:
    return not request.is_secure or same_origin(request.referrer or "", f"https://{request.host}/")


def mark(*stands: Any) -> str:
    """Of what a form is filled from. Whoever does not know the secret of this installation reads nothing from it."""
    signer = Signer(str(current_app.secret_key), salt="survey.editing", key_derivation="hmac")
    return signer.get_signature(repr(stands)).decode()


def sign(told: Any, *, salt: str) -> str:
    """What a page of ours carries and gives back as it was: anybody can read it, only we can make it."""
    return _serializer(salt).dumps(told)


def signed(told: str, *, salt: str, seconds: int) -> Any:
    """What was signed at most so long ago; None for what we did not sign, or earlier."""
    try:
        return _serializer(salt).loads(told, max_age=seconds)
    except BadData:
        return None


def _serializer(salt: str) -> Any:
    keys = [*(current_app.config.get("SECRET_KEY_FALLBACKS") or ()), str(current_app.secret_key)]
    return URLSafeTimedSerializer(keys, salt=salt)


protection = Protection()
