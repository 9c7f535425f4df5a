"""What stands beside the change of each domain in the coordinator's analysis: put together from arrays and casework."""

from __future__ import annotations

from typing import Any

import numpy as np

from dashboard.outcomes.change import all_changes
from dashboard.outcomes.ladder import ladder_matrix
from dashboard.outcomes.leavers import bounds, leavers_by_fact, leavers_by_score
from dashboard.outcomes.looking_back import looked_back
from dashboard.outcomes.quality import answered_otherwise, how_answered
from dashboard.outcomes.regression import regression_to_the_mean
from dashboard.outcomes.series import Series, every_pair, gain_kept, heading_change, headings, mixed
from dashboard.reading import casework
from dashboard.reading.source import Comparison, Microdata
from survey.codes import RESPONDENTS
from survey.models import Programme

Document = dict[str, Any]


def beside(programme: Programme, comparison: Comparison) -> Document:
    """Every part of the analysis but those that `outcomes.analysis` makes itself."""
    microdata = comparison.microdata
    return {
        "primary": list(programme.primary_domains),
        "headings": _headings(comparison),
        "lenses": _lenses(comparison),
        **_waves(microdata),
        "how_answered": _how_answered(microdata),
        "left": _left(comparison),
        "looking_back": _looking_back(comparison),
        "regression": _regression(programme, comparison),
        "ladder_matrix": ladder_matrix(comparison.steps),
        "work": casework.work(programme, comparison),
        "links": casework.links(programme),
    }


def series(microdata: Microdata, lens: str = "self") -> list[Series]:
    """Every domain that is reported, in all waves that were read."""
    scores = microdata.lenses[lens].scores
    found = []
    for instrument in microdata.instruments:
        for domain in instrument.domains:
            low, high = instrument.score_range(domain.code)
            place = microdata.places.index((instrument.key, domain.code))
            found.append(
                Series(instrument.key, domain.code, domain.heading, float(low), float(high), scores[:, place])
            )
    return found


def _headings(comparison: Comparison) -> list[Document]:
    microdata = comparison.microdata
    before, after = (microdata.waves.index(wave) for wave in (comparison.before, comparison.after))
    return [heading_change(one, before, after) for one in headings(series(microdata))]


def _lenses(comparison: Comparison) -> list[Document]:
    """The same two waves through the eyes of casemanagers, where they answered."""
    microdata = comparison.microdata
    return [
        {
            "respondent": lens,
            "domains": all_changes(microdata.domains(comparison.before, comparison.after, lens)),
        }
        for lens in RESPONDENTS
        if lens != "self" and lens in microdata.lenses
    ]


def _waves(microdata: Microdata) -> Document:
    """All waves with answers together. Keeping a gain takes three of them."""
    keys, answered = [wave.key for wave in microdata.waves], microdata.lenses["self"].present.any(axis=1)
    used = np.flatnonzero(answered).tolist()
    there = [keys[place] for place in used]
    found = [
        Series(one.instrument, one.domain, one.heading, one.low, one.high, one.scores[used])
        for one in series(microdata)
    ]
    return {
        "waves": there,
        "pairs": every_pair(found, there),
        "gains_kept": [gain_kept(one) for one in found] if len(there) > 2 else [],
        "mixed": mixed(found, there) if len(there) > 2 else [],
    }


def _how_answered(microdata: Microdata) -> Document:
    keys, mine = [wave.key for wave in microdata.waves], microdata.lenses["self"]
    facts = mine.facts
    return {
        "waves": how_answered(
            mine.present, mine.common, facts.mode, facts.language, (facts.modes, facts.languages), keys
        ),
        "otherwise": answered_otherwise(mine.present, facts.mode, facts.language, keys),
    }


def _left(comparison: Comparison) -> Document:
    """Who answered the first of two waves and not the second, beside who answered both."""
    stayed = comparison.has_before & comparison.has_after
    left = comparison.has_before & ~comparison.has_after
    facts = vars(comparison.microdata.profiles)
    return {
        "scores": leavers_by_score(comparison.domains, stayed, left),
        "facts": [
            entry
            for fact, coded in facts.items()
            for entry in leavers_by_fact(fact, coded.values, coded.numbers, stayed, left)
        ],
        "bounds": bounds(comparison.domains, left),
    }


def _looking_back(comparison: Comparison) -> list[Document]:
    """Of each subject that somebody looked back at."""
    microdata = comparison.microdata
    after = microdata.waves.index(comparison.after)
    told = {item: codes[after] for item, codes in microdata.looked_back.items() if codes[after].any()}
    found: dict[str, Document] = {}
    for domain in comparison.domains:
        then, now, anchor = (told.get(f"{domain.domain}_{which}") for which in ("then", "now", "anchor"))
        pair = None if then is None or now is None else (then, now)
        if domain.domain not in found and (pair or anchor is not None):
            found[domain.domain] = looked_back(domain.domain, (domain.before, domain.after), pair, anchor)
    return list(found.values())


def _regression(programme: Programme, comparison: Comparison) -> list[Document]:
    """Only of a programme that chose people because of a low score."""
    return [
        regression_to_the_mean(
            one.domain, one.before, one.after, programme.chosen_from_mean, programme.retest_r
        )
        for one in comparison.domains
        if programme.chosen_from_mean is not None and one.domain == programme.chosen_on
    ]
