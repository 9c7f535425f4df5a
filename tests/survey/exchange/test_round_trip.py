"""Export writes exactly what import reads."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from random import Random
from typing import Any
from unicodedata import normalize

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from instruments import library
from instruments.scoring import score
from survey import participation
from survey.codes import GENDERS, GROUPS, MODES, RESPONDENTS
from survey.database import db
from survey.exchange.cells import Unfit, new_pseudonym
from survey.exchange.load import Summary
from survey.models import Enrolment, Page, Participant, Response, Visit, Wave
from tests.fixtures.application import MakeTown, Town
from tests.survey.exchange.conftest import PROFILE
from tests.survey.exchange.files import Folder, bring, inside, places, refused, row, stored, take

INSTRUMENTS = ("integration", "wellbeing")
WAVES = ("before", "after", "follow_up")
numbers = count(1)
days = st.dates(date(2025, 1, 1), date(2026, 6, 1))
#: What a spreadsheet takes for a formula or a separator, and letters of every script.
characters = st.sampled_from("=+-@'\",;| ＝＠") | st.characters(exclude_categories=("C", "Z"), codec="utf-8")
texts = (
    st.text(characters, min_size=1, max_size=12)
    .map(lambda text: normalize("NFC", text))
    .filter(lambda text: text == text.strip())
)


@dataclass(frozen=True)
class Answered:
    wave: str
    instrument: str
    respondent: str
    day: date
    language: str
    mode: str
    #: Domain -> answers; a domain with none was seen and left empty, one that is not there was not seen.
    pages: dict[str, dict[str, int | str]]


@dataclass(frozen=True)
class Someone:
    pseudonym: str
    started_on: date
    facts: dict[str, Any] = field(default_factory=dict)
    responses: list[Answered] = field(default_factory=list)
    #: Wave -> how far they went themselves.
    visits: dict[str, str] = field(default_factory=dict)


@st.composite
def responses(draw: st.DrawFn) -> Answered:
    instrument = library.load(draw(st.sampled_from(INSTRUMENTS)))
    pages = {}
    for domain in instrument.domains:
        if draw(st.booleans()):
            pages[domain.code] = {
                item.id: draw(st.sampled_from(offered(instrument.key, item.id)))
                for item in domain.items
                if draw(st.booleans())
            }
    return Answered(
        draw(st.sampled_from(WAVES)), instrument.key, draw(st.sampled_from(RESPONDENTS)), draw(days),
        draw(st.sampled_from(("nl", "en", "uk", "ar"))), draw(st.sampled_from(MODES)), pages,
    )  # fmt: skip


def offered(key: str, item: str) -> list[int | str]:
    instrument = library.load(key)
    answers: list[int | str] = [*instrument.scale_of(item).codes, "dk", "pna"]
    return [*answers, "na"] if instrument.item(item).not_applicable else answers


def may_be_new(pseudonym: str) -> bool:
    try:
        new_pseudonym(pseudonym)
    except Unfit:
        return False
    return True


people = st.lists(
    st.builds(
        Someone,
        texts.filter(may_be_new),
        days,
        st.fixed_dictionaries(
            {},
            optional={
                "group": st.sampled_from(GROUPS),
                "gender": st.sampled_from(GENDERS),
                "birth_year": st.integers(380, 400).map(lambda band: band * 5),
                "arrival_year": st.integers(1990, 2026),
                "household": texts,
            },
        ),
        st.lists(responses(), max_size=4, unique_by=lambda one: (one.wave, one.instrument, one.respondent)),
        st.dictionaries(st.sampled_from(WAVES), st.sampled_from(("agreed", "finished", "refused"))),
    ),
    max_size=4,
    unique_by=lambda person: person.pseudonym,
)


def fill(town: Town, everyone: list[Someone]) -> None:
    """Store people as the questionnaire does, one object at a time."""
    with inside(town):
        programme = town.inside()
        for someone in everyone:
            person = participation.new_participant(someone.pseudonym, **someone.facts)
            enrolment = participation.enrol(person, programme, someone.started_on)
            for key, state in someone.visits.items():
                finished = someone.started_on if state == "finished" else None
                wave = programme.wave(key)
                db.session.add(
                    Visit(enrolment=enrolment, wave=wave, state=state, language="nl", finished_on=finished)
                )
            for one in someone.responses:
                wave = programme.wave(one.wave)
                pages = [page(one, domain) for domain in one.pages]
                db.session.add(
                    Response(
                        enrolment=enrolment, wave=wave, instrument=one.instrument, version=1, mode=one.mode,
                        respondent=one.respondent, language=one.language, answered_on=one.day, pages=pages,
                    )
                )  # fmt: skip
        db.session.commit()


def page(one: Answered, domain: str) -> Page:
    value = score(library.load(one.instrument), domain, one.pages[domain])  # type: ignore[arg-type]  # drawn answers
    return Page(domain=domain, answers=one.pages[domain], score=value, language="nl", sitting="earlier")


def new_town(app: Flask, make_town: MakeTown) -> Town:
    return make_town(app, f"town{next(numbers)}", INSTRUMENTS, WAVES)


def answered(town: Town) -> list[tuple[Any, ...]]:
    """Every page with an answer that counts, with its score and whose it is."""
    statement = (
        select(
            Participant.pseudonym, Wave.key, Response.instrument, Response.respondent,
            Page.domain, Page.answers, Page.score,
        )
        .select_from(Page)
        .join(Page.response)
        .join(Response.wave)
        .join(Response.enrolment)
        .join(Enrolment.participant)
        .outerjoin(Visit, (Visit.enrolment_id == Enrolment.id) & (Visit.wave_id == Wave.id))
        .where((Response.respondent != "self") | (Visit.state != "refused") | Visit.state.is_(None))
    )  # fmt: skip
    with inside(town):
        found = sorted((tuple(one) for one in db.session.execute(statement) if one.answers), key=repr)
        db.session.rollback()
    return found


@PROFILE
@given(everyone=people)
def test_importing_an_export_changes_nothing(
    any_app: Flask, make_town: MakeTown, folder: Folder, everyone: list[Someone]
) -> None:
    """Whatever the questionnaire can store, refused waves and pages without an answer included."""
    town = new_town(any_app, make_town)
    fill(town, everyone)
    before = stored(town)
    counting = [
        one
        for someone in everyone
        for one in someone.responses
        if one.respondent != "self" or someone.visits.get(one.wave) != "refused"
    ]
    for path in (folder.new("csv"), folder.new("xlsx")):
        take(town, path)
        assert bring(town, path) == Summary(len(counting), 0, 0, len(counting), 0, 0, 0)
        assert stored(town) == before


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@PROFILE
@given(everyone=people)
def test_an_export_brings_the_same_elsewhere(
    app: Flask, make_town: MakeTown, folder: Folder, suffix: str, everyone: list[Someone]
) -> None:
    """In an empty municipality: the same answers and scores, and the same export byte for byte."""
    town, elsewhere = new_town(app, make_town), new_town(app, make_town)
    fill(town, everyone)
    path = folder.new(suffix)
    content = take(town, path)
    bring(elsewhere, path)
    assert answered(elsewhere) == answered(town)
    assert take(elsewhere, folder.new(suffix)) == content


@PROFILE
@given(everyone=people, seed=st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_means_nothing(
    app: Flask, make_town: MakeTown, folder: Folder, everyone: list[Someone], seed: Random
) -> None:
    town, elsewhere = new_town(app, make_town), new_town(app, make_town)
    fill(town, everyone)
    content = take(town, folder.new())
    heading, *rows = csv.reader(io.StringIO(content.decode()))
    seed.shuffle(rows)
    order = list(range(len(heading)))
    seed.shuffle(order)
    bring(elsewhere, folder.cells([[cells[at] for at in order] for cells in (heading, *rows)]))
    assert take(elsewhere, folder.new()) == content


def test_what_looks_back_goes_out_and_comes_in_for_the_subjects_and_waves_that_ask_it(
    app: Flask, make_town: MakeTown, folder: Folder
) -> None:
    first, second = (
        make_town(
            app, f"back{number}", ("wellbeing",), ("before", "after"), looking_back=("then_now", "anchor")
        )
        for number in (1, 2)
    )
    later = {"wave": "after", "wellbeing_1": "", "wellbeing_2": ""}
    rows = [
        row(),
        row(instrument="then-now", **later, wellbeing_then="2", wellbeing_now="pna"),
        row(instrument="anchor", **later, wellbeing_anchor="5"),
    ]
    assert bring(first, folder.csv(*rows)).added == 3
    assert {page[0]: page[2] for page in looked_back(first)} == {"then-now": None, "anchor": None}
    path = folder.new()
    written = take(first, path).decode()
    assert "work_then" not in written and "wellbeing_now" in written
    assert bring(second, path).added == 3
    assert looked_back(first) == looked_back(second)
    assert bring(second, path).unchanged == 3
    early = row("P2", instrument="anchor", wellbeing_1="", wellbeing_2="", wellbeing_anchor="5")
    assert "instrument" in [column for _, column in places(refused(first, folder.csv(early)))]


def looked_back(town: Town) -> list[tuple[Any, ...]]:
    statement = select(Response.instrument, Page.answers, Page.score).join(
        Page, Page.response_id == Response.id
    )
    with inside(town):
        found = db.session.execute(statement.where(Response.instrument != "wellbeing"))
        return sorted((tuple(one) for one in found), key=repr)
