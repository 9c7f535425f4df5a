"""The small changes: each one turns a guard around, weakens it or takes it away.

Left out are words for people (texts that are translated, messages of exceptions, findings and log lines, the fixed
parts of f-strings), docstrings, annotations and imports: no guard stands in them.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
CALCULATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Add, ast.Pow: ast.Mult, ast.BitAnd: ast.BitXor, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip
#: Parts of a query, or of a chain of calls, that can be left away.
LINKS = {"where", "with_for_update", "limit", "order_by", "join", "options", "execution_options", "values", "lower",
         "strip", "upper", "casefold", "on_conflict_do_nothing", "desc"}  # fmt: skip
#: Conditions of which each can be left away.
CONDITIONS = {"where", "or_", "and_"}
#: Calls whose texts are for people.
WORDS = {"_", "gettext", "lazy_gettext", "ngettext", "flash", "Finding", "error", "warning", "info", "echo"}
#: Without these a class or function is another thing altogether, which any test would notice.
KEPT_DECORATORS = {"property", "contextmanager", "staticmethod", "classmethod"}


@dataclass(frozen=True)
class Change:
    """One change of a module's tree; made once, by `make`."""

    #: The function or class it is in, "" for the module itself.
    place: str
    #: "was -> becomes", on one line.
    text: str
    #: The first and last line of the statement it is in.
    lines: tuple[int, int]
    #: Whether the line runs when the module is imported, not later.
    at_import: bool
    make: Callable[[], None]


#: To see that tests pass in a copy as well.
NOTHING = Change("", "", (0, 0), False, lambda: None)


def changes(tree: ast.Module) -> list[Change]:
    """All of them; same ones in one place are numbered."""
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for change in _Reader().body(tree, "body", _Where("", (0, 0), True, False)):
        seen[change.place, change.text] += 1
        times = seen[change.place, change.text]
        found.append(replace(change, text=f"{change.text} #{times}") if times > 1 else change)
    return found


@dataclass(frozen=True)
class _Where:
    place: str
    lines: tuple[int, int]
    at_import: bool
    #: Inside a call whose texts are for people.
    words: bool

    def inside(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name


class _Reader:
    def body(self, owner: ast.AST, field: str, where: _Where) -> Iterator[Change]:
        statements: list[ast.stmt] = getattr(owner, field, [])
        for index, statement in enumerate(statements):
            yield from self.statement(statements, index, statement, where)

    def statement(self, among: list[ast.stmt], index: int, node: ast.stmt, where: _Where) -> Iterator[Change]:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield from self.definition(node, where)
            return
        if isinstance(node, ast.Import | ast.ImportFrom) or _is_text(node) or _is_type(node):
            return
        where = replace(where, lines=_header(node))
        for new in _instead(node):
            yield _change(where, node, new, lambda new=new: among.__setitem__(index, _at(new, node)))
        if isinstance(node, ast.Raise):
            return
        for handler in getattr(node, "handlers", []):
            yield from self.handler(handler, where)
        yield from self.parts(node, where)
        for field in ("body", "orelse", "finalbody"):
            yield from self.body(node, field, where)

    def definition(self, node: ast.FunctionDef | ast.ClassDef, where: _Where) -> Iterator[Change]:
        names = {_name(decorator) for decorator in node.decorator_list}
        if "overload" in names or node.name == "__repr__":
            return
        if isinstance(node, ast.ClassDef) and "Protocol" in {_name(base) for base in node.bases}:
            return
        inside = replace(where, place=where.inside(node.name), lines=(node.lineno, node.lineno))
        for decorator in node.decorator_list:
            at = replace(inside, lines=(decorator.lineno, decorator.end_lineno or decorator.lineno))
            if not {_name(decorator), getattr(decorator, "attr", "")} & KEPT_DECORATORS:
                yield Change(
                    at.place, f"@{_short(decorator)} -> (nothing)", at.lines, at.at_import,
                    lambda decorator=decorator: node.decorator_list.remove(decorator),
                )  # fmt: skip
            yield from self.expressions(decorator, at)
        if isinstance(node, ast.FunctionDef):
            for field in ("defaults", "kw_defaults"):
                yield from self.several(node.args, field, inside)
            # SQLAlchemy asks for the columns of a class while it is made.
            inside = replace(inside, at_import=inside.at_import and "declared_attr" in names)
        yield from self.body(node, "body", inside)

    def handler(self, node: ast.ExceptHandler, where: _Where) -> Iterator[Change]:
        kinds = node.type
        for kind in kinds.elts if isinstance(kinds, ast.Tuple) else []:
            yield Change(
                where.place, f"except {_short(kind)} -> (not caught)", (node.lineno, node.lineno),
                where.at_import, lambda kind=kind: kinds.elts.remove(kind),
            )  # fmt: skip
        yield from self.body(node, "body", where)

    def parts(self, node: ast.AST, where: _Where) -> Iterator[Change]:
        """What is in the fields of a node, where it is no statement, annotation or target."""
        for field, value in ast.iter_fields(node):
            if field in {"annotation", "returns", "targets", "target", "type_params", "ctx", "op", "ops"}:
                continue
            if isinstance(value, ast.expr):
                yield from self.expression(node, field, None, value, where)
            elif isinstance(value, list) and field not in {"body", "orelse", "finalbody", "handlers"}:
                yield from self.several(node, field, where)

    def several(self, owner: ast.AST, field: str, where: _Where) -> Iterator[Change]:
        for index, value in enumerate(getattr(owner, field)):
            if isinstance(value, ast.expr):
                yield from self.expression(owner, field, index, value, where)
            elif isinstance(value, ast.AST):
                yield from self.parts(value, where)

    def expressions(self, node: ast.expr, where: _Where) -> Iterator[Change]:
        """What is in an expression that itself stays."""
        if isinstance(node, ast.Lambda):
            where = replace(where, at_import=False)
            yield from self.expression(node, "body", None, node.body, where)
        elif isinstance(node, ast.Call):
            yield from self.call(node, where)
        else:
            yield from self.parts(node, where)

    def expression(
        self, owner: ast.AST, field: str, index: int | None, node: ast.expr, where: _Where
    ) -> Iterator[Change]:
        def put(new: ast.expr) -> None:
            if index is None:
                setattr(owner, field, _at(new, node))
            else:
                getattr(owner, field)[index] = _at(new, node)

        is_condition = field == "test" or (field == "ifs")
        for new in _others(node, where.words or isinstance(owner, ast.JoinedStr)):
            yield _change(where, node, new, lambda new=new: put(new))
        if is_condition and not isinstance(node, ast.Compare | ast.BoolOp | ast.UnaryOp):
            yield _change(where, node, (new := ast.UnaryOp(ast.Not(), node)), lambda: put(new))
        if field == "ifs":
            true = ast.Constant(True)
            yield _change(where, node, true, lambda: put(true))
        yield from self.expressions(node, where)

    def call(self, node: ast.Call, where: _Where) -> Iterator[Change]:
        name = _name(node.func)
        if name == "cast":
            yield from self.expression(node, "args", 1, node.args[1], where)
            return
        words = where.words or name in WORDS
        inside = replace(where, words=words)
        for argument in node.args if name in CONDITIONS and len(node.args) > 1 else []:
            yield Change(
                where.place, f"{name}(... {_short(argument)} ...) -> (left out)", where.lines, where.at_import,
                lambda argument=argument: node.args.remove(argument),
            )  # fmt: skip
        for keyword in node.keywords if not words else []:
            if keyword.arg is not None:
                yield Change(
                    where.place, f"{name}({keyword.arg}={_short(keyword.value)}) -> (left out)", where.lines,
                    where.at_import, lambda keyword=keyword: node.keywords.remove(keyword),
                )  # fmt: skip
        yield from self.expressions(node.func, inside)
        yield from self.several(node, "args", inside)
        yield from self.several(node, "keywords", inside)


def _instead(node: ast.stmt) -> Iterator[ast.stmt]:
    """What a statement may become."""
    if (
        isinstance(node, ast.Raise | ast.Delete)
        or isinstance(node, ast.Expr)
        and not isinstance(node.value, ast.Yield | ast.YieldFrom)
        or isinstance(node, ast.Assign)
        and all(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets)
    ):
        yield ast.Pass()
    elif isinstance(node, ast.AugAssign):
        yield ast.Pass()
        if type(node.op) in CALCULATED:
            yield ast.AugAssign(node.target, CALCULATED[type(node.op)](), node.value)
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Continue):
        yield ast.Break()
    elif isinstance(node, ast.Break):
        yield ast.Continue()
    elif isinstance(node, ast.With) and not any(item.optional_vars for item in node.items):
        yield ast.If(ast.Constant(True), node.body, [])


