"""What an import changes: all of a file or nothing of it, once, and only through the gates of fieldwork."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from survey import fieldwork
from survey.database import db
from survey.exchange.load import Summary
from survey.models import Enrolment, Page, Participant, Response, Visit
from tests.fixtures.application import MakeTown, Town
from tests.survey.exchange.files import (
    FACTS,
    Folder,
    bring,
    inside,
    number_of,
    only,
    places,
    refused,
    row,
    stored,
    take,
)


def test_a_row_becomes_a_response_with_scores(any_town: Town, folder: Folder) -> None:
    town = any_town
    answers = {
        "wellbeing_1": "4",
        "wellbeing_2": "3",
        "wellbeing_3": "2",
        "wellbeing_4": "dk",
        "life_satisfaction": "7",
    }
    summary = bring(town, folder.csv(row(**answers, mode="paper", respondent="self", version="1")))
    assert summary == Summary(
        rows=1, added=1, replaced=0, unchanged=0, new_participants=1, new_enrolments=1, changed_people=0
    )
    response = only(town, Response)
    assert (response.instrument, response.version, response.respondent) == ("wellbeing", 1, "self")
    assert (response.mode, response.language, response.answered_on) == ("paper", "nl", date(2026, 3, 2))
    with inside(town):
        pages = {page.domain: page for page in db.session.scalars(select(Page))}
        assert pages["wellbeing"].answers == {
            "wellbeing_1": 4, "wellbeing_2": 3, "wellbeing_3": 2, "wellbeing_4": "dk",
        }  # fmt: skip
        assert pages["wellbeing"].score == 3.0
        assert (pages["life_satisfaction"].answers, pages["life_satisfaction"].score) == (
            {"life_satisfaction": 7},
            7,
        )


def test_defaults_and_the_earliest_date(town: Town, folder: Folder) -> None:
    """Without more columns: the latest version, respondent and mode self, enrolled on the first date."""
    later, earlier = row(date="2026-05-11", wave="after"), row(date="2026-03-02")
    bring(town, folder.csv(later, earlier))
    with inside(town):
        kinds = {(one.version, one.respondent, one.mode) for one in db.session.scalars(select(Response))}
    assert kinds == {(1, "self", "self")}
    assert only(town, Enrolment).started_on == date(2026, 3, 2)


def test_the_only_instrument_need_not_be_named(app: Flask, make_town: MakeTown, folder: Folder) -> None:
    town = make_town(app, instruments=("wellbeing",))
    one = row()
    del one["instrument"]
    bring(town, folder.csv(one))
    assert only(town, Response).instrument == "wellbeing"


def test_who_answered_themselves_is_no_longer_due(town: Town, folder: Folder) -> None:
    first, last = row(date="2026-03-02"), row(instrument="integration", date="2026-03-04", work_1="2")
    for item in ("wellbeing_1", "wellbeing_2"):
        last[item] = ""
    bring(town, folder.csv(last, first, row("P2", respondent="casemanager")))
    visit = only(town, Visit)
    assert (visit.state, visit.finished_on, visit.language) == ("finished", date(2026, 3, 4), "nl")


def test_a_visit_begun_on_a_screen_is_finished_on_paper(town: Town, folder: Folder) -> None:
    _, enrolment, _ = join(town, "P1")
    with inside(town):
        wave = town.inside().waves[0]
        db.session.add(Visit(enrolment_id=enrolment, wave_id=wave.id, state="agreed", language="uk"))
        db.session.commit()
    bring(town, folder.csv(row(mode="paper")))
    visit = only(town, Visit)
    assert (visit.state, visit.finished_on) == ("finished", date(2026, 3, 2))


def join(town: Town, pseudonym: str) -> tuple[Any, Any, str]:
    with inside(town):
        person, enrolment, code = town.join(pseudonym=pseudonym, started_on=date(2026, 3, 1))
        return person.id, enrolment.id, code


def test_importing_twice_changes_nothing(any_town: Town, folder: Folder) -> None:
    path = folder.csv(row(**FACTS), row("P2"), row("P2", wave="after", wellbeing_1="", wellbeing_2=""))
    assert bring(any_town, path).added == 3
    before = stored(any_town)
    assert bring(any_town, path) == Summary(3, 0, 0, 3, 0, 0, 0)
    assert bring(any_town, path, replace=True) == Summary(3, 0, 0, 3, 0, 0, 0)
    assert stored(any_town) == before


def test_a_file_with_nothing_but_a_heading_changes_nothing(town: Town, folder: Folder) -> None:
    before = stored(town)
    assert bring(town, folder.cells([list(row())])) == Summary(0, 0, 0, 0, 0, 0, 0)
    assert stored(town) == before


@pytest.mark.parametrize(
    ("cells", "columns"),
    [
        ({"wellbeing_1": "5"}, ["wellbeing_1"]),
        ({"wellbeing_1": ""}, ["wellbeing_1"]),
        ({"wellbeing_2": "pna"}, ["wellbeing_2"]),
        ({"life_satisfaction": "0"}, ["life_satisfaction"]),
        ({"date": "2026-03-03"}, ["date"]),
        ({"language": "en"}, ["language"]),
        ({"mode": "paper", "wellbeing_1": "1"}, ["mode", "wellbeing_1"]),
    ],
)
def test_a_differing_row_is_refused_unless_it_may_replace(
    any_town: Town, folder: Folder, cells: dict[str, str], columns: list[str]
) -> None:
    bring(any_town, folder.csv(row(), row("P2")))
    changed = folder.csv(row("P2"), row(**cells))
    assert places(refused(any_town, changed)) == [(3, column) for column in columns]
    kept = only_response_id(any_town, "P1")
    assert bring(any_town, changed, replace=True) == Summary(2, 0, 1, 1, 0, 0, 0)
    assert only_response_id(any_town, "P1") == kept
    assert bring(any_town, changed) == Summary(2, 0, 0, 2, 0, 0, 0)


def only_response_id(town: Town, pseudonym: str) -> Any:
    with inside(town):
        whose = select(Response.id).join(Response.enrolment).join(Enrolment.participant)
        return db.session.scalars(whose.where(Participant.pseudonym == pseudonym)).one()


def test_what_is_replaced_gets_its_score_anew(any_town: Town, folder: Folder) -> None:
    bring(any_town, folder.csv(row(life_satisfaction="3")))
    bring(any_town, folder.csv(row(wellbeing_1="", wellbeing_2="", life_satisfaction="9")), replace=True)
    page = only(any_town, Page)
    assert (page.domain, page.answers, page.score) == ("life_satisfaction", {"life_satisfaction": 9}, 9.0)


@pytest.mark.parametrize(
    "bad", [{"wellbeing_1": "6"}, {"wave": "later"}, {"gender": "x"}, {"birth_year": "1987"}]
)
def test_one_bad_row_among_many_leaves_everything_as_it_was(
    any_town: Town, folder: Folder, bad: dict[str, str]
) -> None:
    bring(any_town, folder.csv(row("P0")))
    rows = [row(f"P{number}") for number in range(1, 30)]
    refusals = refused(any_town, folder.csv(*rows, row("P30", **bad)), replace=True)
    assert places(refusals) == [(31, next(iter(bad)))]


def test_a_trial_says_what_would_happen_and_changes_nothing(any_town: Town, folder: Folder) -> None:
    before = stored(any_town)
    path = folder.csv(row(**FACTS), row("P2"))
    trial = bring(any_town, path, dry_run=True)
    assert stored(any_town) == before
    assert bring(any_town, path) == trial == Summary(2, 2, 0, 0, 2, 2, 0)


@pytest.mark.parametrize("state", ["planned", "closed"])
def test_only_an_open_wave_takes_answers(town: Town, folder: Folder, state: str) -> None:
    bring(town, folder.csv(row(wave="after")))
    there = folder.csv(row(wave="after"))
    with inside(town):
        wave = town.inside().wave("after")
        assert wave is not None
        if state == "closed":
            fieldwork.close_wave(wave)
        else:
            wave.state, wave.opened_on = "planned", None
        db.session.commit()
    assert places(refused(town, folder.csv(row("P2", wave="after"), row("P3")))) == [(2, "wave")]
    assert places(refused(town, folder.csv(row(wave="after", mode="paper")), replace=True)) == [(2, "wave")]
    assert bring(town, there).unchanged == 1


def test_only_a_language_in_which_may_be_asked(app: Flask, make_town: MakeTown, folder: Folder) -> None:
    town = make_town(app, languages=("uk",))
    path = folder.csv(row(language="uk"), row("P2", language="ar"), row("P3", language="xx"))
    assert places(refused(town, path)) == [(3, "language"), (4, "language")]
    assert bring(town, folder.csv(row(language="uk"), row("P4", language="en"))).added == 2


def test_who_refused_a_wave_stays_out_of_it(any_town: Town, folder: Folder) -> None:
    """And nobody is told that they refused."""
    town = any_town
    bring(town, folder.csv(row(), row(wave="after")))
    with inside(town):
        wave = town.inside().waves[0]
        refuse = update(Visit).where(Visit.wave_id == wave.id).values(state="refused", finished_on=None)
        db.session.execute(refuse)
        db.session.commit()
    assert take(town, folder.new()).count(b"P1,before") == 0
    assert take(town, folder.new()).count(b"P1,after") == 1
    refusals = refused(town, folder.csv(row(mode="paper")), replace=True)
    assert places(refusals) == [(2, "participant")]
    assert "refus" not in refusals[0].reason
    assert bring(town, folder.csv(row(respondent="casemanager"))).added == 1


def test_people_of_an_import_are_counted_in_a_large_file(town: Town, folder: Folder) -> None:
    """More rows than are written or compared at once."""
    rows = [row(f"P{number % 700}", wave="before" if number < 700 else "after") for number in range(1400)]
    path = folder.csv(*rows)
    assert bring(town, path) == Summary(1400, 1400, 0, 0, 700, 700, 0)
    assert bring(town, path) == Summary(1400, 0, 0, 1400, 0, 0, 0)
    assert number_of(town, Page) == number_of(town, Response) == number_of(town, Visit) == 1400
