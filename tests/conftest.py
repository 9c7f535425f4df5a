"""Fixtures for all tests, and how Hypothesis searches: at will on a desk, repeatably where a change is judged."""

import os

from hypothesis import settings

settings.register_profile("telvertel", deadline=None, max_examples=40, derandomize=bool(os.environ.get("CI")))
# For `make fuzz`: at will, and long.
settings.register_profile("fuzz", deadline=None, max_examples=5_000, print_blob=True)
settings.load_profile("telvertel")

pytest_plugins = [
    "tests.fixtures.without",
    "tests.fixtures.cheap",
    "tests.fixtures.order",
    "tests.fixtures.browser",
    "tests.fixtures.postgres",
    "tests.fixtures.application",
    "tests.fixtures.two_towns",
    "tests.fixtures.workers",
]
