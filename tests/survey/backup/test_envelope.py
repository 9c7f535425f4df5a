"""The sealed stream: comes out as it went in, or not at all."""

from __future__ import annotations

import io
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.backup import envelope
from survey.fieldwork import Refused
from survey.privacy.keys import KeyRing, MasterKey

RING = KeyRing((MasterKey(b"k" * 32),))
SMALL = b"".join(envelope.seal([b"someone's words " * 8], RING))


def opened(sealed: bytes, ring: KeyRing = RING) -> bytes:
    return b"".join(envelope.unseal(io.BytesIO(sealed), ring))


@given(st.lists(st.binary(max_size=200)), st.sampled_from([0, 1, 65_535, 65_536, 65_537, 131_072, 200_000]))
def test_what_was_sealed_comes_out(parts: list[bytes], more: int) -> None:
    pieces = [*parts, b"x" * more]
    sealed = b"".join(envelope.seal(pieces, RING))
    assert opened(sealed) == b"".join(pieces)
    assert b"".join(envelope.seal(pieces, RING)) != sealed


@pytest.mark.parametrize("size", [10, 65_536, 140_000])
def test_every_cut_is_noticed(size: int) -> None:
    sealed = b"".join(envelope.seal([b"y" * size], RING))
    edges = {envelope.HEADER_BYTES + n * (envelope.CHUNK + envelope.TAG_BYTES) for n in range(3)}
    cuts: Iterable[int] = range(len(sealed)) if size < 100 else edges | {len(sealed) - 1, len(sealed) - 16, 1}
    for cut in cuts:
        if cut < len(sealed):
            with pytest.raises(Refused):
                opened(sealed[:cut])


def test_every_bit_counts() -> None:
    for place in range(len(SMALL) * 8):
        changed = bytearray(SMALL)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(Refused):
            opened(bytes(changed))


def test_chunks_that_were_moved_left_out_or_added_are_noticed() -> None:
    sealed = b"".join(envelope.seal([bytes(300_000)], RING))
    size = envelope.CHUNK + envelope.TAG_BYTES
    head, body = sealed[: envelope.HEADER_BYTES], sealed[envelope.HEADER_BYTES :]
    chunks = [body[start : start + size] for start in range(0, len(body), size)]
    assert len(chunks) == 5
    others = b"".join(envelope.seal([bytes(300_000)], RING))[envelope.HEADER_BYTES :]
    for wrong in (
        [chunks[1], chunks[0], *chunks[2:]], chunks[1:], [*chunks[:2], *chunks[3:]], [*chunks, chunks[-1]],
        [*chunks, b"more"], [others[:size], *chunks[1:]],
    ):  # fmt: skip
        with pytest.raises(Refused):
            opened(head + b"".join(wrong))


def test_an_older_key_opens_and_another_does_not() -> None:
    newer = MasterKey(b"n" * 32)
    assert opened(SMALL, KeyRing((newer, *RING.keys))).startswith(b"someone's")
    with pytest.raises(Refused, match=RING.current.id.hex()):
        opened(SMALL, KeyRing((newer,)))
    with pytest.raises(Refused, match="last line"):
        opened(SMALL, KeyRing((newer, *RING.keys)).only_newest())


@given(st.binary(max_size=100))
def test_anything_else_is_no_backup(junk: bytes) -> None:
    with pytest.raises(Refused, match="not a backup"):
        opened(b"-" + junk)


def test_a_newer_one_says_so() -> None:
    newer = SMALL[: len(envelope.MAGIC)] + b"\x02" + SMALL[len(envelope.MAGIC) + 1 :]
    with pytest.raises(Refused, match="newer"):
        opened(newer)
