"""Who was there before, after, and both times."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def attrition(
    enrolled: int,
    has_before: NDArray[np.bool_] | Sequence[bool],
    has_after: NDArray[np.bool_] | Sequence[bool],
) -> dict[str, int]:
    """Counts of people. The two columns say, for the same people, whether they answered in that wave.

    `left` had answers before and none after; someone who came in later is in `after` only.
    """
    before, after = np.asarray(has_before, dtype=bool), np.asarray(has_after, dtype=bool)
    if before.ndim != 1 or before.shape != after.shape:
        raise ValueError("has_before and has_after must be two columns over the same people")
    return {
        "enrolled": int(enrolled),
        "before": int(np.count_nonzero(before)),
        "after": int(np.count_nonzero(after)),
        "both": int(np.count_nonzero(before & after)),
        "left": int(np.count_nonzero(before & ~after)),
    }
