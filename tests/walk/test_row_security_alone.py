"""On PostgreSQL, with the application's own criterion switched off: row-level security alone holds."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from survey.database import db
from survey.models import Organisation
from survey.settings import Settings
from tests.fixtures.application import fresh_app
from tests.fixtures.rows import OWNED
from tests.walk.addresses import Way, all_ways
from tests.walk.database import OnServer
from tests.walk.guards import without_criterion
from tests.walk.walk import Walk

# As in test_walk.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples is deprecated"),
    pytest.mark.long,
]
WAYS = all_ways()
EACH = pytest.mark.parametrize("way", WAYS, ids=str)


@pytest.fixture(scope="module")
def guarded(
    postgres: str, postgres_schema: str, migrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Walk]:
    """The walk on PostgreSQL, as the application is."""
    folder = tmp_path_factory.mktemp("walk-on-server") / "data"
    shutil.copytree(migrated, folder)
    app = fresh_app(Settings(data=folder, plain_http=True, database_url=postgres_schema))
    walk = Walk.begin(app, lambda: OnServer(postgres, str(make_url(postgres_schema).database)))
    yield walk
    walk.database.close()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def alone(guarded: Walk) -> Iterator[Walk]:
    """The same, where nothing but the database knows of organisations."""
    with without_criterion():
        yield guarded


@EACH
def test_everybody_sees_and_changes_their_own(alone: Walk, way: Way) -> None:
    assert alone.own(way) == []


@EACH
def test_rows_of_another_town_are_like_none_at_all(alone: Walk, way: Way) -> None:
    """Ids of other kinds of rows are looked for by `test_walk`; here it is about each table's own guard."""
    assert alone.others(way, deeply=False) == []


def test_callbacks(alone: Walk) -> None:
    assert alone.callbacks() == []


def test_without_row_security_as_well_it_is_seen(alone: Walk) -> None:
    """Nothing else held it; so the tests above are about row-level security."""
    assert isinstance(alone.database, OnServer)
    owned = [model.__tablename__ for model in (*OWNED, Organisation)]
    try:
        for table in owned:
            alone.database.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
        assert alone.own(Way("GET", "/manage/answers"))
        assert alone.own(Way("GET", "/casework/"))
        assert alone.others(Way("GET", "/casework/participants/<uuid:participant_id>"))
        assert alone.others(Way("GET", "/dashboard/<path:path>"))
        assert alone.callbacks()
    finally:
        for table in owned:
            alone.database.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
