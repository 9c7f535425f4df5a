"""Everything that a councillor's session can get: every page, address and callback, asked as offered and otherwise."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from tests.attack.doors import Answer, Session

#: Where somebody curious looks besides what is linked to.
GUESSED = (
    "/publish/", "/publish/{code}/1", "/publish/{code}/2", "/publish/{code}/draft", "/manage/", "/casework/",
    "/manage/programmes/{code}", "/manage/answers", "/manage/quotes", "/manage/staff/", "/reviewing/",
    "/dashboard/{code}/1", "/dashboard/{code}/1/2/3", "/dashboard/{code}/../{code}/",
    "/dashboard/{code}/?wave=follow_up", "/dashboard/{code}/?group=newcomer&gender=woman", "/dashboard/{code}.json",
    "/dashboard/{code}/integration-short/work?participant=1", "/dashboard/{code}/integration-short/nothing",
)  # fmt: skip
#: What changes from one answer to the next, whatever is told in it; and the address itself.
CHANCE = re.compile(r'nonce="[^"]*"|name="csrf_token"[^>]*value="[^"]*"|name="back" value="[^"]*"')
LINK = re.compile(r'(?:href|src|action)="(/[^"#]*)')
WORDS = re.compile(r"<(script|style).*?</\1>|<[^>]*>", re.DOTALL)


@dataclass
class Harvest:
    """By what was asked: the answer. `figures`: what callbacks gave, by address."""

    answers: dict[str, Answer] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)

    def plain(self, code: str) -> dict[str, tuple[int, str]]:
        """Without what is there by chance, and without the name of the programme."""
        return {
            asked.replace(code, "CODE"): (answer.status, CHANCE.sub("", answer.text).replace(code, "CODE"))
            for asked, answer in self.answers.items()
        }

    def words(self) -> str:
        """All that can be read on pages, texts for screen readers and names of files included."""
        pages = [answer.text for answer in self.answers.values() if "<html" in answer.text]
        told = [
            text
            for page in pages
            for text in re.findall(r'(?:alt|aria-label|title|data-[a-z-]+)="([^"]*)"', page)
        ]
        return unescape(" ".join([*(WORDS.sub(" ", page) for page in pages), *told]))


def read(text: str) -> str:
    """The words of a page; of anything else all of it."""
    return unescape(" ".join(WORDS.sub(" ", text).split())) if "<html" in text else text


def harvest(session: Session, code: str) -> Harvest:
    """All about one programme."""
    found = Harvest()
    waiting = ["/dashboard/", f"/dashboard/{code}/", f"/dashboard/{code}/release.json"]
    while waiting:
        path = waiting.pop()
        if path in found.answers:
            continue
        answer = found.answers[path] = session.ask(path)
        if path.startswith(f"/dashboard/{code}/"):
            waiting += sorted(
                link
                for link in set(map(unescape, LINK.findall(answer.text)))
                if link.startswith(f"/dashboard/{code}/")
            )
    for path in [path.format(code=code) for path in GUESSED]:
        for method in ("GET", "HEAD", "OPTIONS"):
            found.answers[f"{method} {path}"] = session.ask(path, method=method)
    pages = [path for path, answer in found.answers.items() if path.startswith(f"/dashboard/{code}/")]
    for name in ("_dash-layout", "_dash-dependencies"):
        found.answers[name] = session.ask(f"/dashboard/{name}")
    for callback in json.loads(found.answers["_dash-dependencies"].text):
        if not callback.get("clientside_function"):
            _call(session, callback, pages, found)
    return found


def _call(session: Session, callback: dict[str, Any], pages: list[str], found: Harvest) -> None:
    for page in pages:
        path, _, query = page.partition("?")
        answer = session.ask("/dashboard/_dash-update-component", data=body(callback, [path, f"?{query}"]))
        found.answers[f"callback {page}"] = answer
        if answer.status == 200:
            found.figures[page] = json.loads(answer.text)
    for number, values in enumerate(unoffered(pages[0])):
        sent = body(callback, values)
        found.answers[f"unoffered {number}"] = session.ask("/dashboard/_dash-update-component", data=sent)


def body(callback: dict[str, Any], values: list[Any]) -> dict[str, Any]:
    """What a browser sends; one value for each input and then for each state."""
    asked = [*callback["inputs"], *callback["state"]]
    given = [
        {**one, "value": value} for one, value in zip(asked, [*values, *[""] * len(asked)], strict=False)
    ]
    name, _, part = callback["output"].partition("@")[0].strip(".").rpartition(".")
    inside = len(callback["inputs"])
    return {
        "output": callback["output"], "outputs": {"id": name, "property": part}, "inputs": given[:inside],
        "state": given[inside:], "changedPropIds": [f"{one['id']}.{one['property']}" for one in given[:1]],
    }  # fmt: skip


def unoffered(page: str) -> Iterator[list[Any]]:
    """Inputs that no page sends: lists, several at once, other programmes, filters that are on no menu."""
    yield [[page, page], ""]
    yield [{"page": page}, ""]
    yield [None, None]
    yield [0, 0]
    yield [page, ["?by=gender", "?by=group"]]
    yield ["/dashboard/nothing/", ""]
    yield [page + "integration-short/work/woman/newcomer", ""]
    yield [page, "?by=casemanager"]
    yield [page, "?by=gender&by=group"]
    yield [page, "?by=gender,group&k=1&pairs=1"]
    yield [page, "?release=1&wave=after&n=1"]
    yield ["' OR 1=1 --", "{{7*7}}"]


def numbers(value: Any) -> Iterator[float]:
    """Every number in a document or figure, also in its texts."""
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | float):
        yield abs(float(value))
    elif isinstance(value, str):
        for digits in re.findall(r"\d+(?:[.,]\d+)?", value.replace("−", "-")):
            yield float(digits.replace(",", "."))
    else:
        for part in value.values() if isinstance(value, dict) else value:
            yield from numbers(part)
