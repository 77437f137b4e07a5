"""marl_env runs where Isaac Gym Preview does: on Python 3.7, with old websockets, without dima."""

import ast
import sys
import unittest
from pathlib import Path

CLIENT = Path(__file__).resolve().parent.parent
NEEDED = {"numpy", "msgpack", "websockets"}
STANDARD = set(getattr(sys, "stdlib_module_names", ()))
FORBIDDEN = {"pickle", "marshal", "shelve", "dill", "cloudpickle"}


def files():
    found = sorted((CLIENT / "marl_env").glob("*.py"))
    assert len(found) > 10
    return found


def examples():
    found = sorted((CLIENT / "examples").glob("serve_*.py"))
    assert found
    return found


def imported(tree):
    """Names of the packages that a file imports from elsewhere."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.split(".")[0]


class BridgeSyntaxTest(unittest.TestCase):
    def test_the_syntax_is_that_of_python_3_7(self):
        for path in files() + examples():
            ast.parse(path.read_text(), str(path), feature_version=(3, 7))

    def test_annotations_are_never_evaluated(self):
        for path in files():
            text = path.read_text()
            if path.name != "__init__.py":
                self.assertIn("from __future__ import annotations", text, path.name)

    def test_three_packages_are_enough_and_nothing_is_pickled(self):
        for path in files():
            names = set(imported(ast.parse(path.read_text())))
            self.assertFalse(names & FORBIDDEN, path.name)
            if STANDARD:
                self.assertLessEqual(names - STANDARD, NEEDED, path.name)
