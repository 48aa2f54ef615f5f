"""What all tests share: temporary settings and a workspace on an empty data directory."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from services.settings import Settings
from services.workspace import Workspace, open_workspace

# a first call imports libraries and a busy machine stops for a while: how long one example takes proves nothing
hypothesis_settings.register_profile("steady", deadline=None)
hypothesis_settings.load_profile("steady")


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
