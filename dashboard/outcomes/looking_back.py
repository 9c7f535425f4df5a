"""How people see their change looking back, beside the plain difference and never mixed into it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.outcomes.paired import Scores, summary

Entry = dict[str, Any]
Codes = NDArray[np.int8]
#: The answers to the anchor from much worse to much better; 3 is the same.
ANCHORS = (1, 2, 3, 4, 5)


def looked_back(
    domain: str, plain: tuple[Scores, Scores], then_now: tuple[Codes, Codes] | None, anchor: Codes | None
) -> Entry:
    """One subject, all arrays over the same people; 0 where somebody did not answer, NaN in `plain`.

    `plain`: scores before and after. `then` and `now` are means of what was answered at the later wave, `then_now`
    their difference with its 95% interval, in points of that question's own scale, not those of the domain; `plain_*`
    is the difference of the domain's scores of these same people. `anchor` counts the answers from much worse (1) to
    much better (5), and `plain_by_anchor` is the mean plain difference of the people behind each.
    """
    entry: Entry = {"domain": domain, "then": None, "now": None, "then_now": None, "low": None, "high": None}
    entry |= {
        "people": 0,
        "plain_pairs": None,
        "plain_difference": None,
        "anchor": None,
        "plain_by_anchor": None,
    }
    notes = []
    if then_now is None:
        notes.append("Nobody was asked how the start is seen now.")
    else:
        entry |= _then_now(plain, then_now)
        if entry["low"] is None:
            notes.append("Too few answered both then and now, or all alike, so there is no interval.")
    if anchor is None:
        notes.append("Nobody was asked whether it is better or worse.")
    else:
        entry |= _anchored(plain, anchor)
    return {**entry, "note": " ".join(notes) or None}


def _then_now(plain: tuple[Scores, Scores], answers: tuple[Codes, Codes]) -> Entry:
    then, now = (np.where(codes > 0, codes, np.nan) for codes in answers)
    found = summary(then, now, None)
    both = ~np.isnan(then) & ~np.isnan(now)
    beside = summary(plain[0][both], plain[1][both], None)
    return {
        "people": found.pairs, "then": found.before_mean, "now": found.after_mean, "then_now": found.difference,
        "low": found.low, "high": found.high, "plain_pairs": beside.pairs, "plain_difference": beside.difference,
    }  # fmt: skip


def _anchored(plain: tuple[Scores, Scores], anchor: Codes) -> Entry:
    return {
        "anchor": {str(code): int((anchor == code).sum()) for code in ANCHORS},
        "plain_by_anchor": {
            str(code): summary(plain[0][anchor == code], plain[1][anchor == code], None).difference
            for code in ANCHORS
        },
    }
