"""`telvertel key new` and `telvertel key rotate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey.commandline import data_option, in_app, refusal, settings_for

if TYPE_CHECKING:
    from survey.privacy.rotation import Rotation


@click.group()
def key() -> None:
    """Master keys: without them nothing sealed can be read again, so keep a copy of the key file elsewhere."""


@key.command()
@click.option(
    "--print", "only_print", is_flag=True, help="Print a key, for TELVERTEL_KEY, and write no file."
)
@data_option
def new(data: Path | None, only_print: bool) -> None:
    """Make a first key in the key file. A file that is there is never overwritten.

    \b
    Examples:
      telvertel key new --data /var/lib/telvertel
      telvertel key new --print
    """
    from survey.privacy.keys import MasterKey, create_file

    if only_print:
        click.echo(MasterKey.new().word)
        return
    settings = settings_for(data)
    if settings.key is not None:
        raise refusal("The keys come from TELVERTEL_KEY, so no key file is read. Use --print.")
    try:
        create_file(settings.keys_path)
    except FileExistsError:
        raise refusal(
            f"There is a key file at {settings.keys_path} already. For a newer key: telvertel key rotate"
        ) from None
    except OSError as problem:
        raise refusal(f"{settings.keys_path} cannot be written: {problem.strerror}.") from None
    click.echo(f"Made a key file at {settings.keys_path}. Keep a copy of it elsewhere.", err=True)


@key.command()
@click.option(
    "--prepare", is_flag=True, help="Only add a key that opens, to be copied to other machines first."
)
@click.option("--retire", is_flag=True, help="Take out older keys, once nothing is sealed with them.")
@in_app
def rotate(prepare: bool, retire: bool) -> None:
    """Let a new key take over, while people work. Older keys stay, and open what they sealed, until --retire.

    Broken off, it goes on where it was when you run it again. Wait a day before --retire: sessions signed with the
    older key end then, and those people come in anew. Keep a copy of every key file for as long as you keep backups
    made with it.

    \b
    Examples:
      telvertel key rotate
      telvertel key rotate --retire
      telvertel key rotate --prepare    # several machines: copy the key file to all, then rotate on one
    """
    from survey.privacy import rotation

    if prepare and retire:
        raise click.UsageError("--prepare and --retire are steps of their own.")
    if prepare:
        click.echo(f"Prepared master key {rotation.prepare().id.hex()}.", err=True)
    elif retire:
        gone = ", ".join(key.id.hex() for key in rotation.retire())
        click.echo(f"Retired: {gone}. Nothing is sealed with them any more.", err=True)
    else:
        _tell(rotation.rotate())


def _tell(done: Rotation) -> None:
    words = "Master key {} is the newest now." if done.is_new else "Master key {} was the newest already."
    click.echo(words.format(done.newest.id.hex()), err=True)
    click.echo(
        f"Values sealed again with it: {done.resealed}. Keep a copy of the key file elsewhere.", err=True
    )
