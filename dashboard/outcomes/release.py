"""A release: the immutable, disclosure-controlled result of a programme at one moment."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from operator import itemgetter
from typing import Any

from jsonschema import Draft202012Validator

from dashboard.outcomes.canonical import canonical, digest
from dashboard.outcomes.method import (
    CONFIDENCE,
    DISTRIBUTION_MINIMUM,
    MINIMUM_PAIRS,
    ROUNDING,
    SMALLEST_K,
    STEPS,
)
from dashboard.outcomes.rules import broken_rules, left_out, scales

__all__ = ["build", "canonical", "digest", "verify"]

Document = dict[str, Any]

SIGNIFICANCE = round(1 - CONFIDENCE, 10)
RESULTS = ("change", "breakdowns", "ladder", "participation", "themes", "quotes", "targets", "withheld")
PEOPLE = ("enrolled", "before", "after", "both")
QUOTE_KEYS = ("domain", "text", "language", "stance")
COUNTS = ("improved", "maintained", "declined")
POINTS = ("before_mean", "after_mean", "difference", "low", "high")


def build(
    analysis: Mapping[str, Any],
    *,
    programme: Mapping[str, Any],
    number: int,
    built_on: date,
    instruments: Sequence[Mapping[str, Any]],
    waves: Mapping[str, Mapping[str, Any]],
    quotes: Sequence[Mapping[str, Any]],
    k: int = 10,
) -> Document:
    """Make a release out of `analysis` (the document of `telvertel analyse`).

    The other arguments are parts of the release as they stand in it; only the keys it knows are taken, so
    nothing else of a story or a programme can slip through. ValueError when the parts contradict each other:
    what this returns always passes `verify`.
    """
    _check(analysis, waves, k)
    release = _frame(analysis, programme, number, built_on, instruments, waves, k)
    release["change"] = [_change(entry, release) for entry in analysis["domains"]]
    release["quotes"] = _quotes(quotes, analysis, release)
    release["withheld"] = _withheld(release, quotes_left_out=len(quotes) > len(release["quotes"]))
    release["sha256"] = digest(release)
    if problems := verify(release):
        raise ValueError(" ".join(problems))
    return release


def verify(document: object) -> list[str]:
    """What is wrong with a release, one English sentence each; empty when nothing is.

    Looks at the form (the schema), the hash, and the rules of disclosure and arithmetic that can be told
    from the document alone. Never raises, whatever the document is.
    """
    problems: list[str] = []
    try:
        problems += [_sentence(error) for error in _schema().iter_errors(document)]
        if not isinstance(document, dict):
            return problems
        well_formed = not problems
        if digest(document) != document.get("sha256"):
            problems.append("The hash does not belong to this document: something in it was changed.")
    except RecursionError:
        return ["The document is nested too deeply to be a release."]
    except ValueError as error:
        return [*problems, f"The document has no canonical form and so no hash: {error}."]
    return problems + broken_rules(document) if well_formed else problems


def rounded(count: int) -> int:
    """A count of people to the nearest five."""
    return ROUNDING * round(count / ROUNDING)


def _check(analysis: Mapping[str, Any], waves: Mapping[str, Mapping[str, Any]], k: int) -> None:
    if k < SMALLEST_K:
        raise ValueError(f"k is {k}; numbers about fewer than {SMALLEST_K} people are never published.")
    for role in ("before", "after"):
        if waves[role]["key"] != analysis[role]:
            raise ValueError(f"The {role} wave is {waves[role]['key']}, but {analysis[role]} was analysed.")


def _frame(
    analysis: Mapping[str, Any],
    programme: Mapping[str, Any],
    number: int,
    built_on: date,
    instruments: Sequence[Mapping[str, Any]],
    waves: Mapping[str, Mapping[str, Any]],
    k: int,
) -> Document:
    """Whose release this is, how it was made and about how many people; the results are still empty."""
    return {
        "programme": _only(programme, ("code", "name", "organisation", "fictitious")),
        "number": number,
        "built_on": built_on.isoformat(),
        "k": k,
        "method": _method(k),
        "instruments": [_instrument(instrument) for instrument in instruments],
        "waves": {role: _only(waves[role], ("key", "weeks")) for role in ("before", "after")},
        "population": {"people": {key: rounded(analysis["attrition"][key]) for key in PEOPLE}},
        **{key: [] for key in RESULTS},
    }


def _method(k: int) -> Document:
    return {
        "rounding": ROUNDING,
        "minimum_pairs": max(MINIMUM_PAIRS, k),
        "distribution_minimum": max(DISTRIBUTION_MINIMUM, k),
        "confidence": CONFIDENCE,
        "step_1_5": STEPS[1.0, 5.0],
        "step_0_10": STEPS[0.0, 10.0],
    }


def _instrument(instrument: Mapping[str, Any]) -> Document:
    domains = [_only(domain, ("code", "heading", "low", "high")) for domain in instrument["domains"]]
    return {**_only(instrument, ("key", "version")), "domains": domains}


def _change(entry: Mapping[str, Any], release: Document) -> Document:
    """One domain: numbers if there are enough pairs, else nothing but that there are too few."""
    method, scale = release["method"], scales(release).get((entry["instrument"], entry["domain"]))
    if scale is None:
        place = f"{entry['instrument']}/{entry['domain']}"
        raise ValueError(f"{place} was analysed but is not among the instruments.")
    verdict = _verdict(entry, method["minimum_pairs"])
    told, tested = verdict != "too_few", verdict in ("rose", "fell", "not_shown")
    distribution = entry["pairs"] >= method["distribution_minimum"] and entry["improved"] is not None
    return {
        "instrument": entry["instrument"],
        "domain": entry["domain"],
        "heading": scale["heading"],
        "pairs": rounded(entry["pairs"]) if told else None,
        **{key: _one_decimal(entry[key]) if told else None for key in POINTS},
        "verdict": verdict,
        "holm": _remains(entry["p_holm"], verdict) if tested else None,
        "bh": _remains(entry["p_bh"], verdict) if tested else None,
        **{key: rounded(entry[key]) if distribution else None for key in COUNTS},
    }


def _verdict(entry: Mapping[str, Any], minimum_pairs: int) -> str:
    """Decided on the unrounded interval: wholly above zero, wholly below, or neither."""
    if entry["pairs"] < minimum_pairs:
        return "too_few"
    if entry["low"] is None:
        return "no_spread"
    if entry["low"] > 0:
        return "rose"
    return "fell" if entry["high"] < 0 else "not_shown"


def _remains(adjusted_p: float, verdict: str) -> bool:
    return verdict != "not_shown" and adjusted_p <= SIGNIFICANCE


def _one_decimal(points: float | None) -> float | None:
    """To one decimal; adding zero turns -0.0, which a reader would not understand, into 0.0."""
    return None if points is None else round(points, 1) + 0.0


def _quotes(
    quotes: Sequence[Mapping[str, Any]], analysis: Mapping[str, Any], release: Document
) -> list[Document]:
    """All or, with too few people, none; in an order that says nothing about who spoke when."""
    if analysis["attrition"]["both"] < release["method"]["minimum_pairs"]:
        return []
    chosen = [_only(quote, QUOTE_KEYS) for quote in quotes]
    return sorted(chosen, key=itemgetter("domain", "stance", "language", "text"))


def _withheld(release: Document, quotes_left_out: bool) -> list[Document]:
    by_key = scales(release)
    withheld = [
        item
        for entry in release["change"]
        for item in left_out(entry, by_key[entry["instrument"], entry["domain"]])
    ]
    if quotes_left_out:
        withheld.append({"what": "quotes", "domain": None, "why": "too_few_people"})
    return withheld


def _only(mapping: Mapping[str, Any], keys: Sequence[str]) -> Document:
    return {key: mapping[key] for key in keys}


@cache
def _schema() -> Draft202012Validator:
    """The packaged copy of docs/release.schema.json (a test keeps them the same)."""
    text = files("dashboard.outcomes").joinpath("release.schema.json").read_text("utf-8")
    return Draft202012Validator(json.loads(text))


def _sentence(error: Any) -> str:
    """A fault in the form, with its place; the value is cut off, it can be as large as the document."""
    message = error.message if len(error.message) <= 200 else error.message[:200] + "..."
    return f"At {error.json_path}: {message}."
