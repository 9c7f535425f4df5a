"""The arrays hold exactly what people answered, whoever reads it."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import String, select, type_coerce

from dashboard.reading import source
from dashboard.reading.source import Comparison
from instruments import library
from survey import fieldwork, observations
from survey.clock import today
from survey.database import db
from survey.fieldwork import Refused
from survey.models import Enrolment, Page, Programme, Response, Visit, Wave
from tests.dashboard.people import enrol, fill, respond
from tests.fixtures.application import MakeTown, Town, new_town


def read_slowly(
    programme: Programme, wave: Wave, instrument: str, domain: str, lens: str = "self"
) -> dict[str, float]:
    """Scores by pseudonym, one object at a time."""
    found = {}
    for enrolment in db.session.scalars(select(Enrolment).where(Enrolment.programme_id == programme.id)):
        for response in db.session.scalars(select(Response).where(Response.enrolment_id == enrolment.id)):
            visit = db.session.scalar(
                select(Visit).where(Visit.enrolment_id == enrolment.id, Visit.wave_id == response.wave_id)
            )
            page = db.session.get(Page, (response.id, domain))
            counts = response.respondent == lens and (visit is None or visit.state != "refused")
            if counts and response.wave_id == wave.id and response.instrument == instrument and page:
                found[enrolment.participant.pseudonym] = math.nan if page.score is None else page.score
    return found


def in_order(programme: Programme, by_pseudonym: dict[str, float]) -> list[float]:
    enrolments = select(Enrolment).where(Enrolment.programme_id == programme.id).order_by(Enrolment.id)
    return [by_pseudonym.get(e.participant.pseudonym, math.nan) for e in db.session.scalars(enrolments)]


def check_scores(programme: Programme, read: Comparison) -> None:
    for scores in read.domains:
        for wave, column in ((read.before, scores.before), (read.after, scores.after)):
            slowly = in_order(programme, read_slowly(programme, wave, scores.instrument, scores.domain))
            np.testing.assert_array_equal(column, slowly)


def test_columns_are_the_stored_scores_of_the_same_people(any_town: Town) -> None:
    with any_town.app.app_context():
        programme = any_town.inside()
        fill(programme, 6)
        read = source.compare(programme)
        assert [(d.instrument, d.domain) for d in read.domains] == [
            (key, domain.code) for key in programme.instruments for domain in library.load(key).domains
        ]
        check_scores(programme, read)
        assert read.enrolled == 6


def test_items_are_of_everyone_who_answered_all_of_them(town: Town) -> None:
    with town.app.app_context():
        programme = town.inside()
        fill(programme, 8)
        for scores in source.compare(programme).domains:
            items = [item.id for item in library.load(scores.instrument).domain(scores.domain).items]
            pages = db.session.scalars(
                select(Page)
                .join(Response, Response.id == Page.response_id)
                .where(Page.domain == scores.domain, Response.instrument == scores.instrument)
                .where(Response.wave_id == programme.waves[0].id)
            )
            complete = [
                [page.answers[item] for item in items]
                for page in pages
                if all(isinstance(page.answers.get(item), int) for item in items)
            ]
            assert sorted(scores.items_before.tolist()) == sorted(complete)


def test_refused_visits_and_other_respondents_count_nowhere(town: Town) -> None:
    with town.app.app_context():
        programme = town.inside()
        before = programme.waves[0]
        kept, refused, seen = enrol(programme, 3)
        full = {"work": {"work_1": 4, "work_2": 4, "work_3": 4}}
        respond(kept, before, lambda i, d: dict(full.get(d.code, {})))
        respond(refused, before, lambda i, d: dict(full.get(d.code, {})), state="refused")
        respond(seen, before, lambda i, d: dict(full.get(d.code, {})), respondent="casemanager")
        read = source.compare(programme)
        work = read.domains[0]
        assert np.count_nonzero(~np.isnan(work.before)) == 1
        assert work.items_before.tolist() == [[4, 4, 4]]
        assert (read.enrolled, read.has_before.sum(), read.has_after.sum()) == (3, 1, 0)


def test_only_non_answers_is_present_without_a_score_and_nothing_is_absent(town: Town) -> None:
    with town.app.app_context():
        programme = town.inside()
        declined, silent = enrol(programme, 2)
        respond(declined, programme.waves[0], lambda i, d: {item.id: "pna" for item in d.items})
        respond(silent, programme.waves[0], lambda i, d: {})
        read = source.compare(programme)
        assert read.has_before.sum() == 1
        assert all(np.isnan(scores.before).all() for scores in read.domains)


def test_nobody_else_is_read(town: Town, make_town: MakeTown) -> None:
    other = make_town(town.app, "borne")
    with town.app.app_context():
        fill(other.inside(), 4)
        db.session.commit()
        assert source.compare(town.inside()).enrolled == 0


def test_waves_without_anyone_give_empty_columns(town: Town) -> None:
    with town.app.app_context():
        read = source.compare(town.inside())
        assert (read.enrolled, len(read.has_before), len(read.domains)) == (0, 0, 16)
        assert {scores.items_before.shape for scores in read.domains} == {(0, 3), (0, 5), (0, 1)}


def keys(waves: tuple[Wave, Wave]) -> tuple[str, str]:
    return waves[0].key, waves[1].key


def test_waves_are_before_and_after_unless_others_are_named(town: Town, make_town: MakeTown) -> None:
    long = make_town(town.app, "borne", waves=("before", "after", "follow_up"))
    with town.app.app_context():
        programme = long.inside()
        assert keys(source.waves_to_compare(programme)) == ("before", "after")
        assert keys(source.waves_to_compare(programme, after_key="follow_up")) == ("before", "follow_up")
        assert keys(source.waves_to_compare(programme, "after", "follow_up")) == ("after", "follow_up")
        for before, after in (("after", "before"), ("before", "before"), ("nothing", "after")):
            with pytest.raises(Refused):
                source.waves_to_compare(programme, before, after)


def test_waves_of_other_names_are_the_first_and_the_last_that_were_used(
    town: Town, make_town: MakeTown
) -> None:
    own_names = make_town(town.app, "borne", waves=("one:0:4", "two:4:4", "three:8:4", "four:12:4"))
    with town.app.app_context():
        programme = own_names.inside()
        assert keys(source.waves_to_compare(programme)) == ("one", "four")
        fieldwork.close_wave(programme.waves[1])
        (person,) = enrol(programme, 1)
        respond(person, programme.waves[2], lambda i, d: {})
        assert keys(source.waves_to_compare(programme)) == ("two", "three")


def test_one_wave_is_no_comparison(town: Town, make_town: MakeTown) -> None:
    single = make_town(town.app, "borne", waves=("before",))
    with town.app.app_context(), pytest.raises(Refused):
        source.waves_to_compare(single.inside())


def test_any_waves_are_read_through_each_lens_with_how_people_answered(any_app: Flask) -> None:
    with any_app.app_context():
        programme = new_town(any_app, waves=("before", "after", "follow_up")).inside()
        people = fill(programme, 4, drop_out=0.5)
        respond(
            people[1], programme.waves[1], lambda i, d: {item.id: i.scale_of(item.id).codes[-2] for item in d.items},
            respondent="casemanager", mode="interviewer", language="en", answered_on=date(2026, 3, 4),
        )  # fmt: skip
        found = source.read(programme)
        assert [wave.key for wave in found.waves] == ["before", "after", "follow_up"]
        for lens in ("self", "casemanager"):
            for number, wave in enumerate(found.waves):
                for place, (instrument, domain) in enumerate(found.places):
                    slowly = in_order(programme, read_slowly(programme, wave, instrument, domain, lens))
                    np.testing.assert_array_equal(found.lenses[lens].scores[number, place], slowly)
        mine, theirs = found.lenses["self"], found.lenses["casemanager"]
        place = found.enrolments.index(_id_in_database(people[1]))
        assert mine.facts.day.shape == mine.present.shape == (3, 4)
        np.testing.assert_array_equal(np.isnat(mine.facts.day), ~mine.present)
        np.testing.assert_array_equal(mine.facts.mode == -1, ~mine.present)
        assert np.argwhere(theirs.present).tolist() == [[1, place]]
        assert theirs.facts.modes[theirs.facts.mode[1, place]] == "interviewer"
        assert theirs.facts.languages[theirs.facts.language[1, place]] == "en"
        assert theirs.facts.day[1, place] == np.datetime64("2026-03-04")
        assert theirs.common[:, 1, place].tolist() == [47, 4, 4]


def _id_in_database(enrolment: Enrolment) -> str:
    """As the database of this session gives it."""
    statement = select(type_coerce(Enrolment.id, String)).where(Enrolment.id == enrolment.id)
    return db.session.execute(statement).scalar_one()


def test_profiles_are_of_everybody_in_the_same_order_and_unknown_is_known_as_such(any_town: Town) -> None:
    with any_town.app.app_context():
        programme = any_town.inside()
        one, other = enrol(programme, 2)
        one.participant.group, one.participant.gender, one.participant.birth_year = "displaced", "woman", 1985
        one.participant.arrival_year, one.participant.language = 2024, "uk"
        other.participant.gender = "unknown"
        for day, route in ((date(2026, 1, 1), "b1"), (date(2026, 2, 1), "education")):
            observations.observe(one.participant, {"route": route}, observations.Seen(day, "document"), None)
        db.session.flush()
        found = source.read(programme)
        known = found.enrolments.index(_id_in_database(one))
        told = {
            name: [coded.values[number] if number >= 0 else None for number in coded.numbers.tolist()]
            for name, coded in vars(found.profiles).items()
        }
        assert {name: facts[known] for name, facts in told.items()} == {
            "group": "displaced", "gender": "woman", "birth_year": 1985, "arrival_year": 2024, "language": "uk",
            "route": "education",
        }  # fmt: skip
        assert {facts[1 - known] for facts in told.values()} == {None}


def test_what_looks_back_stands_apart(town: Town) -> None:
    with town.app.app_context():
        programme = town.inside()
        one, _ = enrol(programme, 2)
        respond(one, programme.waves[0], lambda i, d: {})
        after = programme.waves[1]
        back = Response(
            enrolment=one, wave=after, instrument="then-now", version=1, language="nl", answered_on=today()
        )
        db.session.add(back)
        db.session.add(
            Page(response=back, domain="work", language="nl", answers={"work_then": 2, "work_now": "dk"})
        )
        db.session.flush()
        found = source.read(programme)
        place = found.enrolments.index(_id_in_database(one))
        assert np.argwhere(found.looked_back["work_then"]).tolist() == [[1, place]]
        assert found.looked_back["work_then"][1, place] == 2
        assert not found.looked_back["work_now"].any()
        assert not found.lenses["self"].present.any()
