"""The sections of a release that count people, notes and quotes: who is where, does what, said what."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from dashboard.outcomes.method import ROUNDING
from dashboard.outcomes.release.counting import population, rounded, rounded_among
from dashboard.outcomes.release.pooling import Cohort, Pooled, pool, rows
from dashboard.outcomes.wilson import wilson

Document = dict[str, Any]
QUOTE_KEYS = ("domain", "text", "language", "stance")
#: Quotes are shown in threes, so that their number does not tell how many people told something.
QUOTES_AT_A_TIME = 3
QUOTES_OF_A_DOMAIN = 2
ONE_STAYS_OUT_OF = 4
#: Shares of notes are told in steps of one twentieth.
STEPS_OF_SHARE = 20


def who_answered(cohorts: Sequence[Cohort], later: Sequence[Cohort], k: int, has_later: bool) -> Document:
    """How many took part and answered, as it was when a cohort was last frozen: a single person moves no number."""
    stated = (
        cohorts[-1].statistics["stated"] if cohorts else dict.fromkeys(("enrolled", "before", "after"), 0)
    )
    enrolled, both = stated["enrolled"], sum(cohort.people for cohort in cohorts)
    counts = {key: stated[key] for key in ("before", "after")} | {"both": both}
    follow_up = sum(cohort.people for cohort in later)
    return {
        "people": {
            "enrolled": rounded(enrolled) if enrolled >= k else 0,
            **{key: population(count, enrolled, k) for key, count in counts.items()},
            "follow_up": (population(follow_up, later[-1].enrolled, k) if later else 0)
            if has_later
            else None,
        },
        "cohorts": list(_each(cohorts, k)),
    }


def _each(cohorts: Sequence[Cohort], k: int) -> Iterator[Document]:
    """A cohort is among those who took part then and were in none before it: in every release it is written alike."""
    earlier = 0
    for cohort in cohorts:
        yield {"release": cohort.release, "people": population(cohort.people, cohort.enrolled - earlier, k)}
        earlier += cohort.people


def ladder(cohorts: Sequence[Cohort]) -> Document | None:
    pooled = pool(cohorts, itemgetter("ladder"))
    if pooled is None:
        return None
    bands = pooled.parts[0]["bands"]
    moved = {key: pooled.total(key) for key in ("up", "same", "down")}
    return {
        "people": rounded_among(pooled.total("people") or 0, pooled.enrolled),
        **{
            wave: [
                {"step": _band(band), "people": rounded(sum(part[wave][place] for part in pooled.parts))}
                for place, band in enumerate(bands)
            ]
            for wave in ("before", "after")
        },
        **{key: None if number is None else rounded(number) for key, number in moved.items()},
        "release": pooled.release,
    }


def _band(steps: Sequence[str]) -> str:
    return steps[0] if len(steps) == 1 else f"{steps[0]}-{steps[-1]}"


def participation(cohorts: Sequence[Cohort]) -> list[Document]:
    found = []
    for name, pooled in rows(cohorts, "participation", ("kind", "activity", "group")):
        found.append({**name, **share(pooled, "people"), "release": pooled.release})
    return found


def share(pooled: Pooled, key: str) -> Document:
    """The share and its interval, from the rounded counts: whoever reads them can work it out again."""
    people, of = rounded(pooled.total(key) or 0), rounded_among(pooled.total("of") or 0, pooled.enrolled)
    return of_counts(people, max(of, people + ROUNDING))


def of_counts(people: int, of: int) -> Document:
    low, high = (round(end, 2) for end in wilson(people, of) or (0.0, 1.0))
    return {"people": people, "of": of, "share": round(people / of, 2), "low": low, "high": high}


def links(cohorts: Sequence[Cohort]) -> list[Document]:
    return [
        {**name, "people": rounded(pooled.total("people") or 0), "release": pooled.release}
        for name, pooled in rows(cohorts, "links", ("kind", "from", "to"))
    ]


def themes(cohorts: Sequence[Cohort]) -> list[Document]:
    """Labels that every cohort with notes can tell, the most frequent first; then everything else together."""
    parts = [cohort.statistics["themes"] for cohort in cohorts if cohort.statistics["themes"]]
    if not parts:
        return []
    notes = sum(part["notes"] for part in parts)
    shared = set.intersection(*(set(part["labels"]) for part in parts))
    shares = {label: _step(sum(part["labels"][label] for part in parts) / notes) for label in shared}
    told = [(label, share) for label, share in shares.items() if 0 < share < 1]
    found = [
        {"label": label, "share": share} for label, share in sorted(told, key=lambda one: (-one[1], one[0]))
    ]
    rests = [part["rest"] for part in parts]
    if (
        found
        and None not in rests
        and all(set(part["labels"]) == {label for label, _ in told} for part in parts)
    ):
        rest = _step(sum(rests) / notes)
        found += [{"label": None, "share": rest}] if 0 < rest < 1 else []
    return found


def _step(share: float) -> float:
    return round(round(share * STEPS_OF_SHARE) / STEPS_OF_SHARE, 2)


def quotes(told: Sequence[Mapping[str, Any]], domains: set[str], number: int) -> list[Document]:
    """At most two of a domain and a multiple of three in all, drawn by lot for every release anew. One in so many of
    what could be drawn stays out, whatever it is about: so a quote that is gone may always be one of those, and neither
    when somebody told something nor who withdrew it can be seen in what is there and what is not.

    `told`: at most one of a person, each with a `lot` that no reader knows: who could draw again what was shown before
    would see what was not there any more to be drawn.
    """
    asked = sorted(
        (one for one in told if one["domain"] in domains), key=lambda one: _lot(one["lot"], number)
    )
    kept: dict[str, list[Document]] = {}
    for one in asked[: len(asked) - max(1, len(asked) // ONE_STAYS_OUT_OF)]:
        kept.setdefault(one["domain"], []).append({key: one[key] for key in QUOTE_KEYS})
    # One of every domain before a second of any.
    in_turn = [of[place] for place in range(QUOTES_OF_A_DOMAIN) for of in kept.values() if len(of) > place]
    shown = in_turn[: len(in_turn) // QUOTES_AT_A_TIME * QUOTES_AT_A_TIME]
    return sorted(shown, key=itemgetter("domain", "stance", "language", "text"))


def _lot(lot: str, number: int) -> str:
    """The same for whoever makes this release again; another one for the next release."""
    return hashlib.sha256(f"{number} {lot}".encode()).hexdigest()
