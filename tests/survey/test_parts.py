"""Tablets and analysts apart: what a part serves, what it says of the rest, and what it never loads."""

from __future__ import annotations

import re
from pathlib import Path
from shutil import copytree

import pytest

from survey import audience
from survey.settings import Part, Settings
from telvertel import create_app
from tests.fixtures.application import PASSWORD, Town, fresh_app, new_town
from tests.fixtures.pages import check_page
from tests.fixtures.served import serving
from tests.fixtures.workers import Browser, Workers, join

HEAVY = {"numpy", "scipy", "pandas", "plotly", "dash", "dashboard.mount", "openpyxl", "xlsxwriter", "docx"}
SURVEY = (
    "/",
    "/start",
    "/survey/language",
    "/survey/wellbeing/wellbeing",
    "/goodbye/thanks",
    "/casework/",
    "/manage/",
)
DASHBOARD = ("/dashboard/", "/dashboard/a-programme/", "/publish/", "/publish/a-programme/1")
EVERYWHERE = ("/staff/sign-in", "/healthz", "/readyz", "/static/theme.css")


def part_of(data: Path, part: Part) -> Town:
    return new_town(fresh_app(Settings(data=data, plain_http=True, part=part)))


@pytest.mark.parametrize(
    ("part", "own", "elsewhere"), [("survey", SURVEY, DASHBOARD), ("dashboard", DASHBOARD, SURVEY)]
)
def test_a_part_serves_its_own(
    data: Path, part: Part, own: tuple[str, ...], elsewhere: tuple[str, ...]
) -> None:
    """Whoever comes to the wrong one is told so: not that the page does not exist, nor that they may not see it."""
    town = part_of(data, part)
    strangers, coordinator = town.app.test_client(), town.sign_in("coordinator")
    for client in (strangers, coordinator):
        for address in (*own, *EVERYWHERE):
            with client.get(address) as answer:
                assert answer.status_code != 421 and answer.status_code < 500, address
        for address in elsewhere:
            answer = client.get(address)
            assert answer.status_code == 421, address
            check_page(answer)
    assert strangers.get("/no-such-page").status_code == 404


def test_nothing_of_the_survey_runs_in_the_dashboards_part(data: Path) -> None:
    """Every endpoint besides signing in, the machine's own questions and the dashboard is one and the same refusal."""
    app = fresh_app(Settings(data=data, plain_http=True, part="dashboard"))
    shared = re.compile(
        r"(accounts|joining|security|health|metrics|notices|publish|joined)\.|static$|/dashboard/|_dashboard_"
    )
    refused = {endpoint for endpoint, view in app.view_functions.items() if view.__name__ == "_elsewhere"}
    assert {endpoint for endpoint in app.view_functions if not shared.match(endpoint)} == refused
    assert {endpoint.partition(".")[0] for endpoint in refused} >= {"respond", "casework", "manage"}


@pytest.mark.parametrize("part", ["survey", "dashboard", "all"])
def test_every_part_says_who_may_reach_what(data: Path, part: Part) -> None:
    app = create_app(Settings(data=data, plain_http=True, part=part))
    with app.app_context():
        assert {rule.endpoint for rule in app.url_map.iter_rules()} == audience.declared().keys()


def test_served_survey_workers_load_nothing_heavy(migrated: Path, tmp_path: Path) -> None:
    """After a whole questionnaire and a casemanager's visit, in the very processes that served them."""
    folder, log = copytree(migrated, tmp_path / "data"), tmp_path / "log"
    town = new_town(fresh_app(Settings(data=folder, plain_http=True)))
    environment = {"TELVERTEL_PLAIN_HTTP": "true", "PYTHONPROFILEIMPORTTIME": "1"}
    with serving(folder, log, "--part", "survey", **environment) as at:
        workers = Workers(town.app, at, at)
        person = Browser().begin(workers, join(town))
        while person.path != "/survey/last":
            answers = dict.fromkeys(re.findall(r'type="radio" name="(\w+)"', person.page), "3")
            person.post(at, person.path, **answers, then="next")
        person.post(at, person.path, text="And this", may_quote="y", then="next")
        assert person.path == "/survey/done"
        for role, pages in (
            ("casemanager", ("/casework/", "/casework/participants/new")),
            ("coordinator", ("/manage/",)),
        ):
            staff = Browser().sign_in(workers, town, role)
            for page in pages:
                staff.get(at, page)
                assert staff.status == 200
    loaded = set(re.findall(r"^import time:[^|]*\|[^|]*\|\s*(\S+)$", log.read_text("utf-8"), re.MULTILINE))
    assert {"flask", "survey.respond.views", "survey.casework.views"} <= loaded  # this is where to look
    assert not {name for name in loaded if {name, name.partition(".")[0]} & HEAVY}
    assert PASSWORD not in log.read_text("utf-8")
