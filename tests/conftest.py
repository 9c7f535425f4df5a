pytest_plugins = [
    "tests.fixtures.without",
    "tests.fixtures.order",
    "tests.fixtures.browser",
    "tests.fixtures.postgres",
    "tests.fixtures.application",
    "tests.fixtures.two_towns",
    "tests.fixtures.three_towns",
]
