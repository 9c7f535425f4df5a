"""Every address, method and callback, for everyone: nothing of one municipality is seen or changed by another.

What is walked comes from the application: its rules, Dash's callbacks, the links and forms on its pages, and the ids
and names in its models. A new one joins by itself. That the walk finds something when a guard is gone is in
`test_guards_taken_away`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete

from survey import audience
from survey.audience import PARTICIPANT
from survey.database import db
from survey.models import Membership
from survey.reviewing.views import LANGUAGE
from survey.settings import Settings
from telvertel import create_app
from tests.fixtures.pages import parsed
from tests.walk.addresses import Way, all_ways, audience_of, may
from tests.walk.walk import KNOWN, Walk

# Flask-Security makes choices in a way that WTForms will drop.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples is deprecated")
WAYS = all_ways()
EACH = pytest.mark.parametrize("way", WAYS, ids=str)
#: Along these nobody of the walk gets anywhere, and why.
NOT_REACHED = {
    Way("POST", f"/reviewing/{LANGUAGE}/propose"): "a file is given here, and the walk has words",
    Way("POST", "/casework/load/"): "a file is given here; see tests/survey/exchange/test_loading.py",
    Way("POST", "/"): "a code is typed here; the walk's participants came in this way",
    Way("POST", "/manage/paper"): "a code is typed here; the walk's coordinators have a paper open",
    Way("GET", "/.well-known/security.txt"): "no contact is named in the walk's settings",
    Way("POST", "/manage/recordings/<language>/<text_hash>"): "a file is sent here; see test_recordings",
    Way("POST", "/casework/participants/<uuid:participant_id>/household/members/<uuid:other_id>"): (
        "somebody is chosen from what was searched, and the walk searches for nobody; see test_households"
    ),
    Way("POST", "/staff/invitation/"): "a link is typed here, and of links only hashes are kept",
    Way("POST", "/survey/envelopes"): "only what a browser sealed: tests/survey/respond/test_envelopes.py",
    Way(
        "POST",
        "/casework/enrolments/<uuid:enrolment_id>/plan/links/new/<any(obstacle, breakthrough):kind>",
    ): "from one domain to another, and the walk chooses the first twice",
    Way("POST", "/manage/targets/<uuid:target_id>/figures"): (
        "a number is typed here, and the walk types words; see test_targets"
    ),
    Way("POST", "/manage/quotes/<uuid:answer_id>"): (
        "the walk's quotes were rewritten already, so a colleague was first; see test_stories"
    ),
    Way("POST", "/manage/programmes/<code>/in-advance"): (
        "a later wave was answered in the walk's towns, so nothing can be named any more; see test_programmes"
    ),
    Way("POST", "/staff/second-factor/<token>"): "the token is of one's own half-done set-up",
}


#: Pages of casework and management with something to type and a second form, and why nothing is lost there.
BESIDE = {
    "/casework/": "what was looked for stands in the address; people are ticked",
    "/casework/enrolments/<uuid:enrolment_id>/intake": "each section is saved by itself while one types",
    "/casework/notes": "looking for somebody, or for words: nothing is written down here",
}


@EACH
def test_everybody_at_home(walk: Walk, way: Way) -> None:
    """Who may, gets there, who may not, does not; a GET changes nothing; pages are whole; all is of one's own town."""
    assert walk.own(way) == []


@EACH
def test_rows_of_another_town_are_like_none_at_all(walk: Walk, way: Way) -> None:
    """Byte for byte, but for the name that was asked and what is random; and nothing of theirs changes."""
    assert walk.others(way) == []


def test_callbacks(walk: Walk) -> None:
    """What Dash asks for its pages, with every name in every input."""
    assert walk.callbacks() == []


def test_somebody_gets_there_along_every_way(walk: Walk) -> None:
    """Or else the tests above would say nothing: in an address nobody can open there is nothing to see."""
    for way in WAYS:  # those that were not walked in this process
        if way not in walk.reached:
            walk.own(way)
    walk.callbacks()
    not_reached = {way for way in WAYS if audience_of(walk.app, way)} - walk.reached
    assert not_reached == NOT_REACHED.keys()


def test_exceptions_are_of_fields_that_are_there(walk: Walk) -> None:
    fields = {
        (way.rule, name) for way, forms in walk.map.forms.items() for form in forms for name, _ in form.fields
    }
    assert fields >= KNOWN.keys()


def test_every_text_of_a_town_is_a_canary(walk: Walk) -> None:
    """Nothing that anybody wrote is free of the town's mark; sealed texts are looked at where they are opened."""
    assert len({town.mark for town in walk.towns}) == 3
    for town in walk.towns:
        assert {table for table, column in town.names if column == "id"} >= {
            "participant",
            "story",
            "open_answer",
        }
        assert all(canary.startswith(town.mark) for canary in town.filled.canaries)


def test_every_endpoint_says_who_may_reach_it(app: Flask) -> None:
    with app.app_context():
        assert {rule.endpoint for rule in app.url_map.iter_rules()} == audience.declared().keys()
        everyone = audience.declared().values()
        assert all(each <= {*audience.STAFF, "everyone", *PARTICIPANT} for each in everyone)


