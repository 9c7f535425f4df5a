"""The tests' own fixtures; and all that cannot run on this machine is counted aloud."""

pytest_plugins = ["tests.fixtures.without", "tests.fixtures.postgres", "tests.fixtures.application"]
