"""What notes and questions are about: for each label, its share of all that have one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def themes(times: Mapping[str, int], labelled: int) -> list[dict[str, Any]]:
    """`times` by label; `labelled` notes and questions have at least one. What has several counts for each of them, so
    shares may add up to more than 1. The largest first, then by label.
    """
    in_order = sorted(times.items(), key=lambda one: (-one[1], one[0]))
    return [{"label": label, "share": number / labelled} for label, number in in_order if number]
