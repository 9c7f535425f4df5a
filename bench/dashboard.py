"""The council's pages: until they can be read, what they weigh, and what going from one to the next costs, beside a
page turn of the bare application: two requests as well.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter

from playwright.sync_api import Page, Response

from bench.rounds import Row, ratio, spread
from bench.servers import Server, bare_server, telvertel_server
from bench.turns import BARE, crowd
from demonstration.build import SignIns, prepare
from tests.fixtures import chromium

CALLBACK = "_dash-update-component"
CHANGE = "/dashboard/aalten/change"
PASSES = 3
#: Every page with figures, in the order of the menu.
OTHERS = ("", "change", "ladder", "work", "obstacles", "who", "integration/language")


def measure(folder: Path, rounds: int) -> list[Row]:
    data = folder / "demonstration"
    people = prepare(data)
    read, pictured, drawn, weights, changes, spent, limit = [], [], [], [], [], [], []
    with (
        telvertel_server(data, "all") as server, bare_server(folder) as bare, chromium.driver() as playwright,
    ):  # fmt: skip
        browser = chromium.launch(playwright)
        for _ in range(rounds + 1):
            entering = browser.new_context(locale="nl-NL")
            _sign_in(entering.new_page(), server.base, people)
            page = browser.new_context(locale="nl-NL", storage_state=entering.storage_state()).new_page()
            received = _received(page)
            began = perf_counter()
            page.goto(server.base + CHANGE, wait_until="commit")
            page.locator("h1").wait_for()
            read.append(perf_counter() - began)
            page.locator(".drawn circle.after, .js-plotly-plot .point").last.wait_for(state="attached")
            pictured.append(perf_counter() - began)
            page.locator(".js-plotly-plot .main-svg").first.wait_for()
            drawn.append(perf_counter() - began)
            page.wait_for_load_state("networkidle")
            weights.append(sum(answer.request.sizes()["responseBodySize"] for answer in received) / 1e6)
            changes += _through(page, server.base, received)
            before = server.usage().cpu
            for _ in range(PASSES):
                _through(page, server.base, received)
            spent.append((server.usage().cpu - before) / len(OTHERS) / PASSES * 1000)
            page.context.close()
            limit.append(_turn(bare))
        browser.close()
    return [
        Row("dashboard: until its sentence can be read, cold, s", spread(read), "–", "–"),
        Row("dashboard: until its chart can be read, cold, s", spread(pictured), "–", "–"),
        Row("dashboard: until the live chart stands, cold, s", spread(drawn), "–", "–"),
        Row("dashboard: MB as sent, cold", spread(weights), "–", "–", "≤ 0.8"),
        Row("dashboard: to another page, kB as sent", spread(changes), "–", "–", "≤ 10"),
        Row(
            "dashboard: to another page, ms CPU of the server",
            spread(spent),
            spread(limit),
            ratio(spent, limit),
            "≤ 10",
        ),
    ]


def _turn(bare: Server) -> float:
    """Milliseconds of CPU. In a thread, for the browser's driver has this one's loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(crowd(bare, BARE, [""] * 16, at_once=1))).result().cpu


def _through(page: Page, base: str, received: list[Response]) -> list[float]:
    """Go to every page; kB of each: the page itself and the figures of its chart."""
    found = []
    for address in OTHERS:
        received.clear()
        page.goto(f"{base}/dashboard/aalten/{address}", wait_until="networkidle")
        own = [answer for answer in received if answer.url == page.url or CALLBACK in answer.url]
        found.append(sum(answer.request.sizes()["responseBodySize"] for answer in own) / 1e3)
    return found


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
