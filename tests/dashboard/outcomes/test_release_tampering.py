"""Nobody can change a release unnoticed, nor seal one that breaks the rules."""

import copy
import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.outcomes.release import digest, verify
from dashboard.outcomes.release.verify import FIRST_FORMAT
from tests.dashboard.outcomes.cases import QUOTES, pilot, released, rich

RELEASE = released(pilot(), quotes=QUOTES)
SMALL = released(pilot(20), quotes=QUOTES)
RICH = rich()


def paths(node, path=()):
    """The place of every value in a document."""
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in inside:
        yield (*path, key)
        yield from paths(value, (*path, key))


def at(document, path):
    for key in path:
        document = document[key]
    return document


def changed(release, path, value):
    document = copy.deepcopy(release)
    at(document, path[:-1])[path[-1]] = value
    return document


def sealed(document):
    """The hash put right again, as someone would who knows how."""
    return document | {"sha256": digest(document)}


PATHS = list(paths(RICH))

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.just(10**400)
    | st.just("\ud800")
    | st.just("2026-11-21\n"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


OTHER = (None, True, False, 0, 5, -1.5, "other", "", [], {}, [1.0], {"value": 1.0})


def test_any_other_value_anywhere_is_noticed():
    for number, path in enumerate(PATHS[::9]):
        old, new = at(RICH, path), OTHER[number % len(OTHER)]
        if new == old and isinstance(new, bool) == isinstance(old, bool):
            continue  # 5 and 5.0 are one number in JSON
        assert verify(changed(RICH, path, new)), path


def test_anything_left_out_or_doubled_is_noticed():
    for path in PATHS[2::9]:
        document = copy.deepcopy(RICH)
        parent = at(document, path[:-1])
        if isinstance(parent, list):
            parent.append(copy.deepcopy(parent[path[-1]]))
        else:
            del parent[path[-1]]
        assert verify(document), path


def test_anything_added_is_noticed_even_when_sealed_again():
    for path in [(), *PATHS[1::6]]:
        document = copy.deepcopy(RICH)
        node = at(document, path)
        if isinstance(node, dict):
            node["people"] = 38 if "people" not in node else {"exactly": 38}
            assert verify(sealed(document)), path


WORK, HOUSING, HEALTH, LANGUAGE = (("change", i) for i in range(4))
#: Nothing of why there is no distribution of health.
NO_WORD = [one for one in RELEASE["withheld"] if (one["what"], one["domain"]) != ("distribution", "health")]

SEALED = {
    "a count that is not rounded": [((*WORK, "pairs"), 38)],
    "a population that is not rounded": [(("population", "people", "after"), 33)],
    "improved that is not rounded": [((*HEALTH, "improved"), 11)],
    "too few pairs": [((*WORK, "pairs"), 5)],
    "more pairs than people": [((*WORK, "pairs"), 40)],
    "more people afterwards than enrolled": [(("population", "people", "after"), 45)],
    "more people both times than before": [(("population", "people", "before"), 30)],
    "a cohort that is not there": [(("population", "cohorts", 0, "people"), 20)],
    "a cohort of few": [
        (("population", "cohorts"), [{"release": 1, "people": 35}, {"release": 2, "people": 5}])
    ],
    "a release to come": [((*WORK, "release"), 2)],
    "a number where there are too few": [((*LANGUAGE, "difference"), 0.4)],
    "pairs where there are too few": [((*LANGUAGE, "pairs"), 5)],
    "a correction where there are too few": [((*LANGUAGE, "holm"), False)],
    "too few made to look like enough": [((*LANGUAGE, "verdict"), "not_shown")],
    "a number hidden that was there": [((*WORK, "low"), None)],
    "two decimals": [((*WORK, "difference"), 0.84)],
    "a mean below the scale": [((*WORK, "before_mean"), 0.9)],
    "a mean near the top": [((*WORK, "before_mean"), 4.1), ((*WORK, "after_mean"), 4.9)],
    "a difference that is not that of the means": [((*WORK, "after_mean"), 4.2)],
    "a difference outside the interval": [((*WORK, "low"), 0.9), ((*WORK, "high"), 1.2)],
    "a lopsided interval": [((*WORK, "high"), 3.0)],
    "an interval upside down": [((*WORK, "low"), 1.0), ((*WORK, "high"), 0.7)],
    "a fall called a rise": [((*HOUSING, "verdict"), "rose")],
    "a rise called nothing": [((*WORK, "verdict"), "not_shown")],
    "nothing called a rise": [((*HEALTH, "verdict"), "rose")],
    "a rise called no spread": [((*WORK, "verdict"), "no_spread")],
    "a correction passed by nothing": [((*HEALTH, "bh"), True)],
    "the strict correction passed, the mild one not": [((*WORK, "bh"), False)],
    "nearly everyone improved": [((*HEALTH, "improved"), 35)],
    "parts that do not add up": [
        ((*HEALTH, "improved"), 15),
        ((*HEALTH, "maintained"), 20),
        ((*HEALTH, "declined"), 25),
    ],
    "part of a distribution": [((*HEALTH, "improved"), 15), ((*HEALTH, "declined"), 10)],
    "a distribution hidden without a word": [(("withheld",), NO_WORD)],
    "another heading": [((*WORK, "heading"), "Foundation")],
    "a domain nobody knows": [((*WORK, "domain"), "weather")],
    "an instrument nobody knows": [((*WORK, "instrument"), "wellbeing")],
    "a scale upside down": [(("instruments", 0, "domains", 0, "low"), 6.0)],
    "a withheld domain not listed": [(("withheld",), [])],
    "a withheld domain with another reason": [(("withheld", 2, "why"), "no_step")],
    "another domain listed as withheld": [(("withheld", 0, "domain"), "health")],
    "quotes listed as withheld": [
        (("withheld",), [*RELEASE["withheld"], RELEASE["withheld"][-1] | {"what": "quotes"}])
    ],
    "four quotes": [(("quotes",), [*RELEASE["quotes"], RELEASE["quotes"][0] | {"text": "Zzz"}])],
    "a quote about nothing asked": [(("quotes", 0, "domain"), "weather")],
    "a quote without words": [(("quotes", 0, "text"), " \n")],
    "a quote of unknown stance": [(("quotes", 0, "stance"), "proof")],
    "a k under five": [(("k",), 3)],
    "another k than the method": [(("k",), 20)],
    "fewer pairs allowed": [(("method", "minimum_pairs"), 5)],
    "breakdowns of fewer people allowed": [(("method", "breakdown_minimum"), 10)],
    "distributions of fewer people allowed": [(("method", "distribution_minimum"), 10)],
    "another step": [(("method", "step_1_5"), 0.1)],
    "no date": [(("built_on",), "2026-13-01")],
    "a date with a line end": [(("built_on",), "2026-11-21\n")],
    "one wave twice": [(("waves", "after", "key"), "before")],
    "a later wave without entries": [(("waves", "follow_up"), {"key": "later", "weeks": 26})],
    "a number of zero": [(("number",), 0)],
    "a table nobody knows": [(("breakdowns",), [{"gender": "woman", "people": 5}])],
}
AGES = ("breakdowns", 1)
SEALED_RICH = {
    "other groups": [((*AGES, "cells", 0, "values"), ["under_25", "25_34"])],
    "groups by casemanager": [((*AGES, "dimension"), "casemanager")],
    "groups in another order": [((*AGES, "cells"), RICH["breakdowns"][1]["cells"][::-1])],
    "a small group": [((*AGES, "cells", 0, "people"), 5)],
    "more people in groups than there are": [((*AGES, "cells", 0, "people"), 250)],
    "more pairs than people in a group": [((*AGES, "change", 0, "cells", 0, "pairs"), 200)],
    "a group's number changed": [((*AGES, "change", 0, "cells", 0, "after_mean"), 4.9)],
    "a group's verdict changed": [((*AGES, "change", 0, "cells", 0, "verdict"), "fell")],
    "one breakdown twice": [((*AGES, "dimension"), "group")],
    "a domain left out of a breakdown": [((*AGES, "change"), RICH["breakdowns"][1]["change"][1:])],
    "a gain kept by nearly all": [(("follow_up", 0, "kept"), 100)],
    "more gained than there were": [(("follow_up", 0, "gained"), 200)],
    "a later verdict changed": [(("follow_up", 0, "verdict"), "fell")],
    "a domain later on that is not told before": [
        (("change", 4, key), RICH["change"][3][key]) for key in list(RICH["change"][3])[3:]
    ],
    "later levels": [(("follow_up", 0, "after_mean"), 3.0)],
    "steps counted twice": [(("ladder", "before", 0, "step"), "1-6")],
    "a step of few": [(("ladder", "before", 0, "people"), 5)],
    "the ladder not adding up": [(("ladder", "after", 0, "people"), 150)],
    "part of who went up": [(("ladder", "up"), 10), (("ladder", "same"), None)],
    "a share that is not that of its counts": [(("participation", 0, "share"), 0.9)],
    "nearly everyone does it": [(("participation", 0, "people"), 275)],
    "an activity twice": [(("participation",), RICH["participation"] * 2)],
    "a link of few": [(("links", 0, "people"), 5)],
    "a share of themes not in steps": [(("themes", 0, "share"), 0.33)],
    "themes in another order": [(("themes",), RICH["themes"][::-1])],
    "a target reached that is not": [(("targets", 0, "verdict"), "about")],
    "a target's share changed": [(("targets", 0, "now"), 0.99)],
    "a target's points changed": [(("targets", 2, "now"), 3.0)],
    "a told figure with people": [(("targets", 4, "people"), 10)],
    "an easier target": [(("targets", 0, "value"), 0.99)],
    "withheld targets not listed": [
        (("withheld",), [item for item in RICH["withheld"] if item["what"] != "targets"])
    ],
}  # fmt: skip
CASES = [
    *(pytest.param(RELEASE, one, id=name) for name, one in SEALED.items()),
    *(pytest.param(RICH, one, id=name) for name, one in SEALED_RICH.items()),
]


@pytest.mark.parametrize(("document", "changes"), CASES)
def test_a_broken_rule_is_noticed_even_when_sealed_again(document, changes):
    for path, value in changes:
        document = changed(document, path, value)
    document = sealed(document)
    problems = verify(document)
    assert problems
    assert all(problem.endswith(".") for problem in problems)
    assert not any("hash" in problem for problem in problems)


def test_reached_is_only_what_has_a_number_but_older_documents_may_say_so():
    moved = [place for place, target in enumerate(RICH["targets"]) if target["verdict"] == "moved"]
    assert moved
    for place, target in enumerate(RICH["targets"]):
        assert target["verdict"] != "reached" or target["value"] is not None
        older = sealed(changed(RICH, ("targets", place, "verdict"), "reached"))
        assert (verify(older) == []) == (place in moved or older == RICH)


def test_a_distribution_of_too_few_people_is_noticed_even_when_sealed_again():
    document = copy.deepcopy(SMALL)
    document["change"][0] |= {"improved": 10}
    document["withheld"] = [item for item in SMALL["withheld"] if item["domain"] != "work"]
    assert any("too few pairs" in problem for problem in verify(sealed(document)))


@settings(max_examples=50)
@given(st.data())
def test_verification_never_stumbles_whatever_was_put_in(data):
    path = data.draw(st.sampled_from(PATHS))
    document = changed(RICH, path, data.draw(json_values))
    found = verify(document)
    assert isinstance(found, list) and all(isinstance(problem, str) for problem in found)
    try:
        document = sealed(document)
    except ValueError:
        assert found
    else:
        verify(document)


@given(json_values)
def test_anything_else_is_not_a_release_and_says_so(value):
    assert verify(value)


def deep(levels):
    nested = []
    for _ in range(levels):
        nested = [nested]
    return nested


@pytest.mark.parametrize(
    "document",
    [
        None,
        object(),
        {1: 2},
        {"sha256": {}},
        deep(100_000),
        {"number": deep(100_000)},
        {"x": {1, 2}},
        b"",
        math.nan,
        {"number": 10**5000},
    ],
    ids=[
        "none",
        "object",
        "number as key",
        "odd hash",
        "deep",
        "deep inside",
        "a set",
        "bytes",
        "nan",
        "endless number",
    ],
)
def test_what_cannot_even_be_json_is_a_list_of_problems(document):
    assert verify(document)


def test_problems_stay_short_when_the_document_is_huge():
    problems = verify({"programme": "x" * 1_000_000})
    assert all(len(problem) < 400 for problem in problems)


def test_a_number_written_another_way_is_the_same_release():
    """2 and 2.0 are one number in JSON, so a release that went through another program still verifies."""
    through = json.loads(
        json.dumps(RICH), parse_float=lambda text: int(text[:-2]) if text.endswith(".0") else float(text)
    )
    assert verify(through) == []


def test_a_release_of_the_first_format_says_that_it_is_one_unless_it_was_changed():
    first = {key: RELEASE[key] for key in ("programme", "number", "change", "population")}
    assert verify(sealed(first)) == [FIRST_FORMAT]
    assert FIRST_FORMAT not in verify({**sealed(first), "number": 2})
