"""Dash's libraries from memory: read, hashed and compressed once, not with every page that is opened.

By itself Dash reads and hashes plotly.min.js and Flask-Compress packs it, 140 ms of a core, before it is found that
the browser has it already.
"""

from dataclasses import dataclass

from flask import Flask, Response, request

from api.compression import pack

ROUTE = "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>"
KEPT = 128  # files and encodings; a page asks for twenty


@dataclass(frozen=True)
class _Library:
    body: bytes
    mimetype: str
    etag: str
    headers: dict[str, str]


def keep_libraries(server: Flask) -> None:
    """Let `server`, whose Dash application is made, answer from memory what Dash would read from its packages."""
    read = server.view_functions[ROUTE]
    kept: dict[tuple[str, str, str], _Library] = {}

    def serve(package_name: str, fingerprinted_path: str) -> Response:
        encoding = request.accept_encodings.best_match(("br", "gzip"), default="identity")
        key = (package_name, fingerprinted_path, encoding)
        library = kept.get(key)
        if library is None:
            found: Response = read(package_name, fingerprinted_path)  # type: ignore[assignment]
            if found.status_code != 200:
                return found
            if len(kept) >= KEPT:  # by addresses that nobody but a prober asks for
                kept.clear()
            library = kept[key] = _library_of(found, encoding)
        answer = Response(library.body, mimetype=library.mimetype, headers=library.headers)
        answer.set_etag(library.etag)
        answer.make_conditional(request)
        return answer

    server.view_functions[ROUTE] = serve


def _library_of(found: Response, encoding: str) -> _Library:
    body, mimetype = found.get_data(), found.mimetype or "application/octet-stream"
    found.add_etag()  # of the content; where it stands already, it is the same
    etag = found.get_etag()[0] or ""
    headers = {"Cache-Control": str(found.cache_control)} if found.cache_control else {}
    packed = pack(body, mimetype, encoding)
    if packed is None:
        return _Library(body, mimetype, etag, headers)
    return _Library(packed, mimetype, f"{etag}:{encoding}", headers | {"Content-Encoding": encoding})
