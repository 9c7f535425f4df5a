"""Who left between two waves, compared with who stayed, at the start; and what that can do to the shares."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.outcomes.change import DomainScores
from dashboard.outcomes.method import step_of_change
from dashboard.outcomes.paired import NOISE, Scores, differences, spread
from dashboard.outcomes.tables import fisher_p

#: From here a difference at the start is worth a word.
FLAG = 0.2

Entry = dict[str, Any]
Flags = NDArray[np.bool_]


def leavers_by_score(domains: Sequence[DomainScores], stayed: Flags, left: Flags) -> list[Entry]:
    """Scores at the start of those who stayed and those who left; `stayed` and `left` are over the same people.

    `smd`: (mean of who stayed - mean of who left) / sqrt((s^2 + s^2) / 2), no unit, variances over n - 1; `flag` beyond
    0.2 either way. None and a note where either group has fewer than two scores or neither varies.
    Source: Austin, P. C. (2009), Statistics in Medicine 28, 3083-3107.
    """
    return [
        {"instrument": one.instrument, "domain": one.domain, **_compared(one.before, stayed, left)}
        for one in domains
    ]


def _compared(scores: Scores, stayed: Flags, left: Flags) -> Entry:
    there, gone = (scores[which & ~np.isnan(scores)] for which in (stayed, left))
    means = [float(one.mean()) if len(one) else None for one in (there, gone)]
    smd: float | None = None
    note: str | None = "Fewer than two of those who stayed or left have a score at the start."
    if len(there) > 1 and len(gone) > 1:
        one, other = (spread(each - each.mean()) or 0.0 for each in (there, gone))
        pooled = sqrt((one**2 + other**2) / 2)
        smd = float(there.mean() - gone.mean()) / pooled if pooled else None
        note = "Neither those who stayed nor those who left differ among themselves." if smd is None else None
    return {
        "stayed": len(there), "left": len(gone), "stayed_mean": means[0], "left_mean": means[1], "smd": smd,
        "flag": None if smd is None else abs(smd) > FLAG, "note": note,
    }  # fmt: skip


def leavers_by_fact(
    fact: str, values: Sequence[Any], codes: NDArray[Any], stayed: Flags, left: Flags
) -> list[Entry]:
    """For each value of a fact how many stayed and left, of how many, with Fisher's exact p of this value against all
    others. `codes` are indexes in `values`, below zero where it is not known: that is a value too (None)."""
    found = []
    for place, value in [*enumerate(values), (-1, None)]:
        holds = codes == place if place >= 0 else codes < 0
        there, gone = int((holds & stayed).sum()), int((holds & left).sum())
        if there or gone:
            of = int(stayed.sum()), int(left.sum())
            p = fisher_p(there, of[0], gone, of[1])
            found.append(
                {
                    "fact": fact, "value": value, "stayed": there, "of_stayed": of[0], "left": gone, "of_left": of[1],
                    "p": p, "note": None if p is not None else "Nobody left or stayed, or all are the same.",
                }
            )  # fmt: skip
    return found


def bounds(domains: Sequence[DomainScores], left: Flags) -> list[Entry]:
    """Between what the share that improved can lie, whatever became of those who left: none of them improved (`worst`),
    or all (`best`). Of everyone with a score at the start who stayed or left; None and a note without anyone."""
    found = []
    for one in domains:
        step = step_of_change(one.low, one.high)
        change = differences(one.before, one.after)
        gone = int((left & ~np.isnan(one.before) & np.isnan(one.after)).sum())
        entry: Entry = {
            "instrument": one.instrument,
            "domain": one.domain,
            "pairs": len(change),
            "left": gone,
        }
        everyone = len(change) + gone
        if step is None or not everyone:
            why = (
                "Nobody has a score at the start." if step else "No step of change was agreed for this scale."
            )
            found.append({**entry, "improved": None, "worst": None, "best": None, "note": why})
            continue
        improved = int((change >= step - NOISE).sum())
        share = improved / len(change) if len(change) else None
        worst, best = improved / everyone, (improved + gone) / everyone
        note = None if len(change) else "Nobody has both scores, so all lies open."
        found.append({**entry, "improved": share, "worst": worst, "best": best, "note": note})
    return found
