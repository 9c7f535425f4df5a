"""To a casemanager, whoever no longer takes part looks as anyone does who is done: byte for byte, on every page."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from survey import audience
from survey.database import db
from survey.fieldwork import close_wave
from tests.fixtures.application import Town, new_town
from tests.fixtures.pages import masked
from tests.fixtures.visitor import Visitor

DATA = "/survey/your-data"
BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def answer(person: Visitor) -> None:
    person.begin().answer_all("3").send(text="", then="next")


def withdraw_at_once(person: Visitor) -> None:
    person.enter()
    person.go(DATA)
    person.send(f"{DATA}/answers")


def withdraw_halfway(person: Visitor) -> None:
    person.begin().send(then="data", wellbeing_1="2")
    person.send(f"{DATA}/answers")


def withdraw_afterwards(person: Visitor) -> None:
    answer(person)
    withdraw_at_once(Visitor(person.town, person.code))


def refuse(person: Visitor) -> None:
    person.enter().send(language="en")
    person.send(take_part="no")


WAYS = [withdraw_at_once, withdraw_halfway, withdraw_afterwards, refuse]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("weeks", [0, 5, 10])
def test_no_page_tells(any_app: Flask, way: Callable[[Visitor], None], weeks: int) -> None:
    """Right away, between two waves, and when the next wave is due."""
    told = []
    for slug, how in (("aalten", answer), ("borne", way)):
        told.append(pages_of(new_town(any_app, slug, instruments=("wellbeing",)), how, weeks))
    assert told[0] == told[1]
    assert len(told[0]) >= 4


def leave_unfinished(person: Visitor) -> None:
    person.begin().send(then="data", wellbeing_1="2")


def at_week(week: int, how: Callable[[Visitor], None]) -> Callable[[Visitor], None]:
    """First leave the first wave unfinished, then do this, so many weeks after the beginning."""

    def in_two_steps(person: Visitor) -> None:
        leave_unfinished(person)
        with time_machine.travel(BEGIN + timedelta(weeks=week), tick=False):
            how(Visitor(person.town, person.code))

    return in_two_steps


def do_nothing(person: Visitor) -> None:
    pass


@pytest.mark.parametrize("week, otherwise", [(6, do_nothing), (10, answer)])
def test_a_missed_wave_stays_missed(any_app: Flask, week: int, otherwise: Callable[[Visitor], None]) -> None:
    """Unfinished, its window passed, then withdrew: between two waves, and when the next one is due."""
    ways = (("aalten", otherwise), ("borne", withdraw_at_once))
    told = [
        pages_of(new_town(any_app, slug, instruments=("wellbeing",)), at_week(week, how), weeks=week)
        for slug, how in ways
    ]
    assert told[0] == told[1]
    assert any("Termijn voorbij" in page for page in told[1])


def test_a_closed_wave_stays_missed(any_app: Flask) -> None:
    """Unfinished, closed early, then withdrew."""

    def closed(how: Callable[[Visitor], None]) -> Callable[[Visitor], None]:
        def closed_before(person: Visitor) -> None:
            with person.town.app.app_context():
                close_wave(person.town.inside().waves[0])
                db.session.commit()
            how(person)

        return at_week(2, closed_before)

    ways = (("aalten", do_nothing), ("borne", withdraw_at_once))
    told = [
        pages_of(new_town(any_app, slug, instruments=("wellbeing",)), closed(how), weeks=2)
        for slug, how in ways
    ]
    assert told[0] == told[1]


def pages_of(town: Town, how: Callable[[Visitor], None], weeks: int) -> list[str]:
    """What is to be seen so many weeks after someone did this, without what belongs to person, town and viewer."""
    with time_machine.travel(BEGIN, tick=False) as clock:
        with town.app.app_context():
            person, enrolment, code = town.join(pseudonym="SAMEPERSON", language="en")
            ids = [str(person.id), str(enrolment.id)]
        how(Visitor(town, code))
        clock.shift(timedelta(weeks=weeks))
        seen = [masked(page) for page in every_page(town, *ids)]
    slug = town.code.removesuffix("-pilot")
    varies = re.compile(
        "|".join([*ids, slug, r'(?<=name="id" type="hidden" value=")[^"]*', r"casemanager\d+"])
    )
    return [varies.sub("", page) for page in seen]


def every_page(town: Town, participant_id: str, enrolment_id: str) -> list[str]:
    """Whatever a casemanager may open about someone."""
    client = town.sign_in("casemanager")
    values = {"participant_id": participant_id, "enrolment_id": enrolment_id}
    pages = []
    with town.app.app_context():
        declared = dict(audience.declared())
    for rule in town.app.url_map.iter_rules():
        if rule.endpoint.startswith(("casework.", "intake.", "lens.")) and "GET" in (rule.methods or ()):
            assert "casemanager" in declared[rule.endpoint]
            address = str(rule)
            address = address.replace("<wave>", "before")
            for name, value in values.items():
                address = address.replace(f"<uuid:{name}>", value)
            assert "<" not in address, f"say in this test what stands in {rule}"
            page = client.get(address)
            # Nobody here has had an intake that could be taken over.
            assert page.status_code == (404 if rule.endpoint == "intake.take_over" else 200), address
            pages.append(page.text)
    return pages
