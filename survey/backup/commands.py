"""`telvertel backup` and `telvertel restore`."""

from __future__ import annotations

from pathlib import Path

import click

from survey.commandline import data_option, in_app_of_any_shape, refusal, settings_for


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@in_app_of_any_shape
def backup(file: Path) -> None:
    """Write everything to FILE, sealed with the newest master key, while people work.

    The keys and the ledger of erasures are not in it: keep copies of those elsewhere, and elsewhere than the backup.
    FILE is there completely or not at all; one that is there is replaced.

    \b
    Examples:
      telvertel backup /mnt/backup/telvertel-$(date +%F).backup
      telvertel backup telvertel.backup --data /var/lib/telvertel
    """
    from survey.backup.making import backup as make

    made = make(file)
    click.echo(
        f"Wrote {made.rows} rows of {made.tables} tables and {made.files} other files to {file}"
        f" ({made.size:,} bytes).",
        err=True,
    )


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--replace", is_flag=True, help="Put it in the place of the data that are here; they are gone then."
)
@data_option
def restore(data: Path | None, file: Path, replace: bool) -> None:
    """Put a backup back: all of it, or nothing. FILE is verified from beginning to end first.

    The master key that sealed it must be in the key file; older keys stand on the last lines. A backup of an earlier
    version is brought up to date. Whoever was erased since it was made is erased again, going by the ledger here.

    \b
    Examples:
      telvertel restore telvertel.backup --data /var/lib/telvertel
      telvertel restore telvertel.backup --replace
    """
    from sqlalchemy.exc import DBAPIError

    from survey.backup import restoring
    from survey.fieldwork import Refused
    from survey.privacy.keys import KeyProblem
    from survey.privacy.ledger import LedgerProblem

    settings = settings_for(data)
    try:
        done = restoring.restore(settings, file, replace)
    except (Refused, KeyProblem, LedgerProblem, OSError) as problem:
        raise refusal(str(problem)) from None
    except DBAPIError as problem:
        raise refusal(f"The database refused: {type(problem.orig).__name__}: {problem.orig}") from None
    found = done.backup
    click.echo(
        f"Restored {found.rows} rows of {len(found.manifest.tables)} tables and {len(found.manifest.files)} other"
        f" files, as they were at {found.header.made_at}.",
        err=True,
    )
    if done.erasures.again:
        click.echo(f"Erased again, going by the ledger: {done.erasures.again}.", err=True)
    if not done.had_ledger:
        click.echo(_warning(settings.erasures_path, done.erasures.known), err=True)


def _warning(ledger: Path, known: int) -> str:
    """Without the ledger nobody knows who was erased since the backup was made."""
    advice = (
        f"WARNING: there is no ledger of erasures at {ledger}. Whoever was erased after this backup was made is back"
        " now, and could not be erased again."
    )
    if not known:
        return f"{advice} If anybody ever was, put the ledger there and restore again with --replace."
    times = "once" if known == 1 else f"{known} times"
    return (
        f"{advice}\nWARNING: going by the audit log in this backup, somebody was erased before it was made"
        f" ({times}), so there was a ledger, and it is lost or elsewhere. Do not let anybody work with these data."
        " Put the ledger there and restore again with --replace."
    )
