"""Sentences about targets, the later wave, the ladder, work, obstacles and what is withheld, in thousands of states."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.outcomes import wording
from tests.dashboard.outcomes.test_wording import (
    FORBIDDEN,
    HIGHER,
    LANGUAGES,
    LOWER,
    digits,
    near_zero,
    written,
)

VERDICTS = ("reached", "moved", "not_reached", "not_yet", "about", "not_shown", "unknown", "withheld")
WHYS = (None, "no_target", "no_value", "no_before", "no_data", "too_few_people", "told", "something new")
KINDS = {
    "paid_work": "paid work",
    "course": "a course",
    "internship": "an internship",
    "other": "something else",
}
NAMES = {"housing": "housing", "work": "work", "language": "language"}
fives = st.integers(0, 60).map(lambda number: 5 * number)
AGREED, WAYS = ("at_least", "at_most"), ("more", "less")
entries = st.fixed_dictionaries(
    {
        "verdict": st.sampled_from(VERDICTS),
        "why": st.sampled_from(WHYS),
        "now": st.none() | st.floats(0, 1),
        "comparator": st.sampled_from([*AGREED, *WAYS]),
    }
).filter(
    lambda entry: (entry["verdict"], entry["comparator"] in WAYS) not in (("reached", True), ("moved", False))
)
# fmt: skip


def finished(text: str, code: str) -> None:
    """A whole sentence, that claims no cause."""
    assert text.endswith(".") and (text[0].isupper() or text[0].isdigit()), text
    assert not re.search(r"%\(|\bNone\b(?! of)|\bnan\b|-\d|  |\.\.", text), text
    assert not re.search(FORBIDDEN[code], text, re.IGNORECASE), text


@given(entries)
def test_a_verdict_is_a_sentence_without_any_number(entry: dict[str, Any]) -> None:
    said = {code: wording.target_sentence(entry, language) for code, language in LANGUAGES.items()}
    for code, text in said.items():
        finished(text, code)
        assert not digits(text)
        has_moved = entry["verdict"] == "moved"
        assert (text.lower() in ("reached.", "bereikt.")) == (entry["verdict"] == "reached")
        assert (HIGHER[code] in text) == (has_moved and entry["comparator"] == "more")
        assert (LOWER[code] in text) == (has_moved and entry["comparator"] == "less")


@settings(max_examples=150)
@given(st.lists(st.lists(entries, min_size=1, max_size=4), max_size=12))
def test_every_result_is_counted_once_under_what_can_be_said_of_it(
    results: list[list[dict[str, Any]]],
) -> None:
    for code, language in LANGUAGES.items():
        said = wording.glance(results, language)
        for text in said:
            finished(text, code)
        if len(results) < 2:
            assert len(said) == len(results)
            continue
        states = Counter(wording.result_state(entries) for entries in results)
        first, *rest = (list(map(int, re.findall(r"\d+", text))) for text in said)
        assert first[0] == len(results)
        counted = [*first[1:], *(number for numbers in rest for number in numbers)]
        assert sorted(counted) == sorted(states.values())
        assert not states["reached"] or first == [len(results), states["reached"]]


@given(st.lists(entries, min_size=1, max_size=4))
def test_a_result_is_reached_only_with_all_its_targets(targets: list[dict[str, Any]]) -> None:
    state, verdicts = wording.result_state(targets), {target["verdict"] for target in targets}
    went_well = {"reached", "moved"}
    assert (state == "reached") == ("reached" in verdicts <= went_well)
    assert (state == "moved") == (verdicts == {"moved"})
    assert (state == "partly") == (bool(verdicts & went_well) and not verdicts <= went_well)
    assert state != "unknown" or verdicts <= {"unknown", "withheld"}


@st.composite
def later(draw: st.DrawFn) -> dict[str, Any]:
    verdict = draw(st.sampled_from(["rose", "fell", "not_shown", "too_few", "no_spread"]))
    empty = dict.fromkeys(("pairs", "difference", "low", "high", "gained", "kept"))
    if verdict in ("too_few", "no_spread"):
        return {**empty, "domain": draw(st.sampled_from(sorted(NAMES))), "verdict": verdict}
    size, half = draw(st.integers(1, 20)) / 10, draw(st.integers(1, 9)) / 10
    difference = {"rose": size, "fell": -size, "not_shown": 0.0}[verdict]
    low, high = round(difference - half, 1), round(difference + half, 1)
    kept, gained = draw(st.sampled_from([(None, None), (10, 25)]))
    return {
        "domain": draw(st.sampled_from(sorted(NAMES))), "verdict": verdict, "pairs": draw(fives) + 10,
        "difference": difference, "low": low, "high": high, "kept": kept, "gained": gained,
    }  # fmt: skip


@settings(max_examples=150)
@given(later())
def test_what_is_said_of_later_has_its_numbers_and_no_other(entry: dict[str, Any]) -> None:
    for code, language in LANGUAGES.items():
        text = wording.later_sentence(entry, NAMES[entry["domain"]], language)
        finished(text, code)
        assert (entry["verdict"] == "rose") == (HIGHER[code] in text)
        assert (entry["verdict"] == "fell") == (LOWER[code] in text)
        counts = [entry[key] for key in ("pairs", "kept", "gained") if entry[key] is not None]
        told = (
            []
            if entry["verdict"] not in ("rose", "fell")
            else [entry[key] for key in ("difference", "low", "high")]
        )
        assert digits(text) == near_zero(written(language, told, counts), list(map(abs, told)), language)


@settings(max_examples=150)
@given(st.lists(later(), max_size=6))
def test_the_summary_of_later_counts_what_rose_and_fell_and_names_one_only_where_there_is_no_other(
    found: list[dict[str, Any]],
) -> None:
    by_domain = list({entry["domain"]: entry for entry in found}.values())
    for code, language in LANGUAGES.items():
        waves = {"before": {"weeks": 0}, "follow_up": {"weeks": 26}}
        text = wording.later_summary({"follow_up": by_domain, "waves": waves}, NAMES, language)
        finished(text, code)
        verdicts = Counter(entry["verdict"] for entry in by_domain)
        lead = " ".join(wording.later_lead({"follow_up": by_domain, "waves": waves}, NAMES, language))
        for entry in by_domain:
            few = entry["verdict"] in ("rose", "fell") and verdicts[entry["verdict"]] <= 5
            assert len(by_domain) == 1 or not few or entry["domain"] in lead
        for verdict in ("rose", "fell"):
            assert len(by_domain) == 1 or not verdicts[verdict] or str(verdicts[verdict]) in digits(text)
        for entry in by_domain:
            is_named = len(by_domain) == 1 and entry["verdict"] in ("rose", "fell", "not_shown")
            assert (entry["domain"] in text) == is_named
        assert not any(entry["verdict"] == "rose" for entry in by_domain) or HIGHER[code] in text


@given(st.lists(st.sampled_from(["rose", "fell", "not_shown"]), min_size=1, max_size=16))
def test_of_a_group_is_said_what_rose_and_fell(verdicts: list[str]) -> None:
    names = {f"code{number}": f"area {chr(97 + number)}" for number in range(len(verdicts))}
    entries = [{"domain": code, "verdict": verdict} for code, verdict in zip(names, verdicts, strict=True)]
    for code, language in LANGUAGES.items():
        text = wording.group_sentence("Woman", entries, names, language)
        finished(text, code)
        assert (HIGHER[code] in text, LOWER[code] in text) == ("rose" in verdicts, "fell" in verdicts)
        for verdict in ("rose", "fell"):
            found = [names[entry["domain"]] for entry in entries if entry["verdict"] == verdict]
            if len(found) <= 2:
                assert all(name in text for name in found)
            else:
                assert language.count(len(found)) in digits(text)


@given(st.none() | st.tuples(fives, st.none() | st.tuples(fives, fives)), st.booleans())
def test_the_ladder_says_who_moved_or_that_it_is_not_shown(known: Any, withheld: bool) -> None:
    ladder = None
    if known:
        people, moved = known
        up, down = moved or (None, None)
        ladder = {"people": people, "up": up, "same": None if moved is None else 0, "down": down}
    release = {"ladder": ladder, "withheld": [{"what": "ladder"}] if withheld else []}
    for code, language in LANGUAGES.items():
        text = wording.ladder_sentence(release, language)
        finished(text, code)
        told = (
            [ladder[key] for key in ("up", "down", "people")] if ladder and ladder["up"] is not None else []
        )
        assert digits(text) == written(language, counts=told)


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    of = draw(fives) + 10
    return {
        "kind": draw(st.sampled_from(sorted(KINDS))), "people": min(draw(fives), of), "of": of,
        "group": draw(st.none() | st.just("displaced")), "activity": draw(st.none() | st.just("Taalhuis")),
    }  # fmt: skip


def tellable(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of which one may be told: of paid work, else of what most people did."""
    whole = [row for row in found if row["group"] is None and row["activity"] is None]
    most = max((row["people"] for row in whole), default=0)
    return [row for row in whole if row["kind"] == "paid_work"] or [
        row for row in whole if row["people"] == most
    ]


