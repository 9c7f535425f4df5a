"""A release with something in every section, made by hand from a real one: for pages and sentences."""

from __future__ import annotations

import copy
from typing import Any

Document = dict[str, Any]
SHARE = {"people": 20, "of": 40, "share": 0.5, "low": 0.35, "high": 0.65}
UNSET = dict.fromkeys(
    ("explanation", "measure", "about", "group", "comparator", "value", "by_date", "owner", "source", "caveat", "kind",
     "before", "now", "people", "of", "difference", "low", "high", "interval_of", "why")
)  # fmt: skip


def whole(release: Document) -> Document:
    """`release` (of at least some domains with figures) and all that later formats can add to it."""
    told = [entry for entry in release["change"] if entry["before_mean"] is not None]
    made = copy.deepcopy(release)
    made["waves"]["follow_up"] = {"key": "follow_up", "weeks": 26}
    made["population"]["people"]["follow_up"] = 30
    made["population"]["cohorts"] = [{"release": 1, "people": 35}]
    return made | {
        "follow_up": [_later(entry, number) for number, entry in enumerate(told)],
        "breakdowns": [_breakdown(dimension, values, told) for dimension, values in CELLS.items()],
        "ladder": {
            "people": 35, "release": 1, "up": 15, "same": 15, "down": 5,
            "before": [{"step": "1-3", "people": 25}, {"step": "4-6", "people": 10}],
            "after": [{"step": "1-3", "people": 15}, {"step": "4-6", "people": 20}],
        },
        "participation": [
            {"kind": "paid_work", "activity": None, "group": None, "release": 1, **SHARE},
            {"kind": "paid_work", "activity": None, "group": "displaced", "release": 1, **SHARE},
            {"kind": "course", "activity": "Taal aan huis", "group": None, "release": 1, **SHARE},
            {"kind": "course", "activity": None, "group": None, "release": 1, **SHARE},
        ],
        "themes": [{"label": "Kinderopvang", "share": 0.3}, {"label": None, "share": 0.7}],
        "links": [
            {"kind": "obstacle", "from": "housing", "to": "work", "people": 15, "release": 1},
            {"kind": "breakthrough", "from": "bridges", "to": "language", "people": 10, "release": 1},
        ],
        "targets": TARGETS,
        "withheld": [*release["withheld"], *WITHHELD],
    }  # fmt: skip


CELLS = {
    "gender": [["woman"], ["man", "other", "unknown"]],
    "age_band": [["under_25", "25_34"], ["35_44", "45_54"], ["55_and_over", "unknown"]],
    "language": [["uk"], ["ru", "en", "kmr", "fa_AF", "unknown"]],
    "group": [["displaced"], ["newcomer", "unknown"]],
    "route": [["b1"], ["education", "self_reliance", "unknown"]],
    "arrival_period": [["until_2014"], ["2015_2019", "2020_2021"], ["2022_2023", "2024_on", "unknown"]],
}
WITHHELD = [
    {"what": "breakdown", "dimension": "route", "domain": "health", "why": "too_few_people"},
    {"what": "breakdown", "dimension": "route", "domain": None, "why": "too_few_people"},
    *(
        {"what": what, "dimension": None, "domain": None, "why": "too_few_people"}
        for what in ("ladder", "participation", "themes", "links", "targets")
    ),
    {"what": "change", "dimension": None, "domain": None, "why": "few_changed"},
    {"what": "change", "dimension": None, "domain": "rights", "why": "no_spread"},
    {"what": "follow_up", "dimension": None, "domain": "rights", "why": "no_spread"},
    {"what": "follow_up", "dimension": None, "domain": "work", "why": "too_few_pairs"},
]


def _target(result: str, verdict: str, **known: Any) -> Document:
    return {**UNSET, "result": result, "unit": "person", "verdict": verdict, **known}


TARGETS = [
    _target(
        "Meer mensen doen mee", "reached", measure="ladder_at_least", about="3", comparator="more", kind="share",
        before=0.4, now=0.5, people=20, of=40, low=0.35, high=0.65, interval_of="now", source="De raad", owner="Wij",
    ),
    _target(
        "Beter Nederlands", "not_shown", measure="domain_change", about="language", comparator="more", kind="points",
        before=2.0, now=2.4, of=35, difference=0.4, low=-0.1, high=0.9, interval_of="difference",
    ),
    _target(
        "Beter Nederlands", "moved", measure="domain_change", about="bridges", comparator="more", kind="points",
        before=2.0, now=2.4, of=35, difference=0.4, low=0.1, high=0.7, interval_of="difference",
    ),
    _target(
        "Beter Nederlands", "withheld", measure="cefr", about="speaking.a2", comparator="more", kind="share",
        why="too_few_people",
    ),
    _target(
        "Werk", "not_yet", measure="sustained_work", about="6", comparator="at_least", value=0.6, by_date="2027-12-31",
        kind="share", now=0.5, people=20, of=40, low=0.35, high=0.65, interval_of="now", group="displaced",
    ),
    _target(
        "Werk", "about", measure="item_high", about="work_1", comparator="at_most", value=0.5, kind="share", now=0.5
    ),
    _target("Zelf", "reached", measure="own_goals", about="", comparator="at_least", value=0.5, kind="share", now=0.5,
            people=20, of=40),
    _target("Inzicht", "unknown", why="no_target"),
    _target(
        "Kortere wachtlijst", "not_reached", measure="told_number", comparator="at_most", value=3, kind="number",
        before=12.5, now=4, why="told", unit="meeting",
    ),
]  # fmt: skip


def _later(entry: Document, number: int) -> Document:
    keys = {
        key: entry[key] for key in ("instrument", "domain", "heading", "difference", "low", "high", "verdict")
    }
    if number == 0:
        nothing = dict.fromkeys(("pairs", "difference", "low", "high", "gained", "kept"))
        return {**keys, **nothing, "verdict": "too_few", "release": 1}
    kept = {"gained": 20, "kept": 10} if number % 2 else {"gained": None, "kept": None}
    return {**keys, "pairs": 30, **kept, "release": 1}


def _breakdown(dimension: str, cells: list[list[str]], told: list[Document]) -> Document:
    keys = ("pairs", "before_mean", "after_mean", "difference", "low", "high", "verdict")
    return {
        "dimension": dimension, "release": 1, "cells": [{"values": values, "people": 15} for values in cells],
        "change": [
            {"instrument": entry["instrument"], "domain": entry["domain"],
             "cells": [{key: entry[key] for key in keys} for _ in cells]}
            for entry in told
        ],
    }  # fmt: skip
