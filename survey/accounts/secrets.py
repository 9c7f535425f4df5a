"""What Flask-Security needs secrets for, made from the master keys and made anew when those change.

Second factors and recovery codes are sealed with the newest key and open with any; `telvertel key rotate` seals them
again. Passwords and anti-forgery tokens go by a secret that stays.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import Flask
from flask_security import Security
from itsdangerous import URLSafeTimedSerializer
from passlib.totp import TOTP, AppWallet
from sqlalchemy import select

from survey.models import Staff
from survey.privacy.keys import KeyRing
from survey.privacy.rotation import Stale, rows

#: Flask-Security's name of what it signs, and the setting with its salt.
SIGNED = {
    "tf_setup_serializer": "SECURITY_TWO_FACTOR_SETUP_SALT",
    "tf_validity_serializer": "SECURITY_TWO_FACTOR_VALIDITY_SALT",
}
#: The name under which second factors were sealed before keys could be rotated.
FIRST = "1"


def settings(ring: KeyRing) -> dict[str, Any]:
    return {
        "SECURITY_PASSWORD_SALT": ring.derive("passwords"),
        "SECURITY_TOTP_SECRETS": _totp_secrets(ring),
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": _fernet_keys(ring),
        "WTF_CSRF_SECRET_KEY": ring.derive("anti-forgery"),
    }


def take(app: Flask, ring: KeyRing) -> None:
    """Go by these keys from now on."""
    app.config.update(settings(ring))
    security: Security = app.extensions["security"]
    security.totp_factory._totp = TOTP.using(issuer=app.config["SECURITY_TOTP_ISSUER"], wallet=_wallet(ring))
    security._mf_recovery_codes_util.setup_cryptor(_fernet_keys(ring))
    newest_last = ring.derive_each("session")[::-1]
    for name, salt in SIGNED.items():
        setattr(security, name, URLSafeTimedSerializer(newest_last, salt=app.config[salt]))


def under_older_keys(ring: KeyRing) -> Iterator[Stale]:
    """What is to be sealed again, one at a time."""
    factors = TOTP.using(wallet=_wallet(ring))
    codes = MultiFernet([Fernet(key) for key in _fernet_keys(ring)])
    people = select(Staff.id, Staff.tf_totp_secret, Staff.mf_recovery_codes)
    for person_id, factor, recovery in rows(people):
        if factor and _tag(factor) not in _newest_names(ring):
            anew = factors.from_source(factor).to_json(encrypt=True)
            yield Stale(Staff, "tf_totp_secret", person_id, factor, anew)
        if recovery and not _is_newest(ring, recovery):
            anew = [codes.rotate(code.encode()).decode() for code in recovery]
            yield Stale(Staff, "mf_recovery_codes", person_id, list(recovery), anew)


def _totp_secrets(ring: KeyRing) -> dict[str, str]:
    secrets = ring.derive_each("second factor")
    named = {key.id.hex(): secret for key, secret in zip(ring.opening, secrets, strict=True)}
    return named | {FIRST: ring.keys[-1].derive("second factor").hex()}


def _newest_names(ring: KeyRing) -> set[str]:
    return {ring.current.id.hex()} | ({FIRST} if len(ring.keys) == 1 else set())


def _wallet(ring: KeyRing) -> AppWallet:
    return AppWallet(_totp_secrets(ring), default_tag=ring.current.id.hex())


def _tag(factor: str) -> str | None:
    """Which key a second factor was sealed with."""
    sealed = json.loads(factor).get("enckey") or {}
    return sealed.get("t")


def _fernet_keys(ring: KeyRing) -> list[bytes]:
    return [base64.urlsafe_b64encode(bytes.fromhex(secret)) for secret in ring.derive_each("recovery codes")]


def _is_newest(ring: KeyRing, recovery: list[str]) -> bool:
    newest = Fernet(_fernet_keys(ring)[0])
    try:
        for code in recovery:
            newest.decrypt(code.encode())
    except InvalidToken:
        return False
    return True
