"""Compression of answers: brotli or gzip, and never of an event stream, which would be held back until it ends."""

import gzip

import brotli
from flask import Flask
from flask_compress import Compress

from api.errors import PROBLEM_TYPE

MIME_TYPES = (
    "application/javascript", "application/json", "application/manifest+json", PROBLEM_TYPE, "image/svg+xml",
    "text/css", "text/csv", "text/html", "text/javascript", "text/plain",
)  # fmt: skip
SMALLEST_BYTES = 500  # below, a header costs more than is won
GZIP_LEVEL = 6
BROTLI_LEVEL = 5  # plotly.min.js in 0.25 s to 1.26 MB; level 11 takes 15 s for 0.17 MB less


def compress(server: Flask) -> None:
    """Compress what `server` answers."""
    server.config.update(
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_ALGORITHM_STREAMING=["br", "gzip"],
        COMPRESS_LEVEL=GZIP_LEVEL,
        COMPRESS_BR_LEVEL=BROTLI_LEVEL,
        COMPRESS_MIMETYPES=list(MIME_TYPES),
        COMPRESS_MIN_SIZE=SMALLEST_BYTES,
    )
    Compress(server)


def pack(body: bytes, mimetype: str, encoding: str) -> bytes | None:
    """Return the body in an encoding, "br" or "gzip", as `compress` would send it; None where it would not."""
    if mimetype not in MIME_TYPES or len(body) < SMALLEST_BYTES:
        return None
    if encoding == "br":
        return bytes(brotli.compress(body, quality=BROTLI_LEVEL))
    return gzip.compress(body, GZIP_LEVEL) if encoding == "gzip" else None
