"""What notes and questions are about: for each label, its share of all that have one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def themes(
    times: Mapping[str, int], labelled: int, minutes: Mapping[str, int] | None = None, of_minutes: int = 0
) -> list[dict[str, Any]]:
    """`times` by label; `labelled` notes and questions have at least one. What has several counts for each of them, so
    `share` may add up to more than 1; `share_of_labels` adds up to 1. `minutes` by label is the time that those took of
    which it was written down, `of_minutes` all of that time; without any there is no `share_of_time`. The largest
    first, then by label.
    """
    in_order = sorted(times.items(), key=lambda one: (-one[1], one[0]))
    took, labels = minutes or {}, sum(times.values())
    return [
        {
            "label": label, "share": number / labelled, "share_of_labels": number / labels,
            "minutes": took.get(label, 0), "share_of_time": took.get(label, 0) / of_minutes if of_minutes else None,
        }
        for label, number in in_order
        if number
    ]  # fmt: skip
