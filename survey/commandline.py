"""What every command shares: where the data is, an application to work in, and honest exit codes.

0 done; 1 refused, with a reason a person can act on; 2 wrong usage (click's own). Messages on stderr, data on stdout.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask_babel import force_locale
from pydantic import ValidationError
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from survey.fieldwork import Refused
from survey.privacy.keys import KeyProblem
from survey.settings import Settings

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Data folder [default: $TELVERTEL_DATA or data].",
)


def settings_for(data: Path | None, **changes: Any) -> Settings:
    """Settings from the environment; a folder named on the command line comes first."""
    if data is not None:
        changes["data"] = data
    try:
        return Settings(**changes)
    except ValidationError as problem:
        lines = [f"TELVERTEL_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in problem.errors()]
        raise refusal("\n".join(lines)) from None


def refusal(message: str) -> click.ClickException:
    """A reason not to; exit code 1."""
    return click.ClickException(message)


def in_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command inside the application, as one transaction: all of it happens, or none.

    What it refuses is said in one sentence. Adds the option --data.
    """
    return _inside(command, refuse_unready)


def in_app_of_any_shape(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same, also with a database that an earlier version left."""
    return _inside(command, refuse_unsafe)


def _inside(command: Callable[..., Any], refuse: Callable[[], None]) -> Callable[..., Any]:
    @data_option
    @functools.wraps(command)
    def run(*arguments: Any, data: Path | None, **options: Any) -> Any:
        from survey import create_survey
        from survey.database import db

        settings = settings_for(data)
        try:
            app = create_survey(settings)
            with app.app_context(), force_locale("en"):
                try:
                    refuse()
                    result = command(*arguments, **options)
                    db.session.commit()
                    return result
                finally:
                    db.session.close()
                    db.engine.dispose()
        except (Refused, KeyProblem) as problem:
            raise refusal(str(problem)) from None
        except DBAPIError as problem:
            raise refusal(f"The database refused: {type(problem.orig).__name__}: {problem.orig}") from None

    return run


def refuse_unready() -> None:
    """Refused for a database of another shape, KeyProblem for keys that do not open what is in it."""
    from survey import schema
    from survey.database import db

    if schema.current(db.engine) != schema.newest():
        raise Refused("This database is not up to date. Run `telvertel database upgrade` first.")
    refuse_unsafe()


def refuse_unsafe() -> None:
    """Refused for data that were restored by half, KeyProblem for keys that do not open them."""
    from survey import schema
    from survey.backup.folder import unfinished
    from survey.database import db

    if unfinished(current_app.extensions["telvertel_settings"]):
        raise Refused("A restore was broken off. Run `telvertel restore FILE --replace` again.")
    if schema.current(db.engine) is not None:
        refuse_wrong_keys()


def refuse_wrong_keys() -> None:
    """KeyProblem for keys that do not open what is in the database, Refused where it was changed."""
    from sqlalchemy import select

    from survey.database import db
    from survey.models import Organisation
    from survey.privacy.fields import organisation_key
    from survey.privacy.sealed import CannotOpen

    with db.session.exempt("operator"):
        wrapped_keys = db.session.execute(select(Organisation.id, Organisation.wrapped_key)).all()
    try:
        for organisation_id, wrapped in wrapped_keys:
            organisation_key(organisation_id, wrapped)
    except CannotOpen:
        raise Refused("The key of an organisation was changed in the database. Restore a backup.") from None
    finally:
        db.session.rollback()


def keep_database_to_ourselves(settings: Settings) -> None:
    """Nobody else on this machine reads the embedded database: made so when it is new, mended when it is not.

    SQLite gives the files it makes beside it the same mode.
    """
    url = make_url(settings.url)
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return
    place = Path(str(url.database))
    place.touch(mode=0o600)
    for path in (place, *(place.with_name(place.name + suffix) for suffix in ("-wal", "-shm"))):
        if path.exists() and path.stat().st_mode & 0o077:
            try:
                path.chmod(0o600)
            except OSError as problem:
                message = (
                    f"Others on this machine may read {path}, and that cannot be changed: {problem.strerror}."
                )
                click.echo(message, err=True)


def to_environment(settings: Settings) -> None:
    """Hand settings to the worker processes, which read them from the environment."""
    os.environ["TELVERTEL_DATA"] = str(settings.data.resolve())
    os.environ["TELVERTEL_PART"] = settings.part
    os.environ["TELVERTEL_PLAIN_HTTP"] = "true" if settings.plain_http else "false"
