"""What people told, as a town lets it be quoted: a casemanager writes a note anew, a coordinator approves it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape

from tests.attack.doors import Session
from tests.attack.people import Person
from tests.attack.referee import Town

CHECKS = ("name", "place", "employer", "rare_job", "family", "nationality", "dates")
DOMAINS = ("work", "language", "bridges", "housing", "health")


def words(person: Person) -> str:
    """Of everybody other words, in which nothing stands that could tell who it is."""
    letters = "".join("abcdefghij"[int(figure)] for figure in re.findall(r"[0-9]", person.name))
    return f"Nu durf ik te {letters}"


def tell(town: Town, code: str, people: Sequence[Person]) -> None:
    """Each person one story, spread over domains; all of it approved."""
    casemanager, coordinator = town.session("casemanager"), town.session("coordinator")
    for number, person in enumerate(people):
        told = {"text": words(person), "language": "nl", "domain": DOMAINS[number % len(DOMAINS)]}
        address = f"{_note(casemanager, person)}/story"
        assert casemanager.press(address, told | {"agreed": "y"}).status == 303
        _approve(coordinator, told)
    town.told[code] = {words(person): person.name for person in people}


def _note(casemanager: Session, person: Person) -> str:
    found = casemanager.press("/casework/", {"search": person.name})
    listed = casemanager.ask(found.headers["location"].removeprefix(casemanager.address)).text
    page = _only(r'href="(/casework/participants/[0-9a-f-]{36})"', listed)
    return _only(r'href="(/casework/notes/[0-9a-f-]{36})"', casemanager.ask(f"{page}/notes").text)


def _approve(coordinator: Session, told: dict[str, str]) -> None:
    listed = coordinator.ask("/manage/stories").text
    address = _only(rf'href="(/manage/stories/[0-9a-f-]+)"><bdi[^>]*>{told["text"]}<', listed)
    version = unescape(_only(r'name="version"[^>]* value="([^"]*)"', coordinator.ask(address).text))
    checked = {"stance": "typical", "checks": CHECKS, "decision": "approve", "version": version}
    answer = coordinator.press(address, told | checked)
    assert answer.status == 303, answer.text


def _only(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, pattern
    return found[1]
