"""What a wave asks: its instruments, and of those that look back only what the others are about."""

import pytest

from instruments import asking
from instruments.asking import LOOKING_BACK
from instruments.library import instruments, load
from instruments.scoring import score
from instruments.translation import words


def test_what_looks_back_says_so_and_comes_last() -> None:
    every = instruments()
    assert {one.key for one in every if one.looks_back} == set(LOOKING_BACK)
    assert [one.looks_back for one in every] == [
        *sorted(one.looks_back for one in every if not one.intake),
        False,
    ]
    assert every[-1].intake


@pytest.mark.parametrize(
    "own", [("integration",), ("integration-short",), ("wellbeing",), ("wellbeing", "integration")]
)
def test_looking_back_is_about_what_is_asked_and_nothing_else(own: tuple[str, ...]) -> None:
    subjects = {domain.code for key in own for domain in load(key).domains}
    found = asking.instruments(asking.newest([*own, *LOOKING_BACK]))
    assert [one.key for one in found] == [*own, *LOOKING_BACK]
    for one in found[-2:]:
        whole = load(one.key)
        assert one.domains == tuple(domain for domain in whole.domains if domain.code in subjects)
        assert [item.id for item in one.items] == [item.id for domain in one.domains for item in domain.items]
        assert (one.key, one.version, one.sha256) == (whole.key, whole.version, whole.sha256)
        assert words(one, "nl").question(one.items[0].id) == words(whole, "nl").question(one.items[0].id)
        with pytest.raises(KeyError):
            one.item("nothing_then")
    assert found[: len(own)] == tuple(map(load, own))


def test_a_narrower_instrument_knows_only_what_it_keeps() -> None:
    whole = load("then-now")
    whole.item("work_then")  # whatever was looked up before
    narrow = whole.about({"wellbeing"})
    assert narrow is not None and [item.id for item in narrow.items] == ["wellbeing_then", "wellbeing_now"]
    for look_up, name in ((narrow.item, "work_then"), (narrow.domain, "work")):
        with pytest.raises(KeyError):
            look_up(name)
    assert whole.about({"horoscope"}) is None
    assert whole.about({domain.code for domain in whole.domains}) is whole


def test_with_nothing_to_look_back_at_nothing_is_asked() -> None:
    assert asking.newest(LOOKING_BACK) == ()


def test_the_order_is_that_of_the_programme_and_then_ours() -> None:
    fixed = {"anchor": 1, "integration": 1, "then-now": 1, "wellbeing": 1}
    assert [key for key, _ in asking.in_order(["wellbeing", "integration"], fixed)] == [
        "wellbeing", "integration", "then-now", "anchor",
    ]  # fmt: skip


@pytest.mark.parametrize("key", LOOKING_BACK)
def test_answers_that_look_back_make_no_score(key: str) -> None:
    instrument = load(key)
    for domain in instrument.domains:
        assert score(instrument, domain.code, {item.id: 4 for item in domain.items}) is None
    with pytest.raises(ValueError, match="work_"):
        score(instrument, "work", {item.id: 6 for item in instrument.domain("work").items})
