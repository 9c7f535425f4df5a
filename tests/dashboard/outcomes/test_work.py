"""Lasting work, work that fits, yes or no, and loss of work around coaching; the ladder as a table; time of themes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.outcomes.ladder import STEPS, ladder, ladder_matrix
from dashboard.outcomes.themes import themes
from dashboard.outcomes.work import Spell, band, lasting_work, lost_work, told, yes_or_no

TODAY = date(2026, 6, 1)
START = date(2026, 1, 1)
step = st.sampled_from([*STEPS, None])


def spell(
    person: int, kind: str, began: date, ended: date | None = None, reason: str | None = None, became=False
):
    return Spell(person, kind, began, ended, reason, became)


def test_lasting_work_runs_and_had_lasted_so_long() -> None:
    spells = [
        spell(0, "paid_work", date(2025, 6, 1)),
        spell(0, "part_time_work", date(2025, 5, 1)),
        spell(1, "part_time_work", date(2026, 2, 1)),
        spell(2, "paid_work", date(2025, 1, 1), date(2026, 2, 1)),
        spell(3, "volunteering", date(2020, 1, 1)),
    ]
    found = {one["months"]: one for one in lasting_work(spells, [START] * 4, TODAY)}
    assert {months: (one["before"], one["now"]) for months, one in found.items()} == {
        3: (2, 2),
        6: (2, 1),
        12: (1, 1),
    }
    assert found[3]["of"] == 4 and found[3]["low"] < 0.5 < found[3]["high"]
    assert lasting_work([], [], TODAY)[0]["share"] is None


@given(st.lists(st.tuples(st.sampled_from([True, False, None]), st.sampled_from([True, False, None]))))
def test_yes_or_no_is_over_who_is_known_both_times(people) -> None:
    found = yes_or_no("in_work", people)
    known = [one for one in people if None not in one]
    assert found["people"] == len(known)
    assert found["before"] == sum(one for one, _ in known) and found["after"] == sum(
        other for _, other in known
    )
    assert found["after"] - found["before"] == found["gained"] - found["lost"]
    assert (found["p"] is None) == (found["gained"] + found["lost"] == 0) == bool(found["note"])


@pytest.mark.parametrize(
    ("hours", "name"),
    [("0", "none"), ("10", "under_0.3"), ("10.8", "0.3_to_0.8"), ("28", "0.3_to_0.8"), ("28.8", "0.8_or_more"),
     ("40", "0.8_or_more"), (None, None)],
)  # fmt: skip
def test_bands_of_hours(hours: str | None, name: str | None) -> None:
    assert band(hours) == name


def test_what_was_told_is_counted_with_its_base() -> None:
    found = told(
        "fit_level", [("below", "same"), ("below", None), (None, "above")], ["below", "same", "above"]
    )
    assert found["before"] == {"below": 2, "same": 0, "above": 0} and found["of_before"] == 2
    assert found["after"] == {"below": 0, "same": 1, "above": 1} and found["of_after"] == 2


def test_work_is_lost_before_or_after_coaching_within_the_same_time_and_not_by_choice() -> None:
    coaching = [spell(person, "job_coaching", date(2026, 3, 1)) for person in range(5)]
    work = [
        spell(0, "paid_work", date(2025, 1, 1), date(2026, 2, 1)),
        spell(1, "paid_work", date(2025, 1, 1), date(2025, 6, 1)),  # longer ago than one looks ahead
        spell(2, "paid_work", date(2025, 1, 1), date(2026, 2, 1), "something_better"),
        spell(3, "part_time_work", date(2025, 1, 1), date(2026, 4, 1), "contract_ended"),
        spell(4, "paid_work", date(2025, 1, 1), date(2026, 2, 1), None, True),
        spell(6, "paid_work", date(2025, 1, 1), date(2026, 2, 1)),
    ]
    found = lost_work([*coaching, *work], TODAY)
    assert (found["people"], found["before"], found["after"]) == (5, 1, 1)
    assert lost_work(work, TODAY)["people"] == 0 and "coaching" in lost_work(work, TODAY)["note"]


@given(st.lists(st.tuples(step, step)))
def test_the_ladder_as_a_table_has_the_same_moves(people) -> None:
    table, moves = ladder_matrix(people), ladder(people)
    assert sum(table[one][other] for one in STEPS for other in STEPS if other > one) == moves["up"]
    assert sum(table[one][one] for one in STEPS) == moves["same"]
    assert (
        sum(map(sum, (row.values() for row in table.values()))) == moves["up"] + moves["same"] + moves["down"]
    )


def test_themes_have_a_share_of_labels_and_of_time() -> None:
    work, housing = themes({"housing": 1, "work": 3}, 3, {"work": 90, "housing": 30}, 100)
    assert (work["label"], work["share"], work["share_of_labels"]) == ("work", 1.0, 0.75)
    assert (work["share_of_time"], housing["share_of_time"]) == (0.9, 0.3)
    assert themes({"work": 1}, 1)[0]["share_of_time"] is None
