pytest_plugins = [
    "tests.fixtures.without",
    "tests.fixtures.browser",
    "tests.fixtures.postgres",
    "tests.fixtures.application",
]
