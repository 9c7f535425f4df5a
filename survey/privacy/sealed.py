"""Sealing: authenticated encryption of single fields, and the chain of keys above it.

master key (file or environment)  wraps  organisation's key  wraps  person's key  seals  fields.

AES-GCM-SIV (RFC 8452) with a random nonce. The associated data names organisation, table, column and row, so a
value copied to another place does not open there. Destroying a person's key makes everything sealed with it
unreadable for good, in backups too.
"""

from __future__ import annotations

import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from survey.privacy.keys import ID_BYTES, KEY_BYTES, KeyProblem, KeyRing

VERSION = b"\x01"
NONCE_BYTES = 12
SEALED_KEY_BYTES = 1 + NONCE_BYTES + KEY_BYTES + 16


class CannotOpen(Exception):
    """A sealed value was changed, copied from elsewhere, or sealed with another key."""


def new_key() -> bytes:
    return os.urandom(32)


def place(organisation_id: UUID, table: str, column: str, row_id: UUID) -> bytes:
    """The associated data that binds a sealed value to where it stands."""
    return f"{organisation_id}|{table}|{column}|{row_id}".encode()


def seal(key: bytes, plain: bytes, where: bytes) -> bytes:
    """version (1 byte), nonce (12 bytes), ciphertext with its tag."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + AESGCMSIV(key).encrypt(nonce, plain, where)


def unseal(key: bytes, sealed: bytes, where: bytes) -> bytes:
    """Raise CannotOpen unless key, place and content are all as they were when sealed."""
    if sealed[:1] != VERSION or len(sealed) < 1 + NONCE_BYTES + 16:
        raise CannotOpen("This is not a sealed value.")
    nonce, ciphertext = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCMSIV(key).decrypt(nonce, ciphertext, where)
    except InvalidTag:
        raise CannotOpen("A sealed value does not open here.") from None


def wrap_with_master(ring: KeyRing, key: bytes, organisation_id: UUID) -> bytes:
    """The organisation's key, sealed with the current master key.

    In front stand the id of that key and of the oldest one, from which passwords were derived: so that a key file
    that lacks either is noticed at start-up.
    """
    where = place(organisation_id, "organisation", "key", organisation_id)
    return ring.current.id + ring.oldest.id + seal(ring.current.material, key, where)


def unwrap_with_master(ring: KeyRing, wrapped: bytes, organisation_id: UUID) -> bytes:
    """KeyProblem if a key lacks, CannotOpen if the value was changed or copied from elsewhere."""
    where = place(organisation_id, "organisation", "key", organisation_id)
    key, oldest = ring.by_id(master_of(wrapped)), wrapped[ID_BYTES : 2 * ID_BYTES]
    if len(wrapped) == 2 * ID_BYTES + SEALED_KEY_BYTES:
        if oldest != ring.oldest.id:
            raise KeyProblem(
                f"The last line of the key file must be of master key {oldest.hex()}, and is not."
            )
        return unseal(key.material, wrapped[2 * ID_BYTES :], where)
    return unseal(key.material, wrapped[ID_BYTES:], where)  # made before keys could be rotated


def master_of(wrapped: bytes) -> bytes:
    """The id of the master key that an organisation's key was sealed with."""
    return wrapped[:ID_BYTES]
