"""What stands on a person's page below who they are: each part of casework brings a section of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Flask, current_app

from survey.models import Participant


@dataclass(frozen=True)
class NextStep:
    """Something to do, and where; `day`: by when, if there is a day."""

    words: str
    address: str
    day: date | None = None


def _nothing(_: Mapping[str, Any]) -> Iterable[NextStep]:
    return ()


@dataclass(frozen=True)
class Section:
    #: Sections stand in this order: tens, so that another fits between.
    place: int
    #: Gets `person` and what `found` gives back, as `section`.
    template: str
    found: Callable[[Participant], Mapping[str, Any]]
    #: What is to be done, from what was found.
    to_do: Callable[[Mapping[str, Any]], Iterable[NextStep]] = _nothing


def add(app: Flask, section: Section) -> None:
    sections: list[Section] = app.extensions.setdefault("telvertel_sections", [])
    sections.append(section)
    sections.sort(key=lambda each: each.place)


@dataclass(frozen=True)
class Shown:
    template: str
    found: Mapping[str, Any]
    next_steps: list[NextStep]


def of(person: Participant) -> list[Shown]:
    """Each section's template, with what it shows of this person."""
    sections: list[Section] = current_app.extensions.get("telvertel_sections", [])
    return [_shown(section, section.found(person)) for section in sections]


def _shown(section: Section, found: Mapping[str, Any]) -> Shown:
    return Shown(section.template, found, list(section.to_do(found)))


def in_order(steps: Iterable[NextStep]) -> list[NextStep]:
    """The first day first; what has no day follows."""
    return sorted(steps, key=lambda one: (one.day is None, one.day or date.max))
