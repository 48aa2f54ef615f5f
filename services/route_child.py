"""The process that answers quick routes: a question comes over its line as JSON, the answer goes back as JSON.

    python -m services.route_child --line DESCRIPTOR --memory-mib N --idle-s S

It ends with the server that holds its leash, when nobody has asked for long, and when one answer takes too long: then
the kernel ends it, whatever it is doing, and the server starts another.
"""

import argparse
import os
import signal
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from services.leash import end_with_leash

GIVEN_UP_S = 20.0  # of work on one question
START_S = 180.0  # a machine that has compiled nothing yet takes half a minute, a busy one several times that


def main() -> None:
    """Answer until the line or the leash ends, or until nobody has asked for long."""
    parser = argparse.ArgumentParser(prog="python -m services.route_child", description="Answer quick routes.")
    parser.add_argument("--line", type=int, required=True, help="descriptor of the socket to the server")
    parser.add_argument("--memory-mib", type=int, required=True, help="memory this process may use")
    parser.add_argument("--idle-s", type=float, required=True, help="seconds without a question after which it ends")
    given = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupted terminal interrupts the server, which ends this one
    end_with_leash()
    line: Connection[Any, Any] = Connection(given.line)
    with suppress(EOFError, OSError):
        _serve(line, given.memory_mib, given.idle_s)
    os._exit(0)  # threads of numerical libraries must not hold up the end


def _serve(line: "Connection[Any, Any]", memory_mib: int, idle_s: float) -> None:
    from compute.planning.quick_route.warming import warm_up
    from services.jobs.memory import limit_memory
    from services.route_answers import Answers
    from services.route_words import READY

    signal.setitimer(signal.ITIMER_REAL, START_S)
    warm_up()
    signal.setitimer(signal.ITIMER_REAL, 0)
    limit_memory(memory_mib)
    line.send_bytes(READY)
    answers = Answers()
    while line.poll(idle_s):
        question = line.recv_bytes()
        signal.setitimer(signal.ITIMER_REAL, GIVEN_UP_S)
        said = answers.answer(question)
        signal.setitimer(signal.ITIMER_REAL, 0)
        line.send_bytes(said)


if __name__ == "__main__":
    main()
