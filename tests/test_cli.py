"""The command line: options drawn from the schemas, bad fields named as options, results equal to the other doors'."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from compute.schema import RequestError
from services.command_options import json_argument, option_leaves, request_from_options
from services.submission import parse_request
from services.tasks import TASKS
from services.workspace import Workspace
from tests.conftest import Outcome

ROOT = Path(__file__).resolve().parent.parent


def run_cli(data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `python cli.py` on `data_dir`."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LOOKAHEAD_")}
    environment |= {"LOOKAHEAD_DATA_DIR": str(data_dir), "LOOKAHEAD_WARM_MODULES": "", "LOOKAHEAD_WORKERS": "1"}
    environment |= {"LOOKAHEAD_SAMPLE_HZ": "0"}
    return subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("kind", TASKS)
def test_options_alone_spell_out_the_example(kind: str, workspace: Workspace) -> None:
    task = TASKS[kind]
    leaves = {leaf.path: leaf for leaf in option_leaves(task.request)}
    given = [(leaves[path], text) for path, text in _flat(dict(task.example), leaves)]
    assert parse_request(task, request_from_options({}, given), workspace) == task.request.model_validate(task.example)


@pytest.mark.parametrize("kind", TASKS)
def test_every_default_of_a_request_can_be_given_as_an_option(kind: str, workspace: Workspace) -> None:
    task = TASKS[kind]
    request = task.request.model_validate(task.example)
    leaves = {leaf.path: leaf for leaf in option_leaves(task.request)}
    given = [(leaves[path], text) for path, text in _flat(request.model_dump(mode="json"), leaves) if text != "null"]
    assert parse_request(task, request_from_options({}, given), workspace) == request


def test_a_column_named_like_a_number_stays_text(workspace: Workspace) -> None:
    leaves = {leaf.path: leaf for leaf in option_leaves(TASKS["forecast"].request)}
    data = request_from_options({}, [(leaves["series.dataset"], "x"), (leaves["series.column"], "2024")])
    assert data == {"series": {"dataset": "x", "column": "2024"}}


def test_options_win_over_the_request_they_complete() -> None:
    leaves = {leaf.path: leaf for leaf in option_leaves(TASKS["forecast"].request)}
    data = request_from_options({"horizon": 3, "seed": 5}, [(leaves["horizon"], "7")])
    assert data == {"horizon": 7, "seed": 5}


def test_an_unknown_dataset_is_blamed_on_its_option(tmp_path: Path, run_command: Callable[..., Outcome]) -> None:
    run = run_command(tmp_path / "data", "forecast", "--series.dataset", "nowhere", "--series.column", "x")
    assert run.returncode == 2
    assert run.stderr.startswith("--series.dataset:")


def test_each_wrong_field_is_reported_as_its_option(tmp_path: Path, run_command: Callable[..., Outcome]) -> None:
    run = run_command(
        tmp_path / "data", "forecast", "--series.values", "[1,2,3]", "--horizon", "0", "--model.kind", "arima",
        "--model.p", "99",
    )  # fmt: skip
    assert run.returncode == 2
    assert {line.split(":")[0] for line in run.stderr.splitlines()} == {"--horizon", "--model.p"}


def test_a_request_that_is_no_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="cannot be read"):
        json_argument(f"@{tmp_path / 'absent.json'}")


def test_a_bad_setting_is_named_before_anything_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOKAHEAD_PORT", "x")
    from cli import main

    monkeypatch.chdir(tmp_path)
    assert main(["config", "check"]) == 2


def test_a_request_that_is_no_json_says_so() -> None:
    with pytest.raises(RequestError, match="not JSON"):
        json_argument("{")


def test_a_portfolio_is_saved_listed_shown_and_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from cli import main

    monkeypatch.setenv("LOOKAHEAD_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    request = {"name": "Mine", "positions": [{"asset": "oak", "weight": 1}], "value": 5}
    assert main(["portfolios", "save", json.dumps(request)]) == 0
    saved = capsys.readouterr().out.strip()
    assert main(["portfolios", "save", json.dumps(request)]) == 2
    assert capsys.readouterr().err.startswith("--name: there is a portfolio 'Mine' already")
    assert main(["portfolios", "list"]) == main(["portfolios", "show", saved]) == 0
    assert capsys.readouterr().out.count("Mine") == 2
    assert [main(["portfolios", "delete", saved]), main(["portfolios", "show", saved])] == [0, 2]
    assert capsys.readouterr().err == f"there is no portfolio {saved}\n"


@pytest.mark.processes
def test_a_forecast_without_a_server_runs_and_its_workers_leave_no_trace(
    tmp_path: Path, run_command: Callable[..., Outcome]
) -> None:
    from tests.live import kill_processes_of

    data_dir = tmp_path / "data"
    try:
        run = run_cli(
            data_dir, "forecast", "--series.values", "[1,2,3,4,5,6]", "--model.kind", "naive", "--format", "json"
        )
        assert run.returncode == 0, run.stderr
        assert json.loads(run.stdout)["mean"] == [6.0] * 12
        table = run_command(
            data_dir, "forecast", "--series.values", "[1,2,3,4,5,6]", "--model.kind", "naive", "--format", "csv"
        )
        assert table.returncode == 0, table.stderr
        assert "mean" in table.stdout.splitlines()[0]
        batch = run_command(
            data_dir, "batch-forecast", "--request", '{"series": [{"values": [1, 2]}]}', "--model.kind", "naive",
            "--format", "parquet", "--output-file", str(tmp_path / "batch.parquet"),
        )  # fmt: skip
        assert batch.returncode == 0, batch.stderr
        assert (tmp_path / "batch.parquet").read_bytes()[:4] == b"PAR1"
        assert run_command(data_dir, "jobs", "list").stdout.count(" forecast ") == 2
    finally:
        kill_processes_of(data_dir)


def _flat(data: object, leaves: Collection[str], path: str = "") -> list[tuple[str, str]]:
    """Return the options that spell out `data`: records by their fields, and numbers by name as one option."""
    if isinstance(data, dict) and data and path not in leaves:
        parts = [(f"{path}.{name}".removeprefix("."), value) for name, value in data.items()]
        return [pair for below, value in parts for pair in _flat(value, leaves, below)]
    return [(path, data if isinstance(data, str) else json.dumps(data))]
