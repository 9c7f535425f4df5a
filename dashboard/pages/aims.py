"""One target of a release in words: what was measured, then, now and what was aimed at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from dashboard.figures.marks import Dots, Panel, Row
from dashboard.figures.picture import picture
from dashboard.outcomes import wording
from dashboard.outcomes.release.aims import TOLD
from dashboard.outcomes.rules import scales
from dashboard.pages import charts, labels
from dashboard.pages.reader import Reader
from survey.code_names import GROUP_NAMES, OBSERVED_NAMES, VALUE_NAMES
from survey.measures import MEASURES, UNIT_NAMES, said

Entry = Mapping[str, Any]


def words(reader: Reader, entry: Entry) -> dict[str, Any]:
    """What the template needs; figures that are not there are None."""
    return {
        "measure": measure(reader, entry),
        "of_whom": GROUP_NAMES[entry["group"]] if entry["group"] else None,
        "before": _found(reader, entry, entry["before"]) or _start(entry),
        "after": _found(reader, entry, entry["now"]),
        "known_in": _known_in(reader, entry),
        "difference": None if entry["difference"] is None else reader.signed(entry["difference"]),
        **_margins(reader, entry),
        "goal": _goal(reader, entry),
        "by_date": reader.day(entry["by_date"]) if entry["by_date"] else None,
        "people": _people(reader, entry),
        "sentence": wording.target_sentence(entry, reader.language),
        "told": entry["why"] == "told",
        "is_told": entry["measure"] in TOLD,
        "picture": _picture(reader, entry),
        "key": _key(entry),
        **{key: entry[key] for key in ("owner", "source", "caveat")},
    }


def measure(reader: Reader, entry: Entry) -> str | None:
    """What was measured; None where no target was set."""
    if not entry["measure"]:
        return None
    return said(entry["measure"], entry["about"], _about(reader, entry))


def _about(reader: Reader, entry: Entry) -> str | None:
    """What was chosen with the measure, in words."""
    about, kind = entry["about"], MEASURES[entry["measure"]].about
    if kind is None:
        return str(about) if about else None
    if kind == "item":
        return next(
            (spoken.question(about) for spoken in reader.words.values() if _asks(spoken, about)), about
        )
    if kind == "level":
        skill, _dot, level = about.partition(".")
        return _(
            "%(skill)s: %(level)s or higher", skill=OBSERVED_NAMES[skill], level=VALUE_NAMES[skill][level]
        )
    if kind == "months":
        return ngettext("%(num)s month", "%(num)s months", int(about))
    if kind in ("domain", "domain_of_goal"):
        return reader.of_domain(about) if about else _("All domains")
    return labels.step(about) if kind == "step" else labels.kind(about)


def _asks(spoken: Any, item: str) -> bool:
    return any(one.id == item for one in spoken.instrument.items)


def _found(reader: Reader, entry: Entry, value: float | None) -> str | None:
    """A share of rounded counts is no more exact than these."""
    figure = _figure(reader, entry, value)
    return (
        _("about %(share)s", share=figure) if figure and entry["kind"] == "share" and entry["of"] else figure
    )


def _start(entry: Entry) -> str | None:
    """In the place of a figure from the start that would tell of too few people."""
    return _("not shown") if entry["verdict"] == "withheld" and entry["now"] is not None else None


def _known_in(reader: Reader, entry: Entry) -> str | None:
    """When a share was as it is told: not at the second time of asking, for what is recorded is known at any time."""
    if entry["now"] is None or entry["kind"] != "share":
        return None
    return _("known in %(month)s", month=reader.month(reader.release["built_on"]))


def _figure(reader: Reader, entry: Entry, value: float | None) -> str | None:
    if value is None:
        return None
    if entry["kind"] == "share":
        return reader.percent(value)
    return reader.points(value) if entry["kind"] == "points" else reader.number(value)


def _goal(reader: Reader, entry: Entry) -> str | None:
    value, comparator = _figure(reader, entry, entry["value"]), entry["comparator"]
    if comparator in ("more", "less"):
        return _("more than before") if comparator == "more" else _("less than before")
    if value is None:
        return None
    return (
        _("at least %(value)s", value=value)
        if comparator == "at_least"
        else _("at most %(value)s", value=value)
    )


def _people(reader: Reader, entry: Entry) -> str | None:
    if entry["of"] is None:
        return None
    values = {"of": reader.count(entry["of"]), "unit": reader.inside(str(UNIT_NAMES[entry["unit"]]))}
    if entry["people"] is None:
        return _("about %(of)s %(unit)s", **values)
    return _("about %(people)s of about %(of)s %(unit)s", people=reader.count(entry["people"]), **values)


def _margins(reader: Reader, entry: Entry) -> dict[str, str | None]:
    """Of a share what it may really be; of scores that of the difference."""
    found: dict[str, str | None] = {"margin_of_after": None, "margin_of_difference": None}
    if entry["low"] is None or _is_of_everyone(entry):
        return found
    if entry["interval_of"] == "now":
        low, high = reader.percent(entry["low"]), reader.percent(entry["high"])
        return found | {"margin_of_after": _("%(low)s to %(high)s", low=low, high=high)}
    return found | {"margin_of_difference": charts.margin(reader, {**entry, "verdict": _moved(entry)})}


def _moved(entry: Entry) -> str:
    """The verdict on the difference, as of scores."""
    verdict = {"moved": "rose", "reached": "rose", "not_reached": "fell"}.get(entry["verdict"], "not_shown")
    if entry["comparator"] == "less":
        verdict = {"rose": "fell", "fell": "rose"}.get(verdict, verdict)
    return verdict


def _picture(reader: Reader, entry: Entry) -> list[dict[str, Any]] | None:
    """What was found on a line: then as a ring, now as a dot, with the margin and what was aimed at."""
    ends = _ends(reader, entry)
    if entry["now"] is None or ends is None or not ends[0] <= entry["now"] <= ends[1]:
        return None
    if entry["kind"] == "share":
        ticks = [(share / 4, reader.percent(share / 4)) for share in range(5)]
    else:
        ticks = charts.ticks(*ends)
    row = Row("", Dots(entry["before"], entry["now"], _band(entry), "", _way(entry)), "", "", False)
    goal = entry["value"] if entry["comparator"] in ("at_least", "at_most") else None
    return picture([Panel(*ends, ticks, [row], goal=goal)])


def _way(entry: Entry) -> int | None:
    """As of scores: of a difference up, down or not shown. A target that was not reached can be about each of these."""
    if entry["interval_of"] != "difference" or entry["low"] is None:
        return None
    if entry["verdict"] == "not_shown" or entry["low"] < 0 < entry["high"]:
        return 0
    return 1 if entry["low"] >= 0 else -1


def _is_of_everyone(entry: Entry) -> bool:
    """Who answered was counted, of all there are: that has no margin."""
    return entry["measure"] == "answered"


def _key(entry: Entry) -> charts.Key:
    """What is in the picture."""
    return charts.Key(
        before="" if entry["before"] is None else _("Before"),
        after=_("After"),
        margin=_("margin") if _band(entry) else "",
        unclear=_("no clear difference") if _way(entry) == 0 else "",
        goal=_("Target")
        if entry["value"] is not None and entry["comparator"] in ("at_least", "at_most")
        else "",
    )


def _ends(reader: Reader, entry: Entry) -> tuple[float, float] | None:
    """From the lowest to the highest that could be found; None where there is no such scale."""
    if entry["kind"] == "share":
        return 0, 1
    if entry["kind"] != "points":
        return None
    known = scales(dict(reader.release))
    return next(
        ((scale["low"], scale["high"]) for (_of, domain), scale in known.items() if domain == entry["about"]),
        None,
    )


def _band(entry: Entry) -> tuple[float, float] | None:
    """The margin where it lies on the line: around a share now, or from the start on as far as the difference goes."""
    if entry["low"] is None or _is_of_everyone(entry):
        return None
    start = entry["before"] if entry["interval_of"] == "difference" else 0
    return None if start is None else (start + entry["low"], start + entry["high"])