@settings(max_examples=150)
@given(st.lists(rows(), max_size=6), st.booleans())
def test_work_is_said_with_its_own_numbers(found: list[dict[str, Any]], withheld: bool) -> None:
    release = {"participation": found, "withheld": [{"what": "participation"}] if withheld else []}
    for code, language in LANGUAGES.items():
        text = wording.work_sentence(release, KINDS, language)
        finished(text, code)
        told = tellable(found)
        allowed = [written(language, counts=[row["people"], row["of"]]) for row in told]
        assert digits(text) in (allowed or [set()])


@given(st.lists(st.tuples(st.sampled_from(["obstacle", "breakthrough"]), fives), max_size=5), st.booleans())
def test_the_obstacle_of_most_people_is_named(found: list[tuple[str, int]], withheld: bool) -> None:
    links = [{"kind": kind, "from": "housing", "to": "work", "people": people} for kind, people in found]
    release = {"links": links, "withheld": [{"what": "links"}] if withheld else []}
    most = [people for kind, people in found if kind == "obstacle"]
    for code, language in LANGUAGES.items():
        text = wording.obstacle_sentence(release, NAMES, language)
        finished(text, code)
        assert digits(text) == written(language, counts=[max(most)] if most else [])


OTHERS = ("quotes", "breakdown", "ladder", "participation", "themes", "links", "targets")
REASONS = {
    "change": ["too_few_pairs", "no_spread", "few_changed"], "follow_up": ["too_few_pairs", "no_spread", "few_changed"],
    "distribution": ["too_few_people", "no_step"],
}  # fmt: skip


