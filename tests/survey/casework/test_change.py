"""What changed for one person, and the band within which a difference means nothing."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard.operations import analyse
from instruments import library
from survey import fieldwork
from survey.casework.agreed import OwnScore
from survey.casework.change import queries
from survey.clock import now
from survey.database import db
from survey.exchange.load import load_file
from survey.models import Consent, Enrolment, Membership, Wave
from tests.fixtures.application import Town, new_town
from tests.survey.casework.conftest import inside
from tests.survey.casework.pair import Pair, say_yes

FULL = library.load("integration")
SHOWN = "Zoals de persoon zelf antwoordde."
NOT_SHOWN = "U ziet hier geen antwoorden van de persoon."


def answered(town: Town, folder: Path, number: int, seed: int = 1) -> None:
    """So many people answered everything before and after, at random; both waves are closed since."""
    random = Random(seed)
    file = folder / f"{number}.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        table = csv.writer(out)
        items = [item.id for item in FULL.items]
        table.writerow(["participant", "wave", "instrument", "date", "language", *items])
        for person in range(number):
            standing = random.randint(1, 4)
            for wave, day in (("before", "2026-01-05"), ("after", "2026-03-16")):
                codes = [standing + random.randint(0, 1) for _ in items]
                table.writerow([f"P{person:02}", wave, "integration", day, "nl", *codes])
    with inside(town):
        programme = town.inside()
        load_file(file, programme)
        for wave in programme.waves:
            fieldwork.close_wave(wave)


def tables_of(town: Town) -> list[queries.Table]:
    """Of the first person, who shows both waves to the only casemanager there is."""
    town.sign_in("casemanager")
    with inside(town):
        viewer = db.session.scalars(select(Membership.staff_id)).one()
        enrolment = db.session.scalars(
            select(Enrolment).join(Enrolment.participant).order_by("pseudonym")
        ).first()
        assert enrolment is not None
        enrolment.casemanager_id = viewer
        for wave in enrolment.programme.waves:
            consent = Consent(
                participant_id=enrolment.participant_id, wave_id=wave.id, purpose="show_to_casemanager",
                text_version=1, language="nl", given_at=now(),
            )  # fmt: skip
            db.session.add(consent)
        db.session.flush()
        return queries.tables([enrolment], viewer, "nl")


def test_the_band_is_the_reliable_change_of_the_analysis(any_app: Flask, tmp_path: Path) -> None:
    """Worked out by other code, over arrays. Everybody answered twice, so both are of the same people."""
    town = new_town(any_app, instruments=("integration",))
    answered(town, tmp_path, 14)
    with inside(town):
        known = {entry["domain"]: entry["reliable_from"] for entry in analyse(town.inside())["domains"]}
    (table,) = tables_of(town)
    assert len(table.waves) == 2 and len(table.lines) == 14
    for line, domain in zip(table.lines, FULL.domains, strict=True):
        expected = known[domain.code]
        assert line.margin == (expected and pytest.approx(math.ceil(expected * 10) / 10))
        first, last = (score for _, score in line.scores)
        assert line.came_to == (
            "unknown" if line.margin is None
            else "alike" if abs(last - first) < line.margin
            else "higher" if last > first else "lower"
        )  # fmt: skip


def test_too_few_people_make_no_band(app: Flask, tmp_path: Path) -> None:
    town = new_town(app, instruments=("integration",))
    answered(town, tmp_path, 9)
    (table,) = tables_of(town)
    assert {line.margin for line in table.lines} == {None} and {line.came_to for line in table.lines} == {
        "unknown"
    }


@pytest.mark.parametrize(
    ("bands", "margin", "came_to"),
    [
        ({1: 0.4, 2: 1.2}, 1.2, "alike"), ({1: 1.2, 2: 0.4}, 1.2, "alike"), ({1: 0.4, 2: 0.5}, 0.5, "higher"),
        ({1: 0.4}, None, "unknown"), ({2: 0.4}, None, "unknown"),
    ],
)  # fmt: skip
def test_between_two_versions_the_wider_band_counts(
    monkeypatch: pytest.MonkeyPatch, app: Flask, bands: dict[int, float], margin: float | None, came_to: str
) -> None:
    """Somebody who answered one version before and another after."""
    asked: list[tuple[int, int]] = []

    def margins(wave: Wave, instrument: str, version: int) -> dict[str, float]:
        asked.append((wave.weeks, version))
        return {"work": bands[version]} if version in bands else {}

    monkeypatch.setattr(queries, "margins", margins)
    monkeypatch.setattr(queries.library, "load", lambda *_: FULL)
    enrolment = Enrolment()
    scores = [
        OwnScore(enrolment, Wave(id=uuid4(), weeks=weeks), "integration", version, "work", score)
        for weeks, version, score in ((0, 1, 2.0), (4, 1, 2.0), (10, 2, 3.0))
    ]
    with app.test_request_context():
        (line,) = queries._table(scores, "nl").lines
    assert (line.margin, line.came_to) == (margin, came_to)
    assert sorted(asked) == [(0, 1), (10, 2)], "each version once, in the first wave that asked it"


@pytest.fixture
def pair(app: Flask) -> Pair:
    return Pair(new_town(app, instruments=("integration-short",)))


def page(pair: Pair) -> str:
    return pair.client.get(f"/casework/participants/{pair.person}").text


def test_only_with_a_yes_and_after_saying_how_one_sees_it(pair: Pair) -> None:
    assert NOT_SHOWN in page(pair)
    visitor = say_yes(pair.answer())
    assert NOT_SHOWN in page(pair), "the casemanager can still say how they see it"
    pair.fill_in(only=("work_short",))
    shown = page(pair)
    assert SHOWN in shown and shown.count('class="track"') == 1
    visitor.send("/survey/your-data/showing")
    assert NOT_SHOWN in page(pair) and SHOWN not in page(pair)


def test_once_the_wave_is_closed_nobody_waits_for_the_casemanager(pair: Pair) -> None:
    say_yes(pair.answer())
    with inside(pair.town):
        for wave in db.session.scalars(select(Wave)):
            fieldwork.close_wave(wave)
    assert page(pair).count('class="track"') == 14


def test_another_casemanager_sees_nothing(pair: Pair) -> None:
    say_yes(pair.answer())
    pair.fill_in()
    assert SHOWN in page(pair)
    with inside(pair.town):
        db.session.get_one(Enrolment, pair.enrolment).casemanager_id = None
    assert SHOWN not in page(pair)
