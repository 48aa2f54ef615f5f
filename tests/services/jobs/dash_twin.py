"""A small Dash application whose one background callback submits to the table on a free port, which it prints."""

import sys

from dash import Dash, Input, Output, dcc, html
from flask import request
from waitress import create_server

from services.background import TableBackgroundManager
from services.settings import read_settings
from services.workspace import open_workspace

workspace = open_workspace(read_settings())
manager = TableBackgroundManager(workspace, owner=lambda: request.headers.get("X-User", "nobody"))
app = Dash(__name__, background_callback_manager=manager)
app.layout = html.Div(
    [dcc.Store(id="request"), html.Button(id="cancel"), html.Div(id="bar"), html.Div(id="words"), dcc.Store(id="done")]
)


@app.callback(
    output=Output("done", "data"),
    inputs={"wanted": Input("request", "data")},
    background=True,
    progress=[Output("bar", "children"), Output("words", "children")],
    cancel=[Input("cancel", "n_clicks")],
)
def submit(wanted: dict[str, object] | None) -> dict[str, object] | None:
    """Return what the store holds: it is what the click asked for."""
    return wanted


server = create_server(app.server, host="127.0.0.1", port=0)
sys.stdout.write(f"{server.effective_port}\n")
sys.stdout.flush()
server.run()
