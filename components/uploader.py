"""Choosing or dropping a file, sent in chunks by `assets/upload.js`; the page hears of it through a store.

Nothing of the file passes through a callback: 200 MB as base64 would crash the browser's tab.
"""

from dash import dcc, html

from components.attributes import aria, data
from components.icons import icon

ACCEPTED = ".csv,.tsv,.txt,.xlsx,.parquet,.json,.jsonl,.ndjson"
FORMATS = "CSV, TSV, XLSX, Parquet or JSON records"


def uploader(store_id: str, *, limit_mib: int) -> html.Div:
    """Return the drop zone and its store.

    When a file has arrived, the store's data becomes `{"upload": id, "file_name": name}`. Progress, cancelling and
    errors are shown by the script in place.
    """
    size = f"{limit_mib / 1024:g} GB" if limit_mib >= 1024 else f"{limit_mib} MB"
    return html.Div(
        [
            dcc.Store(id=store_id),
            html.Div(
                [
                    html.Div(icon("upload", 26), className="la-state-icon"),
                    html.Div(
                        [
                            html.P("Drop a file here", className="la-drop-title"),
                            html.P(
                                f"{FORMATS}, up to {size}. It stays on this machine.", className="la-muted la-small"
                            ),
                        ]
                    ),
                    html.Button("Choose a file", type="button", className="la-button la-button-primary la-drop-choose"),
                ],
                className="la-drop-idle",
            ),
            html.Div(className="la-drop-progress", role="status"),
        ],
        className="la-drop",
        role="group",
        **aria(label="Upload a file"),
        **data(store=store_id, accept=ACCEPTED, limit=str(limit_mib * 2**20)),
    )
