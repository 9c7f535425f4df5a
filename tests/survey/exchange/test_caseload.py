"""A caseload comes in whole or not at all: what is refused, changed, and left as it is."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from survey.clock import today
from survey.codes import (
    CHANNELS,
    END_REASONS,
    GENDERS,
    GROUPS,
    HOURS_PER,
    NOTE_KINDS,
    OBSERVED,
    OUTCOMES,
    SOURCES,
    STANDARD_KINDS,
    STOP_REASONS,
)
from survey.database import db
from survey.exchange import cells
from survey.exchange.caseload import words
from survey.exchange.caseload.columns import COLUMNS
from survey.exchange.files import NotLoaded
from survey.languages import LANGUAGES
from survey.models import (
    Activity,
    ActivityKind,
    Enrolment,
    HouseholdMember,
    Label,
    Note,
    Observation,
    Participant,
    Provider,
)
from survey.privacy import erasure
from tests.fixtures.application import Town, new_town
from tests.fixtures.audit import events
from tests.survey.exchange.files import Folder, Row, bring, bring_caseload, inside, places, refused, stored

DAY = "2026-03-02"


def person(participant: str = "P1", **cells: Any) -> Row:
    return {"participant": participant, "what": "participant", "date": DAY, **cells}


def thing(what: str, participant: str = "P1", **cells: Any) -> Row:
    return {"participant": participant, "what": what, "date": DAY, **cells}


def step(value: str = "3", **cells: Any) -> Row:
    return thing("observation", kind="ladder", value=value, **cells)


def work(**cells: Any) -> Row:
    return thing("activity", **{"kind": "paid_work", **cells})


def note(text: str = "We talked.", **cells: Any) -> Row:
    return thing("note", note=text, **cells)


ALL = (
    person(group="newcomer", language="uk", home="a"),
    person("P2", home="a", benefit="2"),
    step(),
    thing("observation", kind="target_group", value="displaced", participant="P2"),
    thing("activity", kind="one_off_job", became="1", until="2026-03-03"),
    work(number="1", date="2026-04-01", provider="Bakery", hours="12,5"),
    thing("activity", "P2", kind="activation", activity="Sport"),
    note(
        "- a line\n=and more, -with dashes",
        labels='work;"Bus; at night"',
        domains="work;housing",
        minutes="20",
    ),
    thing("note", "", kind="question", channel="chat", labels="Werk", note="Which bus?"),
)


def test_everything_comes_in_and_a_second_time_changes_nothing(any_app: Flask, folder: Folder) -> None:
    """From a workbook too; each as if a casemanager had written it down."""
    town = new_town(any_app)
    path = folder.csv(*ALL)
    plan = bring_caseload(town, path)
    assert plan.counts == {
        "participant": (2, 0, 0), "observation": (2, 0, 0), "activity": (3, 0, 0), "note": (2, 0, 0),
    }  # fmt: skip
    assert plan.new_names == [
        ("activity", "Sport"),
        ("provider", "Bakery"),
        ("labels", "Bus; at night"),
    ] or set(plan.new_names) == {("activity", "Sport"), ("provider", "Bakery"), ("labels", "Bus; at night")}
    with inside(town):
        one, two = db.session.scalars(select(Participant).order_by(Participant.pseudonym))
        assert (one.group, two.group) == ("newcomer", "displaced")
        homes = {member.household_id for member in db.session.scalars(select(HouseholdMember))}
        assert len(homes) == 1
        job = db.session.scalars(select(Activity).where(Activity.standard == "one_off_job")).one()
        assert job.became is not None and (job.became.hours, job.became.counts_as) == (12.5, "paid_work")
        written = db.session.scalars(select(Note).where(Note.kind == "person")).one()
        assert written.text == "- a line\n=and more, -with dashes"
        assert b"dashes" not in (written.text_sealed or b"")
        assert {label.standard or label.name for label in written.labels} == {"work", "Bus; at night"}
        asked = db.session.scalars(select(Note).where(Note.kind == "question")).one()
        assert [label.standard for label in asked.labels] == ["work"] and asked.text == "Which bus?"
        assert one.enrolments[0].last_seen_on == date.fromisoformat(DAY)
        assert db.session.scalars(select(ActivityKind)).one().standard == "activation"
    before = stored(town)
    for again in (path, folder.xlsx(*ALL)):
        assert bring_caseload(town, again).changes_nothing
        assert stored(town) == before
    actions = [event["action"] for event in events(any_app)]
    for action, times in (("participant.added", 2), ("observation.added", 2), ("activity.added", 3),
                          ("participant.note_added", 1), ("programme.noted", 1)):  # fmt: skip
        assert actions.count(action) == times, action


WRONG: tuple[tuple[Row, str], ...] = (
    (person("123456782"), "participant"),
    (person("P2", until="2026-01-01"), "until"),
    (person("P3", ending="moved"), "until"),
    (person("P4", benefit="0"), "benefit"),
    (person("P5", kind="ladder"), "kind"),
    (person("P6", date="46083"), "date"),
    (step("7"), "value"),
    (step(participant="P9"), "participant"),
    (step(date=(today() + timedelta(days=2)).isoformat()), "date"),
    (step(date="2021-01-01"), "date"),
    (step(note="zebra"), "note"),
    (thing("observation", kind="work_hours", value="61"), "value"),
    (thing("observation", kind="work_hours", value="many"), "value"),
    (work(date="2026-03-03", hours="61"), "hours"),
    (work(date="2026-03-04", until="2020-01-01"), "until"),
    (work(date="2026-03-05", became="7"), "became"),
    (work(kind="baking"), "kind"),
    (work(activity="=1+1"), "activity"),
    (work(provider="A\u202eB"), "provider"),
    (note(""), "note"),
    (note("=zebra"), "note"),
    (note("zebra" * 1001), "note"),
    (note(labels='"zebra'), "labels"),
    (note(domains="wrk"), "domains"),
    (note(kind="council"), "participant"),
    (note(date="2001-01-01"), "date"),
    (thing("note", "", kind="question"), "channel"),
    (thing("visit"), "what"),
    (thing("observation", "", kind="ladder", value="3"), "participant"),
    (thing("observation", kind="ladder"), "value"),
)


def test_every_row_that_is_wrong_is_told_and_nothing_comes_in(town: Town, folder: Folder) -> None:
    """Beside rows that are right; each reason stands at its line and repeats nothing of a note."""
    right = (person(arrival_year="2022"), step(), work(), note())
    found = refused(town, folder.csv(*right, *(row for row, _column in WRONG)))
    expected = [(len(right) + 2 + place, column) for place, (_row, column) in enumerate(WRONG)]
    assert places(found) == expected
    assert not [refusal for refusal in found if "zebra" in refusal.reason]


def test_every_row_is_counted_once_as_what_it_is(town: Town, folder: Folder) -> None:
    """As new, changed, there already, refused, or waiting for somebody's own row; what is refused is none of these."""
    bring(town, folder.csv(person(), step(), note()))
    new = (person("P7"), step(participant="P7"), work(participant="P7"), note("New."))
    there = (person(), step(), note())
    of_nobody = (
        note("Of a person with a name for a code.", participant="Jan Jansen"),
        step(participant="P8"),
    )
    unfit = (person("Jan Jansen"), person("P8", gender="x"), note(date="2001-01-01"), step("4"))
    every = [*new, *there, *of_nobody, *unfit, *(row for row, _column in WRONG)]
    chance = Random(5)
    for _time in range(20):
        rows = chance.sample(every, chance.randint(1, len(every)))
        with pytest.raises(NotLoaded) as problem:
            bring(town, folder.csv(*rows, person("P9", gender="x")), dry_run=True)
        plan = problem.value.plan
        lines = {refusal.line for refusal in problem.value.refusals}
        counted = sum(map(sum, plan.counts.values()))
        assert counted + plan.waiting_rows + len(lines) == plan.rows == len(rows) + 1
        assert not {change.row.line for change in plan.changes} & lines
    with pytest.raises(NotLoaded) as problem:
        bring(town, folder.csv(*new, *there, *of_nobody, *unfit), dry_run=True)
    assert problem.value.plan.counts == {
        "participant": (1, 0, 1), "observation": (1, 0, 1), "activity": (1, 0, 0), "note": (1, 0, 1),
    }  # fmt: skip
    assert problem.value.plan.waiting_rows == 2


