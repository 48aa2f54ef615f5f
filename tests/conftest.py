"""What all tests share: temporary settings and a workspace on an empty data directory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.settings import Settings
from services.workspace import Workspace, open_workspace


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
