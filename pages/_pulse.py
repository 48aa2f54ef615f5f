"""What an open page asks all the time: whether the server is there, and whether there is news of jobs or alerts.

A Dash callback per question would keep every component of the page busy, and most answers are that nothing changed.
"""

from flask import Flask, Response, jsonify

from pages._workspace import operations, workspace

PULSE = "/_pulse"


def register_pulse(server: Flask) -> None:
    """Add the route that the page asks."""
    server.add_url_rule(PULSE, view_func=_pulse)


def _pulse() -> Response:
    answer = jsonify(jobs=workspace().jobs.revision(), alerts=operations().alerts.revision())
    answer.headers["Cache-Control"] = "no-store"
    return answer
