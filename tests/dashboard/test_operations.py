"""Releases: made of closed waves only, numbered, never changed, and of no words but those that may be quoted."""

from __future__ import annotations

import json
import random
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from dashboard import operations, queries
from dashboard.draft import draft
from dashboard.outcomes.release import verify
from instruments import asking
from survey import fieldwork, participation
from survey.clock import now, today
from survey.database import db
from survey.fieldwork import Refused
from survey.models import Cohort, CohortMember, Enrolment, Page, Programme, Release, Response, Wave
from survey.privacy import erasure
from tests.dashboard.people import OTHERS, answer_at_random, fill, respond, tell, tell_too, visits_of
from tests.fixtures.application import Town, new_town


def close_waves(programme: Programme) -> None:
    for wave in programme.waves:
        fieldwork.close_wave(wave)
    db.session.flush()


def test_an_open_wave_is_not_released(town: Town) -> None:
    with town.app.app_context():
        programme = town.inside()
        fieldwork.close_wave(programme.waves[0])
        with pytest.raises(Refused):
            operations.build(programme)
        assert queries.release(programme) is None


def test_a_release_is_what_it_says_and_is_numbered(any_town: Town) -> None:
    with any_town.app.app_context():
        programme = any_town.inside()
        fill(programme, 12)
        close_waves(programme)
        first = operations.build(programme)
        operations.publish(first)
        second = operations.build(programme)
        assert (first.number, second.number) == (1, 2)
        for release in (first, second):
            assert verify(json.loads(release.document)) == []
            assert release.content["number"] == release.number
            assert release.content["sha256"] == release.sha256
        assert first.content["change"] == second.content["change"]


def test_what_looks_back_changes_no_analysis_and_no_release(any_app: Flask) -> None:
    """Not even for people who answered nothing else."""
    with any_app.app_context():
        programme = new_town(any_app, looking_back=("then_now", "anchor")).inside()
        people = [*fill(programme, 12), *late(programme, 3)]
        close_waves(programme)
        without = results(programme)
        for enrolment in people:
            look_back(enrolment, programme.waves[1])
        assert results(programme) == without
        assert without[0]["attrition"]["after"] <= 12
        programme.then_now = programme.anchor = False
        programme.waves[1].versions = programme.waves[0].versions
        assert results(programme) == without


def results(programme: Programme) -> tuple[dict[str, object], ...]:
    """All that is worked out of the answers."""
    return operations.analyse(programme) | {"looking_back": None}, draft(programme).document


def late(programme: Programme, people: int) -> list[Enrolment]:
    """People who answered nothing."""
    joined = (participation.new_participant(f"late{number}") for number in range(people))
    return [participation.enrol(participant, programme, today()) for participant in joined]


def look_back(enrolment: Enrolment, wave: Wave) -> None:
    """Everything that looks back, answered with the best there is."""
    for instrument in asking.instruments(wave.asked):
        if instrument.looks_back:
            pages = [
                Page(
                    domain=domain.code,
                    answers={item.id: 5 for item in domain.items},
                    score=5.0,
                    language="nl",
                )
                for domain in instrument.domains
            ]
            db.session.add(Response(
                enrolment=enrolment, wave=wave, instrument=instrument.key, version=1, respondent="self",
                language="nl", answered_on=today(), pages=pages,
            ))  # fmt: skip
    db.session.flush()


def test_without_answers_a_release_says_too_few(town: Town) -> None:
    with town.app.app_context():
        programme = town.inside()
        close_waves(programme)
        content = operations.build(programme).content
        assert {change["verdict"] for change in content["change"]} == {"too_few"}
        assert content["population"]["people"]["enrolled"] == 0


def test_publishing_changes_nothing_but_the_moment(town: Town) -> None:
    with town.app.app_context():
        programme = town.inside()
        close_waves(programme)
        release = operations.build(programme)
        document, sha256 = release.document, release.sha256
        assert queries.published(programme.code) is None
        operations.publish(release)
        moment = release.published_at
        operations.publish(release)
        assert (release.document, release.sha256, release.published_at) == (document, sha256, moment)
        assert queries.published(programme.code) is release


def test_a_stored_document_cannot_be_changed(town: Town) -> None:
    with town.app.app_context():
        programme = town.inside()
        close_waves(programme)
        release = operations.build(programme)
        release.document = release.document.replace("[]", "[1]", 1)
        with pytest.raises(ValueError, match="never changes"):
            db.session.flush()


def test_readers_see_the_newest_published_release(town: Town) -> None:
    with town.app.app_context():
        programme = town.inside()
        close_waves(programme)
        first, second = operations.build(programme), operations.build(programme)
        with pytest.raises(Refused):
            operations.publish(first)
        operations.publish(second)
        third = operations.build(programme)
        assert queries.published(programme.code) is second
        operations.publish(third)
        assert queries.published(programme.code) is third


