"""All waves together: statsmodels as an independent source, and what must not matter."""

import numpy as np
import pytest
import statsmodels.api as sm

from dashboard.outcomes.mixed import mixed_change

KEYS = ["before", "after", "follow_up"]


def made(people: int, missing: float, seed: int, between: float = 1.0) -> np.ndarray:
    random = np.random.default_rng(seed)
    scores = (
        3 + between * random.normal(0, 1, people) + random.normal(0, 0.7, (3, people)) + [[0.0], [0.4], [0.2]]
    )
    scores[random.random(scores.shape) < missing] = np.nan
    return scores


@pytest.mark.parametrize(("missing", "seed"), [(0.0, 1), (0.3, 2), (0.5, 3)])
def test_statsmodels_agrees(missing: float, seed: int) -> None:
    scores = made(40, missing, seed)
    wave, person = np.nonzero(~np.isnan(scores))
    design = np.column_stack([np.ones(len(wave)), wave == 1, wave == 2]).astype(float)
    fitted = sm.MixedLM(scores[wave, person], design, groups=person).fit(reml=True)
    found = mixed_change(scores, KEYS)
    assert [one["wave"] for one in found["waves"]] == KEYS[1:]
    for place, one in enumerate(found["waves"], start=1):
        assert one["difference"] == pytest.approx(fitted.fe_params[place], abs=1e-3)
        assert (one["high"] - one["low"]) / 2 / 1.959964 == pytest.approx(fitted.bse_fe[place], rel=5e-3)
        assert one["p"] == pytest.approx(fitted.pvalues[place], abs=2e-3)
    share = float(fitted.cov_re[0, 0] / (fitted.cov_re[0, 0] + fitted.scale))
    assert found["between"] == pytest.approx(share, abs=2e-3)


def test_with_everybody_there_the_differences_are_those_of_pairs_whoever_comes_first() -> None:
    scores = made(30, 0.0, 4)
    found = mixed_change(scores, KEYS)
    for place, one in enumerate(found["waves"], start=1):
        assert one["difference"] == pytest.approx(float((scores[place] - scores[0]).mean()), abs=1e-9)
    order = np.random.default_rng(1).permutation(30)
    again = mixed_change(scores[:, order], KEYS)
    assert again["waves"][0]["low"] == pytest.approx(found["waves"][0]["low"], abs=1e-6)


def test_people_who_do_not_differ_share_nothing() -> None:
    assert mixed_change(made(200, 0.0, 5, between=0.0), KEYS)["between"] < 0.1


@pytest.mark.parametrize(
    ("scores", "word"),
    [
        (np.full((3, 4), np.nan), "three waves"),
        (np.vstack([np.ones((2, 4)), np.full((1, 4), np.nan)]), "three waves"),
        (np.where(np.eye(3, dtype=bool), 2.0, np.nan), "more than once"),
        (np.tile([1.0, 2.0, 4.0], (3, 1)), "No spread"),
    ],
)
def test_where_it_cannot_be_worked_out_it_says_why(scores: np.ndarray, word: str) -> None:
    found = mixed_change(scores, KEYS)
    assert found["waves"] == [] and found["between"] is None and word in found["note"]
