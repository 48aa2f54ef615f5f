"""What stands before every route, Dash's own included: the Host it must name, the site it must come from, the headers
that tell a browser what this application never does.

A loopback address is no boundary: any page in the user's browser can send requests to it, and a name that is made to
point to 127.0.0.1 (DNS rebinding) can even read the answers. Hence the list of names and the checks of the origin.
"""

import re
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from flask import Flask, Response, request

from api.answers import stamp_request_id
from api.errors import PROBLEMS, is_below_api, problem_response
from services.settings import LOOPBACK_NAMES, Settings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_HOST = re.compile(r"(?P<name>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?")
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_FIXED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"  # for answers that are no page

ScriptHashes = Callable[[], Sequence[str]]


def protect(server: Flask, settings: Settings, script_hashes: ScriptHashes = tuple) -> None:
    """Put the checks before and the headers after every route of `server`.

    `script_hashes` returns the hashes of inline scripts; it is called at the first answer, when Dash knows them all.
    """
    names = known_names(settings)
    proxied_names = frozenset(_plain(name) for name in settings.allowed_hosts)
    policy: list[str] = []

    @server.before_request
    def check() -> Response | None:
        return _check_host(names) or _check_site(proxied_names) or _check_type()

    @server.after_request
    def add_headers(response: Response) -> Response:
        if not policy:
            policy.append(_content_security_policy(script_hashes()))
        for name, value in _FIXED_HEADERS.items():
            response.headers.setdefault(name, value)
        is_api = is_below_api()
        is_page = not is_api or response.mimetype == "text/html"
        response.headers.setdefault("Content-Security-Policy", policy[0] if is_page else DATA_POLICY)
        if is_api:
            response.headers["Cache-Control"] = "no-store"
        return stamp_request_id(response)


def known_names(settings: Settings) -> frozenset[str]:
    """Return the names that the server answers to."""
    return frozenset(_plain(name) for name in (*LOOPBACK_NAMES, settings.host, *settings.allowed_hosts))


def names_known_host(host: str, names: frozenset[str]) -> bool:
    """True where a Host header is well formed and is one of `names`."""
    match = _HOST.fullmatch(host)
    return match is not None and _plain(match["name"]) in names


def data_headers() -> list[tuple[str, str]]:
    """Return the headers of every answer of the API that is no page."""
    return [*_FIXED_HEADERS.items(), ("Content-Security-Policy", DATA_POLICY), ("Cache-Control", "no-store")]


def _check_host(names: frozenset[str]) -> Response | None:
    host = request.environ.get("HTTP_HOST", "")
    match = _HOST.fullmatch(host)
    if match is None:
        return _refuse("unreadable", f"the Host header {host[:100]!r} is malformed; give name or name:port")
    if _plain(match["name"]) not in names:
        return _refuse(
            "misdirected",
            f"this server does not answer to {match['name'][:100]!r}; use localhost, or add the name to "
            "LOOKAHEAD_ALLOWED_HOSTS",
        )
    return None


def _check_site(proxied_names: frozenset[str]) -> Response | None:
    """Refuse what another site's page sends, except that the user follows a link to here."""
    is_safe = request.method in SAFE_METHODS
    site = request.headers.get("Sec-Fetch-Site", "none")
    if site not in ("same-origin", "none") and not (is_safe and _is_link()):
        return _refuse("forbidden", f"the browser says that this request comes from elsewhere ({site[:40]})")
    origin = request.headers.get("Origin")
    if not is_safe and origin is not None and not _is_own(origin, proxied_names):
        return _refuse("forbidden", f"requests from {origin[:100]!r} are not taken; use the application's own pages")
    return None


def _is_link() -> bool:
    mode, destination = request.headers.get("Sec-Fetch-Mode"), request.headers.get("Sec-Fetch-Dest")
    return mode == "navigate" and destination == "document"


def _is_own(origin: str, proxied_names: frozenset[str]) -> bool:
    """True for the origin of the request's own Host, and for configured names, whose proxy may have changed Host."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        return False
    name = _plain(parts.hostname)
    if name in proxied_names:
        return True
    default = _DEFAULT_PORTS[parts.scheme]
    host = _HOST.fullmatch(request.environ.get("HTTP_HOST", ""))
    return host is not None and name == _plain(host["name"]) and str(port or default) == (host["port"] or default)


def _check_type() -> Response | None:
    """Refuse bodies that a plain HTML form could send; the routes of the API say themselves what they take."""
    if request.method in SAFE_METHODS or is_below_api():
        return None
    has_body = bool(request.content_length) or "chunked" in request.headers.get("Transfer-Encoding", "").lower()
    if request.mimetype == "application/json" or (not has_body and not request.mimetype):
        return None
    return _refuse("media-type", f"Content-Type says {request.mimetype or 'nothing'}; send application/json")


def _refuse(code: str, detail: str) -> Response:
    if is_below_api():
        return problem_response(PROBLEMS[code], detail)
    return Response(f"{PROBLEMS[code].title}: {detail}\n", status=PROBLEMS[code].status, mimetype="text/plain")


def _plain(name: str) -> str:
    return name.lower().strip("[]").rstrip(".")


def _content_security_policy(hashes: Sequence[str]) -> str:
    """Return the policy under which Dash, Mantine, AG Grid and Plotly (SVG traces) run without a violation.

    Plotly and Mantine set styles inline, hence 'unsafe-inline' for styles only; images are exported through blob URLs.
    """
    scripts = " ".join(["'self'", *(f"'{item.strip(chr(39))}'" for item in hashes)])
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )
