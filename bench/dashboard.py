"""The council's page: until it can be read, what it weighs, and what its chart costs the server."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

from playwright.sync_api import Page, Request, Response

from bench.rounds import Row, spread
from bench.servers import telvertel_server
from demonstration.build import SignIns, prepare
from tests.fixtures import chromium

CALLBACK = "_dash-update-component"


def measure(folder: Path, rounds: int) -> list[Row]:
    data = folder / "demonstration"
    people = prepare(data)
    read, drawn, weights, callbacks = [], [], [], []
    with telvertel_server(data, "all") as server, chromium.driver() as playwright:
        browser = chromium.launch(playwright)
        for _ in range(rounds + 1):
            entering = browser.new_context(locale="nl-NL")
            _sign_in(entering.new_page(), server.base, people)
            page = browser.new_context(locale="nl-NL", storage_state=entering.storage_state()).new_page()
            received = _received(page)
            began = perf_counter()
            page.goto(f"{server.base}/dashboard/aalten/", wait_until="commit")
            page.locator("h1").wait_for()
            read.append(perf_counter() - began)
            page.locator(".js-plotly-plot .main-svg").first.wait_for()
            drawn.append(perf_counter() - began)
            page.wait_for_load_state("networkidle")
            weights.append(sum(answer.request.sizes()["responseBodySize"] for answer in received) / 1e6)
            callbacks += [_milliseconds(answer.request) for answer in received if CALLBACK in answer.url]
            page.context.close()
        browser.close()
    return [
        Row("dashboard: until its sentence can be read, cold, s", spread(read), "–", "–"),
        Row("dashboard: until the chart is drawn, cold, s", spread(drawn), "–", "–"),
        Row("dashboard: MB as sent, cold", spread(weights), "–", "–", "≤ 0.8"),
        Row("dashboard: callback, ms until answered", spread(callbacks), "–", "–", "≤ 30"),
    ]


def _received(page: Page) -> list[Response]:
    """All that comes in from now on."""
    answers: list[Response] = []
    page.context.on("response", lambda answer: answers.append(answer))
    return answers


def _sign_in(page: Page, base: str, people: SignIns) -> None:
    councillor = next(person for person in people.staff if person["role"] == "councillor")
    page.goto(f"{base}/staff/sign-in")
    page.locator('input[name="email"]').fill(councillor["email"])
    page.locator('input[name="password"]').fill(councillor["password"])
    page.locator('main [type="submit"]').click()
    page.wait_for_url("**/dashboard/**")


def _milliseconds(request: Request) -> float:
    return request.timing["responseStart"] - request.timing["requestStart"]
