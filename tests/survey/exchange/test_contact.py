"""When somebody was last seen is the same, whether it was written down on a page or came from a file."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from survey import participation
from survey.clock import today
from survey.codes import SOURCES
from survey.database import db
from survey.models import Enrolment
from survey.observations import Seen, observe
from tests.fixtures.application import Town, new_town
from tests.survey.casework.conftest import people, speaking
from tests.survey.casework.filling import submit
from tests.survey.exchange.files import Folder, Row, bring, inside
from tests.survey.exchange.test_caseload import note, person, step, work

DAY = date(2026, 3, 2)
STEP = {"kind": "ladder", "value": "3"}


def seen_on(town: Town) -> Any:
    with inside(town):
        return db.session.scalars(select(Enrolment.last_seen_on)).one()


def from_file(app: Flask, folder: Folder, row: Row) -> Any:
    town = new_town(app, "filed")
    bring(town, folder.csv(person(), row))
    return seen_on(town)


@pytest.mark.parametrize("source", SOURCES)
def test_an_observation_is_contact_if_it_comes_from_a_talk(app: Flask, folder: Folder, source: str) -> None:
    town = new_town(app, "paged")
    (somebody,) = people(town, 1)
    with inside(town):
        observe(
            db.session.get_one(participation.Participant, somebody), {"ladder": "3"}, Seen(DAY, source), None
        )
        db.session.commit()
    assert seen_on(town) == from_file(app, folder, step(source=source))
    assert seen_on(town) == (DAY if source == "conversation" else None)


def test_a_note_of_a_talk_is_contact(app: Flask, folder: Folder) -> None:
    """On its own day, also when it is written later; an activity is none."""
    town = new_town(app, "paged")
    client = speaking("en", town.sign_in("casemanager"))
    (somebody,) = people(town, 1)
    address = f"/casework/participants/{somebody}/notes/new"
    assert submit(client, address, text="We talked.", happened_on=DAY.isoformat()).status_code == 303
    assert seen_on(town) == from_file(app, folder, note()) == DAY
    assert submit(client, address, text="Later.", happened_on=today().isoformat()).status_code == 303
    assert (
        submit(client, address, text="Before.", happened_on=(today() - timedelta(3)).isoformat()).status_code
        == 303
    )
    assert seen_on(town) == today()
    other = new_town(app, "busy")
    bring(other, folder.csv(person(), work()))
    assert seen_on(other) is None
