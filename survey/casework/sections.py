"""What stands on a person's page below who they are: each part of casework brings a section of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app

from survey.models import Participant


@dataclass(frozen=True)
class Section:
    #: Sections stand in this order: tens, so that another fits between.
    place: int
    #: Gets `person` and what `found` gives back, as `section`.
    template: str
    found: Callable[[Participant], Mapping[str, Any]]


def add(app: Flask, section: Section) -> None:
    sections: list[Section] = app.extensions.setdefault("telvertel_sections", [])
    sections.append(section)
    sections.sort(key=lambda each: each.place)


def of(person: Participant) -> list[tuple[str, Mapping[str, Any]]]:
    """Each section's template, with what it shows of this person."""
    sections: list[Section] = current_app.extensions.get("telvertel_sections", [])
    return [(section.template, section.found(person)) for section in sections]