def test_part_of_the_application_declares_its_part(data: Any) -> None:
    survey = create_app(Settings(data=data, plain_http=True, part="survey"))
    with survey.app_context():
        assert {rule.endpoint for rule in survey.url_map.iter_rules()} == audience.declared().keys()


def test_what_nobody_declared_is_refused(app: Flask) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    answer = app.test_client().get("/forgotten")
    assert answer.status_code == 403
    assert "secret" not in answer.text


def test_staff_without_work_reach_nothing(walk: Walk) -> None:
    """Whose last role ended is still signed in, and is turned away everywhere."""
    viewer = next(viewer for viewer in walk.viewers if viewer.role == "coordinator")
    assert viewer.town is not None
    with walk.app.app_context():
        db.session.enter(viewer.town.organisation_id)
        db.session.execute(delete(Membership))
        db.session.commit()
    try:
        for page in ("/staff/", "/staff/account", "/casework/", "/manage/", "/publish/", "/dashboard/"):
            assert viewer.ask("GET", page).status_code == 403
    finally:
        walk.database.restore()


def test_ids_are_random(walk: Walk) -> None:
    for town in walk.towns:
        ids = [name for (_, column), names in town.names.items() for name in names if column == "id"]
        assert ids and all(UUID(name).version == 4 for name in ids)


def test_no_button_loses_what_was_typed_in_another_form(walk: Walk) -> None:
    """Of a page on which something is typed every button belongs to that form; those in the frame are no part of it."""
    seen, several = set(), set()
    for rule, forms in pages_of_staff(walk):
        typed = [typed_in(form) for form in forms]
        seen.add(rule) if any(typed) else None
        several.add(rule) if any(typed) and len(forms) > 1 else None
    assert len(seen) > 20, "or else nothing was looked at"
    assert several == BESIDE.keys() & seen


def test_half_a_date_does_not_empty_one_that_may_be_empty(walk: Walk) -> None:
    """A browser sends nothing for half a date. Without scripts only the browser can refuse it, if the form lets it;
    it then refuses what is needed too, so nothing needed may lie where nobody sees it."""
    seen = set()
    for rule, forms in pages_of_staff(walk):
        for form in forms:
            dates = [one for one in form.iter("input") if one.get("type") == "date"]
            if form.get("method") == "post" and any(one.get("required") is None for one in dates):
                seen.add(rule)
                assert form.get("novalidate") is None, rule
                closed = [one for one in form.iter("details") if one.get("open") is None]
                assert not any(field.get("required") is not None for one in closed for field in one.iter()), (
                    rule
                )
    assert len(seen) > 5, "or else nothing was looked at"


def test_a_summary_of_what_is_wrong_follows_its_page(walk: Walk) -> None:
    """Each line leads to something on the page, and the lines stand in the order in which that is asked."""
    seen, wrong = set(), []
    for way in (
        way for way in WAYS if way.method == "POST" and way.rule.startswith(("/casework", "/manage"))
    ):
        who = audience_of(walk.app, way)
        viewers = [viewer for viewer in walk.viewers if viewer.town is walk.towns[0] and may(viewer, who)]
        for form, viewer in product(walk.map.forms.get(way, []), viewers):
            answer = viewer.ask("POST", form.address, spoilt(form.data))
            page = parsed(answer.text)
            if answer.status_code < 400:
                walk.database.restore()
            summary = page.find(".//*[@class='error-summary']")
            if summary is not None:
                seen.add(way.rule)
                ids = [element.get("id") for element in page.iter()]
                told = [link.get("href")[1:] for link in summary.iter("a")]
                if [one for one in ids if one in told] != list(dict.fromkeys(told)):
                    wrong.append((way.rule, told))
    assert len(seen) > 40, f"or else too little was looked at: {seen}"
    assert wrong == []


def spoilt(data: dict[str, list[str]]) -> dict[str, list[str]]:
    """With something wrong in all that is asked. What says which row it is, or what to do, stays."""
    kept = ("id", "version", "then", "paper", "decision", "key")
    return {
        name: values if name.rpartition("-")[2] in kept else ["\u202e"]
        for name, values in data.items()
        if name != "remove"
    }


def pages_of_staff(walk: Walk) -> Iterator[tuple[str, list[Any]]]:
    """The forms of each page of one town's casemanagers and coordinators, with the page's rule."""
    ours = [way for way in WAYS if way.method == "GET" and way.rule.startswith(("/casework", "/manage"))]
    for way in ours:
        for viewer in walk.viewers:
            if viewer.town is not walk.towns[0] or not may(viewer, audience_of(walk.app, way)):
                continue
            for address in walk.map.addresses.get(way, []):
                answer = viewer.ask("GET", address)
                if answer.status_code == 200 and answer.mimetype == "text/html":
                    yield way.rule, list(parsed(answer.text).find(".//main").iter("form"))


def typed_in(form: Any) -> bool:
    kinds = (None, "text", "search", "date", "number", "email", "tel")
    return any(
        field.tag == "textarea" or (field.tag == "input" and field.get("type") in kinds)
        for field in form.iter()
    )
