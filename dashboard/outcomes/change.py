"""Change per domain: one entry of `domains` in `telvertel analyse --json`."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import exp, lgamma, log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.outcomes.bootstrap import bca_interval
from dashboard.outcomes.method import step_of_change
from dashboard.outcomes.multiple import benjamini_hochberg, holm
from dashboard.outcomes.notes import note
from dashboard.outcomes.paired import Scores, counts, differences, summary
from dashboard.outcomes.reliability import flat, reliabilities
from dashboard.outcomes.signed_rank import rank_biserial, signed_rank_p
from instruments.precision import reliable_change_from, sem

Entry = dict[str, Any]


@dataclass(frozen=True)
class DomainScores:
    """The scores of one domain of one instrument, loaded.

    `before` and `after`: float64 columns of the same people in the same order, NaN where someone has no
    score. `low` and `high`: ends of the scale. `items_before` and `items_after`: the answers of everyone who
    answered all items in that wave, shape (respondents, items). `complete`: of each person whether they answered all
    items both times; without it, everyone did who has a score. `heading`: under which the domain stands.
    """

    instrument: str
    domain: str
    low: float
    high: float
    before: Scores
    after: Scores
    items_before: NDArray[Any]
    items_after: NDArray[Any]
    complete: NDArray[np.bool_] | None = None
    heading: str | None = None


def all_changes(domains: Sequence[DomainScores], primary: Sequence[str] = ()) -> list[Entry]:
    """`domain_change` of each, with Holm's and Benjamini and Hochberg's p within each instrument; and Holm's over the
    domains that were named in advance (`primary`), of whatever instrument."""
    entries = [domain_change(scores) for scores in domains]
    named = [entry for entry in entries if entry["domain"] in primary and entry["p"] is not None]
    for entry, p_primary in zip(named, holm([entry["p"] for entry in named]), strict=True):
        entry["p_holm_primary"] = p_primary
    for instrument in {entry["instrument"] for entry in entries}:
        tested = [e for e in entries if e["instrument"] == instrument and e["p"] is not None]
        p = [entry["p"] for entry in tested]
        for entry, p_holm, p_bh in zip(tested, holm(p), benjamini_hochberg(p), strict=True):
            entry |= {"p_holm": p_holm, "p_bh": p_bh}
    return entries


def domain_change(scores: DomainScores) -> Entry:
    """Every number of one domain; `p_holm` and `p_bh` wait for the other domains of the instrument.

    Points of the scale, people, or no unit; deviations have n - 1 below the line. A number that is not
    defined is None and `note` says why. ValueError when the columns are not over the same people.
    """
    before, after = np.asarray(scores.before, dtype=float), np.asarray(scores.after, dtype=float)
    paired = asdict(summary(before, after, step_of_change(scores.low, scores.high)))
    distribution = {key: paired.pop(key) for key in ("improved", "maintained", "declined")}
    r = paired.pop("r")
    change = differences(before, after)
    reliability = {when: reliabilities(items) for when, items in _items(scores)}
    entry = {
        "instrument": scores.instrument,
        "domain": scores.domain,
        "heading": scores.heading,
        **paired,
        **bootstrapped(change),
        "p_holm": None,
        "p_bh": None,
        "p_holm_primary": None,
        "wilcoxon_p": signed_rank_p(change),
        "rank_biserial": rank_biserial(change),
        **standardised(paired),
        "r": r,
        **flat(reliability),
        **_reliable(change, paired["before_sd"], reliability["before"]["alpha"].value, distribution),
        **complete_cases(before, after, scores.complete),
    }
    return entry | {"note": note(entry, reliability, int(np.count_nonzero(change)))}


def _items(scores: DomainScores) -> tuple[tuple[str, NDArray[Any]], tuple[str, NDArray[Any]]]:
    return ("before", scores.items_before), ("after", scores.items_after)


def bootstrapped(change: Scores) -> Entry:
    """The 95% interval of the mean change by bootstrap; see `bootstrap`."""
    low, high = bca_interval(change) or (None, None)
    return {"bca_low": low, "bca_high": high}


def complete_cases(before: Scores, after: Scores, complete: NDArray[np.bool_] | None) -> Entry:
    """The change of those who answered all items both times, beside that of everyone with a score: the mean of what was
    answered stands in for what was not, and here one sees what that does. In points; None as in `summary`."""
    if complete is not None:
        before, after = before[complete], after[complete]
    found = summary(before, after, None)
    return {f"complete_{key}": getattr(found, key) for key in ("pairs", "difference", "low", "high")}


def standardised(paired: Entry) -> Entry:
    """The difference in standard deviations: of the differences (d_z), of both waves (d_av), and d_av
    corrected for small numbers (g_av). None of them means anything when everyone changed alike.

    `paired`: the numbers of `summary`. No unit. Source: Lakens, D. (2013), Frontiers in Psychology 4, 863.
    """
    if not paired["sd_difference"]:
        return dict.fromkeys(("d_z", "d_av", "g_av"))
    d_av = paired["difference"] / sqrt((paired["before_sd"] ** 2 + paired["after_sd"] ** 2) / 2)
    correction = small_sample_correction(paired["pairs"] - 1)
    return {
        "d_z": paired["difference"] / paired["sd_difference"],
        "d_av": d_av,
        "g_av": None if correction is None else correction * d_av,
    }


def small_sample_correction(freedom: int) -> float | None:
    """Hedges' J, exactly: gamma(v/2) / (sqrt(v/2) gamma((v-1)/2)); not defined under two degrees of freedom.

    Source: Hedges, L. V. (1981), Journal of Educational Statistics 6, 107-128.
    """
    if freedom < 2:
        return None
    return exp(lgamma(freedom / 2) - log(freedom / 2) / 2 - lgamma((freedom - 1) / 2))


def _reliable(change: Scores, before_sd: float | None, alpha: float | None, distribution: Entry) -> Entry:
    """Error of measurement, the change that exceeds it, and the counts of people. An error of zero would
    call everyone reliably changed, those who stayed the same included, so then nobody is counted."""
    error = None if before_sd is None else sem(before_sd, alpha)
    reliable_from = reliable_change_from(error)
    up, _, down = counts(change, reliable_from or None)
    return {
        "sem": error,
        "reliable_from": reliable_from,
        **distribution,
        "reliably_improved": up,
        "reliably_declined": down,
    }
