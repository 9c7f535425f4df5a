"""Building a release: what goes in, what is held back, and that what comes out can be trusted."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

import dashboard.outcomes
from dashboard.outcomes.release import build, canonical, rounded, verify
from dashboard.outcomes.release.counting import rounded_among
from dashboard.outcomes.release.people import quotes as draw
from tests.dashboard.outcomes.cases import (
    QUOTES,
    analysed,
    frozen,
    parts,
    people,
    pilot,
    released,
    score,
    scores,
)

COUNTS = ("improved", "maintained", "declined")


def entry(release, domain="work"):
    return next(entry for entry in release["change"] if entry["domain"] == domain)


def flat(n, change, spread=0.5):
    """`n` people with a clear average change and some spread around it."""
    before = np.full(n, 3.0)
    return scores(before, before + change + np.tile([-spread, spread], n)[:n])


def withheld(release, what):
    return [item["why"] for item in release["withheld"] if item["what"] == what]


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
        "follow_up", "breakdowns", "ladder", "participation", "themes", "links", "targets", "quotes", "withheld",
        "sha256",
    ]  # fmt: skip


@given(st.integers(0, 100_000))
def test_counts_are_rounded_to_the_nearest_five(count):
    assert rounded(count) % 5 == 0
    assert abs(rounded(count) - count) <= 2


def test_every_count_of_people_in_a_release_is_a_multiple_of_five():
    release = released(pilot(37))
    counts = [count for count in release["population"]["people"].values() if count is not None]
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
    assert withheld(release, "change") == ["too_few_pairs"]


@pytest.mark.parametrize(("n", "shown"), [(10, False), (29, False), (30, True), (31, True)])
def test_improved_and_declined_take_thirty_people(n, shown):
    change = np.resize([-1.0, 0.0, 1.0], n)
    release = released([scores(np.full(n, 3.0), 3.0 + change)])
    assert all((entry(release)[key] is not None) == shown for key in COUNTS)
    assert withheld(release, "distribution") == [] if shown else ["too_few_people"]


def test_who_improved_is_not_told_without_who_declined_nor_the_other_way_round():
    change = np.repeat([-1.0, 0.0, 1.0], (4, 20, 16))
    for one in (change, -change):
        release = released([scores(np.full(40, 3.0), 3.0 + one)])
        assert [entry(release)[key] for key in COUNTS] == [None, None, None]
        assert withheld(release, "distribution") == ["too_few_people"]


def test_a_scale_without_an_agreed_step_has_no_distribution_and_says_why():
    domain = scores(np.full(40, 3.0), 3.0 + np.tile([0.0, 1.0], 20), low=1.0, high=7.0)
    assert withheld(released([domain]), "distribution") == ["no_step"]


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


def nearly_alike():
    """Columns of twenty people of which the numbers would tell of single ones."""
    middle, spread = np.full(20, 3.0), np.tile([-0.5, 0.5], 10)
    yield middle, middle + 0.5
    yield middle, middle + 0.5 + np.r_[1.0, 1.0, np.zeros(18)]
    yield 4.7 + spread / 5, 3.5 + spread
    yield 2.5 + spread, 1.3 + spread / 5


@pytest.mark.parametrize(
    "columns", list(nearly_alike()), ids=["all", "all but two", "at the top", "at the bottom"]
)
def test_what_would_tell_of_single_people_has_no_numbers(columns):
    shown = entry(released([scores(*columns)]))
    assert shown["verdict"] == "no_spread"
    assert not any(isinstance(value, int | float) for value in shown.values())


@given(people(10, 60, of=score))
def test_the_verdict_is_that_of_the_unrounded_interval(columns):
    domain = scores(*columns)
    exact, shown = analysed([domain])["domains"][0], entry(released([domain]))
    if shown["verdict"] == "no_spread":
        return
    expected = "rose" if exact["low"] > 0 else "fell" if exact["high"] < 0 else "not_shown"
    assert shown["verdict"] == expected
    for key in ("before_mean", "after_mean", "difference", "low", "high"):
        assert abs(shown[key] - exact[key]) <= 0.05 + 1e-9
    assert shown["holm"] == shown["bh"] == (expected != "not_shown")


@given(st.integers(0, 400), st.integers(0, 60))
def test_a_count_never_tells_that_it_is_everybody(of, missing):
    count = max(of - missing, 0)
    written = rounded_among(count, of)
    same = [other for other in range(of + 1) if rounded_among(other, of) == written]
    assert count in same and len(same) >= min(3, of)
    assert written % 5 == 0 and -4 <= written - count <= 2


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
        assert shown["verdict"] != "too_few" or shown["release"] is None
        assert shown["improved"] is None or exact["pairs"] >= 30


def test_zero_has_no_minus_sign():
    small = scores(np.full(40, 3.0), 3.0 + np.tile([-0.5, 0.5], 20) + np.r_[-0.5, np.zeros(39)])
    shown = entry(released([small]))
    assert str(shown["difference"]) == "0.0"


# --- quotes


def test_only_the_known_keys_of_a_quote_get_in():
    told = [{**quote, "participant": "P-0007", "date": "2026-11-01"} for quote in QUOTES]
    shown = released(pilot(), quotes=told)["quotes"]
    assert len(shown) == 3 and {"lot"} == {key for quote in shown for key in QUOTES[0] if key not in quote}
    assert {quote["text"] for quote in shown} < {quote["text"] for quote in QUOTES}


@given(
    st.lists(st.sampled_from(["work", "housing", "health", "language", "life", "weather"]), max_size=14),
    st.randoms(),
)
def test_quotes_stand_in_threes_of_at_most_two_a_domain_whoever_told_them_first(domains, random_):
    told = [{**QUOTES[0], "domain": one, "text": f"Said {n}", "lot": f"{n}"} for n, one in enumerate(domains)]
    shown = released(pilot(), quotes=told)["quotes"]
    random_.shuffle(told)
    assert released(pilot(), quotes=told)["quotes"] == shown
    per_domain = [sum(quote["domain"] == domain for quote in shown) for domain in set(domains)]
    possible = sum(min(2, domains.count(domain)) for domain in set(domains) - {"weather"})
    there = sum(domain != "weather" for domain in domains)
    assert max(per_domain, default=0) <= 2 and len(shown) % 3 == 0
    left_out = max(1, there // 4)
    assert max(possible - left_out, 0) // 3 <= len(shown) // 3 <= max(min(possible, there - left_out), 0) // 3


def test_which_quotes_are_shown_is_drawn_anew_for_every_release():
    told = [{**QUOTES[n % 3], "text": f"Said {n}", "lot": f"{n}"} for n in range(12)]
    drawn = {
        tuple(quote["text"] for quote in released(pilot(), quotes=told, number=n)["quotes"])
        for n in range(1, 9)
    }
    assert len(drawn) > 4


@given(
    st.lists(st.sampled_from(["work", "housing", "health", "language"]), min_size=3, max_size=8), st.data()
)
def test_a_quote_that_is_not_there_may_be_one_that_stays_out_by_lot(domains, data):
    """Also one that was there before: so nobody sees that it was taken back."""
    told = [{**QUOTES[0], "domain": one, "text": f"Said {n}"} for n, one in enumerate(domains)]
    shown = drawn(told, 0)
    gone = {**QUOTES[0], "domain": data.draw(st.sampled_from(domains)), "text": "Was there before"}
    assert not shown or any(drawn([*shown, gone], lots) == shown for lots in range(400))


def drawn(told, lots):
    """What is shown of these quotes if they drew these lots."""
    with_lots = [{**quote, "lot": f"{lots} {quote['text']}"} for quote in told]
    return draw(with_lots, {quote["domain"] for quote in told}, 1)


def test_quotes_stand_in_an_order_that_says_nothing_about_who_spoke_when():
    assert released(pilot(), quotes=QUOTES)["quotes"] == released(pilot(), quotes=QUOTES[::-1])["quotes"]


@pytest.mark.parametrize(("n", "told"), [(9, 9), (20, 3), (20, 0)])
def test_quotes_of_few_people_are_withheld_without_saying_how_many_there_were(n, told):
    quotes = [{**QUOTES[0], "text": f"Said {number}"} for number in range(told)]
    release = released([flat(n, 1.0)], quotes=quotes)
    assert release["quotes"] == [] and withheld(release, "quotes") == ["too_few_people"]


# --- parts that contradict each other


def test_a_domain_that_was_not_analysed_has_too_few():
    domains = pilot()
    release = build(parts(domains, cohorts=frozen(domains[1:])))
    assert entry(release)["verdict"] == "too_few" and verify(release) == []
