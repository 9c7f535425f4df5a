"""Copy what a floor serves from the installed npm packages to its `static/vendor`, with the licences.

Usage: .venv/bin/python tools/vendor.py survey|dashboard
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"

# Package, family name in our style sheets, subsets. Ukrainian is in `cyrillic`, its hryvnia in `-ext`.
FONTS = (
    ("@fontsource-variable/noto-sans", "Noto Sans", ("latin", "latin-ext", "cyrillic", "cyrillic-ext")),
    ("@fontsource-variable/noto-sans-arabic", "Noto Sans Arabic", ("arabic",)),
    ("@fontsource-variable/noto-sans-ethiopic", "Noto Sans Ethiopic", ("ethiopic",)),
)
# For paper: whole fonts in two weights. Browsers never fetch these.
PAPER_FONTS = (
    ("@expo-google-fonts/noto-sans", "NotoSans"),
    ("@expo-google-fonts/noto-sans-ethiopic", "NotoSansEthiopic"),
    ("@expo-google-fonts/vazirmatn", "Vazirmatn"),
)
WEIGHTS = ("400Regular", "700Bold")
COMPONENTS = ("button", "heading", "link", "mark", "paragraph", "skip-link")
STORAGE = "idb"
CHARTS = "plotly.js-basic-dist-min"
CHART_WORDS = "plotly.js-locales"
CHART_LANGUAGES = ("nl",)  # Dash's graphs speak English by themselves


def survey(target: Path) -> None:
    """Fonts with `fonts.css`, fonts for paper, components as `components.css`, and how a browser keeps things."""
    faces = []
    for package, family, subsets in FONTS:
        sheet = (PACKAGES / package / "wght.css").read_text("utf-8")
        for subset in subsets:
            file = f"{package.rsplit('/', 1)[1]}-{subset}-wght-normal.woff2"
            copy(package, f"files/{file}", target / "fonts" / file)
            faces.append(font_face(family, file, unicode_range(sheet, file)))
        copy_licence(package, target)
    write(target / "fonts.css", "\n".join(faces))

    for package, name in PAPER_FONTS:
        for weight in WEIGHTS:
            file = f"{name}_{weight}.ttf"
            copy(package, f"{weight}/{file}", target / "paper" / file)
        copy_licence(package, target)

    sheets = []
    for component in COMPONENTS:
        package = f"@nl-design-system-candidate/{component}-css"
        sheet = (PACKAGES / package / "dist" / f"{component}.css").read_text("utf-8")
        rules = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", sheet).strip()
        sheets.append(f"/* {package} {version(package)} */\n{rules}\n")
        copy_licence(package, target)
    write(target / "components.css", "".join(sheets))

    copy(STORAGE, "build/umd.js", target / "idb.js")
    copy_licence(STORAGE, target)


def dashboard(target: Path) -> None:
    """Plotly's basic bundle, of the version the Python package draws for, and its words in our languages."""
    carried = plotly_of_python()
    if version(CHARTS) != carried:
        sys.exit(f"{CHARTS} is {version(CHARTS)}, but the plotly package for Python carries {carried}")
    copy(CHARTS, "plotly-basic.min.js", target / "plotly-basic.min.js")
    copy_licence(CHARTS, target)
    for language in CHART_LANGUAGES:
        words = (PACKAGES / CHART_WORDS / f"{language}.js").read_text("utf-8")
        write(target / f"plotly-{language}.js", as_script(words))
    copy_licence(CHART_WORDS, target)


def font_face(family: str, file: str, characters: str) -> str:
    """One face; a browser fetches the file only when a page has one of its characters."""
    properties = (
        f"font-family: '{family}'",
        "font-style: normal",
        "font-weight: 100 900",
        "font-display: swap",
        f"src: url(fonts/{file}) format('woff2')",
        f"unicode-range: {characters}",
    )
    return "@font-face {\n" + "".join(f"  {each};\n" for each in properties) + "}\n"


def unicode_range(sheet: str, file: str) -> str:
    """The characters a package's own style sheet gives to this font file."""
    found = re.search(re.escape(file) + r".*?unicode-range:\s*([^;]+);", sheet, re.DOTALL)
    if found is None:
        sys.exit(f"{file} is not in the font package's style sheet")
    return found[1]


def as_script(module: str) -> str:
    """A CommonJS locale of plotly as a plain script, to be loaded after plotly."""
    return f"(function (module) {{\n{module}\nPlotly.register(module.exports);\n}})({{}});\n"


def plotly_of_python() -> str:
    """The version of plotly.js inside the plotly package for Python."""
    import plotly

    with (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").open(encoding="utf-8") as script:
        found = re.search(r"plotly\.js v(\S+)", script.read(300))
    return found[1] if found else "an unknown version"


def version(package: str) -> str:
    return str(json.loads((PACKAGES / package / "package.json").read_text("utf-8"))["version"])


def copy(package: str, file: str, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(PACKAGES / package / file, to)


def copy_licence(package: str, target: Path) -> None:
    """Licences travel with the files, so a wheel or a container holds them too. What we copy of a package of fonts
    with some code are the fonts."""
    licence = min((PACKAGES / package).glob("LICENSE*"), key=lambda path: path.name != "LICENSE_FONT")
    copy(package, licence.name, target / "licences" / f"{package.strip('@').replace('/', '-')}.txt")


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


FLOORS: dict[str, Callable[[Path], None]] = {"survey": survey, "dashboard": dashboard}


def main(floor: str) -> None:
    target = ROOT / floor / "static" / "vendor"
    shutil.rmtree(target, ignore_errors=True)
    FLOORS[floor](target)
    (target / ".complete").touch()


if __name__ == "__main__":
    main(sys.argv[1])
