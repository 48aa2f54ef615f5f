"""Trained networks in the model cache: under their content and the version of the code that trained them."""

import hashlib

from services.model_cache import Entry, ModelCache
from services.version import code_version


class NetworkStore:
    """The model cache as a store of networks. It is a `compute.forecast.keeping.Store`."""

    def __init__(self, cache: ModelCache) -> None:
        self._cache = cache

    def find(self, key: bytes) -> bytes | None:
        """Return what is kept under `key`, None where nothing is."""
        name = _name(key)
        return self._cache.find([name]).get(name)

    def keep(self, key: bytes, body: bytes) -> None:
        """Keep `body` under `key`, and throw out what is too old or too much."""
        self._cache.keep([Entry(_name(key), body)])
        self._cache.sweep()


def open_network_store(cache: ModelCache) -> NetworkStore | None:
    """Return the store, None where the settings keep nothing."""
    return NetworkStore(cache) if cache.is_kept else None


def _name(key: bytes) -> bytes:
    return hashlib.blake2b(b"network" + code_version().encode() + key, digest_size=16).digest()
