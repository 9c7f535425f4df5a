"""How well the items of a domain hold together in each wave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from instruments.psychometrics import Reliability, cronbach_alpha, feldt_interval, mcdonald_omega

#: Of one wave: alpha, its interval and omega.
Wave = dict[str, Any]


def reliabilities(items: NDArray[Any]) -> Wave:
    """Cronbach's alpha with Feldt's 95% interval, and McDonald's omega. No unit.

    `items`: answers of everyone who answered all of them, (people, items).
    """
    alpha = _alpha(items)
    interval = None if alpha.value is None else feldt_interval(alpha.value, *items.shape)
    return {"alpha": alpha, "interval": interval, "omega": mcdonald_omega(items)}


def _alpha(items: NDArray[Any]) -> Reliability:
    """Cronbach's alpha; identical items can come out a last bit above 1, which it cannot be."""
    alpha = cronbach_alpha(items)
    return Reliability(1.0, alpha.note) if alpha.value is not None and alpha.value > 1 else alpha


def flat(reliability: Mapping[str, Wave]) -> dict[str, Any]:
    """The keys of an entry, by wave (`before` and `after`)."""
    found: dict[str, Any] = {}
    for when, wave in reliability.items():
        low, high = wave["interval"] or (None, None)
        found |= {
            f"alpha_{when}": wave["alpha"].value, f"alpha_{when}_low": low, f"alpha_{when}_high": high,
            f"omega_{when}": wave["omega"].value,
        }  # fmt: skip
    return found
