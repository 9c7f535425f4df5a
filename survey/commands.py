"""The command line of this floor: database, organisations, staff, programmes, and serving."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import click

from survey.codes import ROLES
from survey.commandline import data_option, in_app, keep_database_to_ourselves, refusal, settings_for
from survey.settings import Part, Settings

#: Findings of one organisation that are printed; those behind are counted.
MOST_FINDINGS = 50


@click.group()
def database() -> None:
    """Make the database and keep its shape up to date."""


@database.command()
@data_option
def upgrade(data: Path | None) -> None:
    """Bring the database to the newest shape; in an empty folder, make one, and a key file.

    Example: telvertel database upgrade --data /var/lib/telvertel
    """
    from sqlalchemy.exc import DBAPIError

    from survey import create_survey, schema
    from survey.database import db
    from survey.fieldwork import Refused
    from survey.privacy import keys

    settings = settings_for(data)
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        if _wants_new_key(settings):
            keys.create_file(settings.keys_path)
            click.echo(f"Made a key file at {settings.keys_path}. Keep a copy of it elsewhere.", err=True)
        app = create_survey(settings)
        keep_database_to_ourselves(settings)
        with app.app_context():
            before, had_log = schema.current(db.engine), schema.has_table(db.engine, "audit_event")
            schema.upgrade(db.engine)
            if not had_log:
                _begin_audit_logs()
            click.echo(f"The database went from {before or 'nothing'} to {schema.newest()}.", err=True)
    except (keys.KeyProblem, OSError, Refused) as problem:
        raise refusal(str(problem)) from None
    except DBAPIError as problem:
        raise refusal(f"The database refused: {problem.orig}") from None


def _begin_audit_logs() -> None:
    """For organisations from before there were any; where one is missing later, somebody took it away."""
    from survey.database import db
    from survey.privacy import audit

    audit.record_everywhere("audit.begun")
    db.session.commit()


def _wants_new_key(settings: Settings) -> bool:
    """Only a new installation gets a key: a lost one beside a full database must be noticed, not replaced."""
    from sqlalchemy import create_engine

    from survey import schema

    if settings.key is not None or settings.keys_path.exists() or any(settings.data.iterdir()):
        return False
    if settings.database_url is None:
        return True
    engine = create_engine(settings.url)
    try:
        return schema.current(engine) is None
    finally:
        engine.dispose()


@database.command()
@in_app
def check() -> None:
    """Say whether the database has exactly the shape this version expects.

    Example: telvertel database check
    """
    from survey import schema
    from survey.database import db

    differences = schema.drift(db.engine)
    if differences:
        raise refusal("\n".join(differences))
    click.echo("The database has the expected shape.", err=True)


@click.group()
def audit() -> None:
    """Who looked at and changed whom."""


@audit.command("verify")
@in_app
def verify_audit() -> None:
    """Check that no event of any organisation was changed, added, removed or moved since it was written.

    Says how many events each organisation has: look whether one is missing, for with all its events it leaves no trace.

    Example: telvertel audit verify
    """
    from survey.privacy.chain_check import check

    logs = list(check())
    for log in logs:
        if log.events is not None:
            click.echo(f"{log.slug}: {log.events} events", err=True)
        for finding in log.findings[:MOST_FINDINGS]:
            click.echo(f"{log.slug}, {finding}", err=True)
        if len(log.findings) > MOST_FINDINGS:
            click.echo(f"{log.slug}: {len(log.findings) - MOST_FINDINGS} findings more.", err=True)
    if any(log.findings for log in logs):
        raise refusal(
            "The audit log is not as it was written. See docs/decisions/0007 for what that can mean."
        )
    click.echo(
        f"Whole: {sum(log.events or 0 for log in logs)} events of {len(logs)} organisations.", err=True
    )


@click.group()
def organisation() -> None:
    """Municipalities."""


@organisation.command("add")
@click.argument("slug")
@click.option("--name", required=True, help="The name people know it by.")
@click.option("--help-contact", default="", help="Where participants find help; shown on every page.")
@in_app
def add_organisation(slug: str, name: str, help_contact: str) -> None:
    """Add a municipality.

    Example: telvertel organisation add aalten --name "Gemeente Aalten" --help-contact "0543 49 33 33"
    """
    from survey import fieldwork

    fieldwork.add_organisation(slug, name, help_contact)
    click.echo(f"Added {name}.", err=True)


@click.group()
def staff() -> None:
    """People who sign in."""


@staff.command("add")
@click.argument("email")
@click.option("--organisation", "slug", required=True, help="Which municipality, by its name for addresses.")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--name", default="", help="The person's name.")
@in_app
def add_staff(email: str, slug: str, role: str, name: str) -> None:
    """Give someone a role. A new person's first password is printed once, on stdout.

    Whose account was made with a link of another organisation gets a link of this one, on stdout: hand it to the
    person yourself.

    Example: telvertel staff add h.jansen@example.nl --organisation aalten --role coordinator
    """
    from survey import fieldwork, staffing
    from survey.accounts import operations

    fieldwork.enter_organisation(slug)
    try:
        password = operations.add_staff(email, role, name)
    except operations.ClaimedElsewhere:
        token = staffing.invite(email, role, None)
        click.echo(
            f"{email} has an account that another organisation's link made; nobody here has seen whose it is. Give"
            f" this link to the person yourself. It works once, for {staffing.LINK_DAYS} days:",
            err=True,
        )
        click.echo(f"/staff/invitation/#{token}")
        return
    if password is None:
        click.echo(f"{email} now also works as {role} there.", err=True)
    else:
        click.echo(f"Added {email}. First password, to be changed at /staff/password:", err=True)
        click.echo(password)


@click.group()
def programme() -> None:
    """Pilots and standing services."""


@programme.command("add")
@click.argument("code")
@click.option("--organisation", "slug", required=True)
@click.option("--name", required=True)
@click.option("--instrument", "instruments", required=True, multiple=True, help="Repeat for more than one.")
@click.option("--wave", "waves", required=True, multiple=True, metavar="KEY[:WEEKS[:WINDOW]]")
@click.option("--then-now", is_flag=True, help="Later waves also ask how the start is seen now.")
@click.option("--anchor", is_flag=True, help="Later waves also ask whether it is better or worse since.")
@in_app
def add_programme(
    code: str,
    slug: str,
    name: str,
    instruments: tuple[str, ...],
    waves: tuple[str, ...],
    then_now: bool,
    anchor: bool,
) -> None:
    """Add a programme with its instruments and waves; the waves are open at once.

    Example: telvertel programme add pilot --organisation aalten --name "Pilot 2026"
    --instrument integration --instrument wellbeing --wave before --wave after:12:4
    """
    from survey import fieldwork

    fieldwork.enter_organisation(slug)
    plans = [fieldwork.parse_wave(wave) for wave in waves]
    added = fieldwork.add_programme(code, name, list(instruments), plans)
    fieldwork.look_back(added, then_now=then_now, anchor=anchor)
    for wave in added.waves:
        fieldwork.open_wave(wave)
    click.echo(f"Added {name}. Its waves are open.", err=True)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@click.option("--part", type=click.Choice(get_args(Part)), default="all", show_default=True)
@data_option
def serve(data: Path | None, host: str, port: int, workers: int, part: Part) -> None:
    """Serve over HTTP; put a proxy with TLS in front of it.

    Example: telvertel serve --port 8000 --workers 2
    """
    from survey.serving import run_server

    run_server(settings_for(data, part=part), host, port, workers)


COMMANDS: tuple[Any, ...] = (database, audit, organisation, staff, programme, serve)
