"""The docstrings below the fields of classes: their descriptions in forms, documents and on the command line."""

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise


def attribute_docstrings(cls: type) -> Mapping[str, str]:
    """Return the docstring below each annotated name in the body of a class of a module; none without its source."""
    return _by_class(cls.__module__).get(cls.__qualname__, {})


@cache
def _by_class(module: str) -> Mapping[str, Mapping[str, str]]:
    try:
        tree = ast.parse(inspect.getsource(sys.modules[module]))
    except OSError:
        return {}
    return {node.name: dict(_documented(node.body)) for node in tree.body if isinstance(node, ast.ClassDef)}


def _documented(body: Sequence[ast.stmt]) -> Iterator[tuple[str, str]]:
    for field, below in pairwise(body):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, inspect.cleandoc(text)
