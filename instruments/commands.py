"""`telvertel instrument`: look at the questionnaires there are, and check a new one."""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from instruments.catalog_check import check_catalogs
from instruments.library import UnknownInstrument, conflicts, instruments, load, parse_file, versions
from instruments.model import DefinitionError, Instrument, Item
from instruments.translation import coverage


@click.group()
def instrument() -> None:
    """Look at the questionnaires, and check a new one.

    \b
    Example:
      telvertel instrument list
    """


@instrument.command("list")
def list_instruments() -> None:
    """List every questionnaire with its versions and size.

    \b
    Example:
      telvertel instrument list
    """
    for latest in instruments():
        numbers = ", ".join(str(number) for number in versions(latest.key))
        size = f"{_count(latest.domains, 'domain')}\t{_count(latest.items, 'item')}"
        click.echo(f"{latest.key}\tversion {numbers}\t{size}\t{latest.name}")


@instrument.command()
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="Codes and languages as JSON, for a script.")
def show(key: str, as_json: bool) -> None:
    """Show the latest version of the questionnaire KEY.

    \b
    Examples:
      telvertel instrument show integration
      telvertel instrument show wellbeing --json
    """
    try:
        found = load(key)
    except UnknownInstrument as error:
        raise click.ClickException(str(error)) from None
    click.echo(json.dumps(_outline(found), indent=2) if as_json else _readable(found))


@instrument.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Check a definition FILE and show everything that is wrong with it at once.

    A definition that is shipped has its translations checked as well.

    \b
    Example:
      telvertel instrument check my-questions.toml
    """
    try:
        found = parse_file(file)
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from None
    except DefinitionError as error:
        raise click.ClickException(_refusal(file, error.errors)) from None
    faults = conflicts(found)
    if not faults and _is_shipped(found):
        faults = check_catalogs()
    if faults:
        raise click.ClickException(_refusal(file, faults))
    click.echo(f"{found.key} version {found.version}: nothing is wrong")
    click.echo(f"{_count(found.domains, 'domain')}, {_count(found.items, 'item')}, sha256 {found.sha256}")
    for language, counts in coverage(found).items():
        translated = f"{counts['translated']} of {counts['strings']} strings translated"
        click.echo(f"{language}: {translated}, {counts['approved']} approved")


def _is_shipped(found: Instrument) -> bool:
    try:
        return load(found.key, found.version) == found
    except UnknownInstrument:
        return False


def _refusal(file: Path, faults: list[tuple[str, str]]) -> str:
    lines = [f"{file} has {_count(faults, 'fault')}"]
    return "\n".join(lines + [f"  {place}: {message}" for place, message in faults])


def _count(things: Sequence[object], name: str) -> str:
    return f"{len(things)} {name}" + ("" if len(things) == 1 else "s")


def _outline(found: Instrument) -> dict[str, object]:
    domains = [
        {
            "code": domain.code,
            "items": [
                {
                    "id": item.id,
                    "codes": list(found.scale_of(item.id).codes) if item.scale else [],
                    "not_applicable": item.not_applicable,
                    "reverse": item.reverse,
                    **(_of_intake(item) if found.intake else {}),
                }
                for item in domain.items
            ],
        }
        for domain in found.domains
    ]
    return {"key": found.key, "version": found.version, "domains": domains, "languages": coverage(found)}


def _of_intake(item: Item) -> dict[str, object]:
    shown_if = item.shown_if.model_dump(mode="json") if item.shown_if else None
    return {"answer": item.answer, "purpose": item.purpose, "shown_if": shown_if, "records": item.records}


def _readable(found: Instrument) -> str:
    lines = [f"{found.name} ({found.key}, version {found.version})"]
    for domain in found.domains:
        lines += ["", f"{domain.name} ({domain.code})"]
        for item in domain.items:
            hint = f" ({item.hint})" if item.hint else ""
            lines += [f"  {item.id}: {item.text}{hint}", f"    {_answered_with(found, item)}"]
            if item.not_applicable:
                lines[-1] += " / not applicable"
            if item.purpose:
                lines.append(f"    Purpose: {item.purpose}")
    return "\n".join(lines)


def _answered_with(found: Instrument, item: Item) -> str:
    if not item.scale:
        return f"({item.answer})"
    labels = " / ".join(label for label in found.scale_of(item.id).labels if label)
    return labels if item.answer == "one" else f"(several) {labels}"
