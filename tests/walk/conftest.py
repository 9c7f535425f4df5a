"""The walk on SQLite, made once for a module."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from survey.database import db
from survey.settings import Settings
from tests.fixtures.application import fresh_app
from tests.walk.database import InFile
from tests.walk.walk import Walk


@pytest.fixture(scope="module")
def walk(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    folder = tmp_path_factory.mktemp("walk") / "data"
    shutil.copytree(migrated, folder)
    app = fresh_app(Settings(data=folder, plain_http=True))
    file = folder / "telvertel.sqlite"
    begun = Walk.begin(app, lambda: InFile(file))
    yield begun
    begun.database.close()
    with app.app_context():
        db.engine.dispose()
