"""Devices on which someone signed in before: told by a signed cookie, one for each account."""

from __future__ import annotations

import hashlib
import secrets

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from survey.models import Staff

KEPT_DAYS = 180
#: What a browser's name for itself holds, most telling first: many claim to be others as well.
BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("OPR", "Opera"), ("Chrom", "Chrome"),
            ("CriOS", "Chrome"), ("Safari", "Safari"))  # fmt: skip
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
           ("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip


def kind() -> str:
    """Which kind of browser and system this is, as far as it says so: "Firefox Windows"."""
    told = request.user_agent.string
    browser = next((name for mark, name in BROWSERS if mark in told), "")
    system = next((name for mark, name in SYSTEMS if mark in told), "")
    return f"{browser} {system}".strip()


def known(person: Staff | None, email: str) -> str | None:
    """Which of this account's devices this is; None for a strange one, and always for who has no account."""
    cookie = request.cookies.get(_cookie_name(email), "")
    try:
        account, device = _serializer().loads(cookie, max_age=KEPT_DAYS * 24 * 3600)
    except (BadData, ValueError, TypeError):
        return None
    if person is None or not isinstance(device, str) or account != _account(person):
        return None
    return device


def remember(person: Staff, response: Response) -> Response:
    device = known(person, person.email) or secrets.token_urlsafe(16)
    response.set_cookie(
        _cookie_name(person.email),
        _serializer().dumps([_account(person), device]),
        max_age=KEPT_DAYS * 24 * 3600,
        path="/staff",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Strict",
    )
    return response


def _account(person: Staff) -> str:
    """Changes with the password, so that a device that was lost is known no longer."""
    return hashlib.sha256(f"{person.id} {person.fs_uniquifier}".encode()).hexdigest()[:32]


def _cookie_name(email: str) -> str:
    prefix = "__Secure-" if current_app.config["SESSION_COOKIE_SECURE"] else ""
    return f"{prefix}telvertel_device_{hashlib.sha256(email.encode('utf-8', 'replace')).hexdigest()[:12]}"


def _serializer() -> URLSafeTimedSerializer:
    keys = [*(current_app.config.get("SECRET_KEY_FALLBACKS") or ()), str(current_app.secret_key)]
    return URLSafeTimedSerializer(keys, salt="staff device")
