"""Building a release: what goes in, what is held back, and that what comes out can be trusted."""

import hashlib
import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

import dashboard.outcomes
from dashboard.outcomes.release import build, canonical, rounded, verify
from tests.dashboard.outcomes.cases import QUOTES, analysed, people, pilot, released, score, scores

COUNTS = ("improved", "maintained", "declined")


def entry(release, domain="work"):
    return next(entry for entry in release["change"] if entry["domain"] == domain)


def flat(n, change, spread=0.5):
    """`n` people with a clear average change and some spread around it."""
    before = np.full(n, 3.0)
    return scores(before, before + change + np.tile([-spread, spread], n)[:n])


def test_a_release_passes_its_own_verification_also_after_writing_and_reading():
    release = released(pilot(), quotes=QUOTES)
    assert verify(release) == []
    assert verify(json.loads(json.dumps(release))) == []
    assert verify(json.loads(canonical(release)) | {"sha256": release["sha256"]}) == []


def test_the_hash_is_over_the_canonical_form_of_all_other_keys():
    release = released(pilot(), quotes=QUOTES)
    others = {key: value for key, value in release.items() if key != "sha256"}
    assert canonical(release) == rfc8785.dumps(others)
    assert release["sha256"] == hashlib.sha256(rfc8785.dumps(others)).hexdigest()


def test_the_same_parts_make_the_same_release_to_the_byte():
    assert canonical(released(pilot(), quotes=QUOTES)) == canonical(released(pilot(), quotes=QUOTES[::-1]))


def test_the_packaged_schema_is_the_published_one():
    root = Path(__file__).parents[3]
    packaged = Path(dashboard.outcomes.__file__).with_name("release.schema.json")
    assert packaged.read_bytes() == (root / "docs" / "release.schema.json").read_bytes()


def test_top_level_keys_are_those_of_the_contract():
    assert list(released(pilot())) == [
        "programme", "number", "built_on", "k", "method", "instruments", "waves", "population", "change",
        "breakdowns", "ladder", "participation", "themes", "quotes", "targets", "withheld", "sha256",
    ]  # fmt: skip


@given(st.integers(0, 100_000))
def test_counts_are_rounded_to_the_nearest_five(count):
    assert rounded(count) % 5 == 0
    assert abs(rounded(count) - count) <= 2


def test_every_count_of_people_in_a_release_is_a_multiple_of_five():
    release = released(pilot(37))
    counts = list(release["population"]["people"].values())
    counts += [
        entry[key] for entry in release["change"] for key in ("pairs", *COUNTS) if entry[key] is not None
    ]
    assert counts and all(count % 5 == 0 for count in counts)


@pytest.mark.parametrize("n", range(10))
def test_under_ten_pairs_there_is_no_number_at_all(n):
    release = released([flat(n, 1.0)])
    few = entry(release)
    assert few["verdict"] == "too_few"
    assert not any(isinstance(value, int | float) for value in few.values())
    assert {"what": "change", "domain": "work", "why": "too_few_pairs"} in release["withheld"]


@pytest.mark.parametrize(("n", "shown"), [(10, False), (28, False), (29, False), (30, True), (31, True)])
def test_improved_and_declined_take_thirty_people(n, shown):
    release = released([flat(n, 1.0)])
    assert entry(release)["difference"] == 1.0
    assert all((entry(release)[key] is not None) == shown for key in COUNTS)
    withheld = {"what": "distribution", "domain": "work", "why": "too_few_people"}
    assert (withheld in release["withheld"]) == (not shown)


def test_a_scale_without_an_agreed_step_has_no_distribution_and_says_why():
    domain = scores(np.full(40, 3.0), 3.0 + np.tile([0.0, 1.0], 20), low=1.0, high=7.0)
    release = released([domain])
    assert release["withheld"] == [{"what": "distribution", "domain": "work", "why": "no_step"}]


def test_a_larger_k_withholds_more():
    release = released([flat(19, 1.0)], k=20)
    assert entry(release)["verdict"] == "too_few"
    assert released([flat(20, 1.0)], k=20)["change"][0]["verdict"] == "rose"


