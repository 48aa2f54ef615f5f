"""What latencies are told apart by: routes by their rule, Dash callbacks by their output, pages by their address.

Every name comes from what the application registered, never from what a request says: a hundred thousand random paths
are one name, `unmatched`.
"""

import re
from collections.abc import Callable, Collection
from typing import Final, Literal, NamedTuple

import orjson

Kind = Literal["rest", "callback", "page", "asset", "other"]
KINDS: Final[tuple[Kind, ...]] = ("rest", "callback", "page", "asset", "other")
SHOWN_OUTPUTS = 2  # of a callback with many; the rest is a number
_ID = re.compile(r"\{.*\}")
_DIGEST = re.compile(r"(@[0-9a-f]{4})[0-9a-f]{28,}$")


class Route(NamedTuple):
    """One name under which answers are counted."""

    kind: Kind
    method: str
    name: str
    """Rule of a route, outputs of a callback, address of a page."""


UNMATCHED = Route("other", "*", "unmatched")
"""Whatever matches nothing that the application knows."""

API = "/api/"
CALLBACKS = "/_dash-update-component"
CATCH_ALL = "<path:path>"  # Dash answers every unknown address with its index page
_ASSETS = ("/assets/", "/_dash-component-suites/", "/_favicon.ico")
_OUTSIDE_API: Final = ("/health", "/health/ready", "/metrics")


class RouteNames:
    """Finds the route of a request, fast: what was found once is looked up."""

    def __init__(
        self,
        pages: Callable[[], Collection[str]] = tuple,
        callbacks: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self._pages = pages
        self._callbacks = callbacks
        self.by_endpoint: dict[tuple[str, str], Route] = {}
        """What `of_rule` found before; looked up first, it is what makes a name cheap."""
        self._by_page: dict[str, Route] = {}
        self._by_output: dict[str, Route] = {}

    def of_rule(self, rule: str, method: str, endpoint: str) -> Route:
        """Return the route of a Flask rule and a method that it takes."""
        route = self.by_endpoint[endpoint, method] = _name_rule(rule, method, endpoint)
        return route

    def of_page(self, path: str) -> Route:
        """Return the route of a page's address, `unmatched` when no page has it."""
        route = self._by_page.get(path)
        if route is None:
            known = {name or "/" for name in self._pages()}
            if path not in known:
                return UNMATCHED
            route = self._by_page[path] = Route("page", "GET", path)
        return route

    def of_callback(self, output: object) -> Route:
        """Return the route of the callback that has this output, `unmatched` when none has."""
        if not isinstance(output, str):
            return UNMATCHED
        route = self._by_output.get(output)
        if route is None:
            if output not in self._callbacks():
                return UNMATCHED
            route = self._by_output[output] = Route("callback", "POST", callback_name(output))
        return route


def callback_name(output: str) -> str:
    """Return Dash's name of a callback's outputs for people: `home-jobs.children, home-machine.children`.

    Dash writes several as `..a.b...c.d..`, an id of several words as JSON, and a digest after `@` where others write to
    the same place: `{"page":"x","part":"y"}.children@64a6...` is `x y.children@64a6`.
    """
    parts = output.strip(".").split("...") if output.startswith("..") else [output]
    shown = ", ".join(_DIGEST.sub(r"\1", _ID.sub(_words_of_id, part)) for part in parts[:SHOWN_OUTPUTS])
    more = len(parts) - SHOWN_OUTPUTS
    return (shown if more <= 0 else f"{shown} and {more} more").replace("\\.", ".")


def _words_of_id(found: re.Match[str]) -> str:
    try:
        words = orjson.loads(found[0].replace("\\.", "."))
    except orjson.JSONDecodeError:
        return found[0]
    return " ".join(str(word[0] if isinstance(word, list) else word) for word in words.values())


def _name_rule(rule: str, method: str, endpoint: str) -> Route:
    if endpoint.endswith("nothing_here"):
        return UNMATCHED
    name = rule.replace("<", "{").replace(">", "}")
    if rule.startswith(API) or rule in _OUTSIDE_API:
        return Route("rest", method, name)
    return Route("asset" if rule.startswith(_ASSETS) else "other", method, name)
