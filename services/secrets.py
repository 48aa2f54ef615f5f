"""The key that signs browser sessions: from the settings, or made once and kept beside the jobs."""

import secrets

from services.jobs import JobStore
from services.settings import Settings

KEY_BYTES = 32


def session_secret(settings: Settings, jobs: JobStore) -> str:
    """Return the signing key; every process on the same data directory gets the same one."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    return jobs.keep_value("session_secret", secrets.token_hex(KEY_BYTES))
