"""What the pages of information flow are alike in: one question, measured in different ways, a page for each."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from components.attributes import aria
from components.cards import waiting_blocks
from components.figures import information as charts
from components.form import Form
from components.page_tabs import page_links
from compute.information.options import InformationRequest
from pages._job_records import Answer, Finished, JobPage, Sample
from services.jobs import ListedJob

MEASURES = {
    "information": "Transfer entropy",
    "mutual-information": "Mutual information",
    "information-storage": "Active information storage",
}
"""Names of the pages, and what they measure."""
FURNACE, MACRO, LOAD, SUNSPOTS = "imaginary-furnace", "us-macro", "electric-load", "sunspots"
RARELY_CHANGED = ("k", "surrogate", "n_bootstrap", "bins", "order", "correction", "theiler", "noise", "seed", "device")
"""Fields of how information is estimated that a form folds away."""
ALWAYS_ASKED = ("estimator", "n_permutations", "differencing", "units")


def measuring_page(
    name: str,
    kind: str,
    request: type[InformationRequest],
    texts: Mapping[str, Any],
    *,
    first: Sequence[str],
    advanced: Sequence[str],
    samples: Sequence[Sample],
    answer: Callable[[Finished, Finished | None], Answer],
    draw: Callable[[Finished, Finished | None], Component],
    describe: Callable[[ListedJob], str],
) -> JobPage:
    """Return a page; `texts` are its title, subtitle, empty title and empty message."""
    form = Form(name, request, advanced=(*advanced, *RARELY_CHANGED), first=(*first, *ALWAYS_ASKED))
    return JobPage(
        name=name,
        kind=kind,
        form=form,
        run_label="Measure",
        working_title="Measuring",
        samples=tuple(samples),
        answer=answer,
        draw=draw,
        draw_waiting=_draw_waiting,
        describe=describe,
        stage=lambda: _measure_switch(name),
        **texts,
    )


def led_to(name: str) -> dict[str, Any]:
    """Return how a page is registered to which the one of information flow leads, instead of the navigation."""
    title = MEASURES[name]
    return {
        "path": f"/{name}",
        "name": title,
        "icon": name,
        "is_hidden": True,
        "under": "/information",
        "title": f"{title} | Lookahead",
    }


def name_of(reference: Any) -> str:
    """Return how a series of a request is called."""
    given = reference if isinstance(reference, dict) else {}
    return str(given.get("column") or given.get("name", "series"))


def _measure_switch(name: str) -> list[Component]:
    """Return the choice of what is measured, the page that is open marked."""
    pages = [(title, f"/{page}") for page, title in MEASURES.items()]
    links = page_links(pages, f"/{name}", "la-tool", "la-tool la-measured")
    label = html.Span("What to measure", className="la-muted la-small")
    return [html.Nav([label, *links], className="la-links la-measures", **aria(label="What to measure"))]


def _draw_waiting() -> Component:
    """Return the room that the result will take."""
    return waiting_blocks(charts.HEIGHT, charts.SCATTER_HEIGHT, 320)
