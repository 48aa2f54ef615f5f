"""Serves the application's own scripts and styles as one file each."""

from flask import Flask, Response

from components.bundle import Bundle

FOR_GOOD = "public, max-age=31536000, immutable"  # another content has another name


def register_bundle(server: Flask, bundle: Bundle) -> None:
    """Add the route of a bundle."""

    def serve() -> Response:
        return Response(bundle.body, mimetype=bundle.mimetype, headers={"Cache-Control": FOR_GOOD})

    server.add_url_rule(bundle.path, endpoint=f"bundle:{bundle.mimetype}", view_func=serve)
