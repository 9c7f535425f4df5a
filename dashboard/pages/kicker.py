"""The line above the finding, after the name of the programme: when was measured, and of about how many people."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from dashboard.pages.reader import Reader


def kicker(reader: Reader, wave: str = "after", people: str = "both", by: str | None = None) -> str:
    """`wave`: the one that is compared with the start; `people`: which number of people answered both; `by`: what they
    are divided by. The number is left out where too few answered."""
    release = reader.release
    weeks = release["waves"][wave]["weeks"] - release["waves"]["before"]["weeks"]
    parts = [
        started(weeks)
        if wave == "after"
        else ngettext(
            "At everybody’s own start and %(num)s week later",
            "At everybody’s own start and %(num)s weeks later",
            weeks,
        ),
    ]
    both = release["population"]["people"][people]
    if both is not None and both >= release["method"]["minimum_pairs"]:
        parts.append(_("about %(people)s people", people=reader.count(both)))
    return " · ".join([*parts, *([by] if by else [])])


def started(weeks: int) -> str:
    """When was measured: no day, for everybody started on another one."""
    return ngettext(
        "Before is everybody’s own start, after is %(num)s week later",
        "Before is everybody’s own start, after is %(num)s weeks later",
        weeks,
    )
