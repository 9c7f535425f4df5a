"""Cold start, and what the first page of questions weighs in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from playwright.sync_api import BrowserContext, Page, Response

from bench import material
from bench.rounds import Row, ratio, spread
from bench.servers import bare_server, telvertel_server
from tests.fixtures import chromium


def measure(folder: Path, rounds: int) -> list[Row]:
    data = folder / "telvertel"
    code = material.with_codes(data, 1)[0]
    limit, mine = [], []
    for number in range(rounds):
        (folder / str(number)).mkdir()
        with bare_server(folder / str(number)) as bare:
            limit.append(bare.ready)
        with telvertel_server(data, "survey") as ours:
            mine.append(ours.ready)
    cold = Row("cold start to the first whole page, s", spread(mine), spread(limit), ratio(mine, limit))
    with telvertel_server(data, "survey") as ours:
        return [cold, *_first_page(ours.base, code)]


def _first_page(base: str, code: str) -> Iterator[Row]:
    """The first page of questions with an empty cache: a new browser goes there straight from a warm one's cookies."""
    with chromium.driver() as playwright:
        browser = chromium.launch(playwright)
        entering = browser.new_context()
        page = entering.new_page()
        page.goto(f"{base}/start#{code}")
        page.wait_for_url("**/survey/language")
        page.locator("button.tile").first.click()
        page.locator('button[value="yes"]').click()
        page.wait_for_url("**/survey/integration/work*")
        cold = browser.new_context(storage_state=entering.storage_state())
        received: list[Response] = []
        cold.on("response", lambda answer: received.append(answer))
        fresh = cold.new_page()
        fresh.goto(page.url, wait_until="networkidle")
        yield from _weights(fresh, received)
        told = entering.storage_state()
        touched = [_until_touch(browser.new_context(storage_state=told), page.url) for _ in range(5)]
        what = "first page of questions: s until it takes a touch, CPU 6× slower"
        yield Row(what, spread(touched), "–", "–", "≤ 1")
        browser.close()


def _until_touch(context: BrowserContext, address: str) -> float:
    """Seconds from asking for the page, with an empty cache, until its answers take a touch."""
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 6})
    began = perf_counter()
    page.goto(address, wait_until="commit")
    page.locator("[data-settled]").wait_for(state="attached")
    seconds = perf_counter() - began
    context.close()
    return seconds


def _weights(page: Page, received: list[Response]) -> Iterator[Row]:
    sizes = {answer.url: answer.request.sizes()["responseBodySize"] for answer in received}
    fonts = [url for url in sizes if url.endswith(".woff2")]
    rest = [size for url, size in sizes.items() if url not in fonts]
    yield Row("first page of questions: kB besides fonts, as sent", f"{sum(rest) / 1000:.1f}", "–", "–")
    yield Row("first page of questions: requests besides fonts", str(len(rest)), "–", "–")
    yield Row(
        "first page of questions: kB of fonts", f"{sum(sizes[url] for url in fonts) / 1000:.1f}", "–", "–"
    )
    html = len(page.content().encode())
    yield Row("first page of questions: kB of HTML, not compressed", f"{html / 1000:.1f}", "–", "–")
