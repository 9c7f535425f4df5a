"""`python -m bench [PART...]`: measure, print a table, and with --write put it into docs/performance.md."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from datetime import date
from importlib import import_module
from pathlib import Path

import click

from bench.rounds import Row, table
from bench.servers import ROOT, WORKERS

PARTS = {
    "turns": "bench.turns",
    "start": "bench.start",
    "dashboard": "bench.dashboard",
    "analyse": "bench.analysing",
}
REPORT = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- measured -->\n", "<!-- /measured -->"


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(list(PARTS)))
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1, 9))
@click.option("--quick", is_flag=True, help="One round: to see that it works, not to quote.")
@click.option("--write", is_flag=True, help="Put the table into docs/performance.md.")
def bench(parts: tuple[str, ...], rounds: int, quick: bool, write: bool) -> None:
    """Measure speed as ratios to a bare limit in the same run. Example: python -m bench turns --quick"""
    rows: list[Row] = []
    for part in parts or PARTS:
        with tempfile.TemporaryDirectory(prefix="telvertel-bench-") as folder:
            rows += import_module(PARTS[part]).measure(Path(folder), 1 if quick else rounds)
        click.echo(table(rows), err=True) if part != list(parts or PARTS)[-1] else None
    click.echo(table(rows))
    if write:
        write_report(table(rows))


def write_report(text: str) -> None:
    before, _, rest = REPORT.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    where = f"{date.today()}, {os.cpu_count()} cores, Python {platform.python_version()}, {WORKERS} workers."  # noqa: DTZ011
    REPORT.write_text(f"{before}{BEGIN}\nMeasured {where}\n\n{text}\n\n{END}{after}", "utf-8")


if __name__ == "__main__":
    sys.exit(bench())
