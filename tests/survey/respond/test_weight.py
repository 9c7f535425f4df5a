"""The first page of questions is light: few requests, few bytes, whatever the language."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.fixtures.application import new_town
from tests.fixtures.visitor import Visitor

MOST_REQUESTS = 5
MOST_BYTES = 40_000


@pytest.mark.parametrize("language", ["nl", "ar"])
def test_the_first_page_takes_five_requests_and_forty_kilobytes(app: Flask, language: str) -> None:
    town = new_town(app)
    with app.app_context():
        person = Visitor(town, town.join()[2], language).begin()
    found = re.findall(r'<(?:link [^>]*href|script [^>]*src)="([^"]+)"', person.page.text)
    weights = {"the page": len(person.page.data)}
    for address in found:
        with person.client.get(address, headers={"Accept-Encoding": "br, gzip"}) as answer:
            assert answer.status_code == 200
            weights[address] = len(answer.data)
    assert len(weights) <= MOST_REQUESTS, weights
    assert sum(weights.values()) <= MOST_BYTES, weights
