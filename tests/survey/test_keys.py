"""Master keys: kept where only their owner reads them, never shown, and named when one is missing."""

from __future__ import annotations

import base64
import dataclasses
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey import statements
from survey.privacy import codes, keys
from survey.privacy.keys import KeyProblem
from survey.settings import Settings

key_material = st.binary(min_size=32, max_size=32)


def word(material: bytes) -> str:
    return base64.urlsafe_b64encode(material).decode()


@given(st.lists(key_material, min_size=1, max_size=4, unique=True))
def test_every_key_is_read_newest_first(materials: list[bytes]) -> None:
    ring = keys.parse("\n".join(map(word, materials)))
    assert [key.material for key in ring.keys] == materials
    assert ring.current.material == materials[0]
    for key in ring.keys:
        assert ring.by_id(key.id).id == key.id


@given(st.text(alphabet=st.characters(codec="ascii")))
def test_junk_is_refused_in_words(text: str) -> None:
    try:
        ring = keys.parse(text)
    except KeyProblem:
        return
    assert all(len(key.material) == 32 for key in ring.keys)


@pytest.mark.parametrize(
    "junk",
    [
        "x",
        "é" * 44,
        f"!{word(b'a' * 32)}",
        word(b"a" * 31),
        word(b"a" * 33),
        "next:x",
        "retired:x",
    ],
)
def test_which_of_them_is_unusable_is_said(junk: str) -> None:
    with pytest.raises(KeyProblem, match="key 2 "):
        keys.parse(f"{word(b'a' * 32)}\n{junk}\n")


def test_a_retired_key_that_is_damaged_is_said() -> None:
    ring = keys.parse(f"{word(b'a' * 32)} {word(b'b' * 32)}").only_newest()
    (retired,) = ring.retired
    damaged = bytearray(base64.urlsafe_b64decode(retired.word.removeprefix(keys.RETIRED)))
    for place in range(len(damaged)):
        damaged[place] ^= 1
        with pytest.raises(KeyProblem, match="key 2 is damaged"):
            keys.parse(f"{word(b'a' * 32)} retired:{word(bytes(damaged))}")
        damaged[place] ^= 1
    assert keys.parse(ring.text) == ring


def test_a_key_that_was_retired_before_is_kept_once() -> None:
    """As after an older key was put back into the file for a while."""
    new, old = keys.MasterKey(b"a" * 32), keys.MasterKey(b"b" * 32)
    retired = keys.RetiredKey(old.id, old.seed)
    ring = keys.KeyRing((new, old), (retired,)).only_newest()
    assert (ring.keys, ring.retired) == ((new,), (retired,))


def test_a_missing_key_is_named() -> None:
    ring = keys.parse(word(b"a" * 32))
    with pytest.raises(KeyProblem, match="00112233"):
        ring.by_id(bytes.fromhex("00112233"))


@given(key_material, key_material)
def test_what_is_derived_differs_by_purpose_and_key(material: bytes, other: bytes) -> None:
    ring, another = keys.parse(word(material)), keys.parse(word(other))
    assert (ring.derive("session") == another.derive("session")) == (material == other)
    assert ring.derive("session") != ring.derive("passwords")
    assert material.hex() not in ring.derive("session")


@pytest.mark.parametrize(
    "held",
    [
        keys.MasterKey(b"a" * 32),
        keys.RetiredKey(b"a" * 4, b"a" * 32),
        keys.KeyRing((keys.MasterKey(b"a" * 32),)),
        codes.Code("AAAA", "BBBBBBBB"),
        statements.read("SELECT 1", (), ()),
    ],
    ids=lambda held: type(held).__name__,
)
def test_what_is_shared_between_requests_cannot_be_changed(held: Any) -> None:
    for name in held.__dataclass_fields__:
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(held, name, None)


def test_a_key_is_not_shown() -> None:
    ring = keys.parse(word(b"a" * 32))
    assert word(b"a" * 32) not in repr(ring)
    assert "aaaa" not in repr(ring)


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "keys"
    old = os.umask(0)
    try:
        keys.create_file(path)
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(keys.read(Settings(data=path.parent)).keys) == 1


def test_a_new_key_is_on_the_disk_before_anything_is_sealed_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In folders that were not there yet, too; what the disk is told to keep is the whole key."""
    path, told = tmp_path / "a" / "b" / "keys", []
    monkeypatch.setattr(os, "fsync", lambda descriptor: told.append(os.fstat(descriptor).st_size))
    keys.create_file(path)
    assert told == [path.stat().st_size] and told[0] > 40


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    keys.create_file(tmp_path / "keys")
    before = (tmp_path / "keys").read_bytes()
    with pytest.raises(FileExistsError):
        keys.create_file(tmp_path / "keys")
    assert (tmp_path / "keys").read_bytes() == before


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    keys.create_file(tmp_path / "keys")
    (tmp_path / "keys").chmod(mode)
    with pytest.raises(KeyProblem, match="chmod 600"):
        keys.read(Settings(data=tmp_path))


@pytest.mark.parametrize("content", [b"", b"\n", b"too short\n", b"\xff\xfe", b"A" * 43])
def test_an_unusable_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "keys"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyProblem, match=str(path)):
        keys.read(Settings(data=tmp_path))


def test_no_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KeyProblem, match="database upgrade"):
        keys.read(Settings(data=tmp_path))
    with pytest.raises(KeyProblem):
        keys.read(Settings(data=tmp_path, key_file=tmp_path))


@pytest.mark.parametrize("junk", ["x", "", word(b"b" * 31)])
def test_the_environment_says_where_it_is_wrong(tmp_path: Path, junk: str) -> None:
    with pytest.raises(KeyProblem, match="TELVERTEL_KEY"):
        keys.read(Settings(data=tmp_path, key=junk))


def test_what_stands_in_a_file_today_means_the_same_tomorrow() -> None:
    """Key files and what was derived are kept for years: their form does not change with the program."""
    ring = keys.parse(f"{word(b'a' * 32)} {word(b'b' * 32)} {word(b'c' * 32)}").only_newest()
    assert [key.word for key in ring.retired] == [
        "retired:vbM5draMsRHrB23Nyos14_rquSLCA9AgJvs4JwLE0flAnCamkkwOnw==",
        "retired:zZN4Kz8vKxk8h48ccRUijAelavtXpepV_MF96aq5FStKysMee3eOJg==",
    ]
    assert (ring.derive("session"), ring.current.id.hex()) == (
        "c9d802228231494a82a0396ca3e9aa4f1886b1b3597a81b516863ede5b74aacd",
        "3ba3f5f4",
    )


def test_a_key_that_is_prepared_stands_in_the_file_as_next() -> None:
    ring = keys.parse(f"{word(b'a' * 32)} next:{word(b'b' * 32)}")
    assert ring.prepared == keys.MasterKey(b"b" * 32)
    assert ring.keys == (keys.MasterKey(b"a" * 32),)


def test_the_environment_comes_first(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, key=word(b"b" * 32))
    assert keys.read(settings).current.material == b"b" * 32
