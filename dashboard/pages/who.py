"""Who answered: how many of whom, and which groups they are of."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from dashboard.figures.marks import Row
from dashboard.outcomes import wording
from dashboard.pages import charts, groups, labels
from dashboard.pages.page import Page
from dashboard.pages.reader import Reader


def context(reader: Reader, choice: str | None) -> dict[str, Any]:
    return {
        "opening": wording.took_part_sentence(reader.release, reader.language),
        "lead": [wording.missing_sentence(reader.release, reader.language)],
        "rows": [(name, reader.count(people)) for name, people in _numbers(reader)],
        "groups": [
            {
                "title": labels.CHOICES[breakdown["dimension"]],
                "rows": [
                    (name, reader.count(cell["people"]))
                    for name, cell in zip(groups.names_of(reader, breakdown), breakdown["cells"], strict=True)
                ],
            }
            for breakdown in reader.release["breakdowns"]
        ],
    }


def chart(reader: Reader, choice: str | None) -> charts.Chart | None:
    numbers = _numbers(reader)
    most = max((people for _name, people in numbers), default=0)
    if not most:
        return None
    rows = [_row(reader, name, people) for name, people in numbers]
    return charts.Chart(
        gettext("How many people"), gettext("Numbers of people, rounded to multiples of five."),
        gettext("Chart: bars for how many people take part, answered the first time, the second time and both times. "
                "The same figures are in the table on this page."),
        charts.Key("", "", ""), [charts.people_panel(reader, rows, most)],
    )  # fmt: skip


def _row(reader: Reader, name: str, number: int) -> Row:
    people = reader.count(number)
    hover = gettext("%(name)s: about %(people)s people", name=name, people=people)
    return Row(name, charts.amount(number, hover), people, "", is_shown=True)


def _numbers(reader: Reader) -> list[tuple[str, int]]:
    people = reader.release["population"]["people"]
    names = {
        "enrolled": gettext("In the programme"),
        "before": gettext("Answered the first time"),
        "after": gettext("Answered the second time"),
        "both": gettext("Answered both times"),
        "follow_up": gettext("Answered again later"),
    }
    return [(name, people[key]) for key, name in names.items() if people[key] is not None]


PAGE = Page("dashboard/who.html", _("Who answered"), context, chart)
