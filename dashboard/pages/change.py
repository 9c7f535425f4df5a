"""Change: one sentence, the chart that shows it, what people say, the figures, and how sure this is.

For everyone; or for the groups of one breakdown side by side; or later, as differences with the start.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

from dashboard.outcomes import wording
from dashboard.pages import groups, labels, later, quotes, tables
from dashboard.pages.charts import Chart, change_chart
from dashboard.pages.page import Page
from dashboard.pages.reader import Reader

#: The choice of the later wave; the others are dimensions of breakdowns.
LATER = "later"


def choices(reader: Reader) -> Mapping[str, Any]:
    by = {one["dimension"]: labels.CHOICES[one["dimension"]] for one in reader.release["breakdowns"]}
    wave = reader.release["waves"]["follow_up"]
    return by | ({LATER: later.choice(reader)} if wave and reader.release["follow_up"] else {})


def context(reader: Reader, choice: str | None) -> dict[str, Any]:
    release = reader.release
    shown = {
        "opening": wording.opening_sentence(release, reader.names, reader.language),
        "lead": wording.lead(release, reader.names, reader.language),
        "quotes": quotes.beside(reader, page=1),
        "certainty": wording.certainty(release, reader.language),
    }
    if choice == LATER:
        return shown | later.context(reader)
    if choice:
        return shown | groups.context(reader, choice)
    return shown | {"form": "change", "tables": tables.of_change(reader, release["change"])}


def chart(reader: Reader, choice: str | None) -> Chart | None:
    if choice == LATER:
        return later.chart(reader)
    if choice:
        return groups.chart(reader, choice)
    return change_chart(reader, reader.release["change"])


PAGE = Page("dashboard/change.html", _("Change"), context, chart, choices)
