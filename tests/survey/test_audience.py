"""Every address, for everyone: who may not is turned away, and nothing of one town is seen or changed by another.

The addresses come from the application itself, so a new one joins by itself. What stands in an address is taken
from NAMES and SAME; an address with something else in it fails until it is added there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from survey import audience
from survey.audience import EVERYONE, PARTICIPANT
from survey.database import db
from survey.models import Membership
from survey.settings import Settings
from telvertel import create_app
from tests.fixtures.pages import check_headers, check_page, masked
from tests.fixtures.rows import Filled
from tests.fixtures.three_towns import ThreeTowns, Viewer

# Flask-Security makes choices in a way that WTForms will drop.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples is deprecated")

#: What names a row of a town: whose it is makes the difference.
NAMES: dict[str, Callable[[Filled], object]] = {
    "participant_id": lambda town: town.keys["participant"][0],
    "enrolment_id": lambda town: town.keys["enrolment"][0],
    "answer_id": lambda town: town.keys["open_answer"][0],
    "story_id": lambda town: town.keys["story"][0],
    "code": lambda town: town.town.code,
}
#: What means the same in every town.
SAME: dict[str, object] = {
    "key": "before", "language": "uk", "number": 1, "instrument": "wellbeing", "domain": "wellbeing",
    "what": "thanks", "filename": "theme.css", "token": "token", "package_name": "dash", "fingerprinted_path": "x.js",
    "path": "no-such-programme",
}  # fmt: skip
#: Filled in wherever a form is posted, so that as much as possible is valid.
FORM = {
    "sure": "y", "decision": "approve", "text": "Rewritten", "domain": "work", "stance": "typical", "language": "nl",
    "checks": ["name", "place"], "name": "Changed", "contact": "Changed", "gender": "woman", "code": "a-new-one",
    "instruments": "wellbeing", "before_used": "y", "before_weeks": "0", "before_window": "4", "take_part": "yes",
    "wellbeing_1": "3", "then": "next", "started_on": "2026-01-05", "new_password": "a long enough password too",
}  # fmt: skip


def rules() -> list[tuple[Rule, str]]:
    """Every rule of the application with each method that does something, told without a database."""
    settings = Settings(
        key="QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=", plain_http=True, database_url="sqlite://"
    )
    methods = ("GET", "POST", "PUT", "PATCH", "DELETE")
    found = create_app(settings).url_map.iter_rules()
    return [(rule, method) for rule in found for method in methods if method in (rule.methods or ())]


RULES = rules()
EACH = pytest.mark.parametrize(("rule", "method"), RULES, ids=[f"{method} {rule}" for rule, method in RULES])


def address(rule: Rule, values: dict[str, object]) -> str:
    """The rule with these values in it."""
    built = rule.build({name: values[name] for name in rule.arguments}, append_unknown=False)
    assert built is not None
    return built[1]


def own(rule: Rule, town: Filled) -> str:
    return address(rule, {**SAME, **{name: value(town) for name, value in NAMES.items()}})


def made_up(rule: Rule) -> str:
    """Of the same form, but of nobody."""
    values = {name: uuid4() if name.endswith("_id") else "no-such-code" for name in NAMES}
    return address(rule, {**SAME, **values})


def names_a_row(rule: Rule) -> bool:
    return bool(rule.arguments & NAMES.keys())


def test_every_endpoint_says_who_may_reach_it(app: Flask) -> None:
    with app.app_context():
        assert {rule.endpoint for rule in app.url_map.iter_rules()} == audience.declared().keys()
        everyone = audience.declared().values()
        assert all(each <= {*audience.STAFF, "everyone", "participant"} for each in everyone)


def test_part_of_the_application_declares_its_part(data: Any) -> None:
    survey = create_app(Settings(data=data, plain_http=True, part="survey"))
    with survey.app_context():
        assert {rule.endpoint for rule in survey.url_map.iter_rules()} == audience.declared().keys()


def test_what_nobody_declared_is_refused(app: Flask) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    answer = app.test_client().get("/forgotten")
    assert answer.status_code == 403
    assert "secret" not in answer.text


def allowed(viewer: Viewer, who: frozenset[str]) -> bool:
    return who is EVERYONE or viewer.role in who


def check_turned_away(viewer: Viewer, who: frozenset[str], method: str, answer: TestResponse) -> None:
    if who is PARTICIPANT:
        assert (answer.status_code, answer.location) == (303, "/")
    elif viewer.role not in ("anonymous", "participant"):
        assert answer.status_code == 403
    elif method == "GET":
        assert answer.status_code == 303 and answer.location.startswith("/staff/sign-in?next=")
    else:
        assert answer.status_code == 401


def check_let_in(viewer: Viewer, answer: TestResponse) -> None:
    assert answer.status_code < 500 and answer.status_code not in (401, 403), (
        f"{viewer}: {answer.status_code}"
    )
    location = answer.headers.get("Location", "")
    assert viewer.role in ("anonymous", "participant") or not location.startswith("/staff/sign-in?")


@EACH
def test_only_who_may_gets_there(three_towns: ThreeTowns, rule: Rule, method: str) -> None:
    """Each role of each town, at its own rows; a GET changes nothing, and what is seen is of one's own town."""
    with three_towns.app.app_context():
        who = audience.declared()[rule.endpoint]
    before = three_towns.rows()
    for viewer in three_towns.viewers:
        log = three_towns.log()
        answer = viewer.ask(method, own(rule, viewer.town or three_towns.towns[0]), FORM)
        if allowed(viewer, who):
            check_let_in(viewer, answer)
        else:
            check_turned_away(viewer, who, method, answer)
        check_nothing_of_others(three_towns, viewer, answer)
        check_own_log(viewer, three_towns.log()[len(log) :], is_allowed=allowed(viewer, who))
        if viewer.town in (None, three_towns.towns[0]) and has_template_of_ours(answer):
            check_page(answer)
        after = three_towns.rows()
        assert after == before or (method != "GET" and allowed(viewer, who)), f"{viewer} changed something"
        if after != before:
            check_only_own_changed(three_towns, viewer, before, after)
            three_towns.restore()
        answer.close()


