"""Loops that take long to compile are compiled by a process of their own, as the last to get a core, and kept on disk:
what runs jobs meanwhile only loads them, and neither its first jobs nor its memory feel it.

    python -m services.compiling MODULE
"""

import os
import subprocess
import sys
from pathlib import Path

from services.collector import search_rarely
from services.environment import COMPILED, child_environment
from services.leash import end_with_leash
from services.logs import logger
from services.settings import Settings
from services.version import loops_version

LAST = 19  # niceness: whatever else wants a core goes first
LONGEST_S = 900.0  # on a busy machine; then jobs compile what they need


def compile_apart(module: str, settings: Settings) -> bool:
    """Let a process run the `warm_up` of a module, unless that was done before; return whether it is done.

    The process ends with this one, however it ends.
    """
    environment = child_environment(settings)
    mark = Path(environment[COMPILED]) / f"{module}-{loops_version()}.done"
    if mark.exists():
        return True
    command = [sys.executable, "-P", "-m", "services.compiling", module]
    with subprocess.Popen(
        command,
        env=environment | {"CUDA_VISIBLE_DEVICES": ""},
        stdin=subprocess.PIPE,  # the leash
        stdout=subprocess.DEVNULL,
    ) as process:
        try:
            code = process.wait(LONGEST_S)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
    if code == 0:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    else:
        logger("worker").warning("loops were not compiled beforehand", module=module, code=code)
    return code == 0


def main() -> None:
    """Compile what the module that is named needs."""
    from importlib import import_module

    os.nice(LAST)
    end_with_leash(1)
    search_rarely()
    import_module(sys.argv[1]).warm_up()
    os._exit(0)  # threads of numerical libraries must not hold up the end


if __name__ == "__main__":
    main()
