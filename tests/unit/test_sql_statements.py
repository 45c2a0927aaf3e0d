"""No SQL is made of anything that somebody typed: statements are constants, values parameters."""

import ast
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ADAPTERS = ROOT / "src" / "adapters"
KEPT = sorted((ADAPTERS / "sql").glob("*.py"))
MODULES = sorted(path for name in ("postgres", "sqlite") for path in (ADAPTERS / name).glob("*.py"))

# What runs a statement, and which of its arguments that is; beside these, every function with a
# parameter of one of the names below.
SINKS = {
    "execute": 0,
    "executemany": 0,
    "executescript": 0,
    "execute_fetchall": 0,
    "execute_insert": 0,
    "copy": 0,
    "stream": 0,
    "run": 2,
    "Call": 1,
}
PASSED_ON = {"statement", "pragmas", "first"}
# A Call, and `*every` of them, was made of a statement that is kept, or of a constant. BEGIN takes
# no parameters; what is put into this one are numbers. psycopg quotes the names of a table and its
# columns.
ALLOWED_CALLS = {
    ("connections.py", "call.text"),
    ("database.py", "call.text"),
    ("transaction.py", "call.text"),
    ("transaction.py", "statement.encode()"),
    ("transaction.py", "make.format(sql.Identifier(table))"),
    ("transaction.py", "copy_in.format(names)"),
    ("connections.py", "self._pragmas"),
    ("temporary.py", "TEMPORARY_PRAGMAS"),
    ("transaction.py", "*every"),
    ("temporary.py", "_SCHEMA.read_text()"),
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def built_statements(source: str, file: str = "") -> Iterator[str]:
    """Give each statement that is neither a constant nor one that was handed over."""
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, Function)]
    sinks = SINKS | {each.name: place for each in functions if (place := _place(each)) is not None}
    constants, chosen = _constants(tree), _choices(functions)
    for function in functions:
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and (name := _called(call)) in sinks:
                for given in _statement(call, sinks[name]):
                    if (file, ast.unparse(given)) not in ALLOWED_CALLS:
                        yield from _built(given, function, constants, chosen)


def _place(function: Function) -> int | None:
    """Which argument of a function is a statement that it passes on."""
    names = [each.arg for each in function.args.args if each.arg != "self"]
    return next((names.index(name) for name in names if name in PASSED_ON), None)


def _called(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)


def _statement(call: ast.Call, place: int) -> list[ast.expr]:
    named = [each.value for each in call.keywords if each.arg in PASSED_ON | {"sql", "query", None}]
    spread = [each for each in call.args[:place] if isinstance(each, ast.Starred)]
    return [*spread, *call.args[place : place + 1], *named]


def _constants(tree: ast.Module) -> set[str]:
    return {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _parameters(function: Function) -> set[str]:
    """The names of its parameters, and of those of the functions inside it."""
    inside = [each for each in ast.walk(function) if isinstance(each, Function)]
    return {each.arg for one in inside for each in (*one.args.args, *one.args.kwonlyargs)}


def _choices(functions: list[Function]) -> dict[str, list[ast.expr]]:
    """What functions give, by their names: one may choose among statements."""
    return {
        function.name: [
            each.value
            for each in ast.walk(function)
            if isinstance(each, ast.Return) and each.value is not None
        ]
        for function in functions
    }


def _built(  # noqa: C901 - a case for each form that an expression takes
    given: ast.expr,
    function: Function,
    constants: set[str],
    chosen: Mapping[str, list[ast.expr]],
) -> Iterator[str]:
    match given:
        case ast.Constant():
            return
        case ast.Attribute(value=ast.Name(id="sql"), attr=name) if name.isupper():
            return
        case ast.IfExp(body=one, orelse=other):
            yield from _built(one, function, constants, chosen)
            yield from _built(other, function, constants, chosen)
        case ast.Name(id=name) if name in constants:
            return
        case ast.Name(id=name) if name in _parameters(function) & PASSED_ON:
            return
        case ast.Call(func=ast.Name(id=name)) if name in chosen:
            for choice in chosen[name]:
                yield from _built(choice, function, constants, {})
        case ast.Name(id=name) if values := _assigned(name, function):
            # `statement = sql.PAGE if ... else statement` is its own second choice.
            for value in values:
                choices = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
                for choice in choices:
                    if not (isinstance(choice, ast.Name) and choice.id == name):
                        yield from _built(choice, function, constants, chosen)
        case _:
            yield ast.unparse(given)


def _assigned(name: str, function: Function) -> list[ast.expr]:
    return [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        and any(isinstance(each, ast.Name) and each.id == name for each in node.targets)
    ]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_statement_is_a_constant(path: Path) -> None:
    assert [*built_statements(path.read_text(), path.name)] == []


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.name)
def test_a_statement_that_is_kept_is_a_literal(path: Path) -> None:
    assert [*built_texts(path.read_text())] == []


def test_statements_are_kept_where_this_looks_for_them() -> None:
    assert sum(len(_kept(ast.parse(path.read_text()))) for path in KEPT) > 30


def built_texts(source: str) -> Iterator[str]:
    """Give each operation or text of a kept statement that is no literal."""
    for call in _kept(ast.parse(source)):
        texts = [*call.args[:2], *(each.value for each in call.keywords if each.arg in ENGINES)]
        yield from (ast.unparse(each) for each in texts if not isinstance(each, ast.Constant))


ENGINES = {"sqlite", "postgresql", None}


def _kept(tree: ast.Module) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"Query", "Write", "Statement"}
    ]


@pytest.mark.parametrize(
    "code",
    [
        'Query("users.get", f"SELECT {name}", USER)',
        'Query("users.get", TEXT, USER)',
        'Write("users.add", "INSERT" + name, USER)',
        'Query("users.get", "SELECT 1", USER, sqlite=name)',
        'Query("users.get", "SELECT 1", USER, **overrides)',
    ],
)
def test_a_kept_statement_that_is_built_is_found(code: str) -> None:
    assert [*built_texts(code)] != []


@pytest.mark.parametrize(
    "code",
    [
        'await run(c, "x", f"SELECT {name}", {})',
        'await run(c, "x", "SELECT " + name, {})',
        'await run(c, "x", "SELECT %s" % name, {})',
        'await run(c, "x", "SELECT {}".format(name), {})',
        'await run(c, "x", sql.PAGE.replace("id", name), {})',
        'await run(c, "x", " ".join(["SELECT", name]), {})',
        'await run(c, "x", statement=sql.PAGE + name, values={})',
        'await run(c, "x", sql.PAGE if name else name, {})',
        "await run(c, *name)",
        'Call("x", f"DELETE {name}", ({},))',
        'Call("x", name, ())',
        "await c.execute(name)",
        "await c.execute(getattr(sql, name))",
        "await c.executescript(name)",
        "query = sql.PAGE\n    query = query + name\n    await c.execute(query)",
        "def choose(n):\n        return sql.PAGE + n\n    await c.execute(choose(name))",
    ],
)
def test_a_statement_that_is_built_is_found(code: str) -> None:
    assert [*built_statements(f"async def find(c, name):\n    {code}\n")] != []


def test_the_linter_looks_for_built_sql_everywhere() -> None:
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    off = [
        *lint["ignore"],
        *(code for codes in lint["per-file-ignores"].values() for code in codes),
    ]

    assert lint["select"] == ["ALL"]
    assert not [code for code in off if "S608".startswith(code)]
    assert not [path for path in (ROOT / "src").rglob("*.py") if "S608" in path.read_text()]
