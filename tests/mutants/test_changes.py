"""What mutation testing changes and what it leaves alone; and its list of exceptions is of mutants that exist."""

from __future__ import annotations

import ast
from functools import cache

import pytest

from mutants.areas import AREAS, ROOT, TESTS, modules, paths_of_tests
from mutants.changes import Change, changes
from mutants.report import equivalents


def read(source: str) -> tuple[ast.Module, list[Change]]:
    tree = ast.parse(source)
    return tree, changes(tree)


def made_of(source: str) -> set[str]:
    """What this source becomes, each change made in a tree of its own."""
    found = set()
    for number in range(len(read(source)[1])):
        tree, all_of_them = read(source)
        all_of_them[number].make()
        found.add(ast.unparse(tree))
    return found


@pytest.mark.parametrize(
    ("source", "mutant"),
    [
        (
            "def f(a):\n    if a > 1:\n        raise X('no')",
            "def f(a):\n    if a >= 1:\n        raise X('no')",
        ),
        (
            "def f(a):\n    if a > 1:\n        raise X('no')",
            "def f(a):\n    if a > 2:\n        raise X('no')",
        ),
        ("def f(a):\n    if a > 1:\n        raise X('no')", "def f(a):\n    if a > 1:\n        pass"),
        ("select(A).where(A.b == c)", "select(A)"),
        ("select(A).where(A.b == c, d)", "select(A).where(d)"),
        ("cookie(secure=True)", "cookie()"),
        ("cookie(secure=True)", "cookie(secure=False)"),
        ("a = b and c", "a = b or c"),
        ("a = not b", "a = b"),
        ("a = [b for b in c if d(b)]", "a = [b for b in c if True]"),
        ("isinstance(a, B | C)", "isinstance(a, B)"),
        ("@listens_for(A)\ndef f():\n    ...", "def f():\n    ..."),
        ("with exempt():\n    f()", "if True:\n    f()"),
        ("try:\n    a()\nexcept (B, C):\n    pass", "try:\n    a()\nexcept (C,):\n    pass"),
        ("a.b = c", "pass"),
        ("f()", "pass"),
    ],
)
def test_a_guard_is_turned_around_weakened_or_taken_away(source: str, mutant: str) -> None:
    assert mutant in made_of(source)


@pytest.mark.parametrize(
    "source",
    [
        "'''About this module.'''",
        "import a",
        "def f(a: int=b) -> 'int | str':\n    ...",
        "a: dict[str, int]",
        "Key = int | str",
        "class A(Protocol):\n    b = 1",
        "def __repr__(self):\n    return 'A'",
    ],
)
def test_words_and_types_are_left_alone(source: str) -> None:
    assert made_of(source) == set()


def test_no_text_for_people_is_changed() -> None:
    assert made_of("a = _('Sign in')") == set()
    assert made_of("def f():\n    raise X('Not here')") == {"def f():\n    pass"}


@cache
def of_area(area: str) -> dict[tuple[str, str, str], Change]:
    return {
        (path.relative_to(ROOT).as_posix(), change.place, change.text): change
        for path in modules(area)
        for change in read(path.read_text("utf-8"))[1]
    }


@pytest.mark.parametrize("area", AREAS)
def test_every_change_is_one_that_runs_and_has_a_name_of_its_own(area: str) -> None:
    paths = modules(area)
    count = 0
    for path in paths:
        source = path.read_text("utf-8")
        tree, found = read(source)
        before = ast.unparse(tree)
        for change in found[:: max(1, len(found) // 20)]:
            changed = ast.parse(source)
            [same] = [one for one in changes(changed) if (one.place, one.text) == (change.place, change.text)]
            same.make()
            assert ast.unparse(changed) != before, change
            compile(changed, str(path), "exec")
        count += len(found)
    assert len(of_area(area)) == count > 100


@pytest.mark.parametrize("area", AREAS)
def test_its_tests_exist(area: str) -> None:
    assert all((ROOT / path).exists() for path in paths_of_tests((area,)))
    assert TESTS[area]


def test_every_mutant_that_is_excused_exists_and_says_why() -> None:
    excused = equivalents()
    everything = set().union(*(of_area(area) for area in AREAS))
    assert set(excused) - everything == set()
    assert all(len(reason) > 15 for reason in excused.values())


def test_what_sqlalchemy_asks_for_at_import_is_changed_before_it() -> None:
    _, found = read(
        "class A:\n    @declared_attr\n    def b(cls):\n        return c(1)\n    def d(self):\n        return 2"
    )
    runs = {(change.place, change.text): change.at_import for change in found}
    assert runs["A.b", "1 -> 2"] and not runs["A.d", "2 -> 3"]
