"""Any order, loss, repetition and delay of what tablets send ends in the same stored response."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from survey.database import db
from survey.models import Consent, OpenAnswer, Page, Visit
from survey.respond import latest
from survey.respond.latest import WHOLE, Latest, Shown, Stamp
from tests.fixtures.application import Town, new_town
from tests.fixtures.letters import Outbox, Sealed, deliver, outbox, receipt
from tests.fixtures.visitor import Visitor

FIRST, SECOND, LAST = ["wellbeing", "wellbeing"], ["wellbeing", "life_satisfaction"], ["last"]
LANGUAGES = ("en", "uk")

# Merging alone

items = st.sampled_from(["a", "b", "c"])
shown = st.builds(Shown, st.sampled_from(LANGUAGES), st.sampled_from(["", "words"]))
stamps = st.builds(Stamp, st.integers(0, 2), st.integers(0, 3), st.sampled_from(["x", "y"]))
given_once = st.builds(
    latest.first,
    st.dictionaries(items, st.integers(1, 5) | st.just("dk")),
    stamps,
    shown,
)
pages = st.lists(given_once, min_size=1, max_size=4).map(lambda sent: reduce(latest.merged, sent))


@given(pages, pages, pages)
def test_merging_does_not_mind_order_or_repetition(one: Latest, two: Latest, three: Latest) -> None:
    assert latest.merged(one, one) == one
    assert latest.merged(one, two) == latest.merged(two, one)
    assert latest.merged(latest.merged(one, two), three) == latest.merged(one, latest.merged(two, three))


@given(pages, given_once)
def test_what_is_newer_than_all_replaces_and_what_is_older_than_all_only_adds(
    page: Latest, sent: Latest
) -> None:
    newest = latest.first(sent.answers, Stamp(9, 9, "z"), sent.shown)
    assert latest.merged(page, newest).answers == {**page.answers, **sent.answers}
    assert latest.merged(page, newest).shown == sent.shown
    oldest = latest.first(sent.answers, Stamp(-1, 0, ""), sent.shown)
    assert latest.merged(page, oldest).answers == {**sent.answers, **page.answers}


@given(pages)
def test_a_page_is_read_as_it_was_written(page: Latest) -> None:
    written = {name: list(stamp) for name, stamp in page.given.items()}
    assert latest.kept(page.answers, written, page.sitting, page.shown) == page


@given(st.dictionaries(items, st.integers(1, 5)), given_once)
def test_what_was_kept_before_there_were_stamps_is_the_oldest(answers: dict[str, Any], sent: Latest) -> None:
    newer = latest.first(sent.answers, Stamp(0, 1, "x"), sent.shown)
    assert latest.merged(latest.kept(answers, None, "x", Shown("nl")), newer).answers == {
        **answers,
        **sent.answers,
    }


# On the database


@dataclass(frozen=True)
class Act:
    """Something a person did in one of two sittings."""

    sitting: int
    page: list[str]
    then: str
    fields: dict[str, str]


def acts(sitting: int) -> st.SearchStrategy[Act]:
    value = st.sampled_from(["1", "4", "dk"])
    first = st.dictionaries(st.sampled_from(["wellbeing_1", "wellbeing_2", "wellbeing_3"]), value)
    second = st.dictionaries(st.just("life_satisfaction"), st.sampled_from(["0", "10", "pna"]))
    words = st.fixed_dictionaries(
        {"text": st.sampled_from(["", "ሰላም", "слова"])}, optional={"may_quote": st.just("y")}
    )
    on = st.sampled_from(["next", "back", "stop", "stay"])
    return (
        st.builds(Act, st.just(sitting), st.just(FIRST), on, first)
        | st.builds(Act, st.just(sitting), st.just(SECOND), on, second)
        | st.builds(Act, st.just(sitting), st.just(LAST), on, words)
    )


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Act], list[int]]:
    """What was done, in order; and what of it arrives when, perhaps never, perhaps again and again."""
    done = draw(st.lists(acts(0), max_size=4)) + draw(st.lists(acts(1), min_size=1, max_size=4))
    arriving = draw(st.lists(st.sampled_from(range(len(done))), min_size=1, max_size=10))
    return done, arriving


@pytest.fixture
def town(any_app: Flask) -> Town:
    town = new_town(any_app, instruments=("wellbeing",))
    with any_app.app_context():
        code = town.join()[2]
    town.sittings = [Visitor(town, code, language).begin() for language in LANGUAGES]  # type: ignore[attr-defined]
    town.cookie = town.sittings[0].client.get_cookie("telvertel").value  # type: ignore[attr-defined]
    return town


def fresh(town: Town) -> list[Outbox]:
    """Nothing was sent yet; the two tablets."""
    with town.app.app_context():
        town.inside()
        silently = {"synchronize_session": False}
        for model in (Page, OpenAnswer):
            db.session.execute(delete(model), execution_options=silently)
        db.session.execute(delete(Consent).where(Consent.purpose == "quote"), execution_options=silently)
        db.session.execute(
            update(Visit).values(state="agreed", finished_on=None, given=None), execution_options=silently
        )
        db.session.commit()
    return [outbox(person) for person in town.sittings]  # type: ignore[attr-defined]


def state(town: Town) -> dict[str, Any]:
    """All that is stored of the response."""
    with town.app.app_context():
        town.inside()
        visit = db.session.scalars(select(Visit)).one()
        said = visit.open_answer
        standing = select(Consent.purpose).where(Consent.withdrawn_at.is_(None))
        return {
            "pages": {
                page.domain: (
                    page.answers,
                    page.score,
                    page.language,
                    page.wording,
                    page.sitting,
                    page.passed,
                    page.given,
                )
                for page in db.session.scalars(select(Page))
            },
            "visit": (visit.state, visit.given),
            "said": said and (said.text, said.language, said.may_quote),
            "consents": sorted(db.session.scalars(standing)),
        }


def arrive(town: Town, envelopes: list[Sealed]) -> None:
    client = town.app.test_client()
    for one in envelopes:
        assert receipt(deliver(client, one.envelope)) == one.kept


def sealed(tablets: list[Outbox], done: list[Act]) -> list[Sealed]:
    return [tablets[act.sitting].seal(act.page, act.then, **act.fields) for act in done]


DOUBT = Act(0, LAST, "stay", {"text": "ሰላም"}), Act(0, LAST, "next", {"text": "", "may_quote": "y"})
OVER = Act(0, FIRST, "next", {"wellbeing_1": "1"}), Act(1, FIRST, "next", {"wellbeing_1": "4"})


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories())
@example((list(DOUBT), [1, 0]))
@example((list(OVER), [1, 0, 0]))
@example(([Act(0, LAST, "next", {"text": ""}), OVER[1]], [0, 1]))
def test_any_order_ends_in_the_same_stored_response(town: Town, history: tuple[list[Act], list[int]]) -> None:
    done, arriving = history
    envelopes = sealed(fresh(town), done)
    arrive(town, [envelopes[number] for number in sorted(set(arriving))])
    in_order = state(town)
    fresh(town)
    arrive(town, [envelopes[number] for number in arriving])
    assert state(town) == in_order


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories())
def test_and_it_is_what_the_person_answered_last(town: Town, history: tuple[list[Act], list[int]]) -> None:
    done, arriving = history
    envelopes = sealed(fresh(town), done)
    arrive(town, [*(envelopes[number] for number in arriving), *envelopes])
    found = state(town)
    for domain in {act.page[1] for act in done if act.page != LAST}:
        on_page = [act for act in done if act.page != LAST and act.page[1] == domain]
        answers = {item: value for act in on_page for item, value in act.fields.items()}
        kept = [act for act in on_page if act.fields or act.then == "next"]
        if kept:
            assert {item: str(value) for item, value in found["pages"][domain][0].items()} == answers
            assert found["pages"][domain][2] == LANGUAGES[kept[-1].sitting]
            assert found["pages"][domain][5] == any(act.then == "next" for act in on_page)
    last = [act for act in done if act.page == LAST]
    words = [act.fields["text"] for act in last if act.fields["text"]]
    assert (found["said"] or [None])[0] == (words[-1] if words else None)
    quoted = bool(words) and "may_quote" in last[-1].fields
    assert (found["said"] or [None, None, False])[2] == quoted == ("quote" in found["consents"])
    assert (found["visit"][0] == "finished") == any(act.then == "next" for act in last)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(acts(0).filter(lambda act: act.page != LAST), min_size=1, max_size=5), st.data())
def test_against_ordinary_posts_too(town: Town, done: list[Act], data: st.DataObject) -> None:
    """A script that could not seal posts the form itself, and says where it comes in the order."""
    by_form = data.draw(st.sets(st.sampled_from(range(len(done)))))
    order = data.draw(st.permutations(range(len(done))))
    envelopes = sealed(fresh(town), done)
    arrive(town, envelopes)
    in_order = state(town)
    fresh(town)
    person = town.sittings[0]  # type: ignore[attr-defined]
    for number in order:
        if number not in by_form:
            arrive(town, [envelopes[number]])
            continue
        act = done[number]
        form = {**person.form, **act.fields, "then": act.then, "order": str(number + 1)}
        person.client.set_cookie("telvertel", town.cookie)  # type: ignore[attr-defined]  # also after it was stopped
        assert person.client.post(f"/survey/{'/'.join(act.page)}", data=form).status_code == 303
    assert state(town) == in_order


def test_without_scripts_what_is_posted_last_is_the_latest(town: Town) -> None:
    [tablet, _] = fresh(town)
    arrive(town, [tablet.seal(FIRST, wellbeing_1="1")])
    person = town.sittings[0]  # type: ignore[attr-defined]
    person.client.post(
        "/survey/wellbeing/wellbeing", data={**person.form, "wellbeing_1": "4", "then": "next"}
    )
    assert state(town)["pages"]["wellbeing"][0] == {"wellbeing_1": 4}
    assert WHOLE in state(town)["pages"]["wellbeing"][6]
