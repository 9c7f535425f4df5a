"""The coordinator's full-precision analysis of a programme: the document of `telvertel analyse --json`."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.outcomes.attrition import attrition
from dashboard.outcomes.change import DomainScores, all_changes
from dashboard.outcomes.ladder import ladder


def analysis(
    programme: str,
    before: str,
    after: str,
    domains: Sequence[DomainScores],
    enrolled: int,
    has_before: NDArray[np.bool_] | Sequence[bool],
    has_after: NDArray[np.bool_] | Sequence[bool],
    steps: Sequence[tuple[str | None, str | None]] = (),
    participation: Sequence[dict[str, Any]] = (),
    themes: Sequence[dict[str, Any]] = (),
    targets: Sequence[dict[str, Any]] = (),
    primary: Sequence[str] = (),
) -> dict[str, Any]:
    """The whole document. `before` and `after` are keys of waves, `domains` what was administered.

    Nothing is withheld for small numbers: this never leaves the coordinator's desk. Steps on the ladder (before and
    after, of each person), participation and themes come from casework, targets from the programme itself; without any,
    they are zero and empty. `primary` are the domains that were named in advance.
    """
    return {
        "programme": programme,
        "before": before,
        "after": after,
        "domains": all_changes(domains, primary),
        "attrition": attrition(enrolled, has_before, has_after),
        "ladder": ladder(steps),
        "participation": list(participation),
        "themes": list(themes),
        "targets": list(targets),
    }