def test_k_is_never_below_five_and_never_shows_fewer_than_ten_pairs():
    with pytest.raises(ValueError, match="never published"):
        released([flat(20, 1.0)], k=4)
    assert entry(released([flat(9, 1.0)], k=5))["verdict"] == "too_few"


def test_verdicts():
    release = released(pilot())
    found = {entry["domain"]: entry["verdict"] for entry in release["change"]}
    assert found == {
        "work": "rose", "housing": "fell", "health": "not_shown", "language": "too_few", "life": "rose",
    }  # fmt: skip
    same = entry(released([flat(20, 0.5, spread=0.0)]))
    assert (same["verdict"], same["difference"], same["low"], same["holm"]) == ("no_spread", 0.5, None, None)


@given(people(10, 60, of=score))
def test_the_verdict_is_that_of_the_unrounded_interval(columns):
    domain = scores(*columns)
    exact, shown = analysed([domain])["domains"][0], entry(released([domain]))
    if exact["low"] is None:
        assert shown["verdict"] == "no_spread"
        return
    expected = "rose" if exact["low"] > 0 else "fell" if exact["high"] < 0 else "not_shown"
    assert shown["verdict"] == expected
    for key in ("before_mean", "after_mean", "difference", "low", "high"):
        assert abs(shown[key] - exact[key]) <= 0.05 + 1e-9
    assert shown["holm"] == shown["bh"] == (expected != "not_shown")


@settings(max_examples=60)
@given(st.lists(people(12, 12), min_size=1, max_size=4), st.integers(1, 5))
def test_whatever_people_answer_the_release_verifies_and_keeps_small_groups_out(columns, repeated):
    domains = [
        scores(np.tile(pair[0], repeated), np.tile(pair[1], repeated), domain=f"domain {i}")
        for i, pair in enumerate(columns)
    ]
    release = released(domains, quotes=[{**QUOTES[0], "domain": "domain 0"}])
    assert verify(release) == []
    for exact, shown in zip(analysed(domains)["domains"], release["change"], strict=True):
        assert (shown["verdict"] == "too_few") == (exact["pairs"] < 10)
        assert shown["improved"] is None or exact["pairs"] >= 30


def test_zero_has_no_minus_sign():
    small = scores(np.full(40, 3.0), 3.0 + np.tile([-0.5, 0.5], 20) + np.r_[-0.5, np.zeros(39)])
    shown = entry(released([small]))
    assert str(shown["difference"]) == "0.0"


# --- quotes


def test_only_the_known_keys_of_a_quote_get_in():
    release = released(pilot(), quotes=[{**QUOTES[0], "participant": "P-0007", "date": "2026-11-01"}])
    assert release["quotes"] == [QUOTES[0]]


def test_quotes_stand_in_an_order_that_says_nothing_about_who_spoke_when():
    assert released(pilot(), quotes=QUOTES)["quotes"] == released(pilot(), quotes=QUOTES[::-1])["quotes"]


def test_quotes_of_fewer_than_ten_people_are_withheld():
    release = released([flat(9, 1.0)], quotes=[QUOTES[0]])
    assert release["quotes"] == []
    assert {"what": "quotes", "domain": None, "why": "too_few_people"} in release["withheld"]


def test_a_quote_about_a_domain_nobody_was_asked_about_is_refused():
    with pytest.raises(ValueError, match="A quote belongs to weather"):
        released(pilot(), quotes=[{**QUOTES[0], "domain": "weather"}])


# --- parts that contradict each other


def test_other_waves_than_those_analysed_are_refused():
    waves = {"before": {"key": "before", "weeks": 0}, "after": {"key": "follow_up", "weeks": 26}}
    with pytest.raises(ValueError, match="follow_up"):
        released(pilot(), waves=waves)


def test_a_domain_that_no_instrument_has_is_refused():
    with pytest.raises(ValueError, match="integration/work was analysed"):
        released(pilot(), instruments=[])


def test_a_domain_that_was_not_analysed_is_refused():
    domains = pilot()
    parts = {key: released(domains)[key] for key in ("programme", "instruments", "waves")}
    with pytest.raises(ValueError, match="0 entries of change"):
        build(analysed(domains[1:]), **parts, number=1, built_on=date(2026, 11, 21), quotes=[])
