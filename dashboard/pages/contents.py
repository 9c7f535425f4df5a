"""Every page about a programme, by the last part of its address, in the order of the menu."""

from __future__ import annotations

from dashboard.pages import change, glance, how, ladder, obstacles, stories, who, work
from dashboard.pages.page import Page

PAGES: dict[str, Page] = {
    "": glance.PAGE,
    "change": change.PAGE,
    "ladder": ladder.PAGE,
    "work": work.PAGE,
    "stories": stories.PAGE,
    "obstacles": obstacles.PAGE,
    "who": who.PAGE,
    "how": how.PAGE,
}
