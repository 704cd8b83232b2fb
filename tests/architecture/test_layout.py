"""The house rules that no other tool keeps."""

import ast
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

from tests.architecture.sources import ROOT, files, name, product

LONGEST_FILE = 300
LONGEST_FUNCTION = 60


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": ""},
    )


def test_platform_is_a_source_root_and_never_a_package() -> None:
    """An `__init__.py` there would shadow Python's own `platform`: pytest stays green, the
    commands and servers die."""
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_manage_py_starts_and_finds_no_fault() -> None:
    result = python("manage.py", "check")
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout + result.stderr


def test_no_model_waits_for_a_migration() -> None:
    result = python("manage.py", "makemigrations", "--check", "--dry-run")
    assert result.returncode == 0, result.stdout + result.stderr


def test_nothing_imports_upward() -> None:
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    result = python("-c", f"import sys; sys.path[:0] = ['.', 'platform']; {code}")
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_file_is_short() -> None:
    lengths = {
        name(path): len(path.read_text().splitlines()) for path in files(".py", ".js", ".html")
    }
    assert {file: lines for file, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_every_function_is_short() -> None:
    long = [
        f"{name(path)}: {node.name} has {length} lines"
        for path in product(".py")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    ]
    assert long == []


@cache
def tree_of(path: Path) -> ast.AST:
    return ast.parse(path.read_text())


def attributes(tree: ast.AST) -> set[str]:
    """Every `a.b` of the file, as written, whatever stands before `a`."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value
            before = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
            found.add(f"{before}.{node.attr}")
    return found


def imports(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_no_code_reaches_the_raw_connection() -> None:
    """R18: what is done to it escapes the backend, and stays when it goes back to the pool."""
    reaching = [p for p in files(".py") if "connection.connection" in attributes(tree_of(p))]
    assert [name(path) for path in reaching] == []


def is_signal(imported: str) -> bool:
    return "signals" in imported.split(".") or imported.startswith("django.dispatch")


def test_no_code_listens_to_signals() -> None:
    """The conductor names what happens, in order."""
    listening = [p for p in product(".py") if any(is_signal(i) for i in imports(tree_of(p)))]
    assert [name(path) for path in listening] == []


def test_no_code_is_async() -> None:
    """R19: a tenant belongs to a thread for one whole request."""
    kinds = (ast.AsyncFunctionDef, ast.Await)
    found = [p for p in product(".py") if any(isinstance(n, kinds) for n in ast.walk(tree_of(p)))]
    assert [name(path) for path in found] == []


UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")


def test_nothing_is_left_for_later() -> None:
    found = [p for p in product(".py", ".js", ".css", ".html") if UNFINISHED.search(p.read_text())]
    assert [name(path) for path in found] == []


def test_the_lints_above_can_fail() -> None:
    """A lint that finds nothing in a file that breaks every rule is no lint."""
    tree = ast.parse(
        "from django.db.models.signals import post_save\n"
        "from django.dispatch import Signal\n"
        "db.connection.connection.cursor()\n"
        "connection.connection\n"
    )
    assert "connection.connection" in attributes(tree)
    assert [is_signal(one) for one in sorted(imports(tree))] == [True, True]
    assert UNFINISHED.search("x = 1  # TO" + "DO: later")
