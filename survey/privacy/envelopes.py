"""Envelopes: what a browser seals for this server, to keep it on the device until the server has it.

    version (1 byte)  id of the master key (4)  id of the envelope (16)  the browser's public key (65)  ciphertext

The browser makes a key pair for each envelope and agrees with our public key on a secret (ECDH, P-256). From that
HKDF-SHA-256 makes the key and nonce of AES-256-GCM, which also vouches for all that stands before the ciphertext, and
two words that only the browser and we can know: with one we say that the content was kept, with the other that it
need not be kept any more. The browser forgets its key; from then on nobody but us can open the envelope.

Our key pair is derived from the master key, so it changes, is copied and kept with it, and no backup lacks it. A
retired master key still opens envelopes, for a tablet may come out of a drawer long after.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from survey.privacy.keys import ID_BYTES, AnyKey, KeyProblem, KeyRing

VERSION = b"\x01"
ENVELOPE_ID_BYTES, POINT_BYTES, WORD_BYTES = 16, 65, 16
HEADER_BYTES = 1 + ID_BYTES + ENVELOPE_ID_BYTES + POINT_BYTES
INFO = b"telvertel envelope 1"
CURVE = ec.SECP256R1()
#: The order of the curve's group.
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Forged(Exception):
    """Not sealed for us, or changed since; which of the two is not told."""


@dataclass(frozen=True)
class Opened:
    content: bytes
    #: What tells the browser that the content is kept, and what that it may be thrown away.
    kept: str
    gone: str


def public_key(ring: KeyRing) -> str:
    """What browsers seal to now: the id of the master key and the public key, in base64."""
    return _public(ring.current)


def open_envelope(ring: KeyRing, envelope: bytes) -> Opened:
    """Raise Forged unless this was sealed for one of our keys. What is wrong takes as long as what is right."""
    header, ciphertext = envelope[:HEADER_BYTES], envelope[HEADER_BYTES:]
    key, is_ours = _named_in(ring, header)
    own = _private(key)
    point, is_point = _point_in(header, own)
    secret = own.exchange(ec.ECDH(), point)
    salt = header[-POINT_BYTES:] + _point(own.public_key())
    made = HKDF(SHA256(), 32 + 12 + 2 * WORD_BYTES, salt, INFO).derive(secret)
    try:
        content = AESGCM(made[:32]).decrypt(made[32:44], ciphertext, header)
    except InvalidTag:
        raise Forged from None
    if not (is_ours and is_point and envelope.startswith(VERSION)):
        raise Forged
    kept, gone = made[44 : 44 + WORD_BYTES], made[44 + WORD_BYTES :]
    return Opened(content, base64.b64encode(kept).decode(), base64.b64encode(gone).decode())


def _named_in(ring: KeyRing, header: bytes) -> tuple[AnyKey, bool]:
    try:
        return ring.by_id(header[1 : 1 + ID_BYTES]), True
    except KeyProblem:
        return ring.current, False


def _point_in(header: bytes, own: ec.EllipticCurvePrivateKey) -> tuple[ec.EllipticCurvePublicKey, bool]:
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, header[-POINT_BYTES:]), True
    except ValueError:
        return own.public_key(), False


@lru_cache(maxsize=64)
def _private(key: AnyKey) -> ec.EllipticCurvePrivateKey:
    """Twice as many random bits as the order has, so that every number is as likely (FIPS 186-5, A.2.1)."""
    number = int.from_bytes(key.derive("envelope 1") + key.derive("envelope 2"))
    return ec.derive_private_key(number % (ORDER - 1) + 1, CURVE)


@lru_cache(maxsize=64)
def _public(key: AnyKey) -> str:
    return base64.b64encode(key.id + _point(_private(key).public_key())).decode()


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
