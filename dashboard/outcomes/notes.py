"""Why a number of the analysis is not there, or should be read with care, for the coordinator."""

from collections.abc import Iterator, Mapping
from typing import Any

from instruments.psychometrics import Reliability

# With five differences that are not zero, all in one direction, the two-sided p is still 0.0625.
ENOUGH_TO_RANK = 6


def note(
    entry: Mapping[str, Any], alpha_before: Reliability, alpha_after: Reliability, moved: int
) -> str | None:
    """English sentences in one string, or None when all is defined and nothing needs saying.

    `moved` is how many differences are not zero.
    """
    sentences = [*_people(entry), *_spread(entry, moved), *_reliability(entry, alpha_before, alpha_after)]
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
    if entry["improved"] is None:
        yield "No step of change was agreed for this scale, so nobody is counted as improved or declined."


def _spread(entry: Mapping[str, Any], moved: int) -> Iterator[str]:
    if entry["pairs"] < 2:
        return
    if not entry["sd_difference"]:
        yield "No spread: everyone changed by the same amount, so there is no interval, t test or d."
    elif entry["pairs"] == 2:
        yield "With two pairs g_av is not defined."
    if entry["r"] is None:
        yield "The scores of at least one wave are all the same, so there is no correlation."
    if 0 < moved < ENOUGH_TO_RANK:
        yield "Fewer than six people changed, so the Wilcoxon test cannot reach 0.05."


def _reliability(entry: Mapping[str, Any], before: Reliability, after: Reliability) -> Iterator[str]:
    if before.note and before.note == after.note:
        yield f"alpha_before and alpha_after: {before.note}."
    else:
        for name, alpha in (("alpha_before", before), ("alpha_after", after)):
            if alpha.note:
                yield f"{name}: {alpha.note}."
    if entry["pairs"] >= 2 and entry["reliable_from"] is None:
        yield "Without a usable alpha_before there is no error of measurement and no reliable change."
    if entry["reliable_from"] == 0:
        yield "The error of measurement is zero, so reliable change is not defined."
