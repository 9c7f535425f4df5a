"""Sealing: what was sealed opens in its own place, with its own key, unchanged; and nowhere else."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, text

from survey.database import db
from survey.models import Identity, Model, OpenAnswer, Participant, PersonKey
from survey.privacy import keys, sealed
from survey.privacy.fields import SealedText, key_ring
from survey.privacy.keys import KeyProblem, KeyRing, MasterKey
from survey.privacy.sealed import CannotOpen
from tests.fixtures.application import Town, new_town
from tests.fixtures.rows import Filled, fill

KEY, WHERE = sealed.new_key(), b"organisation|table|column|row"
places = st.tuples(
    st.uuids(), st.sampled_from(["identity", "open_answer"]), st.sampled_from("ab"), st.uuids()
)


@given(st.binary(), st.binary())
def test_what_was_sealed_opens(plain: bytes, where: bytes) -> None:
    assert sealed.unseal(KEY, sealed.seal(KEY, plain, where), where) == plain


@given(st.binary(max_size=40), st.data())
def test_one_changed_bit_and_it_does_not_open(plain: bytes, data: st.DataObject) -> None:
    value = bytearray(sealed.seal(KEY, plain, WHERE))
    bit = data.draw(st.integers(0, len(value) * 8 - 1))
    value[bit // 8] ^= 1 << bit % 8
    with pytest.raises(CannotOpen):
        sealed.unseal(KEY, bytes(value), WHERE)


@given(st.binary(max_size=40), st.data())
def test_a_piece_of_it_does_not_open(plain: bytes, data: st.DataObject) -> None:
    value = sealed.seal(KEY, plain, WHERE)
    with pytest.raises(CannotOpen):
        sealed.unseal(KEY, value[: data.draw(st.integers(0, len(value) - 1))], WHERE)


@given(st.binary(max_size=80))
def test_anything_else_does_not_open(junk: bytes) -> None:
    with pytest.raises(CannotOpen):
        sealed.unseal(KEY, junk, WHERE)


@given(places, places)
def test_each_place_has_its_own_seal(
    here: tuple[UUID, str, str, UUID], there: tuple[UUID, str, str, UUID]
) -> None:
    assert (sealed.place(*here) == sealed.place(*there)) == (here == there)
    value = sealed.seal(KEY, b"name", sealed.place(*here))
    if here != there:
        with pytest.raises(CannotOpen):
            sealed.unseal(KEY, value, sealed.place(*there))


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(CannotOpen):
        sealed.unseal(sealed.new_key(), sealed.seal(KEY, b"name", WHERE), WHERE)


def test_the_same_words_look_different_each_time() -> None:
    assert len({sealed.seal(KEY, b"yes", WHERE) for _ in range(50)}) == 50


def test_older_master_keys_still_open() -> None:
    old, new = MasterKey(sealed.new_key()), MasterKey(sealed.new_key())
    town, wrapped = uuid4(), sealed.new_key()
    value = sealed.wrap_with_master(KeyRing((old,)), wrapped, town)
    assert sealed.unwrap_with_master(KeyRing((new, old)), value, town) == wrapped
    with pytest.raises(KeyProblem):
        sealed.unwrap_with_master(KeyRing((new,)), value, town)
    with pytest.raises(CannotOpen):
        sealed.unwrap_with_master(KeyRing((old,)), value, uuid4())


def test_what_was_sealed_before_keys_could_be_rotated_opens() -> None:
    """It began with the id of the master key alone."""
    ring, town, wrapped = KeyRing((MasterKey(sealed.new_key()),)), uuid4(), sealed.new_key()
    where = sealed.place(town, "organisation", "key", town)
    value = ring.current.id + sealed.seal(ring.current.material, wrapped, where)
    assert sealed.unwrap_with_master(ring, value, town) == wrapped


@pytest.fixture
def filled(any_town: Town) -> Filled:
    with any_town.app.app_context():
        return fill(any_town)


def entered(filled: Filled) -> Any:
    db.session.enter(filled.organisation_id)
    return db.session


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_words_are_kept_as_they_were(words: str) -> None:
    assert sealed.unseal(KEY, sealed.seal(KEY, words.encode(), WHERE), WHERE).decode() == words


def test_fields_read_as_they_were_written(filled: Filled) -> None:
    name, contact, words, *_ = filled.canaries
    with filled.town.app.app_context():
        session = entered(filled)
        identity = session.scalars(select(Identity)).one()
        assert (identity.name, identity.contact) == (name, contact)
        assert session.scalars(select(OpenAnswer)).one().text == words


def test_of_no_row_in_particular_there_is_nothing_to_open() -> None:
    assert isinstance(Identity.name, SealedText)


def test_a_value_copied_to_another_column_does_not_open(filled: Filled) -> None:
    with filled.town.app.app_context():
        identity = entered(filled).scalars(select(Identity)).one()
        identity.contact_sealed = identity.name_sealed
        with pytest.raises(CannotOpen):
            _ = identity.contact


def test_a_value_copied_to_another_table_does_not_open(filled: Filled) -> None:
    with filled.town.app.app_context():
        session = entered(filled)
        answer = session.scalars(select(OpenAnswer)).one()
        answer.text_sealed = session.scalars(select(Identity.name_sealed)).one()
        with pytest.raises(CannotOpen):
            _ = answer.text


def test_a_value_copied_to_another_person_or_town_does_not_open(filled: Filled) -> None:
    app = filled.town.app
    with app.app_context():
        value = entered(filled).scalars(select(Identity.name_sealed)).one()
    other = new_town(app, "borne")
    with app.app_context():
        fill(other)
    with app.app_context():
        other.inside()
        identity = db.session.scalars(select(Identity)).one()
        identity.name_sealed = value
        with pytest.raises(CannotOpen):
            _ = identity.name


def test_without_the_persons_key_nothing_opens(filled: Filled) -> None:
    with filled.town.app.app_context():
        session = entered(filled)
        session.execute(delete(PersonKey))
        session.commit()
    with filled.town.app.app_context():
        session = entered(filled)
        for row, attribute in ((Identity, "name"), (Identity, "contact"), (OpenAnswer, "text")):
            with pytest.raises(CannotOpen):
                getattr(session.scalars(select(row)).one(), attribute)
        assert session.scalars(select(Participant)).one().pseudonym


def test_a_row_that_belongs_nowhere_yet_cannot_be_sealed(filled: Filled) -> None:
    with filled.town.app.app_context():
        person = entered(filled).scalars(select(Participant)).one()
        with db.session.no_autoflush, pytest.raises(ValueError, match="organisation"):
            Identity(participant=person).name = "Jan"


def test_the_data_folder_tells_nothing(filled: Filled, data: Path) -> None:
    """Neither the database nor its log nor anything beside it holds a name, a contact or someone's words."""
    secrets = [canary.encode() for canary in filled.canaries[:3]]
    with filled.town.app.app_context():
        secrets += [key.material for key in key_ring().keys]
        for content in [file.read_bytes() for file in data.rglob("*") if file.name != "keys"]:
            assert not any(secret in content for secret in secrets)
        with db.session.exempt("operator"):
            for table in Model.metadata.tables:
                rows = db.session.execute(text(f'SELECT * FROM "{table}"')).all()  # noqa: S608 - a table of ours
                held = [
                    bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode()
                    for r in rows
                    for v in r
                ]
                assert not any(secret in value for secret in secrets for value in held)


def test_the_data_folder_is_written_to(filled: Filled, data: Path, app: Flask) -> None:
    """What is not secret can be found: the test above looks in the right place."""
    assert stat.S_IMODE((data / "keys").stat().st_mode) == 0o600
    if filled.town.app.config["SQLALCHEMY_ENGINES"]["default"]["url"].startswith("sqlite"):
        written = b"".join(file.read_bytes() for file in data.glob("telvertel.sqlite*"))
        assert filled.canaries[3].encode() in written


def test_a_persons_key_is_sealed_itself(filled: Filled) -> None:
    with filled.town.app.app_context():
        wrapped = entered(filled).scalars(select(PersonKey.wrapped)).one()
        assert len(wrapped) == 1 + sealed.NONCE_BYTES + keys.KEY_BYTES + 16
