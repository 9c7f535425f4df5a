"""A sealed stream: what is written comes out again unchanged and whole, or not at all.

    magic, format (1 byte), id of the master key (4), salt (16), then chunks

Each chunk is up to 64 KiB sealed with ChaCha20-Poly1305; its nonce is its number and whether it is the last one
(the STREAM construction that age uses too), and the header is bound in. So a chunk that was changed, moved, left
out or cut off at the end is noticed. The key is derived from the master key and the salt, and used for this file
alone. Made for years: no public key, so nothing that a later computer could break.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask_babel import gettext as _

from survey.fieldwork import Refused
from survey.privacy.keys import ID_BYTES, KeyProblem, KeyRing

MAGIC = b"TELVERTEL BACKUP\n"
FORMAT = 1
SALT_BYTES = 16
HEADER_BYTES = len(MAGIC) + 1 + ID_BYTES + SALT_BYTES
CHUNK = 64 * 1024
TAG_BYTES = 16


def seal(parts: Iterable[bytes], ring: KeyRing) -> Iterator[bytes]:
    """What to write to the file, piece by piece."""
    key = ring.current
    header = MAGIC + bytes([FORMAT]) + key.id + os.urandom(SALT_BYTES)
    cipher = _cipher(key.material, header)
    yield header
    waiting, number = bytearray(), 0
    for part in parts:
        waiting += part
        while len(waiting) > CHUNK:
            yield cipher.encrypt(_nonce(number, last=False), bytes(waiting[:CHUNK]), header)
            del waiting[:CHUNK]
            number += 1
    yield cipher.encrypt(_nonce(number, last=True), bytes(waiting), header)


def unseal(file: BinaryIO, ring: KeyRing) -> Iterator[bytes]:
    """What was sealed, piece by piece. Refused with the reason; what came out before that must not be used."""
    header = file.read(HEADER_BYTES)
    cipher = _cipher(_master_key(header, ring), header)
    number = 0
    chunk = file.read(CHUNK + TAG_BYTES)
    while True:
        after = file.read(CHUNK + TAG_BYTES)
        try:
            yield cipher.decrypt(_nonce(number, last=not after), chunk, header)
        except InvalidTag:
            raise damaged() from None
        if not after:
            return
        chunk, number = after, number + 1


def damaged() -> Refused:
    return Refused(
        _("This backup is damaged: something in it was changed, or it was cut off. Nothing was done.")
    )


def _master_key(header: bytes, ring: KeyRing) -> bytes:
    if not header.startswith(MAGIC):
        raise Refused(_("This is not a backup that Telvertel made."))
    if len(header) < HEADER_BYTES:
        raise damaged()
    if header[len(MAGIC)] != FORMAT:
        raise Refused(_("This backup was made by a newer Telvertel. Restore it with that version."))
    key_id = header[len(MAGIC) + 1 :][:ID_BYTES]
    try:
        return ring.by_id(key_id).material
    except KeyProblem:
        raise Refused(
            _(
                "This backup was sealed with master key %(key)s, and that key is not in the key file. Add it there as"
                " the last line.",
                key=key_id.hex(),
            )
        ) from None


def _cipher(material: bytes, header: bytes) -> ChaCha20Poly1305:
    salt = header[-SALT_BYTES:]
    return ChaCha20Poly1305(
        HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"telvertel:backup").derive(material)
    )


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