def check_own_log(viewer: Viewer, events: list[tuple[Any, ...]], is_allowed: bool) -> None:
    """Who is turned away did not look; who is let in is noted in one's own organisation, about its own people."""
    assert is_allowed or events == []
    for organisation, action, participant in events:
        assert viewer.town is not None or action == "code.used", f"{viewer} was noted: {action}"
        if viewer.town is not None:
            assert organisation == viewer.town.organisation_id.hex
            assert (
                participant in (None, viewer.town.keys["participant"][0].hex) or action == "participant.added"
            )


def has_template_of_ours(answer: TestResponse) -> bool:
    """Not a redirect; nor where Dash draws, with scripts and styles held by hashes in the policy."""
    is_page = answer.mimetype == "text/html" and "Location" not in answer.headers
    return is_page and "sha256-" not in answer.headers["Content-Security-Policy"]


def check_nothing_of_others(three_towns: ThreeTowns, viewer: Viewer, answer: TestResponse) -> None:
    others = [town for town in three_towns.towns if town is not viewer.town]
    secret = [canary for town in others for canary in (*town.canaries, f"Gemeente {town.town.code[:-6]}")]
    told = f"{answer.headers}{answer.text}"
    assert not [canary for canary in secret if canary in told], f"{viewer} saw something of another town"
    if answer.mimetype == "text/html":
        check_headers(answer)


Rows = dict[str, list[tuple[Any, ...]]]


def check_only_own_changed(three_towns: ThreeTowns, viewer: Viewer, before: Rows, after: Rows) -> None:
    """Rows that changed name one's own town, or no town at all."""
    others = {town.organisation_id.hex for town in three_towns.towns if town is not viewer.town}
    for table, rows in before.items():
        changed = set(rows) ^ set(after[table])
        assert not [row for row in changed if others & {value for value in row if isinstance(value, str)}]


