"""People who answer while things break, and write down in the ledger what they sent and what was said to be saved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from uuid import UUID, uuid4

from tests.fixtures.application import Town
from tests.fixtures.visitor import Visitor
from tests.survey.durability.ledger import Given, Ledger

values = count()


def enrolled(participant_id: UUID, named: bool = False) -> Given:
    """What is there of somebody who joined: with a name only if one was typed."""
    return {participant_id.hex: f"code 1 key 1 identity {int(named)}"}


def newcomer(town: Town, name: str, ledger: Ledger) -> Visitor:
    """Someone with a code, at the first page of the questionnaire's introduction."""
    participant_id = uuid4()
    ledger.send(enrolled(participant_id))
    with town.app.app_context():
        person = Visitor(town, town.join(pseudonym=name, id=participant_id)[2])
    ledger.acknowledge(enrolled(participant_id))
    person.enter().send(language="en")
    return person


def agreeing(town: Town, name: str) -> Given:
    """What is there once somebody has agreed."""
    with town.app.app_context():
        instruments = town.inside().instruments
    begun = {f"{name} response {key}": "begun" for key in instruments}
    return {f"{name} visit": "agreed", f"{name} consent taking_part": "given", **begun}


def ending(name: str) -> Given:
    """What is there once somebody has said the last word and let it be quoted."""
    return {f"{name} visit": "finished", f"{name} words": "sealed", f"{name} consent quote": "given"}


def answers(questions: list[str]) -> dict[str, str]:
    """Other answers at every call, as many as a page can tell apart."""
    number = next(values)
    return {question: str(1 + number // 5**place % 5) for place, question in enumerate(questions)}


def page_given(name: str, domain: str, sent: dict[str, str]) -> Given:
    return {
        f"{name} {domain}": json.dumps(
            {key: int(value) for key, value in sent.items()}, sort_keys=True, separators=(",", ":")
        )
    }


def post(person: Visitor, ledger: Ledger, given: Given, **form: str) -> int:
    """Send the form on the screen without following; the ledger knows before and, if it was said to be saved, after."""
    ledger.send(given)
    answer = person.client.post(person.place, data={**person.form, **form})
    if answer.status_code == 303:
        ledger.acknowledge(given)
        person.answer = answer
    return answer.status_code


def answering(town: Town, name: str, ledger: Ledger) -> Iterator[Visitor]:
    """One person up to the last word, given after each acknowledgement."""
    person = newcomer(town, name, ledger)
    assert post(person, ledger, agreeing(town, name), take_part="yes") == 303
    yield person
    person.go(person.answer.location)
    while person.place != "/survey/last":
        sent = answers(person.questions)
        given = page_given(name, person.place.rpartition("/")[2], sent)
        assert post(person, ledger, given, then="next", **sent) == 303
        yield person
        person.go(person.answer.location)


def walk(town: Town, name: str, ledger: Ledger) -> Iterator[Visitor]:
    """One person through all of it."""
    for person in answering(town, name, ledger):
        yield person
    assert post(person, ledger, ending(name), text="words", may_quote="y", then="next") == 303
    yield person
