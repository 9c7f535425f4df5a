"""Which of their own answers someone sees: those of this very sitting, and those that their pictures opened.

A code alone opens none. Whoever made the letter knows it, and a code that is on paper can be read by others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flask import session

from survey.models import Enrolment, Page, PictureLock, Visit
from survey.respond import latest, operations
from survey.respond.latest import WHOLE, Shown, Stamp


def in_this_sitting() -> Callable[[Page | Visit], bool]:
    """Whether a page, or the own words of a visit, may be opened: all of it was given in sittings that are open."""
    visit = session["visit"]
    tokens, opened_from = {visit.get("token")}, None
    if "opened" in visit:
        token, opened_from = visit["opened"]
        tokens.add(token)

    def is_open(stamp: Stamp) -> bool:
        return stamp.token in tokens or (opened_from is not None and stamp.sitting >= opened_from)

    return lambda kept: all(is_open(stamp) for stamp in _stamps(kept))


def _stamps(kept: Page | Visit) -> Iterable[Stamp]:
    if isinstance(kept, Visit):
        return [operations.given_in(kept)["text"]]
    page = latest.kept(dict.fromkeys(kept.answers, 0), kept.given, kept.sitting or "", Shown(kept.language))
    return [page.given[item] for item in page.answers] or [page.given[WHOLE]]


def open_with(lock: PictureLock) -> None:
    """The right pictures were chosen: for as long as this sitting lasts."""
    session["visit"] = {**session["visit"], "opened": [lock.sitting, lock.opens_from]}


def is_opened() -> bool:
    return "opened" in session["visit"]


def from_now(enrolment: Enrolment) -> tuple[str, int]:
    """What pictures open that are chosen now: what those before opened, if they were known here."""
    visit = session["visit"]
    if "opened" in visit:
        token, opened_from = visit["opened"]
        return token, opened_from
    return visit["token"], enrolment.sittings + 1
