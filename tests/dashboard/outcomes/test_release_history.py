"""Releases after one another: whatever people do in between, no difference between two of them is about a few."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.outcomes.release import Cohort, Parts, build, freeze, scores, verify
from dashboard.outcomes.release.cells import DIMENSIONS, partition
from dashboard.outcomes.release.shares import Aim, kept_aims
from dashboard.outcomes.release.sums import Sums
from dashboard.outcomes.targets import Shares
from tests.dashboard.outcomes.cases import TARGETS, crowd, parts

K = 10
MENU = ("group", "gender", "age_band")


@given(st.sampled_from(sorted(DIMENSIONS)), st.data(), st.integers(5, 15))
def test_no_group_and_no_complement_is_small(dimension, data, least):
    order = DIMENSIONS[dimension]
    values = data.draw(st.lists(st.sampled_from(order), max_size=60))
    cells = partition(values, order, least)
    if cells is None:
        return
    assert [value for cell in cells for value in cell] == list(order)
    for cell in cells:
        inside = sum(value in cell for value in values)
        assert inside >= least and len(values) - inside >= least


def populations(cohorts, people):
    """Who stands behind every number that these cohorts give: variable -> the people, as (cohort, place)."""
    found = {}
    for number, (cohort, members) in enumerate(zip(cohorts, people, strict=True)):
        statistics = cohort.statistics
        for domain in members.domains:
            key = f"{domain.instrument}/{domain.domain}"
            there = {int(n) for n in np.flatnonzero(~np.isnan(domain.before + domain.after))}
            if key in statistics["change"]:
                found.setdefault((key,), set()).update((number, n) for n in there)
            for dimension, kept in statistics["breakdowns"].items():
                for cell in kept["cells"] if key in kept["change"] else ():
                    inside = {n for n in there if members.profiles[dimension][n] in cell}
                    found.setdefault((key, dimension, *cell), set()).update((number, n) for n in inside)
        for row in statistics["participation"]:
            doing = {
                (number, one.person) for one in members.done if one.kind == row["kind"] and not row["group"]
            }
            if doing:
                found.setdefault(("does", row["kind"]), set()).update(doing)
    return found


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 45), min_size=1, max_size=4), st.integers(0, 10_000))
def test_the_people_behind_a_number_are_the_same_in_two_releases_or_differ_by_at_least_k(sizes, seed):
    """`sizes`: how many new people each release finds; those of too small a release wait for the next."""
    cohorts, people, waiting, seen, last = [], [], 0, {}, None
    for number, new in enumerate(sizes, 1):
        waiting += new
        if waiting >= K:
            members = crowd(waiting, seed + number)
            people.append(members)
            cohorts.append(Cohort(number, freeze(members, K, [one.statistics for one in cohorts])))
            waiting = 0
        whole = parts(crowd(K, 1).domains, number=number, cohorts=list(cohorts), menu=MENU, targets=TARGETS)
        document = build(Parts(**vars(whole)))
        assert verify(document) == []
        found = populations(cohorts, people)
        for variable, behind in found.items():
            before = seen.get(variable, set())
            assert len(behind) >= K and (behind == before or (len(behind - before) >= K and before <= behind))
        assert set(seen) <= set(found)
        if last:
            assert_only_marked_numbers_moved(last, document)
        seen, last = found, document


def assert_only_marked_numbers_moved(earlier, later):
    """What is of an earlier release stands there as it stood; corrections for many areas aside."""
    before = {(entry["instrument"], entry["domain"]): entry for entry in earlier["change"]}
    for entry in later["change"]:
        if entry["release"] is not None and entry["release"] < later["number"]:
            was = before[entry["instrument"], entry["domain"]]
            assert {**entry, "holm": 0, "bh": 0} == {**was, "holm": 0, "bh": 0}
    told = earlier["population"]["cohorts"]
    assert later["population"]["cohorts"][: len(told)] == told


@settings(max_examples=40, deadline=None)
@given(st.integers(10, 60), st.integers(0, 10_000))
def test_nothing_is_kept_of_a_cohort_that_tells_of_fewer_than_k(n, seed):
    people = crowd(n, seed)
    kept = freeze(people, K)
    for entry in kept["change"].values():
        assert entry["n"] >= K
        told = [entry[key] for key in ("improved", "maintained", "declined") if entry[key] is not None]
        assert not told or (entry["n"] >= 30 and min(told) >= K and entry["n"] - max(told) >= K)
    for breakdown in kept["breakdowns"].values():
        assert n >= 2 * K and min(breakdown["people"]) >= K
        assert all(cell["n"] >= K for cells in breakdown["change"].values() for cell in cells)
    for row in kept["participation"]:
        assert K <= row["people"] <= row["of"] - K and (row["group"] is None or n - row["of"] >= K)
    for link in kept["links"]:
        assert K <= link["people"] <= n - K
    if kept["ladder"]:
        assert min(kept["ladder"]["before"] + kept["ladder"]["after"]) >= K
    for aim in kept["aims"].values():
        assert K <= aim["now"] <= aim["of"] - K


@pytest.mark.parametrize(("n", "most"), [(60, 2), (119, 2), (120, 3), (160, 4), (240, 6)])
def test_few_people_are_compared_by_few_kinds_of_groups(n, most):
    """In six kinds at once nearly everybody is alone: what an attack could not decide is not told."""
    assert len(freeze(crowd(n, 1), K)["breakdowns"]) == most


def share(of, people):
    """Twelve of a group do, and the group is of these people."""
    does = [place < 12 for place in range(of)]
    others = [place % 2 == 0 for place in range(people - of)]
    return Aim(Shares(does, None), of, people - of, Shares(others, None) if others else None)


def test_groups_that_would_leave_a_few_out_are_not_told():
    everybody = {"paid_work||person|": Aim(Shares([True, False] * 34, None), 68, 0)}
    groups = {
        f"paid_work||person|{group}": share(22, 68) for group in ("displaced", "newcomer", "family_migrant")
    }
    two = dict(list(groups.items())[:2])
    assert set(kept_aims(everybody | two, 68, K, {})) == {*everybody, *two}
    assert set(kept_aims(everybody | groups, 68, K, {})) == set(everybody)
    assert set(kept_aims(groups, 66, K, {})) == set(groups)
    # One of the groups is told as an activity, not as a target.
    assert set(kept_aims(everybody | two, 68, K, {"paid_work||person": {"family_migrant": 22}})) == set(
        everybody
    )


def test_a_group_is_written_as_before_whoever_was_erased_since():
    """Thirteen of twenty are written as fifteen, also when only these thirteen are left."""
    people = crowd(60, 1)
    one = freeze(people, K)
    first = {**one["breakdowns"]["gender"], "of": [20, 20, 20], "people": [13, 14, 13]}
    nobody = [Sums().as_json for _ in first["cells"]]
    since = {
        **first,
        "people": [0, 0, 0],
        "of": first["people"],
        "change": dict.fromkeys(first["change"], nobody),
    }
    cohorts = [
        Cohort(number, {**one, "breakdowns": {"gender": kept}}) for number, kept in ((1, first), (2, since))
    ]
    instruments = parts(people.domains).instruments
    before, after = (scores.breakdowns(cohorts[:last], ("gender",), instruments, K) for last in (1, 2))
    assert before[0]["cells"] == after[0]["cells"] and {cell["people"] for cell in after[0]["cells"]} == {15}
