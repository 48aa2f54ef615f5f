"""Compression of answers: brotli or gzip, and never of an event stream, which would be held back until it ends."""

from flask import Flask
from flask_compress import Compress

from api.errors import PROBLEM_TYPE

MIME_TYPES = (
    "application/javascript", "application/json", "application/manifest+json", PROBLEM_TYPE, "image/svg+xml",
    "text/css", "text/csv", "text/html", "text/javascript", "text/plain",
)  # fmt: skip
BROTLI_LEVEL = 5  # plotly.min.js in 0.25 s to 1.26 MB; level 11 takes 15 s for 0.17 MB less


def compress(server: Flask) -> None:
    """Compress what `server` answers."""
    server.config.update(
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_ALGORITHM_STREAMING=["br", "gzip"],
        COMPRESS_BR_LEVEL=BROTLI_LEVEL,
        COMPRESS_MIMETYPES=list(MIME_TYPES),
    )
    Compress(server)