@st.composite
def left_out(draw: st.DrawFn) -> dict[str, Any]:
    what = draw(st.sampled_from([*REASONS, *OTHERS]))
    why = draw(st.sampled_from(REASONS.get(what, ["too_few_people", "few_changed"])))
    needs_domain = what in ("change", "follow_up", "distribution")
    domain = draw(st.sampled_from(sorted(NAMES))) if needs_domain or draw(st.booleans()) else None
    dimension = draw(st.sampled_from(["gender", "route"])) if what == "breakdown" else None
    return {"what": what, "why": why, "domain": domain, "dimension": dimension}


@settings(max_examples=150)
@given(st.lists(left_out(), max_size=12, unique_by=lambda item: tuple(item.values())))
def test_what_is_withheld_is_said_with_its_reason(found: list[dict[str, Any]]) -> None:
    release = {"withheld": found, "k": 12, "method": {"minimum_pairs": 13, "distribution_minimum": 31}}
    for code, language in LANGUAGES.items():
        said = wording.withheld_sentences(release, NAMES, language, {"gender": "gender", "route": "route"})
        assert bool(said) == bool(found) and len(said) == len(set(said))
        for text in said:
            finished(text, code)
            assert digits(text) <= {"12", "13", "31"}
        for item in found:
            if item["dimension"] and item["why"] != "few_changed":
                assert any(item["dimension"] in text for text in said)
