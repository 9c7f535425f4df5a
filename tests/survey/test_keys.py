"""Master keys: kept where only their owner reads them, never shown, and named when one is missing."""

from __future__ import annotations

import base64
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.privacy import keys
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


def test_the_environment_comes_first(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, key=word(b"b" * 32))
    assert keys.read(settings).current.material == b"b" * 32
