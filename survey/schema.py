"""The shape of the database: bring it to the newest migration, or say how it differs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

import migrations
from survey.fieldwork import Refused
from survey.models import Model


def config(connection: Connection | None = None) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(Path(migrations.__file__).parent))
    settings.attributes["connection"] = connection
    return settings


def newest() -> str | None:
    return ScriptDirectory.from_config(config()).get_current_head()


def previous(revision: str) -> str | None:
    """The revision that this one comes after."""
    script = ScriptDirectory.from_config(config()).get_revision(revision)
    return cast(str | None, script.down_revision)


def known() -> set[str]:
    """Every shape that this version can bring to its own."""
    return {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}


def current(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def has_table(engine: Engine, name: str) -> bool:
    return inspect(engine).has_table(name)


def upgrade(engine: Engine, revision: str = "head") -> None:
    """All pending migrations in one transaction: they all happen or none does."""
    with changing(engine) as connection:
        command.upgrade(config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    with changing(engine) as connection:
        command.downgrade(config(connection), revision)


@contextmanager
def changing(engine: Engine) -> Iterator[Connection]:
    """One transaction. On SQLite without foreign keys meanwhile, and with all of them looked at before the end:
    there a table is changed by making it anew, and dropping the old one would delete the rows that point at it.
    """
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            yield connection
        return
    with engine.connect() as connection:
        driver = cast(Any, connection.connection.dbapi_connection)
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                _refuse_loose_ends(connection)
        finally:
            driver.execute("PRAGMA foreign_keys=ON")


def _refuse_loose_ends(connection: Connection) -> None:
    loose = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if loose:
        tables = ", ".join(sorted({row[0] for row in loose}))
        raise Refused(f"Rows point at others that are not there, in {tables}. Nothing was changed.")


def drift(engine: Engine) -> list[str]:
    """Differences between models and database, in words; empty when there are none."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, Model.metadata)]
