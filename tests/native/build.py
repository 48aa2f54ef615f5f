"""Builds the library that answers like NVML, once per version of its source."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("nvml.c")
SONAME = "libnvidia-ml.so.1"
FLAGS = ("-O1", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", "-Wno-format-truncation", f"-Wl,-soname,{SONAME}")
NO_COMPILER = (
    "the tests of GPU telemetry need a C compiler, to build a library that answers like NVML; `make install-test` "
    "installs gcc where there is apt, elsewhere install one that is called cc"
)


def replaying_library() -> Path:
    """Return the built library; fails with the way out where no compiler is installed."""
    digest = hashlib.sha256(SOURCE.read_bytes() + repr(FLAGS).encode()).hexdigest()[:16]
    built = SOURCE.parent.parent.parent / "build" / "native" / digest / SONAME
    if not built.exists():
        compiler = shutil.which("cc") or shutil.which("gcc")
        assert compiler is not None, NO_COMPILER
        built.parent.mkdir(parents=True, exist_ok=True)
        fresh = built.with_name(f"{os.getpid()}.so")
        subprocess.run([compiler, *FLAGS, "-o", str(fresh), str(SOURCE)], check=True)
        fresh.replace(built)  # two that build at once put the same file there
    return built
