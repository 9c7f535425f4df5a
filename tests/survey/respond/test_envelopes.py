"""Answers that were sealed on a tablet: who may send them, until when, and what anyone else is told."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from survey import fieldwork, participation
from survey.clock import now, today
from survey.database import db
from survey.models import AccessCode, Consent, Enrolment, Page, Visit
from survey.privacy import erasure, keys, rotation
from survey.privacy.envelopes import HEADER_BYTES
from tests.fixtures.application import Town, new_town
from tests.fixtures.letters import Outbox, deliver, outbox, receipt, seal
from tests.fixtures.visitor import Visitor, said, saved, visits

FIRST, SECOND = ["wellbeing", "wellbeing"], ["wellbeing", "life_satisfaction"]


@pytest.fixture
def short(any_app: Flask) -> Town:
    return new_town(any_app, instruments=("wellbeing",))


@pytest.fixture
def person(short: Town) -> Visitor:
    with short.app.app_context():
        return Visitor(short, short.join()[2]).begin()


@pytest.fixture
def tablet(person: Visitor) -> Outbox:
    return outbox(person)


def test_it_comes_in_without_session_cookie_or_token(short: Town, tablet: Outbox) -> None:
    one = tablet.seal(FIRST, wellbeing_1="5", wellbeing_2="dk")
    answer = deliver(short.app.test_client(), one.envelope)
    assert receipt(answer) == one.kept
    assert "Set-Cookie" not in answer.headers
    assert saved(short) == {"wellbeing": {"wellbeing_1": 5, "wellbeing_2": "dk"}}


def test_the_whole_questionnaire_comes_in(short: Town, tablet: Outbox) -> None:
    client = short.app.test_client()
    for one in (
        tablet.seal(FIRST, wellbeing_1="5"),
        tablet.seal(SECOND, life_satisfaction="10"),
        tablet.seal(["last"], text="Слава ሰላም", may_quote="y"),
    ):
        assert receipt(deliver(client, one.envelope)) == one.kept
    assert saved(short) == {"wellbeing": {"wellbeing_1": 5}, "life_satisfaction": {"life_satisfaction": 10}}
    assert (visits(short), said(short)) == ([("finished", "en")], [("Слава ሰላም", True)])


def test_in_whose_language_the_page_was_shown_is_kept(short: Town, person: Visitor) -> None:
    person.go("/survey/language")
    person.send(language="uk")
    one = outbox(person).seal(FIRST, wellbeing_1="5")
    deliver(short.app.test_client(), one.envelope)
    with short.app.app_context():
        short.inside()
        assert {page.language for page in db.session.scalars(select(Page))} == {"uk"}


@pytest.mark.parametrize("then", ["back", "stop", "stay", "language", "data"])
def test_a_page_left_halfway_is_where_one_begins_again(short: Town, person: Visitor, then: str) -> None:
    deliver(short.app.test_client(), outbox(person).seal(FIRST, then, wellbeing_1="2").envelope)
    again = Visitor(short, person.code).begin()
    assert again.place == "/survey/wellbeing/wellbeing"
    assert again.chosen == {}


STANDINGS: dict[str, tuple[Callable[[Town], object], str | None]] = {
    "the wave was closed": (lambda town: fieldwork.close_wave(town.inside().waves[0]), "wave"),
    "the code was revoked": (lambda town: db.session.execute(update(AccessCode).values(revoked_at=now())), "code"),
    "another code was made": (
        lambda town: participation.new_access_code(db.session.scalars(select(Enrolment)).one()), "code",
    ),
    "the code expired": (
        lambda town: db.session.execute(update(AccessCode).values(expires_on=today() - timedelta(days=1))), "code",
    ),
    "the code was kept long enough": (lambda town: db.session.execute(delete(AccessCode)), "code"),
    "an older backup was put back": (lambda town: db.session.execute(delete(Visit)), "visit"),
    "everything was taken back": (
        lambda town: erasure.take_back_answers(db.session.scalars(select(Enrolment)).one(), "en"), None,
    ),
    "the person was erased": (
        lambda town: erasure.forget(db.session.scalars(select(Enrolment)).one().participant), None,
    ),
    "erased, and the answers count on": (
        lambda town: erasure.forget(db.session.scalars(select(Enrolment)).one().participant, True), None,
    ),
    "it was refused": (lambda town: db.session.execute(update(Visit).values(state="refused")), None),
}  # fmt: skip


@pytest.mark.parametrize("what", STANDINGS)
@pytest.mark.parametrize("page", [FIRST, ["last"]], ids=["page", "last"])
def test_what_cannot_come_in_is_kept_by_the_tablet_unless_nobody_wants_it(
    short: Town, tablet: Outbox, what: str, page: list[str]
) -> None:
    change, obstacle = STANDINGS[what]
    with short.app.app_context():
        short.inside()
        change(short)
        db.session.commit()
    fields = {"text": "words"} if page == ["last"] else {"wellbeing_1": "5"}
    one = tablet.seal(page, **fields)
    answer = deliver(short.app.test_client(), one.envelope)
    if obstacle is None:
        assert receipt(answer) == one.gone
    else:
        assert (answer.status_code, answer.json) == (409, {"refused": obstacle})
    assert (saved(short), said(short)) == ({}, [])


def test_finished_elsewhere_what_comes_late_is_still_kept(short: Town, person: Visitor) -> None:
    tablet = outbox(person)
    late = tablet.seal(FIRST, wellbeing_1="5")
    deliver(short.app.test_client(), tablet.seal(["last"]).envelope)
    assert receipt(deliver(short.app.test_client(), late.envelope)) == late.kept
    assert (visits(short), saved(short)) == ([("finished", "en")], {"wellbeing": {"wellbeing_1": 5}})


def test_put_back_an_older_backup_and_begin_again_it_comes_in(short: Town, person: Visitor) -> None:
    """The visit it was for is made anew; the tablet kept what it had."""
    one = outbox(person).seal(FIRST, wellbeing_1="5")
    with short.app.app_context():
        short.inside()
        db.session.execute(delete(Visit))
        db.session.commit()
    Visitor(short, person.code).begin()
    assert receipt(deliver(short.app.test_client(), one.envelope)) == one.kept
    assert saved(short) == {"wellbeing": {"wellbeing_1": 5}}


def forgeries(tablet: Outbox) -> dict[str, bytes]:
    good = tablet.seal(FIRST, wellbeing_1="5").envelope
    changed = tablet.ticket[:40] + ("A" if tablet.ticket[40] != "A" else "B") + tablet.ticket[41:]
    other = base64.b64encode(b"\0\0\0\0" + base64.b64decode(tablet.key)[4:]).decode()
    letter = {"ticket": tablet.ticket, "order": 1, "page": FIRST, "then": "next", "fields": []}

    def saying(**other: object) -> bytes:
        return seal(tablet.key, json.dumps({**letter, **other}).encode()).envelope

    return {
        "nothing": b"",
        "noise": b"x" * 200,
        "cut short": good[:-1],
        "only the header": good[:HEADER_BYTES],
        "another version": b"\x02" + good[1:],
        "another id": good[:6] + bytes([good[6] ^ 1]) + good[7:],
        "no point of the curve": good[: HEADER_BYTES - 1] + bytes([good[HEADER_BYTES - 1] ^ 1]) + good[HEADER_BYTES:],
        "another ciphertext": good[:-1] + bytes([good[-1] ^ 1]),
        "for a key we never had": seal(other, json.dumps(letter).encode()).envelope,
        "no JSON": seal(tablet.key, b"{").envelope,
        "deep": seal(tablet.key, b"[" * 20_000).envelope,
        "no ticket": saying(ticket=None),
        "a ticket cut short": saying(ticket=tablet.ticket[:-4]),
        "a ticket changed": saying(ticket=changed),
        "a ticket of letters": saying(ticket="ሰላም"),
        "an endless ticket": saying(ticket="A" * 5000),
        "no order": saying(order="1"),
        "an order that is true": saying(order=True),
        "an order below all": saying(order=-1),
        "an endless order": saying(order=10**30),
        "no page": saying(page=[]),
        "another's page": saying(page=["integration", "work"]),
        "no such page": saying(page=["../..", ""]),
        "no name of a page": saying(page=["", ""]),
        "a field that is not asked": saying(fields=[["work_1", "3"]]),
        "an answer that is not offered": saying(fields=[["wellbeing_1", "9"]]),
        "two answers": saying(fields=[["wellbeing_1", "1"], ["wellbeing_1", "2"]]),
        "a list for an answer": saying(fields=[["wellbeing_1", ["1"]]]),
        "too many fields": saying(fields=[["wellbeing_1", ""]] * 101),
        "too long a text": saying(page=["last"], fields=[["text", "x" * 4001]]),
    }  # fmt: skip


def test_whatever_is_not_right_gets_one_and_the_same_refusal(short: Town, tablet: Outbox) -> None:
    client = short.app.test_client()
    told = {}
    for what, envelope in forgeries(tablet).items():
        answer = deliver(client, envelope)
        told[what] = (answer.status_code, answer.data, sorted(answer.headers))
    assert set(map(str, told.values())) == {str(told["noise"])}, told
    assert told["noise"][0] == 422
    assert (saved(short), said(short), visits(short)) == ({}, [], [("agreed", "en")])


def test_too_large_is_refused_before_it_is_opened(short: Town, tablet: Outbox) -> None:
    assert deliver(short.app.test_client(), b"\x01" * 33_000).status_code == 413


def test_halves_of_characters_become_question_marks(short: Town, tablet: Outbox) -> None:
    one = tablet.seal(["last"], text="one \ud800 half, \x00 none")
    assert receipt(deliver(short.app.test_client(), one.envelope)) == one.kept
    assert said(short) == [("one ? half,  none", False)]


def test_a_ticket_tells_nothing_and_is_another_each_time(
    short: Town, person: Visitor, tablet: Outbox
) -> None:
    raw = base64.urlsafe_b64decode(tablet.ticket)
    with short.app.app_context():
        short.inside()
        for row in (*db.session.scalars(select(Enrolment)), *db.session.scalars(select(AccessCode))):
            assert row.id.bytes not in raw
    assert outbox(Visitor(short, person.code).begin()).ticket != tablet.ticket


def test_whatever_happens_to_keys_a_tablet_can_still_send(short: Town, person: Visitor) -> None:
    """Sealed to a key that is retired by the time it comes out of its drawer; new pages seal to the new one."""
    tablet = outbox(person)
    old = tablet.seal(FIRST, wellbeing_1="5")
    with short.app.app_context():
        rotation.rotate()
        rotation.retire()
    new = Visitor(short, person.code).begin()
    assert outbox(new).key != tablet.key
    late = tablet.seal(SECOND, life_satisfaction="9")
    latest = outbox(new).seal(FIRST, wellbeing_2="1")
    for one in (old, late, latest):
        assert receipt(deliver(short.app.test_client(), one.envelope)) == one.kept
    assert saved(short) == {
        "wellbeing": {"wellbeing_1": 5, "wellbeing_2": 1}, "life_satisfaction": {"life_satisfaction": 9},
    }  # fmt: skip


def test_without_the_key_it_is_refused_and_with_it_again_it_comes_in(
    short: Town, tablet: Outbox, data: Path
) -> None:
    one = tablet.seal(FIRST, wellbeing_1="5")
    path = data / "keys"
    own = path.read_text()
    path.write_text(keys.MasterKey.new().word)
    assert deliver(short.app.test_client(), one.envelope).status_code == 422
    path.write_text(own)
    assert receipt(deliver(short.app.test_client(), one.envelope)) == one.kept


def test_a_yes_to_quoting_that_comes_after_it_was_taken_back_does_not_count(
    short: Town, person: Visitor
) -> None:
    late = outbox(person).seal(["last"], text="words", may_quote="y")
    with short.app.app_context():
        short.inside()
        erasure.take_back_quotes(db.session.scalars(select(Enrolment)).one())
        db.session.commit()
    assert receipt(deliver(short.app.test_client(), late.envelope)) == late.kept
    assert said(short) == [("words", False)]
    with short.app.app_context():
        short.inside()
        assert db.session.scalars(select(Consent).where(Consent.purpose == "quote")).all() == []


def test_a_yes_after_that_counts_again(short: Town, person: Visitor) -> None:
    client = short.app.test_client()
    deliver(client, outbox(person).seal(["last"], "stay", text="words", may_quote="y").envelope)
    person.go("/survey/your-data")
    person.send("/survey/your-data/quotes")
    assert said(short) == [("words", False)]
    person.go("/survey/about")
    deliver(client, outbox(person).seal(["last"], "stay", may_quote="y").envelope)
    assert said(short) == [("words", True)]


def test_erased_with_answers_that_count_on_nothing_tells_their_order(short: Town, person: Visitor) -> None:
    tablet = outbox(person)
    for one in (tablet.seal(FIRST, wellbeing_1="5"), tablet.seal(["last"], text="words")):
        deliver(short.app.test_client(), one.envelope)
    with short.app.app_context():
        short.inside()
        erasure.forget(db.session.scalars(select(Enrolment)).one().participant, keep_answers=True)
        db.session.commit()
    with short.app.app_context():
        short.inside()
        pages = db.session.scalars(select(Page)).all()
        assert [(page.answers, page.given, page.sitting) for page in pages] == [
            ({"wellbeing_1": 5}, None, None)
        ]
        assert [visit.given for visit in db.session.scalars(select(Visit))] == [None]
