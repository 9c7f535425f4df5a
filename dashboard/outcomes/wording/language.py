"""The reader's language, as far as sentences about outcomes need it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """Catalog look-ups and formatters, handed in so that wording stays free of any framework."""

    gettext: Callable[[str], str]
    ngettext: Callable[[str, str, int], str]
    points: Callable[[float], str]
    """A number of points with one decimal: 0.6 becomes "0.6" or "0,6"."""
    count: Callable[[int], str]
    """A whole number: 1000 becomes "1,000" or "1.000"."""
    listed: Callable[[Sequence[str]], str]
    """Names in a sentence: "work, housing and language"; an empty list becomes an empty string."""
