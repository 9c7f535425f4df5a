"""Work and taking part: lasting work, work that fits, hours, and what people do before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from dashboard.outcomes.tables import mcnemar_p
from dashboard.outcomes.wilson import wilson

Entry = dict[str, Any]

WORK = ("paid_work", "part_time_work")
COACHING = "job_coaching"
#: Months after which work is called lasting.
LASTING = (3, 6, 12)
#: A working week, for shares of it; and where the bands of Divosa end.
FULL_TIME = 36
BANDS = (("none", 0.0), ("under_0.3", 0.3), ("0.3_to_0.8", 0.8), ("0.8_or_more", float("inf")))
#: How long before and after coaching began one looks, at most.
YEAR = 365
#: Ends of work that are no loss: something better came, or the person chose to go.
NO_LOSS = ("something_better", "own_choice")


class Spell(NamedTuple):
    """Something one person did, of some standard kind, from day to day; `ended` None while it lasts."""

    person: int
    kind: str
    began: date
    ended: date | None
    end_reason: str | None
    became: bool


def full_months(begun_on: date, day: date) -> int:
    """How many months have gone by; negative while it has not begun."""
    months = (day.year - begun_on.year) * 12 + day.month - begun_on.month
    return months - (day.day < begun_on.day)


def runs(spell: Spell, day: date) -> bool:
    return spell.began <= day and (spell.ended is None or spell.ended >= day)


def lasting_work(spells: Iterable[Spell], first_days: Sequence[date], day: date) -> list[Entry]:
    """How many people have work that runs, on their first day (`before`) and on `day` (`now`), and had lasted so many
    months by then. Of everybody; the share now with Wilson's 95% interval.
    """
    work = [one for one in spells if one.kind in WORK]
    found = []
    for months in LASTING:
        before, now = (
            {
                one.person
                for one in work
                if runs(one, there(one)) and full_months(one.began, there(one)) >= months
            }
            for there in (lambda one: first_days[one.person], lambda one: day)
        )
        low, high = wilson(len(now), len(first_days)) or (None, None)
        share = len(now) / len(first_days) if first_days else None
        found.append(
            {
                "months": months, "before": len(before), "now": len(now), "of": len(first_days), "share": share,
                "low": low, "high": high, "note": None if first_days else "Nobody takes part.",
            }
        )  # fmt: skip
    return found


def yes_or_no(what: str, people: Iterable[tuple[bool | None, bool | None]]) -> Entry:
    """Whether something holds of people before and after, of those of whom both are known: how many gained and lost it,
    with McNemar's exact p. None and a note where nobody changed."""
    known = [(one, other) for one, other in people if one is not None and other is not None]
    times = Counter(known)
    gained, lost = times[False, True], times[True, False]
    p = mcnemar_p(gained, lost)
    note = None if p is not None else "Nobody changed." if known else "It is not known of anybody both times."
    return {
        "what": what, "people": len(known), "before": times[True, True] + lost, "after": times[True, True] + gained,
        "gained": gained, "lost": lost, "p": p, "note": note,
    }  # fmt: skip


def told(what: str, people: Iterable[tuple[str | None, str | None]], codes: Sequence[str]) -> Entry:
    """How often each code was observed before and after, and of how many people."""
    rows = list(people)
    entry: Entry = {"what": what}
    for place, when in enumerate(("before", "after")):
        times = Counter(row[place] for row in rows if row[place] is not None)
        entry[when] = {code: times[code] for code in codes}
        entry[f"of_{when}"] = sum(times.values())
    return entry


def band(hours: str | None) -> str | None:
    """In which band of a working week hours lie: below 0.3, from there below 0.8, and from there on."""
    if hours is None:
        return None
    part = float(hours) / FULL_TIME
    return next(name for name, end in BANDS if part < end or (not part and not end))


def lost_work(spells: Iterable[Spell], day: date) -> Entry:
    """Of those who had coaching at work: how many lost work before it began, and how many since. For each person one
    looks as many days back as have gone by since, a year at most; coaching that begins on `day` says nothing yet.

    Work that ended because something better came, by choice, or that became other work was not lost.
    """
    spells = list(spells)
    coached: dict[int, date] = {}
    for one in spells:
        if one.kind == COACHING and one.began < day:
            coached[one.person] = min(one.began, coached.get(one.person, one.began))
    lost: dict[str, set[int]] = {"before": set(), "after": set()}
    for one in spells:
        began = coached.get(one.person)
        if began is None or not _was_lost(one, day):
            continue
        looked = min(day - began, timedelta(days=YEAR))
        if one.ended and abs(one.ended - began) <= looked:
            lost["before" if one.ended < began else "after"].add(one.person)
    pairs = [(person in lost["before"], person in lost["after"]) for person in coached]
    found = yes_or_no("lost_work", pairs)
    return {**found, "note": found["note"] if coached else "Nobody had coaching at work."}


def _was_lost(spell: Spell, day: date) -> bool:
    over = spell.ended is not None and spell.ended <= day
    return over and spell.kind in WORK and not spell.became and spell.end_reason not in NO_LOSS
