"""Corrections for many domains: reference values, definitions, and which domains belong together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from dashboard.outcomes.change import all_changes
from dashboard.outcomes.multiple import benjamini_hochberg, holm
from tests.dashboard.outcomes.cases import people, pilot, score, scores

P = [0.001, 0.004, 0.006, 0.012, 0.018, 0.020, 0.030, 0.041, 0.049, 0.060, 0.12, 0.25, 0.48, 0.90]
HOLM = [0.014, 0.052, 0.072, 0.132, 0.18, 0.18, 0.24, 0.287, 0.294, 0.30, 0.48, 0.75, 0.96, 0.96]
BH = [0.014, 0.028, 0.028, 0.042, 0.0467, 0.0467, 0.06, 0.0718, 0.0762, 0.084, 0.1527, 0.2917, 0.5169, 0.90]

p_values = st.lists(st.floats(0, 1), min_size=1, max_size=20)


def test_reference_values():
    assert holm(P) == pytest.approx(HOLM, abs=1e-6)
    assert benjamini_hochberg(P) == pytest.approx(BH, abs=5e-5)
    assert sum(value <= 0.05 for value in holm(P)) == 1
    assert sum(value <= 0.05 for value in benjamini_hochberg(P)) == 6


@given(p_values)
def test_holm_follows_its_definition(p):
    """Adjusted p of a test: the largest (m - rank + 1) p among the tests at least as extreme, at most 1."""
    order = sorted(range(len(p)), key=lambda i: p[i])
    expected = [0.0] * len(p)
    for place, i in enumerate(order):
        steps = [(len(p) - earlier) * p[order[earlier]] for earlier in range(place + 1)]
        expected[i] = min(1.0, max(steps))
    assert holm(p) == pytest.approx(expected)


@given(p_values)
def test_benjamini_hochberg_follows_its_definition(p):
    """Adjusted p of a test: the smallest m p / rank among the tests at most as extreme."""
    order = sorted(range(len(p)), key=lambda i: p[i])
    expected = [0.0] * len(p)
    for place, i in enumerate(order):
        steps = [len(p) * p[order[later]] / (later + 1) for later in range(place, len(p))]
        expected[i] = min(1.0, *steps, 1.0)
    assert benjamini_hochberg(p) == pytest.approx(expected)
    assert benjamini_hochberg(p) == pytest.approx(list(false_discovery_control(p)))


@given(p_values, st.randoms(use_true_random=False))
def test_corrections_follow_their_test_wherever_it_stands(p, random):
    order = list(range(len(p)))
    random.shuffle(order)
    for correction in (holm, benjamini_hochberg):
        assert correction([p[i] for i in order]) == pytest.approx([correction(p)[i] for i in order])


@given(p_values)
def test_holm_is_never_milder_than_benjamini_hochberg_nor_either_than_none(p):
    for raw, strict, mild in zip(p, holm(p), benjamini_hochberg(p), strict=True):
        assert raw <= mild + 1e-12 and mild <= strict + 1e-12 and strict <= 1


def test_nothing_to_correct():
    assert holm([]) == benjamini_hochberg([]) == []


def test_only_domains_of_the_same_instrument_with_a_test_are_corrected_together():
    domains = [*pilot(), scores([2.0, 3.0], [2.5, 3.5], domain="no spread")]
    entries = all_changes(domains)
    assert [entry["domain"] for entry in entries] == [domain.domain for domain in domains]
    tested = [entry for entry in entries if entry["instrument"] == "integration" and entry["p"] is not None]
    p = [entry["p"] for entry in tested]
    assert [entry["p_holm"] for entry in tested] == holm(p)
    assert [entry["p_bh"] for entry in tested] == benjamini_hochberg(p)
    alone = next(entry for entry in entries if entry["instrument"] == "wellbeing")
    assert alone["p_holm"] == alone["p_bh"] == alone["p"]
    assert entries[-1]["p"] is entries[-1]["p_holm"] is entries[-1]["p_bh"] is None


@given(st.lists(people(3, 8, of=score), min_size=1, max_size=4))
def test_every_domain_with_a_test_is_corrected_and_no_other(columns):
    entries = all_changes([scores(*pair, domain=str(i)) for i, pair in enumerate(columns)])
    for entry in entries:
        assert (entry["p"] is None) == (entry["p_holm"] is None) == (entry["p_bh"] is None)
        assert entry["p"] is None or np.isfinite([entry["p_holm"], entry["p_bh"]]).all()


def test_domains_that_were_named_in_advance_are_corrected_among_themselves():
    named = ["work", "life", "housing"]
    entries = {entry["domain"]: entry for entry in all_changes(pilot(), primary=named)}
    assert [entries[one]["p_holm_primary"] for one in named] == holm([entries[one]["p"] for one in named])
    others = [entry for domain, entry in entries.items() if domain not in named]
    assert others and all(entry["p_holm_primary"] is None for entry in others)
    plain = {entry["domain"]: entry for entry in all_changes(pilot())}
    assert {one: entry["p_holm"] for one, entry in entries.items()} == {
        one: entry["p_holm"] for one, entry in plain.items()
    }
