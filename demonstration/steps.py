"""Invented observations and activities for the people of the demonstration, the same every time.

Roughly as the council of Aalten was told of its pilot: half in work at the end, others as volunteers or in activities,
and many a step higher on the ladder than when they began. Nothing here is about anyone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

#: What this municipality calls kinds of activities, and what they count as.
KINDS = {
    "Taalcafé": "language_buddy",
    "Werkplaats in de kringloop": "activation",
    "Sollicitatiekring": "application_training",
    "Taalles op de werkvloer": "course",
}
PROVIDERS = ("Voorbeeld Taalhuis", "Voorbeeld Kringloop", "Bakkerij Voorbeeld", "Voorbeeldcollege")
CEFR = ("pre_a1", "a1", "a2", "b1")
SKILLS = ("listening", "reading", "speaking", "writing")
#: Share of people on each step at the start; nobody has begun in paid work without support.
START = {"1": 0.2, "2": 0.4, "3": 0.25, "4": 0.15}
IN_WORK = 0.5
HAS_BUDDY = 0.75


@dataclass(frozen=True)
class Seen:
    """So many weeks after the start."""

    weeks: int
    source: str
    values: dict[str, str]


@dataclass(frozen=True)
class Done:
    kind: str
    provider: str | None
    first_week: int
    last_week: int | None = None
    hours: float | None = None
    outcome: str | None = None
    end_reason: str | None = None
    #: A later activity that it became.
    became: Done | None = None


@dataclass
class Life:
    """What happens to one person in a programme."""

    seen: list[Seen] = field(default_factory=list)
    done: list[Done] = field(default_factory=list)


def lives(people: int, seed: int, group: str) -> Iterator[Life]:
    """One for each person; as many find work as IN_WORK says, whoever they are."""
    random = Random(seed)  # noqa: S311 - invented lives, not secrets
    finds_work = [number < round(people * IN_WORK) for number in range(people)]
    random.shuffle(finds_work)
    for works in finds_work:
        yield _life(random, works, group)


def _life(random: Random, works: bool, group: str) -> Life:
    start = random.choices(tuple(START), tuple(START.values()))[0]
    level = random.randrange(2)
    first = {
        "ladder": start,
        "work_status": "unpaid_work" if start == "4" else "looking",
        "target_group": group,
    }
    first |= {skill: CEFR[max(0, level - (skill == "writing"))] for skill in SKILLS}
    life = Life([Seen(0, "conversation", first)])
    if random.random() < HAS_BUDDY:
        life.done.append(Done("Taalcafé", "Voorbeeld Taalhuis", random.randrange(1, 4), hours=2.0))
    (_finds_work if works else _takes_part)(random, life, start)
    after = {skill: CEFR[min(3, level + random.randrange(2))] for skill in ("listening", "speaking")}
    life.seen.append(Seen(10, "test", after))
    return life


def _finds_work(random: Random, life: Life, start: str) -> None:
    with_support = random.random() < 0.4
    hours = random.choice((12, 16, 20, 24, 32, 36))
    week = random.randrange(5, 10)
    kind = "part_time_work" if hours < 35 else "paid_work"
    work = Done(kind, random.choice(PROVIDERS[1:3]), week, hours=float(hours))
    if random.random() < 0.3:
        life.done.append(
            Done("one_off_job", work.provider, week - 2, week - 2, hours=8.0, outcome="to_work", became=work)
        )
    life.done += [Done("Sollicitatiekring", None, 2, 6, 3.0, "completed", "as_planned"), work]
    values = {
        "ladder": "5" if with_support else "6",
        "work_status": "paid_work",
        "work_hours": str(hours),
        "contract": random.choice(("fixed_term", "fixed_term", "agency", "on_call")),
        "support": random.choice(("benefit", "job_coach")) if with_support else "none",
        "fit_level": random.choices(("below", "same"), (0.7, 0.3))[0],
        "fit_field": random.choices(("other", "related", "own"), (0.6, 0.25, 0.15))[0],
    }
    life.seen.append(Seen(week + 1, "employer", values))


def _takes_part(random: Random, life: Life, start: str) -> None:
    """Volunteers or goes somewhere every week, as most do; or has enough to carry."""
    chance = random.random()
    if chance < 0.45:
        life.done.append(
            Done("volunteering", random.choice(PROVIDERS), 4, hours=float(random.choice((4, 8))))
        )
        life.seen.append(Seen(10, "conversation", {"ladder": "4", "work_status": "unpaid_work"}))
    elif chance < 0.8:
        kind = random.choice(("Werkplaats in de kringloop", "Taalles op de werkvloer"))
        life.done.append(Done(kind, random.choice(PROVIDERS), 3, hours=6.0))
        life.seen.append(Seen(10, "conversation", {"ladder": max(start, "3"), "work_status": "learning"}))
    else:
        life.done.append(Done("care_and_rest", None, 2))
        lower = str(max(1, int(start) - random.randrange(2)))
        life.seen.append(Seen(10, "conversation", {"ladder": lower, "work_status": "caring"}))


def day(started_on: date, weeks: int) -> date:
    return started_on + timedelta(weeks=weeks)
