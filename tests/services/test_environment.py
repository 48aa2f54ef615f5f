"""A child process reads the very settings of its parent, and no more than it needs."""

import subprocess
import sys
from pathlib import Path

import pytest

from services.environment import COMPILED, child_environment, forget_compiled, identity, settings_variables
from services.settings import Settings


def test_a_child_reads_the_settings_of_its_parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOOKAHEAD_WORKERS", "9")  # of the parent's own environment, overruled by its arguments
    settings = Settings(
        _env_file=None, data_dir=Path("data"), workers=3, lease_s=1.25, warm_modules=(), database_url="sqlite:///x.db"
    )
    code = "from services.settings import *; s = read_settings(); print(s.model_dump_json())"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    run = subprocess.run(
        [sys.executable, "-P", "-c", code + "; print(s.jobs_url)"],
        env=child_environment(settings),
        cwd=elsewhere,
        capture_output=True,
        text=True,
        check=True,
    )
    dumped, jobs_url = run.stdout.splitlines()
    read = Settings.model_validate_json(dumped)
    assert (read.data_dir, read.workers, read.lease_s, read.warm_modules) == (tmp_path / "data", 3, 1.25, ())
    assert jobs_url == f"sqlite:///{tmp_path}/x.db"


def test_a_child_does_not_get_what_only_the_server_needs(settings: Settings) -> None:
    secret = settings.model_copy(update={"secret_key": "s" * 40})
    assert not {"LOOKAHEAD_SECRET_KEY", "LOOKAHEAD_PORT", "LOOKAHEAD_HOST"} & set(settings_variables(secret))


def test_settings_that_matter_to_workers_change_the_identity_and_others_do_not(settings: Settings) -> None:
    assert identity(settings) == identity(settings.model_copy(update={"port": 1234, "threads": 9}))
    assert identity(settings) != identity(settings.model_copy(update={"workers": 1}))


def test_compiled_loops_are_kept_per_version_of_the_code_and_older_ones_forgotten(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(COMPILED)
    current = Path(child_environment(settings)[COMPILED])
    older = current.parent / "0.0.1+abc"
    for folder in (current, older):
        folder.mkdir(parents=True)
    forget_compiled(settings)
    assert list(current.parent.iterdir()) == [current]
    monkeypatch.setenv(COMPILED, "/elsewhere")
    assert child_environment(settings)[COMPILED] == "/elsewhere"