@given(st.dates(date(1900, 1, 1), date(2026, 3, 31)))
def test_a_day_may_be_written_as_people_here_do(day: date) -> None:
    """The day first, or the year first: the same day. Another order is never guessed at."""
    two, four = f"{day.month:02}", f"{day.year:04}"
    for text in (day.isoformat(), f"{day.day}-{day.month}-{four}", f"{day.day:02}/{two}/{four}"):
        assert cells.day(text) == day
    if day.day > 12:
        with pytest.raises(cells.Unfit):
            cells.day(f"{day.month}-{day.day}-{four}")


def test_a_heading_that_is_wrong_says_so_once(town: Town, folder: Folder) -> None:
    rows = [{**person(f"P{number}"), "knid": "ladder"} for number in range(9)]
    assert places(refused(town, folder.csv(*rows))) == [(1, "knid")]


def test_the_same_thing_twice_in_a_file_is_refused(town: Town, folder: Folder) -> None:
    """Notes may be alike: somebody may have called twice in vain."""
    twice = (person(), person(), step(), step("4"), work(), work(hours="3"))
    assert places(refused(town, folder.csv(*twice))) == [(3, None), (5, None), (7, None)]
    assert bring_caseload(town, folder.csv(person(), note(), note())).counts["note"] == (2, 0, 0)
    assert bring_caseload(town, folder.csv(note(), note(), note())).counts["note"] == (1, 0, 2)


