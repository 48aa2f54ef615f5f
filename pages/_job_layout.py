"""A job page at its address: its callbacks, and what it looks like when it is opened."""

from collections.abc import Callable, Mapping

from dash.development.base_component import Component

from pages._job_callbacks import register_callbacks
from pages._job_page import page_layout
from pages._job_records import JobPage

Words = Mapping[str, str]
"""Of an address, by name."""


def _as_they_are(words: Words) -> Words:
    return words


def job_layout(page: JobPage, meant: Callable[[Words], Words] = _as_they_are) -> Callable[..., Component]:
    """Connect a page and return its `layout`, which the module of the page keeps under that name.

    The words of an address are what it asks for: `job`, `compare`, `run` or `fill`, or `dataset` and `column`. `meant`
    returns those that stand for others on this page.
    """
    register_callbacks(page)

    def layout(**query: str) -> Component:
        return page_layout(page, meant(query))

    return layout
