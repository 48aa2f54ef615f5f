"""What all tests share: temporary settings and a workspace on an empty data directory."""

import gc
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

import cli
from services.collector import exempt_what_is_there, search_rarely
from services.environment import COMPILED, ROOT
from services.settings import Settings
from services.version import loops_version
from services.workspace import Workspace, open_workspace

# the same examples in every run, so that a change is judged by what it changes; and without a deadline: a first call
# imports libraries, a busy machine stops for a while, and how long one example takes proves nothing
hypothesis_settings.register_profile("steady", deadline=None, derandomize=True, max_examples=50)
# `--hypothesis-profile=searching` looks for new cases
hypothesis_settings.register_profile("searching", deadline=None, max_examples=200)
hypothesis_settings.load_profile("steady")

# loops are compiled once for all tests and the processes they start, not once for each data directory
os.environ.setdefault(COMPILED, str(ROOT / "build" / "compiled" / loops_version()))


ONE_AT_A_TIME = ("browser", "processes")  # kinds of tests that would disturb others of their kind


def pytest_sessionstart() -> None:
    """Do not look for garbage while five thousand tests are collected, with all they import: they stay."""
    gc.disable()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Keep each such kind on one of the processes that share the tests, where they are shared."""
    kinds = [kind for kind in ONE_AT_A_TIME if kind == item.path.parent.name or item.get_closest_marker(kind)]
    if kinds:
        item.add_marker(pytest.mark.xdist_group(kinds[0]))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Look for garbage again; and stop where the kinds would be torn apart: a pytest that is too new for its plugin
    does so without a word."""
    exempt_what_is_there()
    search_rarely()
    if not session.config.getoption("loadgroup", False):
        return
    for item in session.items:
        if item.get_closest_marker("xdist_group") and "@" not in item.nodeid:
            raise pytest.UsageError(f"pytest-xdist left {item.nodeid} without its group; see requirements-test.txt")


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Runs `cli.py` with arguments on a data directory, in this process: starting one costs more than most commands."""
    monkeypatch.setattr(cli, "configure_logging", lambda level: None)  # the log stays that of the tests
    for name, value in {"WARM_MODULES": "", "WORKERS": "1", "SAMPLE_HZ": "0"}.items():
        monkeypatch.setenv(f"LOOKAHEAD_{name}", value)

    def run(data_dir: Path, *arguments: str) -> Outcome:
        monkeypatch.setenv("LOOKAHEAD_DATA_DIR", str(data_dir))
        capsys.readouterr()
        returncode = cli.main(arguments)
        told = capsys.readouterr()
        return Outcome(returncode, told.out, told.err)

    return run


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings on an empty data directory, untouched by the environment's own `.env`."""
    return Settings(_env_file=None, data_dir=tmp_path / "data", port=0)


@pytest.fixture
def workspace(settings: Settings) -> Iterator[Workspace]:
    """An opened workspace on an empty data directory; nothing runs its jobs."""
    opened = open_workspace(settings)
    yield opened
    opened.jobs.engine.dispose()
