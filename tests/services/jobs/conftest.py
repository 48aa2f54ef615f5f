"""Installations for tests of the job engine; no process outlives its test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.jobs.installation import Install, Installation, settings_for


@pytest.fixture
def install(tmp_path: Path) -> Iterator[Install]:
    """Make installations with given settings, all on the same fresh data directory."""
    made: list[Installation] = []

    def make(**overrides: object) -> Installation:
        made.append(Installation(settings_for(tmp_path / "data", **overrides)))
        return made[-1]

    yield make
    for installation in made:
        installation.stop_all()


@pytest.fixture(scope="module")
def crew(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with a supervisor and two warm workers, for the tests of a file that kill nothing."""
    installation = Installation(settings_for(tmp_path_factory.mktemp("crew") / "data"))
    try:
        installation.start_supervisor()
        yield installation
    finally:
        installation.stop_all()


@pytest.fixture
def installation(install: Install) -> Installation:
    """An installation with nothing started."""
    return install()
