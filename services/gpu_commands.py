"""The commands about GPUs, for the command line: what they do now, and a recording of what they answer."""

import argparse
import sys
from pathlib import Path
from typing import Any

from services.settings import Settings


def add_gpu_commands(commands: Any) -> None:
    """Add `gpu status` and `gpu record` to the commands of an argument parser."""
    about = "look at GPUs and machine, record what GPUs answer"
    gpu = commands.add_parser("gpu", help=about).add_subparsers(required=True, metavar="COMMAND")
    gpu.add_parser("status", help="Print the newest sample as JSON.").set_defaults(command=_status)
    recording = gpu.add_parser("record", help="Write what the GPUs answer, identifiers masked, for tests to replay.")
    recording.set_defaults(command=_record)
    recording.add_argument("file", help="where to; - for standard output")


def _status(_options: argparse.Namespace, settings: Settings) -> int:
    from services.telemetry import open_telemetry

    sys.stdout.write(open_telemetry(settings).status.read().model_dump_json(indent=2) + "\n")
    return 0


def _record(options: argparse.Namespace, _settings: Settings) -> int:
    from services.telemetry.recording import NoDriverError, record

    try:
        text = "".join(f"{line}\n" for line in record())
        if options.file == "-":
            sys.stdout.write(text)
        else:
            Path(options.file).write_text(text, encoding="utf-8")
    except NoDriverError as error:
        sys.stderr.write(f"nothing can be recorded: {error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{options.file} cannot be written: {error.strerror}\n")
        return 1
    return 0
