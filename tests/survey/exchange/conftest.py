"""What the tests of files in and out share."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from tests.survey.exchange.files import Folder, row

# Each example makes a municipality of its own, so the application may be shared by the examples of a test.
settings.register_profile(
    "exchange", deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
PROFILE = settings.get_profile("exchange")


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return Folder(tmp_path_factory.mktemp("files"))


@pytest.fixture
def book(folder: Folder) -> bytes:
    return folder.xlsx(row(), row("P2", wellbeing_1="")).read_bytes()
