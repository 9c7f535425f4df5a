"""The targets of a programme in a release: what was aimed at, what was found, and whether it is reached.

Everything is judged from the numbers as they are shown. Where rounding hides on which side of the target they lie,
that is what it says; and whoever checks the release comes to the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.outcomes.method import ROUNDING
from dashboard.outcomes.release.counting import rounded
from dashboard.outcomes.release.people import of_counts, share
from dashboard.outcomes.release.pooling import Cohort, pool_of

Document = dict[str, Any]
DEFINITION = (
    "result", "explanation", "measure", "about", "unit", "group", "comparator", "value", "by_date", "owner", "source",
    "caveat", "kind",
)  # fmt: skip
NUMBERS = ("before", "now", "people", "of", "difference", "low", "high", "interval_of")
TOLD = ("told_share", "told_number")
THAN_BEFORE = ("more", "less")
#: How far counts in fives may be from what they stand for, and points from what they were before rounding. A total may
#: have been written one step lower.
OFF, OFF_TOTAL, OFF_POINTS = 2.5, 4.5, 0.05
SLACK = 1e-9


def key_of(definition: Mapping[str, Any]) -> str:
    """By which a cohort keeps what was found, whatever is aimed at."""
    return "|".join(definition[name] or "" for name in ("measure", "about", "unit", "group"))


def targets(
    definitions: Sequence[Mapping[str, Any]], cohorts: Sequence[Cohort], release: Document
) -> list[Document]:
    """`definitions` have the keys above, and for figures that are told, `told_before` and `told_now`."""
    entries = []
    for definition in definitions:
        entry = {key: definition[key] for key in DEFINITION} | dict.fromkeys(NUMBERS)
        if definition["measure"] in TOLD:
            entry |= {"before": definition["told_before"], "now": definition["told_now"]}
        elif definition["measure"] == "domain_change":
            entry |= from_change(entry, release)
        elif definition["measure"] == "answered":
            entry |= _answered(entry, release)
        elif definition["measure"]:
            entry |= _counted(entry, cohorts)
        verdict, why = judge(entry, release)
        entries.append(entry | {"verdict": verdict, "why": why})
    return entries


def source(entry: Mapping[str, Any], release: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Where the release tells what a target of points is about; None where it does not."""
    of = release["change"]
    if entry["group"]:
        of = [
            {**compared, **compared["cells"][place]}
            for breakdown in release["breakdowns"]
            for compared in breakdown["change"]
            for place, cell in enumerate(breakdown["cells"])
            if breakdown["dimension"] == "group" and cell["values"] == [entry["group"]]
        ]
    return next((one for one in of if one["domain"] == entry["about"] and one["pairs"] is not None), None)


def from_change(entry: Mapping[str, Any], release: Mapping[str, Any]) -> Document:
    """Points are taken over, never worked out anew for other people."""
    found = source(entry, release)
    if found is None:
        return {}
    points = {key: found[key] for key in ("difference", "low", "high")}
    return {"before": found["before_mean"], "now": found["after_mean"], **points, "interval_of": "difference"}


def _answered(entry: Mapping[str, Any], release: Mapping[str, Any]) -> Document:
    people = release["population"]["people"]
    if entry["group"] or entry["unit"] != "person" or not 0 < people["after"] < people["enrolled"]:
        return {}
    return _now(of_counts(people["after"], people["enrolled"]))


def _counted(entry: Mapping[str, Any], cohorts: Sequence[Cohort]) -> Document:
    pooled = pool_of(cohorts, "aims", key_of(entry))
    if pooled is None:
        return {}
    found, before = share(pooled, "now"), pooled.total("before")
    known = {} if before is None else {"before": round(rounded(before) / found["of"], 2)}
    return _now(found) | known


def _now(found: Document) -> Document:
    return {
        "now": found["share"],
        **{key: found[key] for key in ("people", "of", "low", "high")},
        "interval_of": "now",
    }


def verdict_of(entry: Mapping[str, Any]) -> str:
    """The verdict as it is called today: older releases said reached where no number was agreed."""
    verdict: str = entry["verdict"]
    return "moved" if verdict == "reached" and entry["comparator"] in THAN_BEFORE else verdict


def judge(entry: Mapping[str, Any], release: Mapping[str, Any]) -> tuple[str, str | None]:
    """The verdict, and why it is no plain one."""
    if not entry["measure"]:
        return "unknown", "no_target"
    told = "told" if entry["measure"] in TOLD else None
    if entry["now"] is None:
        return (
            ("unknown", "no_data")
            if told or not _is_asked(entry, release)
            else ("withheld", "too_few_people")
        )
    if entry["comparator"] in THAN_BEFORE:
        verdict, why = _than_before(entry, release)
    elif entry["value"] is None:
        return "unknown", "no_value"
    else:
        verdict, why = _than_value(entry), None
    to_come = entry["by_date"] is not None and entry["by_date"] > release["built_on"]
    return "not_yet" if verdict == "not_reached" and to_come else verdict, why or told


def _is_asked(entry: Mapping[str, Any], release: Mapping[str, Any]) -> bool:
    """Whether anybody could have been asked: not about a domain that the programme leaves out."""
    domains = {domain["code"] for instrument in release["instruments"] for domain in instrument["domains"]}
    return entry["measure"] != "domain_change" or entry["about"] in domains


def _than_before(entry: Mapping[str, Any], release: Mapping[str, Any]) -> tuple[str, str | None]:
    if entry["interval_of"] == "difference":
        found = source(entry, release)
        moved = {"rose": 1, "fell": -1}.get(found["verdict"] if found else "", 0)
        unclear = "not_shown"
    elif entry["before"] is None:
        return ("unknown", "no_before") if entry["measure"] in TOLD else ("withheld", "too_few_people")
    else:
        moved, unclear = _sign(_moved(entry)), "about" if entry["of"] else "not_reached"
    wanted = 1 if entry["comparator"] == "more" else -1
    return {wanted: "moved", -wanted: "not_reached"}.get(moved, unclear), None


def _moved(entry: Mapping[str, Any]) -> float:
    """Of shares the difference of the counts, as they were rounded."""
    if not entry["of"] or entry["people"] is None:
        return float(entry["now"] - entry["before"])
    return float(entry["people"] - ROUNDING * round(entry["before"] * entry["of"] / ROUNDING))


def _sign(number: float) -> int:
    return (number > SLACK) - (number < -SLACK)


def _than_value(entry: Mapping[str, Any]) -> str:
    """Reached if it is so for everything that the number can stand for."""
    least, most = entry["now"], entry["now"]
    if entry["of"] and entry["people"] is not None:
        least = (entry["people"] - OFF) / (entry["of"] + OFF_TOTAL)
        most = (entry["people"] + OFF) / (entry["of"] - OFF)
    elif entry["interval_of"] == "difference":
        least, most = least - OFF_POINTS, most + OFF_POINTS
    if entry["comparator"] == "at_most":
        least, most, value = -most, -least, -entry["value"]
    else:
        value = entry["value"]
    if least >= value - SLACK:
        return "reached"
    return "not_reached" if most < value - SLACK else "about"