def test_what_differs_is_refused_unless_it_may_replace(any_app: Flask, folder: Folder) -> None:
    town = new_town(any_app)
    bring(town, folder.csv(person(group="newcomer", home="a"), step(), work(hours="8")))
    other = folder.csv(
        person(group="displaced", until="2026-05-01", ending="moved", home="a", benefit="2"),
        step("4", source="test"),
        work(hours="16", until="2026-06-01", ending="own_choice"),
    )
    differing = places(refused(town, other))
    assert set(differing) == {
        (2, "group"), (2, "until"), (2, "ending"), (2, "benefit"), (3, "value"), (3, "source"),
        (4, "hours"), (4, "until"), (4, "ending"),
    }  # fmt: skip
    plan = bring_caseload(town, other, replace=True)
    assert [change.row.line for change in plan.changed] == [2, 3, 4]
    with inside(town):
        enrolment = db.session.scalars(select(Enrolment)).one()
        assert (enrolment.participant.group, enrolment.end_reason) == ("displaced", "moved")
        seen = db.session.scalars(select(Observation)).one()
        assert (seen.value, seen.source, seen.version) == ("4", "test", 2)
        job = db.session.scalars(select(Activity)).one()
        assert (job.hours, job.end_reason, job.version) == (16.0, "own_choice", 2)
    corrected = [event for event in events(any_app) if event["action"] == "observation.corrected"]
    assert [(one["details"]["was"], one["details"]["was_from"]) for one in corrected] == [("3", "other")]
    assert bring_caseload(town, other).changes_nothing


def test_a_trial_says_what_could_be_taken_beside_what_is_refused(town: Town, folder: Folder) -> None:
    before = stored(town)
    with pytest.raises(NotLoaded) as problem:
        bring(town, folder.csv(person(), step("9"), work()), dry_run=True)
    assert problem.value.plan.counts["activity"] == (1, 0, 0)
    assert bring_caseload(town, folder.csv(*ALL), dry_run=True).counts["note"] == (2, 0, 0)
    assert stored(town) == before


def test_who_was_erased_is_nobody_a_file_can_add_to(town: Town, folder: Folder) -> None:
    bring(town, folder.csv(person(), note()))
    with inside(town):
        erasure.forget(db.session.scalars(select(Participant)).one())
        db.session.commit()
    assert places(refused(town, folder.csv(step()))) == [(2, "participant")]


def test_people_of_two_households_are_not_put_together_by_a_file(town: Town, folder: Folder) -> None:
    bring(town, folder.csv(person(home="a"), person("P2", home="b"), person("P3")))
    assert places(refused(town, folder.csv(person(home="c"), person("P2", home="c")), replace=True)) == [
        (2, "home"), (3, "home"),
    ]  # fmt: skip
    assert bring_caseload(town, folder.csv(person(home="x"), person("P3", home="x"))).counts[
        "participant"
    ] == (0, 1, 1)
    with inside(town):
        assert len(set(db.session.scalars(select(HouseholdMember.household_id)))) == 2


def test_another_towns_names_and_people_are_not_seen(app: Flask, folder: Folder) -> None:
    one, other = new_town(app, "one"), new_town(app, "other")
    bring(one, folder.csv(*ALL))
    before = stored(one)
    bring(other, folder.csv(person(), work(provider="Bakery")))
    assert stored(one) == before
    with inside(other):
        assert len(db.session.scalars(select(Provider)).all()) == 1
        assert db.session.scalars(select(Label).where(Label.name.is_not(None))).all() == []


def test_every_column_and_code_is_told_where_files_are_told() -> None:
    told = (Path(__file__).resolve().parents[3] / "docs" / "exchange.md").read_text(encoding="utf-8")
    codes = [code for column in COLUMNS for _of, offered in words.codes_of(column) for code in offered]
    observed = {code for _of, offered in words.codes_of("value") for code in offered}
    codes = [code for code in codes if code not in LANGUAGES]  # the standard's own, not ours
    lacking = [word for word in (*COLUMNS, *codes) if word not in observed and word not in told]
    assert lacking == []
    assert words.MEANINGS.keys() == words.COLUMN_NAMES.keys() == set(COLUMNS)
    kept = {
        "ending": STOP_REASONS, "group": GROUPS, "gender": GENDERS, "kind": tuple(OBSERVED), "source": SOURCES,
    }  # fmt: skip
    of_things = {**words.NAMES["participant"], **words.NAMES["observation"]}
    assert {column: set(of_things[column]) for column in kept} == {
        column: set(kept[column]) for column in kept
    }
    done = {"kind": STANDARD_KINDS, "ending": END_REASONS, "hours_per": HOURS_PER, "outcome": OUTCOMES}
    assert {column: set(names) for column, names in words.NAMES["activity"].items()} == {
        column: set(codes) for column, codes in done.items()
    }
    assert set(words.NAMES["note"]["kind"]) == set(NOTE_KINDS)
    assert set(words.NAMES["note"]["channel"]) == set(CHANNELS)
    assert {what: set(names) for what, names in words.codes_of("value")} == {
        what: set(values) for what, values in OBSERVED.items() if values
    }
