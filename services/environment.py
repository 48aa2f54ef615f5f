"""How a child process gets the settings of its parent: as environment variables, and nothing else of the parent's."""

import hashlib
import json
import os
import shutil
from pathlib import Path

from pydantic import SecretStr

from services.settings import PREFIX, Settings
from services.version import code_version, loops_version

ROOT = Path(__file__).resolve().parent.parent
WEB_ONLY = {
    "host",
    "port",
    "threads",
    "allowed_hosts",
    "secret_key",
    "webhook_url",
    "webhook_secret",
}  # no worker needs them, and some are secrets
COMPILED = "NUMBA_CACHE_DIR"
_SQLITE_FILE = "sqlite:///"


def child_environment(settings: Settings) -> dict[str, str]:
    """Return the environment in which a child reads these very settings, wherever it is started."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    path = os.pathsep.join(part for part in (str(ROOT), os.environ.get("PYTHONPATH")) if part)
    compiled = {COMPILED: inherited.get(COMPILED) or str(compiled_folder(settings))}
    return inherited | settings_variables(settings) | {"PYTHONPATH": path} | compiled


def compiled_folder(settings: Settings) -> Path:
    """Return where workers keep the loops they have compiled: ten seconds once, not once per process.

    One folder per version of all that is compiled: loops hold constants of other files, whose change goes unseen.
    """
    return settings.data_dir.absolute() / "compiled" / loops_version()


def forget_compiled(settings: Settings) -> None:
    """Delete what other versions of the code have compiled."""
    current = compiled_folder(settings)
    for folder in current.parent.glob("*"):
        if folder != current:
            shutil.rmtree(folder, ignore_errors=True)


def settings_variables(settings: Settings) -> dict[str, str]:
    """Return the variables that stand for what workers need of `settings`; paths absolute, so any folder will do."""
    return {
        PREFIX + name.upper(): _as_text(name, getattr(settings, name))
        for name in sorted(set(Settings.model_fields) - WEB_ONLY)
        if getattr(settings, name) is not None
    }


def identity(settings: Settings) -> str:
    """Return what a supervisor under these settings runs: a digest of code and settings. Equal ones may be shared."""
    described = json.dumps([code_version(), settings_variables(settings)])
    return hashlib.sha256(described.encode()).hexdigest()[:16]


def _as_text(name: str, value: object) -> str:
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, tuple):
        return ",".join(value) or ","  # an empty variable would mean the default
    if isinstance(value, Path):
        return str(value.absolute())
    if name == "database_url" and str(value).startswith(_SQLITE_FILE):
        return _SQLITE_FILE + str(Path(str(value).removeprefix(_SQLITE_FILE)).absolute())
    return str(value)