def _others(node: ast.expr, words: bool) -> Iterator[ast.expr]:
    """What an expression may become."""
    if isinstance(node, ast.Constant):
        yield from (ast.Constant(value) for value in _values(node.value, words))
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        yield ast.Compare(node.left, [COMPARED[type(node.ops[0])]()], node.comparators)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node.operand
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        yield from (node.left, node.right)
    elif isinstance(node, ast.BinOp) and type(node.op) in CALCULATED:
        yield ast.BinOp(node.left, CALCULATED[type(node.op)](), node.right)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LINKS:
        yield node.func.value


def _values(value: object, words: bool) -> Iterator[bool | int | float | str | bytes]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield value + 1
    elif isinstance(value, str) and not words:
        yield f"XX{value}XX"
    elif isinstance(value, bytes):
        yield b"XX" + value


def _change(where: _Where, was: ast.AST, new: ast.AST, make: Callable[[], object]) -> Change:
    becomes = "(left out)" if isinstance(new, ast.Pass) else _short(new)
    if isinstance(was, ast.With):
        was, becomes = was.items[0].context_expr, "(without it)"
    return Change(
        where.place, f"{_short(was)} -> {becomes}", where.lines, where.at_import, lambda: make() and None
    )


def _at(new: ast.AST, old: ast.AST) -> ast.AST:
    return ast.fix_missing_locations(ast.copy_location(new, old))


def _header(node: ast.stmt) -> tuple[int, int]:
    """The lines of a statement without those of the statements in it."""
    inner = getattr(node, "body", None)
    last = inner[0].lineno - 1 if inner else node.end_lineno
    return node.lineno, max(node.lineno, last or node.lineno)


def _name(node: ast.expr) -> str:
    while isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 120 else text[:117] + "..."


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_type(node: ast.stmt) -> bool:
    """A name for a type: `Key = int | str`."""
    if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp | ast.Subscript)):
        return False
    return all(
        isinstance(target, ast.Name) and target.id[0].isupper() and not target.id.isupper()
        for target in node.targets
    )


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
