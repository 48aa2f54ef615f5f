"""The commands of worker and verifier, for the command line. What they start is loaded when they are given."""

import argparse
from typing import Any

from services.settings import Settings


def add_commands(commands: Any) -> None:
    """Add `prove` and `verifier` to the commands of an argument parser."""
    proving = commands.add_parser("prove", help="Prove work and send receipts, in the foreground, until interrupted.")
    proving.set_defaults(command=_prove)
    proving.add_argument("--check", action="store_true", help="print the variables in force, secrets masked, and end")
    verifying = commands.add_parser("verifier", help="Verify receipts alone on a port, without pages and jobs.")
    verifying.set_defaults(command=_verify)
    verifying.add_argument("--host", default="127.0.0.1", help="address to listen on")
    verifying.add_argument("--port", type=int, default=8060, help="port to listen on; 0 takes a free one and prints it")


def _prove(options: argparse.Namespace, _settings: Settings) -> int:
    from services.proof import prove

    return prove.main(["--check"] if options.check else [])


def _verify(options: argparse.Namespace, settings: Settings) -> int:
    from services.proof.verifying import serve_alone

    return serve_alone(settings, options.host, options.port)
