"""Access codes: however a person types one it is the same code; anything else is nobody's, never an error."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from survey.clock import now, today
from survey.database import db
from survey.models import AccessCode
from survey.participation import new_access_code
from survey.privacy import codes
from tests.fixtures.application import Town, token_in
from tests.fixtures.pages import masked

#: The same digit in other scripts: full-width, Arabic-Indic, Persian, Devanagari, Bengali.
DIGITS = {str(n): [chr(first + n) for first in (0xFF10, 0x660, 0x6F0, 0x966, 0x9E6)] for n in range(10)}
#: What else is taken for the character: Crockford's look-alikes, Cyrillic and Greek twins.
TWINS = {
    "0": "OoОоΟο", "1": "IiLlІіΙι", "V": "Uu", "A": "АаΑα", "B": "ВвΒ", "C": "Сс", "E": "ЕеΕ", "H": "НнΗ",
    "K": "КкΚκ", "M": "МмΜ", "N": "Νν", "P": "РрΡρ", "T": "ТтΤτ", "X": "ХхΧχ", "Y": "УуΥυ", "J": "Јј",
    "S": "Ѕѕ", "Z": "Ζζ", "3": "Зз", "G": "Ґґ", "Q": "Ԛԛ", "W": "Ԝԝ",
}  # fmt: skip
SEPARATORS = ["", "", "", "-", " ", "\N{EN DASH}", "\N{NO-BREAK SPACE}", "\u200f", "_", "\t", "\u2212", "- "]


def ways_to_type(character: str) -> list[str]:
    wide = chr(ord(character) + 0xFEE0)
    return [
        character,
        character.lower(),
        wide,
        wide.lower(),
        *DIGITS.get(character, []),
        *TWINS.get(character, ""),
    ]


new_codes = st.text(codes.ALPHABET, min_size=12, max_size=12).map(lambda t: codes.Code(t[:4], t[4:]))


@given(new_codes, st.data())
def test_however_it_is_typed_it_is_the_same_code(code: codes.Code, data: st.DataObject) -> None:
    typed = ""
    for character in code.selector + code.secret:
        typed += data.draw(st.sampled_from(ways_to_type(character))) + data.draw(st.sampled_from(SEPARATORS))
    assert codes.fold(typed) == code


#: Between the characters anything may stand that only holds them apart, by kind: Pd, Pc, Cf, Zs, Cc and the minus.
APART = [
    "-",
    "\N{EN DASH}",
    "_",
    "\N{UNDERTIE}",
    "\u200f",
    "\N{SOFT HYPHEN}",
    "\N{NO-BREAK SPACE}",
    "\t",
    "\u2212",
]
LOOK_ALIKES = [(letter, twin) for letter, twins in TWINS.items() for twin in twins]


@pytest.mark.parametrize(("letter", "twin"), LOOK_ALIKES, ids=lambda character: f"U+{ord(character):04X}")
def test_every_letter_that_looks_alike_is_that_letter(letter: str, twin: str) -> None:
    assert codes.fold(twin * 12) == codes.Code(letter * 4, letter * 8)


def test_no_other_letter_is_taken_for_one() -> None:
    """Of Latin, Greek and Cyrillic, which are the scripts that look like it."""
    known = {twin for _, twin in LOOK_ALIKES} | set(codes.ALPHABET + codes.ALPHABET.lower())
    others = [chr(point) for point in (*range(0x21, 0x7F), *range(0x370, 0x530)) if chr(point) not in known]
    taken = {letter for letter in others if codes.fold(letter * 12) is not None}
    assert {letter for letter in taken if not letter.isalpha()} == set()
    assert {codes.fold(letter * 12) for letter in taken} <= {codes.fold(letter * 12) for letter in known}


@pytest.mark.parametrize("apart", APART, ids=lambda character: f"U+{ord(character):04X}")
def test_whatever_holds_the_characters_apart_is_passed_over(apart: str) -> None:
    assert codes.fold(apart.join("ABCD23456789")) == codes.Code("ABCD", "23456789")


def test_longer_input_is_refused_whatever_is_in_it() -> None:
    longest = "ABCD23456789".rjust(codes.LONGEST_INPUT)
    assert codes.fold(longest) == codes.Code("ABCD", "23456789")
    assert codes.fold(f" {longest}") is None


@given(new_codes)
def test_as_printed(code: codes.Code) -> None:
    assert codes.fold(code.grouped) == code
    assert codes.fold(f"  {code.grouped.lower()}\n") == code
    assert [len(group) for group in code.grouped.split("-")] == [4, 4, 4]


@given(st.text())
@example("")
@example("\x00" * 12)
@example("A" * 100_000)
@example("\ufdfa" * 60)
@example("\ud800" * 12)
@example("ß" * 6)
@example("½" * 12)
def test_anything_else_is_no_code_and_no_error(typed: str) -> None:
    folded = codes.fold(typed)
    if folded is not None:
        assert set(folded.selector + folded.secret) <= set(codes.ALPHABET)
        assert codes.fold(folded.grouped) == folded


@given(new_codes, st.sampled_from(["+", "!", "É", "é", "Ж", "中", "🙂", "\x00", "/"]), st.integers(0, 12))
def test_a_strange_character_is_not_passed_over(code: codes.Code, strange: str, place: int) -> None:
    whole = code.selector + code.secret
    assert codes.fold(whole[:place] + strange + whole[place:]) is None


def test_new_codes_use_the_whole_alphabet_and_differ() -> None:
    made = [codes.new_code() for _ in range(2000)]
    assert len({code.grouped for code in made}) == len(made)
    assert {c for code in made for c in code.selector + code.secret} == set(codes.ALPHABET)
    assert len(codes.ALPHABET) == len(set(codes.ALPHABET)) == 32  # each as likely as any other


@pytest.mark.usefixtures("dear_hashes")
def test_the_hash_fits_its_own_secret_only() -> None:
    """With the hasher as it is in production."""
    code, other = codes.new_code(), codes.new_code()
    stored = codes.hash_secret(code)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert codes.verify_secret(stored, code)
    assert codes.verify_secret(stored, other) is False
    assert codes.verify_secret(None, code) is False
    assert codes.verify_secret("not a hash", code) is False


def test_what_is_checked_for_an_unknown_selector_lets_nobody_in() -> None:
    """Nobody can type that secret; if it could be typed, it would open nothing all the same."""
    typed = codes.Code("AAAA", "no such secret")
    assert codes.verify_secret(codes.hash_secret(typed), typed)
    assert codes.verify_secret(None, typed) is False


def test_the_hash_tells_nothing_of_the_secret() -> None:
    code = codes.new_code()
    stored = codes.hash_secret(code)
    assert code.secret not in stored


def enter(client: FlaskClient, code: str) -> TestResponse:
    page = client.get("/?language=en")
    return client.post("/?language=en", data={"csrf_token": token_in(page.text), "code": code})


def test_only_selector_and_hash_are_kept(town: Town) -> None:
    with town.app.app_context():
        _, enrolment, code = town.join()
        whole = code.replace("-", "")
        row = db.session.scalars(select(AccessCode)).one()
        assert row.selector == whole[:4]
        values = [str(getattr(row, column.key)) for column in AccessCode.__mapper__.column_attrs]
        assert not any(whole[4:] in value for value in values)


def test_a_code_opens_the_questionnaire_of_its_town(any_town: Town) -> None:
    with any_town.app.app_context():
        _, _, code = any_town.join()
    answer = enter(any_town.app.test_client(), code.lower().replace("-", ""))
    assert (answer.status_code, answer.location) == (303, "/survey/language")


def test_a_code_works_again_and_again(any_town: Town) -> None:
    with any_town.app.app_context():
        _, _, code = any_town.join()
    for _ in range(3):
        assert enter(any_town.app.test_client(), code).status_code == 303


def test_a_new_code_ends_the_one_before(any_town: Town) -> None:
    with any_town.app.app_context():
        _, enrolment, old = any_town.join()
        new = new_access_code(enrolment).grouped
        db.session.commit()
    assert enter(any_town.app.test_client(), old).status_code == 422
    assert enter(any_town.app.test_client(), new).status_code == 303


def refused_codes(town: Town) -> dict[str, str]:
    """One code for each reason not to let someone in."""
    with town.app.app_context():
        working = town.join()[2]
        revoked, expired = town.join(), town.join()
        _change(revoked[1].id, revoked_at=now())
        _change(expired[1].id, expires_on=today() - timedelta(days=1))
        db.session.commit()
        unused = codes.new_code().grouped
        other = town.join()[2]
    return {
        "unknown": unused,
        "wrong": working[:-1] + ("2" if working[-1] != "2" else "3"),
        "of two people": working[:5] + other[5:],
        "revoked": revoked[2],
        "expired": expired[2],
        "no code": "not a code",
        "empty but for a hyphen": "-",
        "very long": "A" * 100_000,
        "NUL": "\x00" * 12,
    }


def _change(enrolment: UUID, **values: object) -> None:
    db.session.execute(update(AccessCode).where(AccessCode.enrolment_id == enrolment).values(values))


def test_whatever_the_reason_the_answer_is_one_and_the_same(any_town: Town) -> None:
    answers = {
        reason: enter(any_town.app.test_client(), code) for reason, code in refused_codes(any_town).items()
    }
    assert {answer.status_code for answer in answers.values()} == {422}
    assert len({masked(answer.text) for answer in answers.values()}) == 1
    names = {tuple(sorted(name for name, _ in answer.headers)) for answer in answers.values()}
    assert len(names) == 1
    assert all("This code does not work" in answer.text for answer in answers.values())
    for reason, code in refused_codes(any_town).items():
        assert code == "-" or code not in answers[reason].text


@pytest.mark.parametrize("reason", ["unknown", "wrong", "of two people", "revoked", "expired"])
def test_whatever_the_reason_the_hash_is_computed_once(
    town: Town, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is nearly all of the time an answer takes, so the time tells nothing either."""
    code, hasher = refused_codes(town)[reason], CountingHasher()
    monkeypatch.setattr(codes, "HASHER", hasher)
    assert enter(town.app.test_client(), code).status_code == 422
    assert hasher.verified == 1


class CountingHasher(PasswordHasher):
    verified = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self.verified += 1
        return super().verify(hash, password)


def test_a_very_long_code_costs_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused before any hashing or counting."""
    monkeypatch.setattr(codes, "verify_secret", lambda *_: pytest.fail("it was hashed"))
    assert enter(town.app.test_client(), "A" * 100_000).status_code == 422


def test_a_wrong_code_ends_the_sitting_before(any_town: Town) -> None:
    with any_town.app.app_context():
        _, _, code = any_town.join()
    client = any_town.app.test_client()
    assert enter(client, code).status_code == 303
    assert enter(client, "AAAA-AAAA-AAAA").status_code == 422
    assert client.get("/survey/language").location == "/"
