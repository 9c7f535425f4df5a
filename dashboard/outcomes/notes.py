"""Why a number of the analysis is not there, or should be read with care, for the coordinator."""

from collections.abc import Iterator, Mapping
from typing import Any

# With five differences that are not zero, all in one direction, the two-sided p is still 0.0625.
ENOUGH_TO_RANK = 6


def note(entry: Mapping[str, Any], reliability: Mapping[str, Mapping[str, Any]], moved: int) -> str | None:
    """English sentences in one string, or None when all is defined and nothing needs saying.

    `reliability` is what `reliabilities` found of each wave, `moved` how many differences are not zero.
    """
    sentences = [*_people(entry), *_spread(entry, moved), *_reliability(entry, reliability)]
    return " ".join(sentences) or None


def _people(entry: Mapping[str, Any]) -> Iterator[str]:
    if entry["n_before"] == 0:
        yield "Nobody has a score in the first wave."
    if entry["n_after"] == 0:
        yield "Nobody has a score in the second wave."
    if entry["n_before"] and entry["n_after"] and entry["pairs"] == 0:
        yield "Nobody has a score in both waves."
    if entry["pairs"] == 1:
        yield "Only one person has a score in both waves, so there is no spread, interval or test."
    if entry["pairs"] > 1 and entry["sd_difference"] and entry["complete_low"] is None:
        yield "Among those who answered every question both times there is no interval."
    if entry["improved"] is None:
        yield "No step of change was agreed for this scale, so nobody is counted as improved or declined."


def _spread(entry: Mapping[str, Any], moved: int) -> Iterator[str]:
    if entry["pairs"] < 2:
        return
    if not entry["sd_difference"]:
        yield "No spread: everyone changed by the same amount, so there is no interval, t test or d."
    elif entry["bca_low"] is None:
        yield "The resampled means all lie on one side, so there is no BCa interval."
    if entry["pairs"] == 2:
        yield "With two pairs g_av is not defined."
    if entry["r"] is None:
        yield "The scores of at least one wave are all the same, so there is no correlation."
    if not moved:
        yield "Nobody changed, so there is no rank-biserial."
    if 0 < moved < ENOUGH_TO_RANK:
        yield "Fewer than six people changed, so the Wilcoxon test cannot reach 0.05."


def _reliability(entry: Mapping[str, Any], reliability: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for name in ("alpha", "omega"):
        before, after = reliability["before"][name], reliability["after"][name]
        if before.note and before.note == after.note:
            yield f"{name}_before and {name}_after: {before.note}."
        else:
            yield from (
                f"{name}_{when}: {of.note}." for when, of in (("before", before), ("after", after)) if of.note
            )
    if any(one["alpha"].value == 1 for one in reliability.values()):
        yield "An alpha of one has no interval."
    if entry["pairs"] >= 2 and entry["reliable_from"] is None:
        yield "Without a usable alpha_before there is no error of measurement and no reliable change."
    if entry["reliable_from"] == 0:
        yield "The error of measurement is zero, so reliable change is not defined."
