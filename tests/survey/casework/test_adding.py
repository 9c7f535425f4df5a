"""Adding somebody: what may be chosen, and how what is wrong is told."""

from __future__ import annotations

from re import findall

from flask.testing import FlaskClient

from tests.fixtures.application import Town
from tests.survey.casework.filling import submit

ADDRESS = "/casework/participants/new"


def test_the_summary_of_what_is_wrong_follows_the_page(town: Town, casemanager: FlaskClient) -> None:
    wrong = {
        "programme": "",
        "started_on": "1999-01-01",
        "name": "a" * 201,
        "language": "",
        "arrival_year": "1066",
    }
    answer = submit(casemanager, ADDRESS, **wrong)
    assert answer.status_code == 422
    told = findall(r'<li><a href="#([^"]+)">', answer.text)
    assert set(told) == set(wrong)
    fields = findall(r'<(?:input|select)[^>]* id="([^"]+)"', answer.text)
    assert told == [name for name in fields if name in told]
