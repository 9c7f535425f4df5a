"""A score is the person's mean, exactly, or nothing; a non-answer is never a number."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.library import instruments, load
from instruments.model import Instrument
from instruments.scoring import NON_ANSWERS, Answer, check_answer, score

Make = Callable[..., Instrument]
CODES = st.integers(1, 5)
ANSWERS: st.SearchStrategy[Answer | None] = CODES | st.sampled_from(NON_ANSWERS) | st.none()  # None: not seen
RESPONSES = st.lists(ANSWERS, min_size=1, max_size=9)


def given_to(answers: Sequence[Answer | None]) -> dict[str, Answer]:
    return {f"sample_{n}": answer for n, answer in enumerate(answers, start=1) if answer is not None}


@given(RESPONSES)
def test_a_score_is_the_mean_of_at_least_half_of_what_applies(
    sample: Make, answers: list[Answer | None]
) -> None:
    codes = [answer for answer in answers if isinstance(answer, int)]
    applicable = len(answers) - answers.count("na")
    found = score(sample(*[False] * len(answers)), "sample", given_to(answers))
    if codes and Fraction(len(codes), applicable) >= Fraction(1, 2):
        assert found == float(Fraction(sum(codes), len(codes)))
    else:
        assert found is None


@given(RESPONSES, st.randoms())
def test_the_order_of_answers_does_not_touch_the_last_bit(
    sample: Make, answers: list[Answer | None], random: Random
) -> None:
    shuffled = list(answers)
    random.shuffle(shuffled)
    instrument = sample(*[False] * len(answers))
    assert score(instrument, "sample", given_to(answers)) == score(instrument, "sample", given_to(shuffled))


@given(RESPONSES)
def test_dont_know_and_prefer_not_to_say_weigh_like_not_seen(
    sample: Make, answers: list[Answer | None]
) -> None:
    unseen = [None if answer in ("dk", "pna") else answer for answer in answers]
    instrument = sample(*[False] * len(answers))
    assert score(instrument, "sample", given_to(answers)) == score(instrument, "sample", given_to(unseen))


@given(RESPONSES)
def test_not_applicable_weighs_like_an_item_that_does_not_exist(
    sample: Make, answers: list[Answer | None]
) -> None:
    left = [answer for answer in answers if answer != "na"]
    found = score(sample(*[False] * len(answers)), "sample", given_to(answers))
    assert found == (score(sample(*[False] * len(left)), "sample", given_to(left)) if left else None)


@given(st.lists(st.tuples(CODES, st.booleans()), min_size=1, max_size=9))
def test_a_reversed_item_counts_from_the_other_end(sample: Make, answers: list[tuple[int, bool]]) -> None:
    turned = sample(*[reverse for _, reverse in answers])
    plain = sample(*[False] * len(answers))
    mirrored: list[Answer | None] = [6 - code if reverse else code for code, reverse in answers]
    given_codes: list[Answer | None] = [code for code, _ in answers]
    assert score(turned, "sample", given_to(given_codes)) == score(plain, "sample", given_to(mirrored))


@given(RESPONSES)
def test_a_score_stays_within_the_scale(sample: Make, answers: list[Answer | None]) -> None:
    instrument = sample(*[n % 2 == 0 for n in range(len(answers))])
    found = score(instrument, "sample", given_to(answers))
    low, high = instrument.score_range("sample")
    assert found is None or low <= found <= high


def test_work_rests_on_two_items_for_someone_without_work() -> None:
    instrument = load("integration")
    assert score(instrument, "work", {"work_1": 4, "work_2": "na", "work_3": 2}) == 3.0
    assert score(instrument, "work", {"work_1": 4, "work_2": "na", "work_3": "dk"}) == 4.0
    assert score(instrument, "work", {"work_1": 4, "work_2": "pna", "work_3": "dk"}) is None
    assert score(instrument, "work", {"work_1": 4, "work_2": 5}) == 4.5
    assert score(instrument, "work", {}) is None


def test_a_domain_of_one_item_follows_the_same_rule() -> None:
    instrument = load("wellbeing")
    assert score(instrument, "life_satisfaction", {"life_satisfaction": 0}) == 0.0
    assert score(instrument, "life_satisfaction", {"life_satisfaction": "dk"}) is None
    assert score(load("integration-short"), "work", {"work_short": "na"}) is None


def test_other_domains_answers_do_not_count() -> None:
    instrument = load("integration")
    answers: dict[str, Answer] = {
        "work_1": 1,
        "work_2": 1,
        "work_3": 1,
        "housing_1": 5,
        "life_satisfaction": 10,
    }
    assert score(instrument, "work", answers) == 1.0


@pytest.mark.parametrize("answer", [0, 6, 3.0, True, "3", "", "no", [3]])
def test_an_answer_that_is_not_offered_is_never_scored(answer: object) -> None:
    with pytest.raises(ValueError, match="work_1"):
        score(load("integration"), "work", {"work_1": answer})  # type: ignore[dict-item]  # the point of the test


def test_not_applicable_where_it_is_not_offered_is_refused() -> None:
    with pytest.raises(ValueError, match="work_1"):
        score(load("integration"), "work", {"work_1": "na", "work_2": 3, "work_3": 3})


def test_every_offered_answer_is_accepted_as_written() -> None:
    for instrument in (one for one in instruments() if not one.intake):
        for item in instrument.items:
            for code in instrument.scale_of(item.id).codes:
                assert check_answer(instrument, item.id, str(code)) == code
            assert check_answer(instrument, item.id, "dk") == "dk"
            assert check_answer(instrument, item.id, "pna") == "pna"
            if item.not_applicable:
                assert check_answer(instrument, item.id, "na") == "na"


@given(st.text(max_size=6))
def test_nothing_else_is_accepted(value: str) -> None:
    if value not in {"1", "2", "3", "4", "5", "dk", "pna"}:
        with pytest.raises(ValueError, match="work_1"):
            check_answer(load("integration"), "work_1", value)


@pytest.mark.parametrize("value", ["٣", "３", "03", "+3", " 3", "3.0", "NA", "na", "6"])
def test_look_alikes_are_not_accepted(value: str) -> None:
    with pytest.raises(ValueError, match="choose one of 1, 2, 3, 4, 5, dk, pna"):
        check_answer(load("integration"), "work_1", value)


def test_unknown_items_and_domains_are_key_errors() -> None:
    with pytest.raises(KeyError):
        check_answer(load("integration"), "nothing", "1")
    with pytest.raises(KeyError):
        score(load("integration"), "nothing", {})