@pytest.mark.parametrize(
    ("rule", "method"),
    [(rule, method) for rule, method in RULES if names_a_row(rule)],
    ids=[f"{method} {rule}" for rule, method in RULES if names_a_row(rule)],
)
def test_a_row_of_another_town_is_like_none_at_all(three_towns: ThreeTowns, rule: Rule, method: str) -> None:
    """Byte for byte, but for the name that was asked and the token; and nothing changes."""
    before = three_towns.rows()
    for viewer in three_towns.viewers:
        nowhere = made_up(rule)
        none = alike(viewer.ask(method, nowhere, FORM), rule, nowhere)
        for town in three_towns.towns:
            if town is viewer.town:
                continue
            asked = own(rule, town)
            assert alike(viewer.ask(method, asked, FORM), rule, asked) == none, f"{viewer} at {asked}"
            assert three_towns.rows() == before, f"{viewer} changed something at {asked}"


def alike(answer: TestResponse, rule: Rule, asked: str) -> tuple[Any, ...]:
    """An answer without what differs by nature: the name in the address, tokens, and the cookie with them."""
    varies = re.compile("|".join(map(re.escape, _names_in(rule, asked))))
    headers = [(name, varies.sub("", value)) for name, value in answer.headers if name != "Set-Cookie"]
    body = varies.sub("", masked(answer.text))
    return answer.status_code, [header for header in headers if header[0] != "Content-Length"], body


def _names_in(rule: Rule, asked: str) -> list[str]:
    matched = re.fullmatch(re.sub(r"<[^>]+>", "([^/]+)", str(rule)), asked)
    assert matched
    return list(matched.groups())


def test_every_example_is_asked_for() -> None:
    """What stands in no address any more is a leftover."""
    used = {name for rule, _ in RULES for name in rule.arguments}
    assert used == NAMES.keys() | SAME.keys()


CALLBACK = "/dashboard/_dash-update-component"


def figures(viewer: Viewer, pathname: str) -> TestResponse:
    """What the dashboard's page asks for its charts."""
    client: FlaskClient = viewer.app.test_client()
    client.set_cookie("telvertel", viewer.cookie)
    return client.post(
        CALLBACK,
        headers={"X-CSRFToken": viewer.token},
        json={
            "output": "figures.data",
            "outputs": {"id": "figures", "property": "data"},
            "inputs": [{"id": "address", "property": "pathname", "value": pathname}],
            "state": [{"id": "address", "property": "search", "value": ""}],
            "changedPropIds": ["address.pathname"],
        },
    )


def test_the_dashboard_shows_one_town(three_towns: ThreeTowns) -> None:
    """Its pages and its callback alike, for everyone who may see a dashboard."""
    for viewer in three_towns.viewers:
        if viewer.town is None or viewer.role == "participant":
            assert figures(viewer, "/dashboard/aalten-pilot/").status_code == 401
            continue
        shown = viewer.ask("GET", f"/dashboard/{viewer.town.town.code}/")
        assert (shown.status_code, viewer.town.canaries[6] in shown.text) == (200, True)
        assert figures(viewer, f"/dashboard/{viewer.town.town.code}/").status_code == 200
        for town in three_towns.towns:
            if town is not viewer.town:
                check_dashboard_of_another(three_towns, viewer, town)


def check_dashboard_of_another(three_towns: ThreeTowns, viewer: Viewer, town: Filled) -> None:
    for ask in (lambda viewer, page: viewer.ask("GET", page), figures):
        answer, none = (ask(viewer, f"/dashboard/{code}/") for code in (town.town.code, "no-such-code"))
        assert (answer.status_code, none.status_code) == (404, 404)
        assert masked(answer.text).replace(town.town.code, "no-such-code") == masked(none.text)
        check_nothing_of_others(three_towns, viewer, answer)


def test_staff_without_work_reach_nothing(three_towns: ThreeTowns) -> None:
    """Whose last role ended is still signed in, and is turned away everywhere."""
    viewer = next(viewer for viewer in three_towns.viewers if viewer.role == "coordinator")
    assert viewer.town is not None
    with three_towns.app.app_context():
        viewer.town.town.inside()
        db.session.execute(delete(Membership))
        db.session.commit()
    try:
        for page in ("/staff/", "/staff/account", "/casework/", "/manage/", "/publish/", "/dashboard/"):
            assert viewer.ask("GET", page).status_code == 403
    finally:
        three_towns.restore()


def test_ids_are_random(three_towns: ThreeTowns) -> None:
    for town in three_towns.towns:
        keys = [key[0] for key in town.keys.values() if isinstance(key[0], UUID)]
        assert all(key.version == 4 for key in keys)
