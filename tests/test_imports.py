"""Arrows only point down, and a process loads no more than it needs."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from survey.privacy import keys

ROOT = Path(__file__).parents[1]
HEAVY = {"numpy", "scipy", "pandas", "plotly", "dash", "dashboard", "openpyxl", "xlsxwriter"}
SERVE = """
import json, sys
from pathlib import Path
from survey.settings import Settings
from telvertel import create_app
app = create_app(Settings(data=Path(sys.argv[1]), part=sys.argv[2], plain_http=True))
client = app.test_client()
for page in ("/", "/healthz", "/staff/sign-in", "/casework/", "/manage/"):
    client.get(page)
json.dump(sorted({name.partition(".")[0] for name in sys.modules}), sys.stdout)
"""


def test_the_arrows_between_the_floors(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    try:
        assert lint_imports(no_cache=True) == 0, capsys.readouterr().out
    finally:
        logging.getLogger("telvertel").disabled = False  # it switches off every logger that was there before


def loaded(folder: Path, part: str) -> set[str]:
    """What a process has loaded that serves this part and was asked for pages."""
    keys.create_file(folder / "keys")
    ran = subprocess.run(
        [sys.executable, "-c", SERVE, str(folder), part], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(json.loads(ran.stdout))


def test_a_survey_worker_loads_no_numbers_and_no_charts(tmp_path: Path) -> None:
    assert not loaded(tmp_path, "survey") & HEAVY


def test_a_dashboard_worker_does(tmp_path: Path) -> None:
    """The test above looks in the right place."""
    assert loaded(tmp_path, "all") >= {"dash", "plotly"}


def test_instruments_load_neither_a_web_framework_nor_a_database() -> None:
    code = (
        "import sys, instruments.library, instruments.translation, instruments.scoring; print(*sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not set(ran.stdout.split()) & {"flask", "sqlalchemy", "dash", "numpy", "click"}
