"""Activities overlap; they are added in two touches, stopped in one, and counted by people."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from dashboard.operations import analyse
from dashboard.outcomes.participation import Done, participation
from survey import activities as doing
from survey.activities import Facts
from survey.clock import today
from survey.codes import GROUPS, STANDARD_KINDS
from survey.database import db
from survey.models import Activity, ActivityKind, Enrolment, Participant
from tests.fixtures.application import Town, new_town
from tests.survey.casework.conftest import inside, people, speaking
from tests.survey.casework.filling import assert_strict, differing, send, submit, text

TODAY = today()
YESTERDAY = TODAY - timedelta(days=1)


def page_of(person: UUID) -> str:
    return f"/casework/participants/{person}"


def activities(town: Town) -> list[Activity]:
    """Detached, the first to begin first."""
    with inside(town):
        found = list(db.session.scalars(select(Activity).order_by(Activity.started_on, Activity.recorded_at)))
        db.session.expunge_all()
        return found


def begin(person: Participant, kind: str, started_on: date, **facts: Any) -> Activity:
    return doing.add(person, Facts(kind, None, started_on, **facts), None)


def test_added_in_two_touches_and_stopped_in_one(town: Town, casemanager: FlaskClient) -> None:
    (person,) = people(town, 1)
    answer = submit(
        casemanager, page_of(person), f"{page_of(person)}/activities/start", ("kind", "language_buddy")
    )
    assert answer.status_code == 303
    submit(casemanager, page_of(person), f"{page_of(person)}/activities/start", ("kind", "language_buddy"))
    (one,) = activities(town)
    assert (one.standard, one.started_on, one.ended_on) == ("language_buddy", TODAY, None), "twice is once"
    page = casemanager.get(page_of(person))
    assert_strict(page)
    assert "Language buddy" in text(page) and "Stop today" in text(page)
    assert submit(casemanager, page_of(person), f"/casework/activities/{one.id}/stop").status_code == 303
    (one,) = activities(town)
    assert (one.ended_on, one.version) == (TODAY, 2)
    assert "Stop today" not in text(casemanager.get(page_of(person)))
    submit(casemanager, page_of(person), f"{page_of(person)}/activities/start", ("kind", "language_buddy"))
    told = casemanager.get(page_of(person)).text
    assert "It is there already, and has an end: Language buddy." in told and "Added, from today" not in told


def test_what_cannot_be_is_said_and_nothing_typed_is_lost(town: Town, casemanager: FlaskClient) -> None:
    (person,) = people(town, 1, birth_year=1985, arrival_year=2022)
    address = f"{page_of(person)}/activities/new"
    for filled, said in (
        ({"ended_on": YESTERDAY.isoformat()}, "The last day is before the first day"),
        ({"hours": "61"}, "from 0 to 60"),
        ({"hours": "4001", "hours_per": "total"}, "from 0 to 4000"),
        ({"hours": "many"}, "Write a number of hours"),
        ({"started_on": "2021-05-05"}, "came to the Netherlands in 2022"),
        ({"started_on": "2062-05-05"}, "more than five years before or after today"),
        ({"end_reason": "moved"}, "Fill in the last day too"),
        ({"kind": ""}, "Choose what it is"),
    ):
        answer = submit(casemanager, address, **{"kind": "course", "started_on": TODAY.isoformat(), **filled})
        assert answer.status_code == 422 and said in text(answer), filled
        assert all(f'value="{value}"' in answer.text for value in filled.values() if value != "moved"), filled
    assert activities(town) == []
    assert submit(casemanager, address, kind="course", hours="60").status_code == 303


def test_who_is_told_the_same_of_two_fields_is_told_which(town: Town, casemanager: FlaskClient) -> None:
    (person,) = people(town, 1)
    address = f"{page_of(person)}/activities/new"

    def told(**filled: str) -> list[str]:
        page = submit(casemanager, address, kind="course", **filled).text
        return re.findall(r'<a href="#\w+">([^<]*)</a>', page.partition('class="error-summary"')[2])

    (once,) = told(started_on="31 june", ended_on="")
    first, last = told(started_on="31 june", ended_on="30 february")
    assert (first, last) == (f"{once} (First day)", f"{once} (Last day)")


def test_an_activity_becomes_a_later_one(town: Town, casemanager: FlaskClient) -> None:
    (person,) = people(town, 1)
    with inside(town):
        someone = db.session.get_one(Participant, person)
        job, lasting = (str(begin(someone, kind, day).id) for kind, day in (
            ("one_off_job", YESTERDAY), ("lasting_match", TODAY)
        ))  # fmt: skip
    earlier = submit(casemanager, f"/casework/activities/{lasting}", became=job)
    assert earlier.status_code == 422 and "began before this one" in text(earlier)
    assert submit(casemanager, f"/casework/activities/{job}", became=lasting).status_code == 303
    assert "Became: Lasting match" in text(casemanager.get(page_of(person)))
    assert submit(casemanager, f"/casework/activities/{lasting}", button=("remove", "yes")).status_code == 303
    assert [(one.standard, one.became_id) for one in activities(town)] == [("one_off_job", None)]


def test_what_was_chosen_and_is_gone_is_said(town: Town, casemanager: FlaskClient) -> None:
    """Whether it was chosen just now or long ago; the rest of what was typed is still there."""
    (person,) = people(town, 1)
    for is_stored in (False, True):
        with inside(town):
            someone = db.session.get_one(Participant, person)
            job, lasting = (str(begin(someone, kind, TODAY).id) for kind in ("one_off_job", "lasting_match"))
        address = f"/casework/activities/{job}"
        if is_stored:
            assert submit(casemanager, address, became=lasting).status_code == 303
        opened = casemanager.get(address)
        assert (
            submit(casemanager, f"/casework/activities/{lasting}", button=("remove", "yes")).status_code
            == 303
        )
        refused = send(casemanager, opened, address, hours="7", **({} if is_stored else {"became": lasting}))
        assert refused.status_code == 422 and "What you chose is no longer offered." in text(refused)
        assert send(casemanager, refused, address).status_code == 303
        kept = {str(one.id): (one.became_id, one.hours) for one in activities(town)}
        assert kept[job] == (None, 7)


def test_two_people_changing_the_same_choose(town: Town, casemanager: FlaskClient) -> None:
    (person,) = people(town, 1)
    with inside(town):
        begin(db.session.get_one(Participant, person), "one_off_job", YESTERDAY)
    (one,) = activities(town)
    address = f"/casework/activities/{one.id}"
    assert submit(casemanager, address, hours="8", hours_per="total").status_code == 303
    stale = submit(casemanager, address, hours="24", hours_per="week", version="1")
    assert differing(stale) == {"Hours": ("8", "24"), "These hours are": ("in total", "a week")}
    assert activities(town)[0].hours == 8
    unseen = submit(casemanager, address, button=("remove", "yes"), version="1", hours="30")
    assert unseen.status_code == 409 and "Not removed" in text(unseen)
    assert differing(unseen) == {"Hours": ("8", "30")} and activities(town)[0].hours == 8
    assert submit(casemanager, address, hours="24", hours_per="week", version="2").status_code == 303
    assert (activities(town)[0].hours, activities(town)[0].version) == (24, 3)
    assert submit(casemanager, address, button=("remove", "yes")).status_code == 303
    assert activities(town) == []


def test_kinds_and_providers_are_the_organisations_own(town: Town, casemanager: FlaskClient) -> None:
    manager = speaking("en", town.sign_in("coordinator"))
    lists = "/manage/kinds/"
    assert (
        submit(manager, f"{lists}activities/new", name="Language café", standard="language_buddy").status_code
        == 303
    )
    assert submit(manager, f"{lists}providers/new", name="The Mill").status_code == 303
    taken = submit(manager, f"{lists}activities/new", name="LANGUAGE CAFÉ".capitalize(), standard="course")
    assert taken.status_code == 422 and "in the list already" in text(taken)
    with inside(town):
        kind = db.session.scalars(select(ActivityKind)).one().id
    (person,) = people(town, 1)
    page = text(casemanager.get(page_of(person)))
    assert "Language café" in page and "Language buddy" not in page and "Internship" in page
    submit(casemanager, page_of(person), f"{page_of(person)}/activities/start", ("kind", str(kind)))
    (one,) = activities(town)
    assert (one.kind_id, one.standard) == (kind, None)
    with inside(town):
        db.session.get_one(ActivityKind, kind).in_use = False
    page = text(casemanager.get(page_of(person)))
    assert "Language buddy" in page and "Language café" in page, "offered no more, and kept where it is"
    assert submit(casemanager, f"/casework/activities/{one.id}", hours="2").status_code == 303
    stale = submit(manager, f"{lists}activities/{kind}", name="Café", version="7")
    assert differing(stale)["Name"] == ("Language café", "Café")


def test_a_programme_counts_people_once_per_row(any_app: Flask) -> None:
    town = new_town(any_app)
    first, second = people(town, 2, days_ago=70, group="newcomer")
    (third,) = people(town, 1, days_ago=70, prefix="Q", group="displaced")
    began = TODAY - timedelta(days=70)
    with inside(town):
        kind = ActivityKind(name="Shop shift", standard="one_off_job")
        db.session.add(kind)
        db.session.flush()
        one, two, three = (db.session.get_one(Participant, each) for each in (first, second, third))
        lasting = begin(one, "lasting_match", TODAY)
        begin(one, str(kind.id), began, became_id=lasting.id)
        begin(one, str(kind.id), began + timedelta(days=5), ended_on=TODAY)
        begin(two, "one_off_job", began)
        begin(three, str(kind.id), began)
        begin(two, "course", began - timedelta(days=9), ended_on=began - timedelta(days=1))
        begin(two, "study", TODAY + timedelta(days=1))
        left = db.session.scalars(select(Enrolment).where(Enrolment.participant_id == third)).one()
        left.ended_on = TODAY - timedelta(days=1)
        begin(three, "internship", TODAY)
        keys = ("kind", "activity", "group", "people", "of", "became_another")
        rows = [tuple(row[key] for key in keys) for row in analyse(town.inside())["participation"]]
    assert rows == [
        ("one_off_job", None, None, 3, 3, 1), ("one_off_job", None, "newcomer", 2, 2, 1),
        ("one_off_job", None, "displaced", 1, 1, 0), ("one_off_job", "Shop shift", None, 2, 3, 1),
        ("one_off_job", "Shop shift", "newcomer", 1, 2, 1), ("one_off_job", "Shop shift", "displaced", 1, 1, 0),
        ("lasting_match", None, None, 1, 3, 0), ("lasting_match", None, "newcomer", 1, 2, 0),
    ]  # fmt: skip


groups = st.lists(st.sampled_from([None, *GROUPS]), min_size=1, max_size=8)
done = st.lists(
    st.tuples(
        st.integers(0, 7),
        st.sampled_from(STANDARD_KINDS[:4]),
        st.sampled_from([None, "a", "b"]),
        st.booleans(),
    ),
    max_size=20,
)


@given(groups, done)
def test_a_row_holds_everyone_of_its_group_who_did_it(
    of: list[str | None], did: list[tuple[int, str, str | None, bool]]
) -> None:
    rows = participation(of, [Done(one % len(of), *more) for one, *more in did], STANDARD_KINDS, GROUPS)
    places = [(row["kind"], row["activity"], row["group"]) for row in rows]
    assert len(places) == len(set(places))
    for row in rows:
        does = {
            one % len(of)
            for one, kind, activity, _ in did
            if kind == row["kind"] and row["activity"] in (None, activity)
            and row["group"] in (None, of[one % len(of)])
        }  # fmt: skip
        assert row["people"] == len(does) > 0
        assert row["of"] == (len(of) if row["group"] is None else of.count(row["group"]))
        assert row["became_another"] <= row["people"] <= row["of"]


def test_what_is_there_already_is_not_called_saved_with_other_facts(any_app: Flask) -> None:
    """The same kind by the same provider from the same day is one; what else was typed of it is laid beside it."""
    town = new_town(any_app)
    casemanager = speaking("en", town.sign_in("casemanager"))
    (person,) = people(town, 1)
    submit(casemanager, page_of(person), f"{page_of(person)}/activities/start", ("kind", "language_buddy"))
    address = f"{page_of(person)}/activities/new"
    assert submit(casemanager, address, kind="language_buddy").status_code == 303
    (one,) = activities(town)
    assert one.version == 1, "the same is one"
    answer = submit(casemanager, address, kind="language_buddy", hours="4")
    assert differing(answer) == {"Hours": ("–", "4")}
    assert "this is there already, with other answers" in text(answer)
    (one,) = activities(town)
    assert (one.hours, one.version) == (None, 1)
    assert send(casemanager, answer, f"/casework/activities/{one.id}").status_code == 303
    (one,) = activities(town)
    assert (one.hours, one.version) == (4, 2)


def test_who_makes_another_one_of_it_on_that_page_writes_over_no_third(
    town: Town, casemanager: FlaskClient
) -> None:
    (person,) = people(town, 1)
    address = f"{page_of(person)}/activities/new"
    for kind in ("language_buddy", "course"):
        assert submit(casemanager, address, kind=kind, hours="1").status_code == 303
    buddy = next(one for one in activities(town) if one.standard == "language_buddy")
    answer = submit(casemanager, address, kind="language_buddy", hours="4")
    send(casemanager, answer, f"/casework/activities/{buddy.id}", kind="course")
    assert sorted((one.standard, one.hours) for one in activities(town)) == [("course", 1), ("course", 4)]