def test_at_most_one_quote_of_a_person_and_of_approved_words_only(town: Town) -> None:
    with town.app.app_context():
        programme = town.inside()
        before, after = programme.waves
        people = fill(programme, 14, drop_out=0)
        visits = {(visit.enrolment_id, visit.wave_id): visit for visit in visits_of(programme)}
        told = [visits[person.id, after.id] for person in people]
        tell(visits[people[0].id, before.id], "CANARY", "work", "Eerder gezegd.")
        tell(told[0], "CANARY", "work", "Later gezegd.")
        tell(told[1], "CANARY", "language", "Nog niet goedgekeurd.", state="draft")
        tell(told[2], "CANARY", "language", "Geweigerd.", state="refused")
        withdrawn = tell(told[3], "CANARY", "language", "Teruggenomen.").open_answer
        assert withdrawn is not None
        withdrawn.may_quote = False
        tell(told[4], "CANARY", "language", "Van wie later weigerde.")
        told[4].state, told[4].finished_on = "refused", None
        tell(told[5], "CANARY", "no_such_domain", "Over iets anders.")
        tell(told[6], "CANARY", "bridges", "Ook goedgekeurd.")
        tell_too(told[7:11])
        close_waves(programme)
        quotes = operations.build(programme).content["quotes"]
        possible = {"Later gezegd.", "Ook goedgekeurd.", *(text for _, text in OTHERS)}
        assert len(quotes) == 3 and {quote["text"] for quote in quotes} <= possible


def test_words_in_the_language_of_few_are_not_quoted(town: Town) -> None:
    """Somebody who knows who speaks English would know whose they are."""
    with town.app.app_context():
        programme = town.inside()
        people = fill(programme, 24, drop_out=0)
        for person in people:
            person.participant.language = "uk"
        for visit, domain in zip(visits_of(programme), ("work", "language", "bridges") * 4, strict=False):
            tell(visit, "CANARY", domain, "In English.").language = "en"
        close_waves(programme)
        for speakers in (9, 10):
            for person in people[:speakers]:
                person.participant.language = "en"
            quotes = draft(programme).document["quotes"]
            assert not quotes if speakers < 10 else {quote["language"] for quote in quotes} == {"en"}


def test_whose_words_they_are_is_not_in_a_release(town: Town) -> None:
    with town.app.app_context():
        programme = town.inside()
        fill(programme, 12, drop_out=0)
        tell(visits_of(programme)[0], "CANARY original", "work", "In andere woorden.")
        close_waves(programme)
        assert "CANARY" not in operations.build(programme).document


def test_who_goes_or_comes_later_changes_no_release_and_holds_none_up(any_town: Town) -> None:
    """Somebody withdraws, one is forgotten but lets the answers count, nine come late: then a tenth."""
    with any_town.app.app_context():
        programme = any_town.inside()
        people = fill(programme, 24, drop_out=0)
        close_waves(programme)
        first = publish_next(programme)
        erasure.take_back_answers(people[0], "nl")
        erasure.forget(people[1].participant, keep_answers=True)
        erasure.forget(people[2].participant)
        assert db.session.scalar(select(func.count()).select_from(CohortMember)) == 21
        fill_more(programme, 9, seed=2)
        second = publish_next(programme)
        assert second["population"] == first["population"] and second["change"] == first["change"]
        assert draft(programme).change.waiting == 9
        fill_more(programme, 1, seed=3)
        third = publish_next(programme)
        assert [one["people"] for one in third["population"]["cohorts"]] == [20, 10]
        assert {entry["release"] for entry in third["change"] if entry["pairs"]} <= {1, 3}
        assert queries.release(programme, 1).content == first  # type: ignore[union-attr]
        again = db.session.scalars(select(CohortMember.enrolment_id)).all()
        assert len(again) == len(set(again)) == 31 and not {one.id for one in people[:3]} & set(again)


def publish_next(programme: Programme) -> dict[str, Any]:
    release = operations.build(programme)
    operations.publish(release)
    assert verify(release.content) == []
    return release.content


def fill_more(programme: Programme, people: int, seed: int) -> None:
    """Answers that arrive late, from devices."""
    for enrolment in [
        participation.enrol(participation.new_participant(f"more{seed}{number}"), programme, today())
        for number in range(people)
    ]:
        for wave in programme.waves:
            respond(
                enrolment, wave, partial(answer_at_random, random.Random(seed), moved=wave.key != "before")
            )
    db.session.flush()


def test_what_was_built_and_never_published_binds_nothing(town: Town) -> None:
    with town.app.app_context():
        programme = town.inside()
        fill(programme, 24, drop_out=0)
        close_waves(programme)
        operations.choose_breakdowns(programme, ["gender"])
        operations.build(programme)
        with pytest.raises(Refused):
            operations.choose_breakdowns(programme, ["route"])
        fill_more(programme, 2, seed=2)
        assert operations.build(programme).content["population"]["cohorts"] == [{"release": 2, "people": 25}]
        assert db.session.scalar(select(func.count()).select_from(Cohort)) == 1


def test_a_release_of_the_first_format_can_still_be_read(town: Town) -> None:
    with town.app.app_context():
        programme = town.inside()
        fill(programme, 12, drop_out=0)
        close_waves(programme)
        content = operations.build(programme).content
        for key in ("follow_up", "links"):
            del content[key]
        del content["waves"]["follow_up"], content["population"]["cohorts"]
        old = Release(
            programme=programme, number=9, document=json.dumps(content | {"ladder": []}), sha256="0" * 64
        )
        old.published_at = now()
        db.session.add(old)
        db.session.commit()
        assert old.content["follow_up"] == [] and old.content["ladder"] is None
    assert town.sign_in("councillor").get(f"/dashboard/{town.code}/").status_code == 200
