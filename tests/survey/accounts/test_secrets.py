"""What is made from the master keys: the same in every version, and sealed anew where an older key was used."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from flask_security import Security
from itsdangerous import BadSignature, URLSafeTimedSerializer
from passlib.totp import TOTP, AppWallet

from survey.accounts import secrets
from survey.database import db
from survey.models import Staff
from survey.privacy.keys import KeyRing, MasterKey
from survey.privacy.rotation import Stale
from tests.fixtures.application import Town
from tests.survey.accounts.conftest import colleague

OLD, NEW, COMING = (MasterKey(bytes([number]) * 32) for number in (1, 2, 3))
ONE, BOTH, PREPARED = KeyRing((OLD,)), KeyRing((NEW, OLD)), KeyRing((OLD,), prepared=COMING)
#: A secret of an authenticator app, and recovery codes.
KEY, CODES = "JBSWY3DPEHPK3PXP", ["abcd-efgh", "ijkl-mnop"]
#: What the library signs, and the name of the salt that keeps one from the other.
SALTS = {
    "tf_setup_serializer": "SECURITY_TWO_FACTOR_SETUP_SALT",
    "tf_validity_serializer": "SECURITY_TWO_FACTOR_VALIDITY_SALT",
}


def trace(value: object) -> str:
    return hashlib.sha256(json.dumps(value, default=bytes.decode, sort_keys=True).encode()).hexdigest()[:16]


def test_what_an_installation_has_goes_on_working_in_the_next_version() -> None:
    """Passwords, second factors, recovery codes and forms of today are checked against these tomorrow."""
    assert {name: trace(value) for name, value in secrets.settings(BOTH).items()} == {
        "SECURITY_PASSWORD_SALT": "d3d0a5d84cae5e21",
        "SECURITY_TOTP_SECRETS": "1537995e9628fcfe",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": "ec9013c14d2734e0",
        "WTF_CSRF_SECRET_KEY": "9153b64aa8b87dbc",
    }


def test_every_key_that_opens_has_a_name_and_the_first_key_had_another() -> None:
    for ring, keys in ((ONE, (OLD,)), (BOTH, (NEW, OLD)), (PREPARED, (OLD, COMING))):
        named = secrets._totp_secrets(ring)
        assert named.keys() == {key.id.hex() for key in keys} | {secrets.FIRST}
        assert named[secrets.FIRST] == named[OLD.id.hex()], "as before keys could be rotated"
        assert len(set(named.values())) == len(keys) == len(set(secrets._fernet_keys(ring)))


def sealed(ring: KeyRing, tag: str | None = None) -> str:
    wallet = AppWallet(secrets._totp_secrets(ring), default_tag=tag or ring.current.id.hex())
    return str(TOTP.using(wallet=wallet)(key=KEY).to_json(encrypt=True))


def codes(*rings: KeyRing) -> list[str]:
    return [
        Fernet(secrets._fernet_keys(ring)[0]).encrypt(code.encode()).decode()
        for ring, code in zip(rings, CODES, strict=True)
    ]


@pytest.fixture
def kept(town: Town) -> Iterator[Staff]:
    """Somebody whose second factor and recovery codes are to be looked at."""
    staff_id = colleague(town, "councillor")
    colleague(town, "councillor", email="bo@aalten.example")
    with town.app.app_context():
        yield db.session.get_one(Staff, staff_id)


def stale(person: Staff, ring: KeyRing, factor: str | None, recovery: list[str] | None) -> dict[str, Stale]:
    """By column, what would be sealed again."""
    person.tf_totp_secret, person.mf_recovery_codes = factor, recovery
    db.session.flush()
    found = []
    for one in secrets.under_older_keys(ring):
        found.append(one)
        assert len(found) < 3, "each is told once"
    assert all(one.row_id == person.id for one in found)
    return {one.column: one for one in found}


@pytest.mark.parametrize(
    ("ring", "factor", "recovery", "again"),
    [
        (BOTH, None, None, set()),
        (BOTH, sealed(BOTH), codes(BOTH, BOTH), set()),
        (BOTH, sealed(ONE), codes(BOTH, BOTH), {"tf_totp_secret"}),
        (BOTH, sealed(BOTH), codes(BOTH, ONE), {"mf_recovery_codes"}),
        (BOTH, sealed(BOTH), codes(ONE, BOTH), {"mf_recovery_codes"}),
        (BOTH, sealed(ONE, secrets.FIRST), codes(ONE, ONE), {"tf_totp_secret", "mf_recovery_codes"}),
        (BOTH, None, codes(ONE, ONE), {"mf_recovery_codes"}),
        (ONE, sealed(ONE, secrets.FIRST), codes(ONE, ONE), set()),
        (ONE, sealed(ONE), None, set()),
        (PREPARED, sealed(ONE, secrets.FIRST), codes(ONE, ONE), set()),
    ],
)
def test_only_what_an_older_key_sealed_is_sealed_again(
    kept: Staff, ring: KeyRing, factor: str | None, recovery: list[str] | None, again: set[str]
) -> None:
    found = stale(kept, ring, factor, recovery)
    assert found.keys() == again
    newest = KeyRing(ring.keys[:1])
    if "tf_totp_secret" in found:
        anew: Any = found["tf_totp_secret"].new
        assert KEY not in anew and "enckey" in anew
        opened = TOTP.using(wallet=AppWallet({NEW.id.hex(): secrets._totp_secrets(newest)[NEW.id.hex()]}))
        assert opened.from_source(anew).base32_key == KEY
    if "mf_recovery_codes" in found:
        key = Fernet(secrets._fernet_keys(newest)[0])
        assert [key.decrypt(code).decode() for code in found["mf_recovery_codes"].new] == CODES


def test_a_factor_that_is_not_sealed_at_all_is_sealed(kept: Staff) -> None:
    found = stale(kept, ONE, TOTP(key=KEY).to_json(encrypt=False), None)
    assert KEY not in found["tf_totp_secret"].new


def test_a_running_process_seals_and_signs_with_the_newest_and_opens_with_all(app: Flask) -> None:
    security: Security = app.extensions["security"]
    signed = {}
    for ring in (ONE, BOTH, PREPARED):
        with app.app_context():
            secrets.take(app, ring)
            sealed_now = security.totp_factory._totp(key=KEY).to_json(encrypt=True)
            assert json.loads(sealed_now)["enckey"]["t"] == ring.current.id.hex()
            assert security.totp_factory._totp.from_source(sealed(ONE, secrets.FIRST)).base32_key == KEY
            assert security.totp_factory._totp.issuer == "Telvertel"
            staff = Staff(email="an@aalten.example", mf_recovery_codes=codes(ONE, ring))
            assert security._mf_recovery_codes_util.get_recovery_codes(staff) == CODES
            for name, salt in SALTS.items():
                serializer: URLSafeTimedSerializer = getattr(security, name)
                signed[name] = signed.get(name) or serializer.dumps("x")
                assert serializer.loads(signed[name]) == "x", "an older key still opens"
                only = URLSafeTimedSerializer(KeyRing(ring.keys[:1]).derive_each("session")[0],
                                              salt=app.config[salt])  # fmt: skip
                assert only.loads(serializer.dumps("y")) == "y"
    one, other = (getattr(security, name) for name in SALTS)
    with pytest.raises(BadSignature):
        one.loads(other.dumps("for another purpose"))
