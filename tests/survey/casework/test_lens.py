"""Two lenses: a casemanager sees their own, and the person's with that person's yes, given in their own sitting."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard.reading import source
from survey.casework import operations
from survey.database import db
from survey.exchange.dump import dump
from survey.models import Consent, Enrolment, Response, Staff
from survey.privacy import erasure
from tests.fixtures.application import new_town
from tests.fixtures.pages import masked
from tests.survey.casework.conftest import inside, speaking
from tests.survey.casework.filling import differing
from tests.survey.casework.pair import SHORT, Pair, say_yes, seen_on

SHOWN = "Deze persoon laat u de antwoorden zien."
NOT_SHOWN = "U ziet hier geen antwoorden van de persoon."


@pytest.fixture
def pair(app: Flask) -> Pair:
    return Pair(new_town(app, instruments=("integration-short",)))


def test_side_by_side_with_a_yes_and_for_their_own_casemanager_alone(pair: Pair) -> None:
    say_yes(pair.answer())
    assert "heel goed" not in re.sub(r"<label.*?</label>", "", pair.page()), (
        "nobody is led by what the person answered"
    )
    pair.fill_in(only=("work_short",))
    assert pair.page().count(">heel goed (5 van 5)</td>") == 1
    assert pair.fill_in().status_code == 303
    shown = pair.page()
    assert (
        SHOWN in shown
        and shown.count(">heel goed (5 van 5)</td>") == shown.count(">slecht (2 van 5)</td>") == 14
    )
    colleague = pair.town.sign_in("casemanager")
    assert NOT_SHOWN in pair.page(speaking("nl", colleague)) and SHOWN not in pair.page(colleague)


def refuse(pair: Pair) -> None:
    visitor = pair.visitor().enter()
    visitor.send(language="en")
    visitor.send(take_part="no")


def say_yes_and_take_it_back(pair: Pair) -> None:
    visitor = say_yes(pair.answer())
    visitor.send("/survey/your-data/showing")
    assert "Your casemanager cannot see your answers any more." in visitor.page.text


def say_yes_and_withdraw(pair: Pair) -> None:
    say_yes(pair.answer()).send("/survey/your-data/answers")


WAYS: list[Callable[[Pair], Any]] = [
    lambda pair: None, Pair.answer, refuse, say_yes_and_take_it_back, say_yes_and_withdraw,
]  # fmt: skip


def test_without_a_yes_nothing_tells_why(app: Flask) -> None:
    """Not asked, answered, refused, said yes and took it back, withdrew: byte for byte the same page."""
    told = set()
    for number, way in enumerate(WAYS):
        pair = Pair(new_town(app, f"town{number}", instruments=("integration-short",)))
        assert pair.fill_in().status_code == 303
        way(pair)
        page = masked(pair.page())
        assert NOT_SHOWN in page
        varies = rf"{pair.enrolment}|{pair.person}|town\d|casemanager\d+"
        told.add(re.sub(varies, "", page))
    assert len(told) == 1


def test_a_code_alone_cannot_say_yes(pair: Pair) -> None:
    """The casemanager made the letter: neither afterwards nor by finishing what somebody began."""
    begun = pair.visitor().begin()
    begun.send(then="next", **dict.fromkeys(begun.questions, "5"))
    stranger = pair.visitor().begin().answer_all("3")
    stranger.send(text="", then="next")
    assert stranger.address == "/survey/done" and "May your casemanager" not in stranger.page.text
    stranger.client.post("/survey/done", data=stranger.form)
    later = pair.visitor().enter()
    later.client.post("/survey/done", data=later.form)
    with inside(pair.town):
        assert "show_to_casemanager" not in db.session.scalars(select(Consent.purpose)).all()


def test_it_counts_in_no_number(pair: Pair) -> None:
    assert pair.fill_in().status_code == 303
    with inside(pair.town):
        found = source.compare(pair.town.inside())
        assert found.has_before.sum() == 0
        (stored,) = db.session.scalars(select(Response)).all()
        assert (stored.respondent, len(stored.pages), {page.score for page in stored.pages}) == (
            "casemanager",
            14,
            {2.0},
        )


def test_it_stays_out_of_the_export_where_no_wave_asks_the_short_form(app: Flask, tmp_path: Path) -> None:
    for slug, instrument, rows in (("aalten", "wellbeing", 0), ("borne", "integration-short", 1)):
        pair = Pair(new_town(app, slug, instruments=(instrument,)))
        assert pair.fill_in().status_code == 303
        with inside(pair.town):
            assert dump(pair.town.inside(), "csv", tmp_path / f"{slug}.csv").rows == rows


def test_nobody_overwrites_what_they_did_not_see(any_app: Flask) -> None:
    pair = Pair(new_town(any_app, instruments=("integration-short",)))
    seen = seen_on(pair.page())
    assert pair.fill_in(code="2", seen=seen).status_code == 303
    assert pair.fill_in(code="2", seen=seen).status_code == 303, "the same once more"
    speaking("en", pair.client)
    clash = pair.fill_in(code="4", seen=seen)
    both = set(differing(clash).values())
    assert len(differing(clash)) == 14 and all(
        "(2 of 5)" in theirs and "(4 of 5)" in mine for theirs, mine in both
    )
    speaking("nl", pair.client)
    assert clash.text.count('value="4" checked') == 14
    assert pair.fill_in(code="4").status_code == 303 and ">goed (4 van 5)</td>" in pair.page()


def test_what_one_left_as_it_was_stays_as_the_other_made_it(any_app: Flask) -> None:
    pair = Pair(new_town(any_app, instruments=("integration-short",)))
    first, second, third = (item.id for item in SHORT.items[:3])
    assert pair.fill_in(code="2", only=[first]).status_code == 303
    seen = seen_on(pair.page())
    assert pair.fill_in(code="2", only=[first, second]).status_code == 303
    speaking("en", pair.client)
    clash = pair.fill_in(code="2", only=[first, third], seen=seen)
    assert "Changed by somebody else" in clash.text
    assert [theirs for theirs, _mine in differing(clash).values()] == ["–"], "the second was left empty"
    assert clash.text.count('value="2" checked') == 3


def test_an_older_backup_does_not_bring_the_yes_back(pair: Pair) -> None:
    visitor = say_yes(pair.answer())
    visitor.send("/survey/your-data/showing")
    with inside(pair.town):
        consent = db.session.scalars(select(Consent).where(Consent.purpose == "show_to_casemanager")).one()
        consent.withdrawn_at = None
    with pair.town.app.app_context():
        assert erasure.replay() == 1
    pair.fill_in()
    assert NOT_SHOWN in pair.page()


def test_a_colleague_is_let_in_anew(pair: Pair) -> None:
    """Whoever takes somebody over, also from themselves, does not see what was shown to another."""
    say_yes(pair.answer())
    pair.fill_in()
    assert SHOWN in pair.page()
    colleague = speaking("nl", pair.town.sign_in("casemanager"))
    with inside(pair.town):
        enrolment = db.session.get_one(Enrolment, pair.enrolment)
        other = db.session.scalars(select(Staff).where(Staff.id != enrolment.casemanager_id)).one()
        operations.hand_over([enrolment], other)
    assert NOT_SHOWN in pair.page(colleague) and NOT_SHOWN in pair.page()
