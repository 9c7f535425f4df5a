"""Templates of intended results: data (targets.toml), each in the language of who reads them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from flask_babel import gettext

FILE = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True)
class ProposedTarget:
    measure: str
    comparator: str
    owner: str
    source: str
    caveat: str = ""
    about: str | None = None
    unit: str = "person"
    group: str | None = None
    value: float | None = None
    by_date: date | None = None


@dataclass(frozen=True)
class ProposedResult:
    title: str
    explanation: str
    targets: tuple[ProposedTarget, ...]


@dataclass(frozen=True)
class Template:
    key: str
    name: str
    #: What is in it, and what to mind.
    told: str
    results: tuple[ProposedResult, ...]


def templates() -> list[Template]:
    return [_template(one) for one in _file()["template"]]


def template(key: str) -> Template | None:
    return next((one for one in templates() if one.key == key), None)


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text("utf-8"))


def _template(given: dict[str, Any]) -> Template:
    return Template(**_spoken(given, without="result"), results=tuple(map(_result, given["result"])))


def _result(given: dict[str, Any]) -> ProposedResult:
    targets = tuple(map(_target, given.get("target", ())))
    return ProposedResult(**_spoken(given, without="target"), targets=targets)


def _target(given: dict[str, Any]) -> ProposedTarget:
    """What a figure that is reported is called stands where others have a code."""
    spoken = _spoken(given)
    if "name" in spoken:
        spoken["about"] = spoken.pop("name")
    return ProposedTarget(**spoken)


def _spoken(given: dict[str, Any], without: str = "") -> dict[str, Any]:
    translated = _file()["translated"]
    return {
        key: gettext(value) if key in translated else value for key, value in given.items() if key != without
    }
