"""Who was chosen because of a low score scores higher the next time, whatever is done."""

from __future__ import annotations

from typing import Any

from dashboard.outcomes.paired import Scores, summary

Entry = dict[str, Any]


def regression_to_the_mean(
    domain: str, before: Scores, after: Scores, everybody: float, r: float | None
) -> Entry:
    """The change to expect without any effect, (1 - r) (everybody - mean before), beside the one that was found.

    In points. `before` and `after`: scores of the same people, who were chosen; `everybody`: the mean of all among
    whom they were chosen; `r`: how strongly two measurements agree when nothing changes, where that is known. Without
    it, the correlation of the pairs stands in, which is too low where people were chosen on a narrow range: then too
    much is expected. ValueError for an r outside -1 to 1.
    Source: Galton, F. (1886); Barnett, A. G. et al. (2005), International Journal of Epidemiology 34, 215-220.
    """
    if r is not None and not -1 <= r <= 1:
        raise ValueError("a correlation lies between -1 and 1")
    found = summary(before, after, None)
    used = found.r if r is None else r
    entry: Entry = {
        "domain": domain, "pairs": found.pairs, "everybody_mean": everybody, "before_mean": found.before_mean,
        "difference": found.difference, "r": used, "expected": None, "beyond": None,
    }  # fmt: skip
    if found.before_mean is None or found.difference is None:
        return {**entry, "note": "Nobody has a score in both waves."}
    if used is None:
        return {**entry, "note": "How strongly two measurements agree is not known."}
    expected = (1 - used) * (everybody - found.before_mean)
    note = (
        None
        if r is not None
        else "The correlation of the pairs stands in for how strongly two measurements agree."
    )
    return {**entry, "expected": expected, "beyond": found.difference - expected, "note": note}
