"""The interfaces, hooks, checks and public names, from their docstrings."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any

from markdown_text import as_markdown, code, documentation, first_sentence, indented, table

import audiogan
import audiogan.testing
from audiogan.registry import hookspecs


def interface(name: str) -> str:
    """An abstract class: what it is, what a subclass sets, what it must and what it may implement."""
    found: type[Any] = getattr(audiogan, name)
    return "\n\n".join([documentation(found), *_attributes(found), *_methods(found)])


def hooks(_argument: str) -> str:
    """Every hook and the interface whose classes it registers."""
    rows = [(code(name), first_sentence(hook)) for name, hook in _functions(hookspecs) if name.startswith("register_")]
    return table(("hook", "what it does"), rows)


def checks(_argument: str) -> str:
    """What plugin authors run."""
    names = sorted(audiogan.testing.__all__)
    return table(
        ("name", "what it does"), [(code(name), first_sentence(getattr(audiogan.testing, name))) for name in names]
    )


def public_names(_argument: str) -> str:
    """Everything that ``import audiogan`` offers."""
    rows = [(code(name), first_sentence(getattr(audiogan, name))) for name in audiogan.__all__ if name != "hookimpl"]
    return table(
        ("name", "what it is"), [*rows, (code("hookimpl"), "Marks a function as a plugin's answer to a hook.")]
    )


def _functions(module: object) -> list[tuple[str, Any]]:
    return inspect.getmembers(module, inspect.isfunction)


def _attributes(found: type[Any]) -> Iterator[str]:
    body = ast.parse(textwrap.dedent(inspect.getsource(found))).body[0]
    statements = body.body if isinstance(body, ast.ClassDef) else []
    for statement, following in zip(statements, [*statements[1:], None], strict=True):
        if isinstance(statement, ast.AnnAssign):
            meaning = f": {as_markdown(meant)}" if (meant := _literal(following)) else ""
            yield f"- attribute `{ast.unparse(statement)}`{meaning}"


def _literal(statement: ast.stmt | None) -> str:
    expression = statement.value if isinstance(statement, ast.Expr) else None
    return str(expression.value) if isinstance(expression, ast.Constant) else ""


def _methods(found: type[Any]) -> Iterator[str]:
    abstract: frozenset[str] = getattr(found, "__abstractmethods__", frozenset())
    for name, method in vars(found).items():
        if inspect.isfunction(method) and (name in abstract or not name.startswith("_")):
            duty = "must have" if name in abstract else "may override"
            signature = str(inspect.signature(method)).replace("'", "").replace("(self, ", "(").replace("(self)", "()")
            yield f"- {duty} `{name}{signature}`\n\n{indented(documentation(method))}"
