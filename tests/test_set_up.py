"""What set-up promises: pinned packages, no address, and a wheel with everything in it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[1]
PYTHON_LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
NODE_LOCKS = [ROOT / "package-lock.json", ROOT / "tests" / "chromium" / "package-lock.json"]
NOT_SHIPPED = shutil.ignore_patterns(
    ".*", "__pycache__", "node_modules", "build", "dist", "tests", "*.egg-info"
)


@pytest.mark.parametrize("lock", [*PYTHON_LOCKS, *NODE_LOCKS], ids=lambda lock: str(lock.relative_to(ROOT)))
def test_locks_name_no_address(lock: Path) -> None:
    assert not re.search(r"https?://|file:|git\+", lock.read_text("utf-8"))


@pytest.mark.parametrize("lock", PYTHON_LOCKS, ids=lambda lock: lock.name)
def test_every_python_package_is_pinned_by_hash(lock: Path) -> None:
    entries = re.split(r"\n(?=\S)", lock.read_text("utf-8").strip())
    assert all(
        re.match(r"[\w.-]+(\[[\w,]+\])?==\S+", entry) and "--hash=sha256:" in entry for entry in entries
    )


@pytest.mark.parametrize("lock", NODE_LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
def test_every_node_package_is_pinned_by_hash(lock: Path) -> None:
    packages = json.loads(lock.read_text("utf-8"))["packages"]
    assert all(package["integrity"].startswith("sha512-") for name, package in packages.items() if name)


def test_fonts_are_served_by_ourselves_in_every_script() -> None:
    folder = ROOT / "survey" / "static" / "vendor"
    sheet = (folder / "fonts.css").read_text("utf-8")
    files = re.findall(r"url\(([^)]*)\)", sheet)
    assert all((folder / file).is_file() for file in files)
    subsets = " ".join(files)
    assert all(
        script in subsets for script in ("-latin-wght", "-latin-ext-", "-cyrillic-wght", "-arabic-arabic-")
    )
    assert (
        sheet.count("@font-face")
        == sheet.count("unicode-range")
        == sheet.count("font-display: swap")
        == len(files)
    )


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this tree, so that building leaves nothing in it."""
    return Path(shutil.copytree(ROOT, tmp_path_factory.mktemp("wheel") / "tree", ignore=NOT_SHIPPED))


@pytest.fixture(scope="module")
def wheel(tree: Path) -> set[str]:
    """The files in a wheel of this tree."""
    folder = tree.parent
    options = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(tree)], check=True)
    [built] = folder.glob("*.whl")
    with ZipFile(built) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize("floor", ["demonstration", "dashboard", "survey", "instruments", "migrations"])
def test_a_wheel_holds_every_file_of_every_floor(tree: Path, wheel: set[str], floor: str) -> None:
    here = {file.relative_to(tree).as_posix() for file in (tree / floor).rglob("*") if file.is_file()}
    assert here - wheel == set()


def test_a_wheel_holds_the_roof_and_the_licence(wheel: set[str]) -> None:
    assert "telvertel.py" in wheel
    assert any(name.endswith("/licenses/LICENSE") for name in wheel)
