"""The terminal's door: the same jobs as the pages and the REST API, drawn from the same table.

`python cli.py forecast --series.dataset air-passengers --series.column passengers --horizon 24 --model.kind arima`
submits a job to the table and waits for it; a running server shows it like any other.
"""

import argparse
import contextlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from compute.schema import FieldProblem, RequestError
from services import supervisor
from services.command_options import json_argument, option_leaves, request_from_options
from services.export import NoTableError, write_result
from services.gpu_commands import add_gpu_commands
from services.jobs import Job, JobState
from services.keeping import add_keeping
from services.listing import listed
from services.logs import configure_logging
from services.proof.commands import add_commands
from services.settings import Settings, SettingsError, read_settings
from services.submission import submit_job
from services.task_records import Task
from services.workspace import Workspace, load_tasks, open_workspace

DONE, FAILED, BAD_REQUEST, INTERRUPTED = 0, 1, 2, 130
POLL_S = 0.03
OWNER = "cli"
STORES = {
    "datasets": "import, list and delete datasets",
    "portfolios": "save, list and delete portfolios",
    "maps": "import, make up, list and delete maps",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status: 0 done, 1 failed, 2 bad request or settings, 130 interrupted."""
    try:
        settings = read_settings()
    except SettingsError as error:
        print("The settings cannot be used:", *error.problems, sep="\n  ", file=sys.stderr)
        return BAD_REQUEST
    configure_logging("warning")
    options = _parser(load_tasks(settings.task_registry).values()).parse_args(arguments)
    command: Callable[[argparse.Namespace, Settings], int] = options.command
    try:
        return command(options, settings)
    except RequestError as error:
        _print_problems(error.problems)
        return BAD_REQUEST
    except supervisor.SupervisorError as error:
        print(error, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return DONE


def run_task(options: argparse.Namespace, settings: Settings) -> int:
    """Submit one job and print its result."""
    task: Task = options.task
    leaves = option_leaves(task.request)
    given = [(leaf, getattr(options, leaf.path)) for leaf in leaves if hasattr(options, leaf.path)]
    data = request_from_options(json_argument(options.request), given)
    return _submit_and_print(open_workspace(settings), task.kind, data, options)


def list_jobs(options: argparse.Namespace, settings: Settings) -> int:
    """Print the newest jobs."""
    states = None if options.state is None else [JobState(options.state)]
    for job in open_workspace(settings).jobs.page(states=states, kind=options.kind, limit=options.limit).jobs:
        created = f"{job.created_at:%Y-%m-%d %H:%M:%S}"
        print(f"{job.id}  {job.state:9}  {job.progress:4.0%}  {job.kind:16}  {created}  {job.message}")
    return DONE


def cancel_job(options: argparse.Namespace, settings: Settings) -> int:
    """Cancel one job."""
    job = open_workspace(settings).jobs.cancel(options.id)
    return _print_or_missing(
        job and f"{job.id} {'stopping' if job.state is JobState.RUNNING else job.state}", f"job {options.id}"
    )


def print_result(options: argparse.Namespace, settings: Settings) -> int:
    """Print the stored result of one job."""
    workspace = open_workspace(settings)
    job = workspace.jobs.get(options.id)
    if job is None:
        return _print_or_missing(None, f"job {options.id}")
    return _finish(workspace, job, options)


def import_file(options: argparse.Namespace, settings: Settings) -> int:
    """Import a file as a dataset and print what was found in it."""
    workspace = open_workspace(settings)
    path = Path(options.file)
    if not path.is_file():
        return _print_or_missing(None, f"file {path}")
    with path.open("rb") as stream:
        upload = workspace.uploads.receive(path.name, stream, path.stat().st_size)
    data: dict[str, Any] = {"source": {"upload": upload.id}}
    if options.name:
        data["name"] = options.name
    return _submit_and_print(workspace, "import_dataset", data, options)


def keep(options: argparse.Namespace, settings: Settings) -> int:
    """Keep something, as a command of `keeping` does, and print what comes of it."""
    return _print_or_missing(options.run(options, open_workspace(settings)), "answer")


def list_stored(options: argparse.Namespace, settings: Settings) -> int:
    """Print those there are."""
    for line in listed(open_workspace(settings), options.store):
        print(line)
    return DONE


def show_stored(options: argparse.Namespace, settings: Settings) -> int:
    """Print what is known of one as JSON."""
    found = getattr(open_workspace(settings), options.store).get(options.id)
    return _print_or_missing(found and found.model_dump_json(indent=2), f"{options.store[:-1]} {options.id}")


def delete_stored(options: argparse.Namespace, settings: Settings) -> int:
    """Delete one."""
    is_deleted = getattr(open_workspace(settings), options.store).delete(options.id)
    said = f"{options.id} deleted" if is_deleted else None
    return _print_or_missing(said, f"{options.store[:-1]} {options.id} that can be deleted")


def run_workers(_options: argparse.Namespace, _settings: Settings) -> int:
    """Run jobs in the foreground until interrupted, without a web server."""
    return supervisor.main(["--linger", "inf"])


def check_config(_options: argparse.Namespace, settings: Settings) -> int:
    """Print the settings in force, secrets masked. (Faults were reported before a command could run.)"""
    for name, value in settings.model_dump().items():
        print(f"LOOKAHEAD_{name.upper()}={value}")
    return DONE


def _submit_and_print(workspace: Workspace, kind: str, data: Any, options: argparse.Namespace) -> int:
    job = submit_job(workspace, kind, data, owner=OWNER, use_cache=not options.no_cache)
    if options.detach:
        print(job.id)
        supervisor.ensure_workers(workspace.settings)
        return DONE
    if not job.state.is_final:
        supervisor.ensure_workers(workspace.settings)
        try:
            job = _wait(workspace, job)
        except KeyboardInterrupt:
            workspace.jobs.cancel(job.id)
            raise
    return _finish(workspace, job, options)


def _wait(workspace: Workspace, job: Job) -> Job:
    while not job.state.is_final:
        _show_progress(job)
        time.sleep(POLL_S)
        found = workspace.jobs.get(job.id)
        if found is None:
            raise RequestError.at("id", msg=f"job {job.id} was deleted while it ran")
        job = found
    _show_progress(job)
    return job


def _show_progress(job: Job) -> None:
    if sys.stderr.isatty():
        end = "\r\x1b[K" if job.state.is_final else ""
        print(f"\r\x1b[K{job.state} {job.progress:4.0%} {job.message[:80]}{end}", end="", file=sys.stderr, flush=True)


def _finish(workspace: Workspace, job: Job, options: argparse.Namespace) -> int:
    if job.error is not None:
        print(f"{job.error.title}: {job.error.detail}", file=sys.stderr)
        _print_problems(job.error.errors)
        return BAD_REQUEST if job.error.type == "request" else FAILED
    body = workspace.jobs.result(job.id)
    if body is None:
        print(f"job {job.id} is {job.state} and has no result", file=sys.stderr)
        return FAILED
    try:
        pieces = write_result(workspace.tasks[job.kind], body, options.format, options.table)
    except NoTableError as error:
        print(error, file=sys.stderr)
        return BAD_REQUEST
    sys.stdout.flush()
    with (
        contextlib.nullcontext(sys.stdout.buffer)
        if options.output_file is None
        else Path(options.output_file).open("wb") as out
    ):
        out.writelines(pieces)
    return DONE


def _print_problems(problems: Sequence[FieldProblem]) -> None:
    for problem in problems:
        print(f"--{'.'.join(str(part) for part in problem.loc)}: {problem.msg}", file=sys.stderr)


def _print_or_missing(text: str | None, what: str) -> int:
    print(text or f"there is no {what}", file=sys.stdout if text else sys.stderr)
    return DONE if text else BAD_REQUEST


def _parser(tasks: Any) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="cli.py", description="Lookahead from the terminal.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for task in tasks:
        _add_task(commands, task)
    jobs = _group(commands, "jobs", "follow and cancel jobs")
    listing = _command(jobs, "list", list_jobs)
    listing.add_argument("--state", choices=[state.value for state in JobState])
    listing.add_argument("--kind")
    listing.add_argument("--limit", type=int, default=20)
    _stored(jobs, "show", show_stored, "jobs")
    _command(jobs, "cancel", cancel_job).add_argument("id")
    result = _command(jobs, "result", print_result)
    result.add_argument("id")
    _add_output(result)
    groups = {store: _group(commands, store, summary) for store, summary in STORES.items()}
    for store, group in groups.items():
        _command(group, "list", list_stored).set_defaults(store=store)
        _stored(group, "show", show_stored, store)
        _stored(group, "delete", delete_stored, store)
    importing = _command(groups["datasets"], "import", import_file)
    importing.add_argument("file")
    importing.add_argument("--name")
    _add_running(importing)
    add_keeping(groups, keep)
    _command(commands, "worker", run_workers)
    add_commands(commands)
    add_gpu_commands(commands)
    _command(_group(commands, "config", "look at the settings"), "check", check_config)
    return parser


def _add_task(commands: Any, task: Task) -> None:
    command = commands.add_parser(
        task.kind.replace("_", "-"),
        help=task.summary,
        description=f"{task.summary} Example request: {json.dumps(dict(task.example))}",
        argument_default=argparse.SUPPRESS,
    )
    command.set_defaults(command=run_task, task=task)
    command.add_argument("--request", default=None, help="the whole request as JSON, @FILE or - for standard input")
    for leaf in option_leaves(task.request):
        command.add_argument(f"--{leaf.path}", dest=leaf.path, metavar=leaf.metavar, help=leaf.help.replace("%", "%%"))
    _add_running(command)


def _add_running(command: argparse.ArgumentParser) -> None:
    command.add_argument("--detach", action="store_true", default=False, help="print the job's id and do not wait")
    command.add_argument("--no-cache", action="store_true", default=False, help="compute even if a result is kept")
    _add_output(command)


def _add_output(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--format",
        choices=("pretty", "json", "csv", "parquet", "arrow"),
        default="pretty",
        help="how the result is written",
    )
    command.add_argument("--table", metavar="NAME", default=None, help="a part of the result, such as trades")
    command.add_argument("--output-file", metavar="FILE", default=None, help="where to; standard output when absent")


def _group(commands: Any, name: str, summary: str) -> Any:
    return commands.add_parser(name, help=summary).add_subparsers(required=True, metavar="COMMAND")


def _command(group: Any, name: str, run: Callable[[argparse.Namespace, Settings], int]) -> Any:
    command = group.add_parser(name, help=(run.__doc__ or "").splitlines()[0])
    command.set_defaults(command=run)
    return command


def _stored(group: Any, name: str, run: Callable[[argparse.Namespace, Settings], int], store: str) -> None:
    command = _command(group, name, run)
    command.set_defaults(store=store)
    command.add_argument("id")


if __name__ == "__main__":
    sys.exit(main())
