"""Invented people as their casemanager knows them: plans, notes, intakes, homes. In own words; nothing is "
"about anyone.

They fit the lives of demonstration.steps: whoever bakes there wants to bake here. Days are weeks after "
"somebody began.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Answers = dict[str, int | list[int] | str]


@dataclass(frozen=True)
class Step:
    dutch: str
    actor: str = "person"
    other: str = ""
    due: int | None = None
    done: int | None = None


@dataclass(frozen=True)
class Goal:
    domain: str
    dutch: str
    #: In the person's own language, where that is another one.
    words: str = ""
    state: str = "busy"
    steps: tuple[Step, ...] = ()
    week: int = 2


@dataclass(frozen=True)
class Link:
    kind: str
    from_domain: str
    to_domain: str
    words: str
    since: int = 0
    until: int | None = None


@dataclass(frozen=True)
class Note:
    week: int
    text: str
    labels: tuple[str, ...]
    domains: tuple[str, ...] = ()
    minutes: int | None = 30
    #: Rewritten as a story, with the person's yes.
    story: str = ""


@dataclass(frozen=True)
class Intake:
    interpreter: str
    #: By section.
    answers: dict[str, Answers]
    is_finished: bool = True


@dataclass(frozen=True)
class Case:
    name: str
    language: str = "uk"
    goals: tuple[Goal, ...] = ()
    links: tuple[Link, ...] = ()
    notes: tuple[Note, ...] = ()
    wishes: tuple[str, ...] = ()
    intake: Intake | None = None
    #: When both signed.
    signed: int | None = None


@dataclass(frozen=True)
class Home:
    members: tuple[str, ...]
    size: int
    children: int = 0
    same_benefit: bool = True


@dataclass(frozen=True)
class OfProgramme:
    """A note of nobody, or a question to the help desk, which needs no words."""

    kind: str
    week: int
    text: str = ""
    labels: tuple[str, ...] = field(default=())
    channel: str | None = None


@dataclass(frozen=True)
class Written:
    """All that was written down in a programme."""

    cases: dict[str, Case]
    homes: tuple[Home, ...]
    of_programme: tuple[OfProgramme, ...]
