"""What our own code never does, whatever it is asked: read in the sources, so that a new line is held to it too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FLOORS = ("survey", "dashboard", "instruments", "demonstration", "migrations")
SHIPPED = sorted(
    [ROOT / "telvertel.py", *(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))]
)
TEMPLATES = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.html"))
SCRIPTS = sorted(
    path for floor in FLOORS for path in (ROOT / floor).rglob("static/*.js") if "vendor" not in path.parts
)
#: They run text as a program, or make objects of any class out of bytes.
RUNS_TEXT = {"eval", "exec", "compile", "__import__", "render_template_string", "from_string"}
MAKES_ANYTHING = {"pickle", "marshal", "shelve", "dill", "yaml", "jsonpickle"}
#: They speak with other machines, or start other programs.
REACHES_OUT = {"aiohttp", "ftplib", "http.client", "httpx", "ldap3", "requests", "smtplib", "urllib.request",
               "urllib3", "websockets"}  # fmt: skip
STARTS_PROGRAMS = {"subprocess", "pty", "pexpect"}
GUESSABLE = {"random", "numpy.random"}
#: Where ciphers, password hashes and signatures may stand: docs/security.md says what for.
CIPHERS = {"cryptography", "argon2", "passlib", "itsdangerous"}
THEIR_PLACES = (
    "survey/privacy/",
    "survey/accounts/",
    "survey/backup/",
    "survey/forgery.py",
    "survey/sessions.py",
)
#: What is put into a page as it stands, and why it may.
AS_IT_STANDS = {
    "survey/templates/participant/invitation.html": "a QR code that the program drew, and a bar from a template",
    "dashboard/templates/dashboard/page.html": "what Dash says to its own scripts, and a page that was rendered before",
}
#: Statements with a name in them that no place for values can hold, and whose name it is.
NAMES_IN_STATEMENTS = {"survey/backup/restoring.py": "functions, as PostgreSQL itself lists them"}
IN_A_BROWSER = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|localStorage|sessionStorage"
    r"|indexedDB|postMessage|onmessage|\"message\"|__proto__|\"paste\"|onpaste|XMLHttpRequest|fetch\("
)


#: What a script may do all the same, and why.
IN_SOME_SCRIPTS = {
    "survey/static/sealing.js": {"indexedDB"},  # asks whether there is one
    "survey/static/outbox.js": {"fetch("},  # sends what is sealed
    "survey/static/intake.js": {"fetch("},  # saves a section, as its button does
    "survey/static/question.js": {
        "sessionStorage"
    },  # that the page before went on by itself, until this one is there
    "survey/static/service-worker.js": {"fetch("},  # asks for pages on behalf of the browser
    # the ticket of a sitting, in the tab's own store; never an answer: tests/browser/test_offline.py
    "survey/static/offline.js": {"sessionStorage", "localStorage", "fetch("},
    "survey/static/ahead.js": {
        "sessionStorage",
        "fetch(",
    },  # that pages of nobody were put away, and in which language
    # when somebody was last there, under a random name: tests/browser/test_shared_tablet.py
    "survey/static/shared.js": {"localStorage", "fetch("},
    "survey/static/stranded.js": {"indexedDB", "fetch("},  # asks of what is sealed whose it is
}


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def each(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=relative)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def imported(path: Path) -> set[str]:
    """Every module an import names, with the packages it is in."""
    names = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {".".join(name.split(".")[:length]) for name in names for length in range(1, name.count(".") + 2)}


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name):
                yield called.id, node
            elif isinstance(called, ast.Attribute):
                yield called.attr, node


def test_there_is_something_to_read() -> None:
    assert len(SHIPPED) > 100 and len(TEMPLATES) > 40 and len(SCRIPTS) > 3


@each(SHIPPED)
def test_no_text_is_run_as_a_program(path: Path) -> None:
    for name, call in calls(path):
        plain = isinstance(call.func, ast.Name) or name in ("render_template_string", "from_string")
        assert not (plain and name in RUNS_TEXT), f"{relative(path)}:{call.lineno} {name}"
        assert name not in ("system", "popen", "execv", "spawnv"), f"{relative(path)}:{call.lineno} {name}"
    assert not imported(path) & (MAKES_ANYTHING | STARTS_PROGRAMS)


@each(SHIPPED)
def test_nothing_is_asked_of_other_machines(path: Path) -> None:
    """But of the database; and the server sees once whether its own port is free."""
    assert not imported(path) & REACHES_OUT
    assert "socket" not in imported(path) or relative(path) == "survey/serving.py"


@each([path for path in SHIPPED if not relative(path).startswith("demonstration/")])
def test_chance_is_the_systems_own(path: Path) -> None:
    """Nothing secret can come from a generator that can be guessed: there is none."""
    assert not imported(path) & GUESSABLE


@each(SHIPPED)
def test_ciphers_stand_in_their_place(path: Path) -> None:
    assert not imported(path) & CIPHERS or relative(path).startswith(THEIR_PLACES)


@each([path for path in SHIPPED if not relative(path).startswith(("migrations/", *NAMES_IN_STATEMENTS))])
def test_no_statement_is_glued_together(path: Path) -> None:
    """Text that the database runs is written out; values go beside it."""
    for name, call in calls(path):
        if name in ("text", "exec_driver_sql", "literal_column", "executescript") and call.args:
            for node in ast.walk(call.args[0]):
                glued = isinstance(node, ast.JoinedStr | ast.BinOp) or (
                    isinstance(node, ast.Attribute) and node.attr == "format"
                )
                assert not glued, f"{relative(path)}:{call.lineno}"


@each([path for path in SHIPPED if relative(path).startswith(("survey/", "dashboard/"))])
def test_a_parameter_comes_from_the_place_it_belongs(path: Path) -> None:
    """`request.values` mixes address and form, so that one could stand for the other."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and node.attr == "values" and isinstance(node.value, ast.Name):
            assert node.value.id != "request"


@each(TEMPLATES)
def test_templates_escape(path: Path) -> None:
    source = path.read_text("utf-8")
    assert not re.search(r"autoescape|Markup", source)
    assert not re.search(r"\|\s*safe\b", source) or relative(path) in AS_IT_STANDS


def test_nothing_else_is_put_into_a_page_as_it_stands() -> None:
    assert all(re.search(r"\|\s*safe\b", (ROOT / name).read_text("utf-8")) for name in AS_IT_STANDS)
    for path in SHIPPED:
        assert "Markup" not in {name for name, call in calls(path)}, relative(path)


@each(SCRIPTS)
def test_scripts_make_no_markup_keep_nothing_and_hear_nobody(path: Path) -> None:
    without_comments = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text("utf-8"), flags=re.DOTALL)
    assert set(IN_A_BROWSER.findall(without_comments)) == IN_SOME_SCRIPTS.get(relative(path), set())
