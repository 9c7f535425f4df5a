"""What a page of results is: a template, what it shows, its chart, and the choices it offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.pages.charts import Chart
from dashboard.pages.reader import Reader


def _no_chart(reader: Reader, choice: str | None) -> Chart | None:
    return None


def _no_choices(reader: Reader) -> Mapping[str, Any]:
    return {}


def _never_empty(reader: Reader) -> bool:
    return False


@dataclass(frozen=True)
class Page:
    """Each function takes the reader and the choice that was made: a key of `choices`, or None."""

    template: str
    title: Any
    context: Callable[[Reader, str | None], dict[str, Any]]
    chart: Callable[[Reader, str | None], Chart | None] = _no_chart
    #: What can be chosen on this page, by code, and what each choice is called.
    choices: Callable[[Reader], Mapping[str, Any]] = _no_choices
    #: Whether this release has nothing to show on it, which the menu then says.
    is_empty: Callable[[Reader], bool] = _never_empty
