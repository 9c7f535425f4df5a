"""What is observed of a person: one short form, a history that keeps what it was, and one value for a wave."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from dashboard.operations import analyse
from dashboard.reading import source
from survey.clock import today
from survey.codes import GROUPS, LADDER_STEPS
from survey.database import db
from survey.models import Observation, Participant
from survey.observations import WINDOW_WEEKS, Seen, at_moments, observe
from tests.fixtures.application import Town, new_town
from tests.fixtures.audit import events
from tests.fixtures.visitor import newcomer
from tests.survey.casework.conftest import inside, people, speaking
from tests.survey.casework.filling import assert_strict, differing, document, submit, text

TODAY = today()
days = st.dates(date(2024, 1, 1), date(2025, 12, 31))
observed = st.dictionaries(days, st.sampled_from(LADDER_STEPS), max_size=8).map(
    lambda kept: list(kept.items())
)


def form_of(person: UUID) -> str:
    return f"/casework/participants/{person}/observations"


def kept(town: Town) -> dict[str, list[tuple[str, date, str, int]]]:
    """By what it is, oldest first."""
    found: dict[str, list[tuple[str, date, str, int]]] = {}
    with inside(town):
        for one in db.session.scalars(select(Observation).order_by(Observation.observed_on)):
            found.setdefault(one.what, []).append((one.value, one.observed_on, one.source, one.version))
    return found


def address_of(town: Town, what: str) -> str:
    with inside(town):
        found = db.session.scalars(select(Observation.id).where(Observation.what == what)).one()
    return f"/casework/observations/{found}"


@given(days, st.integers(1, 60), observed)
def test_for_a_wave_counts_the_nearest_observation_within_the_window(
    first: date, weeks: int, dated: list[tuple[date, str]]
) -> None:
    moments = [first, first + timedelta(weeks=weeks)]
    values = at_moments(moments, dated)
    assert at_moments(moments, dated[::-1]) == values, "in whatever order they are given"
    for place, (moment, value) in enumerate(zip(moments, values, strict=True)):
        own = [
            (abs((day - moment).days), one)
            for day, one in dated
            if min((abs((day - each).days), at) for at, each in enumerate(moments))[1] == place
        ]
        near = [one for away, one in own if away == min(own)[0] and away <= WINDOW_WEEKS * 7]
        assert value in near if near else value is None


def test_one_observation_never_stands_for_two_waves() -> None:
    first, second = date(2026, 1, 1), date(2026, 3, 12)
    assert at_moments([first, second], [(date(2026, 2, 5), "3")]) == ["3", None]
    assert at_moments([first, second], [(date(2026, 2, 6), "3")]) == [None, "3"]
    edge = timedelta(weeks=WINDOW_WEEKS)
    assert at_moments([first], [(first - edge, "2")]) == ["2"]
    assert at_moments([first], [(first - edge - timedelta(days=1), "2")]) == [None]
    assert at_moments([first], [(first - edge, "2"), (first + edge, "4")]) == ["4"], (
        "the later of two as near"
    )


def test_only_what_changed_is_filled_in_once(town: Town, casemanager: FlaskClient) -> None:
    (person,) = people(town, 1, days_ago=30, group="displaced")
    answer = submit(casemanager, form_of(person), ladder="3", speaking="a2", work_hours="12,5", source="test")
    assert answer.status_code == 303
    assert kept(town) == {
        "ladder": [("3", TODAY, "test", 1)], "speaking": [("a2", TODAY, "test", 1)],
        "work_hours": [("12.5", TODAY, "test", 1)],
    }  # fmt: skip
    page = casemanager.get(form_of(person))
    assert_strict(page)
    for now in ("Now: 3. Organised activities", "Now: 12.5 hours", "Now: Displaced person"):
        assert now in text(page)
    assert "3. Organised activities" in text(casemanager.get(f"/casework/participants/{person}"))
    assert submit(casemanager, form_of(person), ladder="3").status_code == 303, "sent twice is written once"
    assert len(kept(town)["ladder"]) == 1
    refused = submit(casemanager, form_of(person), ladder="4", writing="b1")
    assert refused.status_code == 422 and "On this day it was: 3. Organised activities." in text(refused)
    assert "writing" not in kept(town), "all or nothing"
    assert "Fill in at least one thing" in text(submit(casemanager, form_of(person)))


def test_what_cannot_be_is_said_beside_its_field(town: Town, casemanager: FlaskClient) -> None:
    (person,) = people(town, 1, birth_year=1985, arrival_year=2022)
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    for filled, said in (
        ({"observed_on": tomorrow}, "This day is in the future"),
        ({"observed_on": "2021-12-31"}, "came to the Netherlands in 2022"),
        ({"observed_on": "0022-12-31"}, "Check the year"),
        ({"work_hours": "61"}, "from 0 to 60"),
        ({"work_hours": "1e1"}, "Write a number of hours"),
        ({"speaking": "d1"}, "Not a valid choice"),
        ({"ladder": "7"}, "Not a valid choice"),
    ):
        answer = submit(casemanager, form_of(person), **{"reading": "a1", **filled})
        assert answer.status_code == 422 and said in text(answer), filled
        assert all(value in answer.text for value in filled.values() if value not in ("d1", "7"))
    assert kept(town) == {}


def test_a_correction_keeps_what_it_was_in_the_audit_log(any_app: Flask) -> None:
    town = new_town(any_app)
    client = speaking("en", town.sign_in("casemanager"))
    (person,) = people(town, 1)
    submit(client, form_of(person), ladder="4", exemption="asked")
    address = address_of(town, "ladder")
    assert submit(client, address, value="2", source="document").status_code == 303
    assert kept(town)["ladder"] == [("2", TODAY, "document", 2)]
    answer = submit(client, address_of(town, "exemption"), button=("remove", "yes"))
    assert answer.status_code == 303 and "exemption" not in kept(town)
    noted = [
        event
        for event in events(town.app)
        if event["action"].startswith("observation.") and "was" in event["details"]
    ]
    assert [(one["action"], one["details"]) for one in noted] == [
        ("observation.corrected",
         {"what": "ladder", "was": "4", "was_on": TODAY.isoformat(), "was_from": "conversation"}),
        ("observation.removed",
         {"what": "exemption", "was": "asked", "was_on": TODAY.isoformat(), "was_from": "conversation"}),
    ]  # fmt: skip
    log = text(speaking("nl", town.sign_in("administrator")).get("/manage/audit/"))
    assert "4. Onbetaald werk" in log and "Observatie verbeterd" in log


def test_two_people_correcting_the_same_choose(town: Town, casemanager: FlaskClient) -> None:
    (person,) = people(town, 1)
    submit(casemanager, form_of(person), ladder="4")
    address = address_of(town, "ladder")
    submit(casemanager, address, value="5")
    stale = submit(casemanager, address, value="2", version="1")
    (told,) = differing(stale).values()
    assert told == ("5. Paid work with support", "2. Contacts outside the home")
    assert kept(town)["ladder"][0][0] == "5"
    assert 'name="version" type="hidden" value="2?' in stale.text
    assert 'value="2?' in submit(casemanager, address, value="2", version="").text, (
        "and without one nothing is written"
    )
    unseen = submit(casemanager, address, button=("remove", "yes"), value="2", version="1")
    assert unseen.status_code == 409 and "Not removed" in text(unseen)
    assert list(differing(unseen).values()) == [told]
    assert kept(town)["ladder"][0][0] == "5"
    assert submit(casemanager, address, value="2", version="2").status_code == 303
    assert kept(town)["ladder"][0][0] == "2"


def test_the_group_follows_the_newest_observation(town: Town, casemanager: FlaskClient) -> None:
    (person,) = people(town, 1, group=GROUPS[0])
    for group, ago in ((GROUPS[4], 0), (GROUPS[1], 9)):
        submit(
            casemanager, form_of(person), target_group=group,
            observed_on=(TODAY - timedelta(days=ago)).isoformat(),
        )  # fmt: skip
        with inside(town):
            assert db.session.get_one(Participant, person).group == GROUPS[4]


def test_the_ladder_of_a_programme_counts_each_person_at_each_wave(any_app: Flask) -> None:
    town = new_town(any_app)
    others = new_town(any_app, "borne")
    weeks = timedelta(weeks=1)
    steps = {
        "up": {0: "2", 9: "5"}, "same": {1: "3", 12: "3"}, "down": {-2: "4", 10: "1"}, "only before": {0: "6"},
        "too late": {40: "6"}, "nobody knows": {},
    }  # fmt: skip
    made = dict(zip(steps, people(town, len(steps), days_ago=7 * 45), strict=True))
    people(others, 1)
    with inside(town):
        began = TODAY - 45 * weeks
        for name, seen in steps.items():
            person = db.session.get_one(Participant, made[name])
            for week, step in seen.items():
                observe(person, {"ladder": step}, Seen(began + week * weeks, "register"), None)
        found = analyse(town.inside())["ladder"]
        assert found == {
            "before": {"1": 0, "2": 1, "3": 1, "4": 1, "5": 0, "6": 1},
            "after": {"1": 1, "2": 0, "3": 1, "4": 0, "5": 1, "6": 0}, "up": 1, "same": 1, "down": 1,
        }  # fmt: skip
        assert source.compare(town.inside()).enrolled == len(steps)
    with inside(others):
        assert analyse(others.inside())["ladder"]["up"] == 0


def test_the_history_says_for_which_wave_something_counts(town: Town, casemanager: FlaskClient) -> None:
    (person,) = people(town, 1, days_ago=75)
    with inside(town):
        seen = db.session.get_one(Participant, person)
        for days_ago, step in ((76, "1"), (70, "2"), (3, "3")):
            observe(seen, {"ladder": step}, Seen(TODAY - timedelta(days=days_ago), "other"), None)
    page = casemanager.get(f"{form_of(person)}/history")
    assert_strict(page)
    rows = [" ".join("".join(row.itertext()).split()) for row in document(page).findall(".//tbody/tr")]
    assert "3. Organised activities counts for After of Pilot aalten" in rows[1]
    assert "counts for" not in rows[2]
    assert "1. Isolated counts for Before of Pilot aalten" in rows[3]


def test_the_person_reads_it_after_the_pictures_or_on_paper(town: Town, casemanager: FlaskClient) -> None:
    visitor = newcomer(town).enter()
    visitor.send(language="en")
    with inside(town):
        person = db.session.scalars(select(Participant)).one()
        observe(person, {"exam": "failed"}, Seen(TODAY, "exam"), None)
        address = f"/casework/participants/{person.id}"
    submit(casemanager, address, f"{address}/activities/start", ("kind", "course"))
    told = ("Inburgeringsexamen: Niet geslaagd", "Cursus")
    document_ = visitor.go("/survey/your-data/document").text
    assert "What your casemanager wrote down" in document_ and "closed envelope" in document_
    file = visitor.client.get("/survey/your-data/file").text
    assert not any(words in document_ or words in file for words in (*told, "exam")), "a code alone"
    with visitor.client.session_transaction() as session:
        session["visit"] = {**session["visit"], "opened": ["", 1]}
    assert all(words in visitor.go("/survey/your-data/document").text for words in told)
    (kept_,) = visitor.client.get("/survey/your-data/file").json["observations"]  # type: ignore[index]
    assert (kept_["what"], kept_["value"], kept_["source"]) == ("exam", "failed", "exam")
    assert all(words in casemanager.get(f"{address}/rights/document").text for words in told)
