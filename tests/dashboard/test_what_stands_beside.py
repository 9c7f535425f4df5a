"""The whole analysis of a programme with three waves: every part is filled from what is in the database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
from flask import Flask

from dashboard import operations
from survey.clock import now, today
from survey.database import db
from survey.models import (
    Activity,
    DomainLink,
    Enrolment,
    Label,
    Note,
    NoteLabel,
    Observation,
    Page,
    Programme,
    Response,
)
from tests.dashboard.people import answer_at_random, enrol, respond
from tests.fixtures.application import MakeTown, new_town

WEEKS = 30


def observed(enrolment: Enrolment, what: str, value: str, day: date) -> None:
    db.session.add(
        Observation(
            participant_id=enrolment.participant_id, what=what, value=value, observed_on=day, source="test",
            recorded_at=now(),
        )
    )  # fmt: skip


def doing(enrolment: Enrolment, kind: str, began: date, ended: date | None = None) -> None:
    activity = Activity(
        participant_id=enrolment.participant_id, standard=kind, started_on=began, recorded_at=now()
    )
    activity.ended_on = ended
    db.session.add(activity)


def casework(people: list[Enrolment]) -> None:
    """Two find work, one loses it; one gets a buddy; housing blocks work of two; a talk and a question have labels."""
    first, after = people[0].started_on, people[0].started_on + timedelta(weeks=10)
    before, later = ("looking", "looking", "paid_work"), ("paid_work", "paid_work", "looking")
    for enrolment, one, other in zip(people, before, later, strict=False):
        observed(enrolment, "work_status", one, first)
        observed(enrolment, "work_status", other, after)
    observed(people[0], "work_hours", "32", after)
    observed(people[0], "fit_level", "below", after)
    observed(people[0], "ladder", "3", first)
    observed(people[0], "ladder", "6", after)
    doing(people[0], "language_buddy", first + timedelta(weeks=2))
    doing(people[0], "paid_work", first - timedelta(days=400))
    for enrolment in people[:2]:
        link = DomainLink(
            enrolment=enrolment, kind="obstacle", from_domain="housing", to_domain="work", since=first
        )
        link.changed_at = now()
        db.session.add(link)


def label(programme: Programme, name: str, minutes: int | None) -> None:
    label = Label(name=name)
    note = Note(
        kind="question", programme_id=programme.id, happened_on=today(), channel="visit", minutes=minutes, domains=[],
        changed_at=now(),
    )  # fmt: skip
    db.session.add_all([label, note])
    db.session.flush()
    db.session.add(NoteLabel(note_id=note.id, label_id=label.id))


def three_waves(programme: Programme) -> list[Enrolment]:
    """Twelve people; four answer the first wave alone. One looks back; of one a casemanager answered too."""
    random = Random(3)
    people = enrol(programme, 12)
    for number, enrolment in enumerate(people):
        enrolment.started_on = today() - timedelta(weeks=WEEKS)
        for wave in programme.waves[: 3 if number < 8 else 1]:
            answer = partial(answer_at_random, random, moved=wave.key != "before")
            respond(enrolment, wave, answer, mode="audio" if number == 0 and wave.key == "after" else "self")
    for wave in programme.waves[:2]:
        respond(people[0], wave, partial(answer_at_random, random, moved=False), respondent="casemanager")
    back = Response(
        enrolment=people[0], wave=programme.waves[1], instrument="then-now", version=1, language="nl"
    )
    back.answered_on = today()
    db.session.add(back)
    db.session.add(Page(response=back, domain="work", language="nl", answers={"work_then": 2, "work_now": 4}))
    return people


@pytest.fixture
def analysed(any_app: Flask) -> dict[str, Any]:
    with any_app.app_context():
        programme = new_town(any_app, waves=("before", "after", "follow_up")).inside()
        people = three_waves(programme)
        casework(people)
        label(programme, "Housing", 30)
        label(programme, "Work", 90)
        programme.primary_domains = ["work", "wellbeing"]
        programme.chosen_on, programme.chosen_from_mean = "work", 3.5
        db.session.flush()
        return operations.analyse(programme)


def test_every_part_tells_what_is_in_the_database(analysed: dict[str, Any]) -> None:
    json.dumps(analysed, allow_nan=False)
    assert analysed["waves"] == ["before", "after", "follow_up"]
    assert [(one["before"], one["after"]) for one in analysed["pairs"]] == [
        ("before", "after"), ("before", "follow_up"), ("after", "follow_up"),
    ]  # fmt: skip
    for entry, again in zip(analysed["domains"], analysed["pairs"][0]["domains"], strict=True):
        both = (again.keys() & entry.keys()) - {"note", "instrument", "domain"}
        assert {key: entry[key] for key in both} == pytest.approx({key: again[key] for key in both}, abs=1e-9)
    assert len(analysed["headings"]) == 4 and len(analysed["gains_kept"]) == len(analysed["mixed"]) == 16
    named = {one["domain"] for one in analysed["domains"] if one["p_holm_primary"] is not None}
    assert named == set(analysed["primary"]) == {"work", "wellbeing"}
    (lens,) = analysed["lenses"]
    assert lens["respondent"] == "casemanager" and {one["pairs"] for one in lens["domains"]} <= {0, 1}
    first, second, _ = analysed["how_answered"]["waves"]
    assert (first["people"], second["people"], second["modes"]) == (12, 8, {"audio": 1, "self": 7})
    assert analysed["how_answered"]["otherwise"][0]["other_mode"] == 1
    assert {one["left"] for one in analysed["left"]["facts"] if one["fact"] == "gender"} == {4}
    (back,) = analysed["looking_back"]
    assert (back["domain"], back["then"], back["now"], back["anchor"]) == ("work", 2.0, 4.0, None)
    (chosen,) = analysed["regression"]
    assert chosen["domain"] == "work" and chosen["expected"] is not None


#: What may be empty without a reason: it is a name, belongs to what was named in advance, or is a target's own.
MAY_BE_EMPTY = {"heading", "p_holm", "p_bh", "p_holm_primary", "value", "note"}


def entries(part: Any) -> Iterator[dict[str, Any]]:
    """Every entry of a document that can have a note."""
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from entries(inner)
    if isinstance(part, dict) and "note" in part:
        yield part


def unexplained(document: dict[str, Any]) -> list[dict[str, Any]]:
    without_targets = {key: part for key, part in document.items() if key != "targets"}
    return [
        entry
        for entry in entries(without_targets)
        if not entry["note"] and any(entry[key] is None for key in entry.keys() - MAY_BE_EMPTY)
    ]


def test_whatever_is_not_there_is_explained(
    analysed: dict[str, Any], app: Flask, make_town: MakeTown
) -> None:
    assert unexplained(analysed) == []
    empty = make_town(app, "borne")
    with app.app_context():
        programme = empty.inside()
        nobody = operations.analyse(programme)
        (person,) = enrol(programme, 1)
        respond(person, programme.waves[0], partial(answer_at_random, Random(1), moved=False))
        alone = operations.analyse(programme)
    assert unexplained(nobody) == unexplained(alone) == []
    json.dumps([nobody, alone], allow_nan=False)


def test_work_the_ladder_links_and_themes_come_from_casework(analysed: dict[str, Any]) -> None:
    work = analysed["work"]
    in_work, volunteering, buddy = work["yes_or_no"]
    assert (in_work["people"], in_work["gained"], in_work["lost"], in_work["p"]) == (3, 2, 1, 1.0)
    assert (buddy["people"], buddy["gained"]) == (12, 1) and volunteering["note"] == "Nobody changed."
    assert [(one["before"], one["now"]) for one in work["lasting"]] == [(1, 1)] * 3
    assert work["fit"][0]["after"]["below"] == 1 and work["hours"]["after"]["0.8_or_more"] == 1
    assert work["lost_around_coaching"]["people"] == 0
    assert analysed["ladder_matrix"]["3"]["6"] == 1
    assert analysed["links"] == [{"kind": "obstacle", "from": "housing", "to": "work", "people": 2}]
    assert {one["label"]: one["share_of_time"] for one in analysed["themes"]} == {
        "Housing": 0.25,
        "Work": 0.75,
    }
