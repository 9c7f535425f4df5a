"""Figures for the machine that watches: right, about nobody, and only for those who may read them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from survey.settings import Settings
from tests.fixtures.application import Town, fresh_app, new_town
from tests.fixtures.visitor import Visitor

TOKEN = "a token of some length"


def figures(client: FlaskClient) -> dict[tuple[str, ...], float]:
    """Name and labels -> value, as Prometheus reads it."""
    answer = client.get("/metrics")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_requests_are_counted_by_endpoint(app: Flask) -> None:
    client = app.test_client()
    for address in ("/", "/", "/no-such-page", "/goodbye/thanks", "/goodbye/over"):
        client.get(address)
    client.open("/", method="CURIOUS")
    seen = figures(client)
    assert seen["telvertel_requests_total", "respond.start", "GET", "2xx"] == 2
    assert seen["telvertel_requests_total", "respond.goodbye", "GET", "2xx"] == 2
    assert seen["telvertel_requests_total", "none", "GET", "4xx"] == 1
    assert seen["telvertel_requests_total", "none", "other", "4xx"] == 1
    assert seen["telvertel_request_seconds_count", "respond.start"] == 2
    assert seen["telvertel_request_seconds_bucket", "respond.start", "+Inf"] == 2
    assert 0 < seen["telvertel_request_seconds_sum", "respond.start"] < 60


def test_pages_and_codes_are_counted(any_town: Town) -> None:
    with any_town.app.app_context():
        code = any_town.join()[2]
    person = Visitor(any_town, code).begin()
    person.send(then="next", work_1="3")
    person.send(then="stop")
    wrong = Visitor(any_town, f"{code[:4]}-2222-2222")
    for _ in range(6):
        wrong.enter()
    seen = figures(any_town.app.test_client())
    assert seen["telvertel_pages_saved_total",] == 1
    assert seen["telvertel_codes_refused_total", "wrong"] == 5
    assert seen["telvertel_codes_refused_total", "too soon"] == 1


def test_what_was_not_kept_is_not_counted(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    from survey import database

    monkeypatch.setattr(database, "LOCK_PATIENCE", 0.1)
    impatient = new_town(fresh_app(town.app.extensions["telvertel_settings"]), slug="other")
    with impatient.app.app_context():
        code = impatient.join()[2]
    person = Visitor(impatient, code).begin()
    holder = sqlite3.connect(
        town.app.extensions["telvertel_settings"].data / "telvertel.sqlite", isolation_level=None
    )
    holder.execute("BEGIN IMMEDIATE")
    assert person.send(then="next", work_1="3").status_code == 503
    holder.close()
    seen = figures(impatient.app.test_client())
    assert seen["telvertel_pages_saved_total",] == 0
    assert seen["telvertel_database_errors_total", "OperationalError"] == 1


def test_they_are_about_nobody(town: Town) -> None:
    """Labels are endpoints, methods, classes of answers and kinds of problems, and nothing else."""
    with town.app.app_context():
        participant, enrolment, code = town.join()
        person_id = participant.id
    client = town.sign_in("casemanager")
    client.get(f"/casework/participants/{person_id}?q=canary")
    Visitor(town, code).begin()
    answer = client.get("/metrics").text
    for secret in (
        str(participant.id),
        participant.id.hex,
        code,
        "canary",
        "Gemeente",
        "aalten",
        "127.0.0.1",
        "@",
    ):
        assert secret not in answer
    assert set(re.findall(r'(\w+)="', answer)) <= {"endpoint", "method", "status", "le", "why", "kind"}


@pytest.mark.parametrize(
    ("token", "shown", "status"),
    [(None, None, 403), (None, f"Bearer {TOKEN}", 403), (TOKEN, None, 403), (TOKEN, "Bearer ", 403),
     (TOKEN, "Bearer \u00e9", 403), (TOKEN, TOKEN, 403), (TOKEN, f"Bearer {TOKEN}", 200)],
)  # fmt: skip
def test_from_elsewhere_only_with_the_token(
    data: Path, token: str | None, shown: str | None, status: int
) -> None:
    app = fresh_app(Settings(data=data, plain_http=True, metrics_token=token))  # type: ignore[arg-type]
    headers = {"Authorization": shown} if shown else {}
    answer = app.test_client().get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert answer.status_code == status
    assert ("telvertel_" in answer.text) == (status == 200)


def test_commands_do_without(data: Path) -> None:
    """Only serving loads the library."""
    import subprocess
    import sys

    code = (
        "import sys; from pathlib import Path; from survey import create_survey; from survey.settings import Settings;"
        "create_survey(Settings(data=Path(sys.argv[1]))); print('prometheus_client' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(data)], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
