from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from dashboard import operations
from survey import fieldwork
from survey.database import db
from survey.models import Release, Visit
from survey.settings import Settings
from telvertel import create_app
from tests.dashboard.people import fill, tell, tell_too
from tests.dashboard.whole import whole
from tests.fixtures.application import Town, new_town

ORIGINAL = "CANARY original words"
QUOTE = "Ik durf nu in de winkel te vragen wat ik zoek."


@dataclass(frozen=True)
class Pilot:
    """A town whose pilot was published, and another town with nothing to do with it."""

    app: Flask
    folder: Path
    town: Town
    other: Town
    document: str


@pytest.fixture(scope="module")
def pilot(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pilot]:
    """36 people, one quote, one release. Made once for a module: leave it as it was."""
    folder = tmp_path_factory.mktemp("pilot") / "data"
    shutil.copytree(migrated, folder)
    app = create_app(Settings(data=folder, plain_http=True))
    town, other = new_town(app, "aalten"), new_town(app, "borne")
    with app.app_context():
        programme = town.inside()
        fill(programme, 36)
        after = programme.waves[1]
        one, another, *others = db.session.scalars(
            select(Visit).where(Visit.wave_id == after.id).limit(6)
        ).all()
        tell(one, ORIGINAL, "language", QUOTE)
        tell(another, ORIGINAL, "language", QUOTE)
        tell_too(others)
        for wave in programme.waves:
            fieldwork.close_wave(wave)
        release = operations.build(programme)
        operations.publish(release)
        db.session.commit()
        document = release.document
    yield Pilot(app, folder, town, other, document)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def released(pilot: Pilot) -> dict[str, Any]:
    """The pilot's release, now with something in every section."""
    document = whole(json.loads(pilot.document))
    with pilot.app.app_context():
        pilot.town.inside()
        # Past the model, which refuses to change a release.
        db.session.execute(update(Release).values(document=json.dumps(document)))
        db.session.commit()
    return document
