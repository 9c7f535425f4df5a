"""Shares of people that targets are about: what is kept of a cohort."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.outcomes.targets import Shares

#: How many of how many, now and before.
Kept = dict[str, int | None]
#: By what is told (a key without its group), the groups of which it is, and how many people each has.
Groups = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Aim:
    """A share that a target is about: of each unit among these people. Of those it is about, there are `inside` among
    the people of the cohort, and `outside` are not of them; `others` is the same of those."""

    shares: Shares
    inside: int
    outside: int
    others: Shares | None = None


def kept_aims(aims: Mapping[str, Aim], people: int, k: int, by_group: Groups) -> dict[str, Kept]:
    """By key, which ends in the group, or in nothing for everybody. Groups are told only if nobody is left, or enough
    people, when all that are told of the same are taken from everybody: three counts of groups, each rounded down, and
    one of everybody, rounded up, would say of the two who are left that both do.

    `by_group`: how many people are in each group of which the same is told elsewhere.
    """
    kept = {key: found for key, aim in aims.items() if (found := _aim(aim, k))}
    told = {same: dict(groups) for same, groups in by_group.items()}
    for key in kept:
        same, _, group = key.rpartition("|")
        told.setdefault(same, {}).update({group: aims[key].inside} if group else {})
    left = {same: people - sum(groups.values()) for same, groups in told.items()}
    return {
        key: found
        for key, found in kept.items()
        if key.endswith("|") or not 0 < left[key.rpartition("|")[0]] < k
    }


def _aim(aim: Aim, k: int) -> Kept | None:
    """Before and now are of the same units; before is left out where it gives too much away. Of a group it is told
    only where it could be told of all others: somebody may know it of everybody."""
    kept, others = _counted(aim.shares, k), aim.others and _counted(aim.others, k)
    if aim.inside < k or 0 < aim.outside < k or kept is None or (aim.others and others is None):
        return None
    return kept if not others or others["before"] is not None else kept | {"before": None}


def _counted(shares: Shares, k: int) -> Kept | None:
    now, before = list(shares.now), list(shares.before or [])
    if shares.before is not None:
        pairs = [(one, other) for one, other in zip(before, now, strict=True) if None not in (one, other)]
        before, now = [one for one, _ in pairs], [other for _, other in pairs]
    known = [one for one in now if one is not None]
    count, count_before = sum(map(bool, known)), sum(map(bool, before))
    if not is_share(count, len(known), k):
        return None
    has_before = shares.before is not None and is_share(count_before, len(before), k)
    return {"of": len(known), "now": count, "before": count_before if has_before else None}


def is_share(count: int, of: int, k: int) -> bool:
    """Whether enough people do, and enough do not."""
    return count >= k and of - count >= k
