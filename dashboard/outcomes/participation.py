"""How many people do what. Activities overlap: shares of all people add up to more than one, and no pie shows them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from dashboard.outcomes.wilson import wilson


class Done(NamedTuple):
    """An activity of one person."""

    person: int
    kind: str
    #: What the organisation calls it, if it does.
    activity: str | None
    #: Whether it became another activity.
    became: bool


def participation(
    groups: Sequence[str | None], done: Iterable[Done], kinds: Sequence[str], known_groups: Sequence[str]
) -> list[dict[str, Any]]:
    """A row for each kind, activity and group in which there is anyone; people are counted once per row. `low` and
    `high` are Wilson's 95% interval of their share.

    `groups` are those of all people, in whose order `Done.person` counts; the last two say in which order rows stand.
    """
    doing: dict[tuple[str, str | None, str | None], set[int]] = {}
    became: dict[tuple[str, str | None, str | None], set[int]] = {}
    for one in done:
        for row in _rows_of(one, groups[one.person]):
            doing.setdefault(row, set()).add(one.person)
            if one.became:
                became.setdefault(row, set()).add(one.person)
    of = {group: groups.count(group) for group in {*groups, *known_groups}} | {None: len(groups)}
    return [
        _row(row, len(doing[row]), of[row[2]], len(became.get(row, ())))
        for row in sorted(doing, key=_order(kinds, known_groups))
    ]


def _row(row: tuple[str, str | None, str | None], people: int, of: int, became: int) -> dict[str, Any]:
    (kind, activity, group), (low, high) = row, wilson(people, of) or (None, None)
    return {
        "kind": kind, "activity": activity, "group": group, "people": people, "of": of, "low": low, "high": high,
        "became_another": became,
    }  # fmt: skip


def _rows_of(one: Done, group: str | None) -> set[tuple[str, str | None, str | None]]:
    return {(one.kind, activity, each) for activity in (None, one.activity) for each in (None, group)}


def _order(kinds: Sequence[str], known_groups: Sequence[str]) -> Any:
    kind_places: Mapping[str, int] = {kind: place for place, kind in enumerate(kinds)}
    group_places: Mapping[str, int] = {group: place for place, group in enumerate(known_groups)}

    def order(row: tuple[str, str | None, str | None]) -> tuple[int, str, int]:
        kind, activity, group = row
        return kind_places[kind], activity or "", -1 if group is None else group_places[group]

    return order
