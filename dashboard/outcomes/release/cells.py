"""Groups of people that a release may compare: one kind of group at a time, merged until nobody stands out.

The values of a dimension and the order in which they are merged are declared here, and not found in the data: which
groups stand side by side then says nothing about who is in them. Everybody is in some group; `unknown` is one.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

UNKNOWN = "unknown"

#: Ages by their first year, and the years in which people came, by the first of the period.
AGES = {0: "under_25", 25: "25_34", 35: "35_44", 45: "45_54", 55: "55_and_over"}
PERIODS = {0: "until_2014", 2015: "2015_2019", 2020: "2020_2021", 2022: "2022_2023", 2024: "2024_on"}

#: The closed list of dimensions, with every value each can have in the order of merging: neighbours first. Ages and
#: periods have an order of their own; of the others those stand side by side that are nearest in kind.
DIMENSIONS: dict[str, tuple[str, ...]] = {
    "group": ("newcomer", "earlier_newcomer", "interim_group", "family_migrant", "displaced", UNKNOWN),
    "gender": ("woman", "man", "other", UNKNOWN),
    "age_band": (*AGES.values(), UNKNOWN),
    "route": ("b1", "education", "self_reliance", UNKNOWN),
    "language": ("uk", "ru", "en", "nl", "ar", "kmr", "tr", "ti", "so", "fa", "fa_AF", UNKNOWN),
    "arrival_period": (*PERIODS.values(), UNKNOWN),
}

Cell = tuple[str, ...]


def partition(values: Iterable[str], order: Sequence[str], least: int) -> list[Cell] | None:
    """Merge the values, in their declared order, into groups of at least `least` people; what is left over joins the
    last group. None where that gives no two groups, so that there is nothing to compare.

    Every value of the order is in exactly one group, also one that nobody has: who has none is not told. With two
    groups or more, the people outside a group are at least `least` too.
    """
    counts = Counter(values)
    cells: list[Cell] = []
    waiting: Cell = ()
    for value in order:
        waiting = (*waiting, value)
        if sum(counts[one] for one in waiting) >= least:
            cells.append(waiting)
            waiting = ()
    if len(cells) < 2:
        return None
    cells[-1] += waiting
    return cells


def known(dimension: str, value: str | None) -> str:
    """The value as a release knows it: whatever is not in the list is unknown."""
    return value if value in DIMENSIONS[dimension] else UNKNOWN


def age_band(birth_year: int | None, year: int) -> str:
    """Of somebody born in the five years that begin with `birth_year`, by the middle one of them."""
    if birth_year is None:
        return UNKNOWN
    age = year - birth_year - 2
    return next(name for first, name in reversed(AGES.items()) if age >= first or first == 0)


def arrival_period(arrival_year: int | None) -> str:
    if arrival_year is None:
        return UNKNOWN
    return next(name for first, name in reversed(PERIODS.items()) if arrival_year >= first)
