"""What takes long to compile is compiled once, by a process that lets all others go first."""

from pathlib import Path

import pytest

from compute.planning import warming
from services.compiling import LAST, compile_apart
from services.environment import COMPILED
from services.settings import Settings
from tests.services import warming_twin as twin

pytestmark = pytest.mark.processes


@pytest.fixture(autouse=True)
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for what is compiled."""
    monkeypatch.setenv(COMPILED, str(tmp_path))
    return tmp_path


def test_a_module_is_warmed_once_by_a_process_that_goes_last(settings: Settings, compiled: Path) -> None:
    assert compile_apart(twin.__name__, settings)
    assert compile_apart(twin.__name__, settings)
    assert (compiled / twin.NOTES).read_text().split() == [str(LAST)]


def test_what_could_not_be_compiled_is_tried_again(settings: Settings, compiled: Path) -> None:
    (compiled / twin.BROKEN).touch()
    assert not compile_apart(twin.__name__, settings)
    (compiled / twin.BROKEN).unlink()
    assert compile_apart(twin.__name__, settings)


def test_planning_is_warm_by_default_and_takes_a_process_of_its_own() -> None:
    assert warming.__name__ in Settings(_env_file=None).warm_modules
    assert warming.IS_LONG
