"""Small definitions to bend and break."""

from collections.abc import Callable

import pytest

from instruments.library import parse
from instruments.model import Instrument

HEAD = """
key = "sample"
version = 1
name = "Sample"
[[scale]]
key = "five"
codes = [1, 2, 3, 4, 5]
labels = ["one", "two", "three", "four", "five"]
[[domain]]
code = "sample"
name = "Sample"
"""


def _item(number: int, reverse: bool) -> str:
    return f"""
[[domain.item]]
id = "sample_{number}"
text = "How is part {number}?"
scale = "five"
not_applicable = true
reverse = {str(reverse).lower()}
measures = "Part {number}."
why = "To try things out."
"""


@pytest.fixture(scope="session")
def definition() -> Callable[..., str]:
    """The text of a right definition: one domain of items on codes 1-5, some reversed, all with na."""

    def make(*reverse: bool) -> str:
        return HEAD + "".join(_item(number, turned) for number, turned in enumerate(reverse, start=1))

    return make


@pytest.fixture(scope="session")
def sample(definition: Callable[..., str]) -> Callable[..., Instrument]:
    """The instrument of such a definition."""
    return lambda *reverse: parse(definition(*reverse))
