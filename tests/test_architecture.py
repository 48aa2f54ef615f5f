"""The floors: imports only go down, compute is pure, and the web process stays light."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("architecture")  # each file is read once
ROOT = Path(__file__).resolve().parent.parent
FLOORS = {  # what each part may import of the project
    "compute": {"compute"},
    "services": {"compute", "services"},
    "components": {"compute", "components"},
    "api": {"compute", "services", "api"},
    "pages": {"compute", "services", "components", "pages"},
    "cli": {"compute", "services"},
    "app": {"compute", "services", "components", "api", "pages"},
}
PROJECT = set(FLOORS) | {"tests", "benchmarks"}
SHARED_BY_SUBJECTS = {"schema", "docstrings", "job", "series", "frequency", "timeindex", "device", "stationarity"}
IMPURE = {
    "asyncio", "dash", "flask", "http", "io", "logging", "multiprocessing", "os", "pathlib", "plotly", "requests",
    "shutil", "socket", "sqlalchemy", "sqlite3", "structlog", "subprocess", "tempfile", "threading", "time", "urllib",
}  # fmt: skip
HEAVY = ("torch", "cupy", "numba", "scipy.optimize", "statsmodels", "sklearn", "pandas")
MAX_LINES = 300
LONGER_WITH_REASON: dict[str, str] = {}


def test_imports_only_go_down() -> None:
    breaches = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in _sources()
        for name in _imports(path)
        if name.split(".")[0] in PROJECT and name.split(".")[0] not in FLOORS[_floor(path)]
    ]
    assert not breaches, "\n".join(breaches)


def test_compute_touches_nothing_of_the_world() -> None:
    breaches = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in _sources()
        if _floor(path) == "compute"
        for name in _imports(path)
        if name.split(".")[0] in IMPURE
    ]
    assert not breaches, "\n".join(breaches)


def test_loops_are_compiled_in_compute_alone() -> None:
    users = {_floor(path) for path in _sources() if any(name.split(".")[0] == "numba" for name in _imports(path))}
    assert users == {"compute"}, "what was compiled is kept as long as compute/ stays as it is"


def test_subjects_of_compute_do_not_know_each_other() -> None:
    breaches = []
    for path in _sources():
        parts = path.relative_to(ROOT).parts
        if parts[0] != "compute" or len(parts) < 3:
            continue
        for name in _imports(path):
            imported = name.split(".")
            if imported[0] == "compute" and imported[1:] and imported[1] not in SHARED_BY_SUBJECTS | {parts[1]}:
                breaches.append(f"{'/'.join(parts)} imports {name}")
    assert not breaches, "\n".join(breaches)


def test_what_subjects_share_knows_no_subject() -> None:
    breaches = [
        f"compute/{name}.py imports {imported}"
        for name in SHARED_BY_SUBJECTS
        for imported in _imports(ROOT / "compute" / f"{name}.py")
        if imported.startswith("compute.") and imported.split(".")[1] not in SHARED_BY_SUBJECTS
    ]
    assert not breaches, "\n".join(breaches)


@pytest.mark.parametrize("module", ["app", "cli"])
def test_importing_a_door_loads_no_numerical_library(module: str) -> None:
    code = f"import sys, {module}; print([name for name in {HEAVY!r} if name in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == "[]"


def test_every_file_fits_in_a_reader() -> None:
    long = {
        path.relative_to(ROOT).as_posix(): length
        for path in [*_sources(), *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]
        if (length := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    }
    assert {name: length for name, length in long.items() if name not in LONGER_WITH_REASON} == {}


def test_every_module_says_what_it_is() -> None:
    silent = [path.relative_to(ROOT).as_posix() for path in _sources() if not _read(path)[0]]
    assert not silent


def _sources() -> Iterator[Path]:
    for floor in FLOORS:
        if (ROOT / floor).is_dir():
            yield from sorted((ROOT / floor).rglob("*.py"))
        else:
            yield ROOT / f"{floor}.py"


def _floor(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@cache
def _read(path: Path) -> tuple[str | None, tuple[str, ...]]:
    """Return what a module says of itself, and what it imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return ast.get_docstring(tree), tuple(_imported(tree, path.relative_to(ROOT).with_suffix("").parts[:-1]))


def _imports(path: Path) -> tuple[str, ...]:
    return _read(path)[1] if path.exists() else ()


def _imported(tree: ast.Module, package: tuple[str, ...]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            yield ".".join((*above, *([node.module] if node.module else [])))
